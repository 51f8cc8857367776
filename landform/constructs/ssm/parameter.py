"""Parameters. Follows "How AWS Systems Manager Parameter Store uses AWS KMS" of the Systems Manager guide."""

from __future__ import annotations

from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.kms import Key
from landform.constructs.kms.key import AnyKey
from landform.constructs.ssm.grants import DELETE, READ, WRITE
from landform.constructs.ssm.limits import (
    DESCRIPTION,
    IMPORTED_PARAMETER_NAME,
    PARAMETER_NAME,
    VALUE,
    VALUE_VERSION,
)
from landform.constructs.stack import AwsStack
from landform.core import Construct, Lifecycle, Ref
from landform.digest import sha256
from landform.resources.aws.ssm_parameter import SsmParameter

# The pair of encryption context that Parameter Store sets for each parameter.
_CONTEXT = "PARAMETER_ARN"


def version_of(value: str) -> int:
    """The version of a write-only value: another text has another one, so that Terraform writes it again."""
    return int(sha256(value)[:12], 16) + 1


class Parameter(Construct):
    """An encrypted parameter whose value Terraform writes and never keeps.

    Terraform writes it anew when its version is another. A text has the version that its digest gives. A reference,
    whose value is not known here, has the version that is given: raise it to have the value written.

    A text stands in the code and in the bundle, as configuration may. A password comes by reference, from an
    ephemeral resource or variable; or it is a ``Secret``, which has rotation too.

    Args:
        value: up to 4,096 characters, or a reference.
        value_version: of a reference's value, 1 unless given.
        description: what the parameter is for.
        parameter_name: a path that begins with ``/``; from the construct path unless given.
        key: the key that encrypts it; one of its own is made unless given.
        protected: whether Terraform may not destroy it; the tier says unless given.

    Raises:
        LandformError: ``argument-value`` for a name, a description or a value that Parameter Store would refuse.

    >>> parameter = Parameter(stack, "Endpoint", value="https://scheme.example")
    >>> parameter.arn
    'arn:aws:ssm:eu-west-1:012345678901:parameter/acme-payments-prod-data-lake-endpoint'
    >>> settlement = Role(stack, "Settlement", trust=[Trust.service("glue.amazonaws.com")])
    >>> parameter.grants.read(settlement).actions
    ('ssm:GetParameter', 'ssm:GetParameters')
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        value: str | Ref[str],
        value_version: int | None = None,
        description: str | None = None,
        parameter_name: str | None = None,
        key: AnyKey | None = None,
        protected: bool | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = AwsStack.of(self)
        place = self.node.place
        self.parameter_name = PARAMETER_NAME.checked(
            parameter_name or f"/{stack.physical_name(self, 1000)}", place
        )
        self.arn = _arn(stack, self.parameter_name)
        if value_version is None:
            value_version = 1 if isinstance(value, Ref) else version_of(VALUE.checked(value, place))
        protected = stack.default_on(
            self,
            "Terraform may not destroy the parameter",
            setting="sizing.deletion_protection",
            given=protected,
        )
        self.key: AnyKey = key or Key(self, "Key", description=f"value of {self.parameter_name}")
        self.resource = SsmParameter(
            self,
            "Resource",
            name=self.parameter_name,
            type="SecureString",
            key_id=self.key.arn,
            description=DESCRIPTION.checked(self.node.path if description is None else description, place),
            value_wo=value if isinstance(value, Ref) else VALUE.checked(value, place),
            value_wo_version=VALUE_VERSION.checked(value_version, place),
            lifecycle=Lifecycle(prevent_destroy=True) if protected else None,
        )
        self.grants = ParameterGrants(
            Target(self, self.arn, key=self.key, via="ssm", context=(_CONTEXT, self.arn))
        )

    @staticmethod
    def from_name(
        scope: Construct, id: str, parameter_name: str, *, key: AnyKey | None = None
    ) -> ImportedParameter:
        """A parameter of this account and region that another stack, or somebody by hand, makes.

        Args:
            scope: where it stands in the tree.
            id: unique in the scope.
            parameter_name: its name.
            key: the key that encrypts it, where it is a customer managed one.

        Raises:
            LandformError: ``argument-value`` for a name Parameter Store would refuse.
        """
        return ImportedParameter(scope, id, parameter_name, key=key)


class ImportedParameter(Construct):
    """A parameter that another stack, or somebody by hand, makes in this account and region."""

    def __init__(self, scope: Construct, id: str, parameter_name: str, *, key: AnyKey | None) -> None:
        super().__init__(scope, id)
        self.parameter_name = IMPORTED_PARAMETER_NAME.checked(parameter_name, self.node.place)
        self.arn = _arn(AwsStack.of(self), parameter_name)
        self.key = key
        self.grants = ParameterGrants(
            Target(self, self.arn, key=key, via="ssm", context=(_CONTEXT, self.arn), imported=True)
        )


class ParameterGrants(ResourceGrants):
    """What may be granted on a parameter, to roles of this stack: a parameter has no policy of its own."""

    def read(self, principal: Grantee) -> Grant:
        """Read the value, by name."""
        return self._grant(READ, principal)

    def write(self, principal: Grantee) -> Grant:
        """Put a new value; what Terraform wrote is then another, and Terraform does not see it."""
        return self._grant(WRITE, principal)

    def delete(self, principal: Grantee) -> Grant:
        """Delete the parameter, with all of its versions."""
        return self._grant(DELETE, principal)


def _arn(stack: AwsStack, parameter_name: str) -> str:
    return stack.arn("ssm", f"parameter/{parameter_name.lstrip('/')}")
