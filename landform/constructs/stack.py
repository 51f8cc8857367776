"""The stack of one account: its provider, its state, its tags, and the literal names everything is built from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from landform.constructs.importing import Importing
from landform.constructs.moving import Moving, former_paths
from landform.constructs.naming import kebab, physical_name
from landform.constructs.tagging import Tagging, tag_errors
from landform.core import Backend, Construct, Element, Provider, Stack
from landform.errors import Code, LandformError
from landform.resources.base import CheckedResource
from landform.schema.pack import shipped_pack

if TYPE_CHECKING:
    from landform.constructs.waiving import Waived
    from landform.org.fleet import StackInstance


class AwsStack(Stack):
    """A stack in one account and region. Subclass it; parameters of the spec arrive as keyword arguments.

    The provider refuses every account but this one (``allowed_account_ids``); the state lies in the account's
    own bucket, locked by S3 itself; every resource that can be tagged carries the mandatory tags.

    Args:
        scope: the app.
        instance: what the organisation's spec says about this stack, here.
    """

    def __init__(self, scope: Construct, instance: StackInstance) -> None:
        super().__init__(scope, instance.key)
        self.instance = instance
        self.organization = instance.organization
        self.tier = instance.tier
        self.region = instance.region
        self.account_id = instance.account.account_id
        self.partition = instance.organization.partition
        self.tags = dict(instance.tags)
        self.switched_off: list[SwitchedOff] = []
        self.waived: list[Waived] = []
        self._names: dict[str, Construct] = {}
        pack = shipped_pack("aws")
        Backend(self, "s3", self._backend())
        Provider(
            self,
            "aws",
            pack.name,
            {"region": self.region, "allowed_account_ids": [self.account_id]},
            source=pack.source,
            version=pack.version,
        )
        self.node.add_aspect(Tagging(self))
        if instance.moves:
            self.node.add_aspect(Moving(self))
        if instance.imports:
            self.node.add_aspect(Importing(self))

    @staticmethod
    def of(construct: Construct) -> AwsStack:
        """The stack that a construct belongs to.

        Raises:
            LandformError: ``no-stack`` where it is none of an account.
        """
        stack = construct.node.stack
        if isinstance(stack, AwsStack):
            return stack
        raise LandformError(
            Code.NO_STACK,
            f"{type(construct).__name__} must stand inside an AwsStack, which knows account, region and tier.",
            place=construct.node.place,
            given=repr(stack) if stack else "no stack",
        )

    def physical_name(self, construct: Construct, max_length: int) -> str:
        """The name AWS sees for a construct: prefix, account, stack and path. Unique in the stack.

        The path of what has moved is the one that it was first made at.

        Raises:
            LandformError: ``duplicate-id`` where another construct has it, as ``Data`` and ``data`` would.
        """
        ids = self.ids_of(construct)
        first = (ids, *former_paths(ids, self.instance.moves))[-1]
        path = [kebab(id) for id in first]
        name = physical_name([*self._name_prefix(), *path], max_length)
        other = self._names.setdefault(name, construct)
        if other is not construct:
            raise LandformError(
                Code.DUPLICATE_ID,
                "Two constructs of the stack would give AWS one name.",
                place=construct.node.place,
                given=f"{name!r} from {construct.node.path!r} and {other.node.path!r}",
                expected="ids that differ in more than capitals, hyphens and repeated words",
                fix=f"The other one was made at {other.node.source}. Rename one of the two.",
            )
        return name

    def ids_of(self, construct: Construct) -> tuple[str, ...]:
        """The ids of a construct's path below the stack."""
        return tuple(scope.node.id for scope in construct.node.scopes[self.depth + 1 :])

    def default_on(
        self,
        construct: Construct,
        holds: str,
        *,
        setting: str,
        given: bool | None = None,
        checks: tuple[str, ...] = (),
    ) -> bool:
        """Whether a secure default is on: as given, or as the tier's setting says.

        What is off is recorded on the construct, in the manifest, with the reason and the checks that will find it.

        Args:
            construct: what holds it.
            holds: the default, as its table of controls says it.
            setting: where the tier says it, ``sizing.deletion_protection``.
            given: what the construct was told, which goes before the tier.
            checks: ids of the checks that find it missing.
        """
        on = bool(attrgetter(setting)(self.tier)) if given is None else given
        if not on:
            why = f"{setting} of tier {self.tier.name}" if given is None else "the code"
            self.switch_off(construct, holds, why=why, checks=checks)
        return on

    def switch_off(
        self, construct: Construct, holds: str, *, why: str = "the code", checks: tuple[str, ...] = ()
    ) -> None:
        """Record that a secure default is off, where no tier decides it but what the construct was given.

        Arguments are those of ``default_on``; ``why`` says who says so.
        """
        self.switched_off.append(SwitchedOff(construct, holds, why, checks))
        found = f" ({', '.join(checks)})" if checks else ""
        construct.node.annotate("info", f"Off, because {why} says so: {holds}{found}.")

    def arn(
        self, service: str, resource: str, *, region: str | None = None, account_id: str | None = None
    ) -> str:
        """A literal ARN in this partition; region and account are the stack's unless given (empty: none)."""
        region = self.region if region is None else region
        account_id = self.account_id if account_id is None else account_id
        return f"arn:{self.partition}:{service}:{region}:{account_id}:{resource}"

    def tags_of(self, construct: Construct) -> dict[str, str]:
        """The mandatory tags of a construct."""
        return {**self.tags, "construct": construct.node.path}

    def service(self, name: str, *, region: str | None = None) -> str:
        """The principal of an AWS service that has one a region; the stack's region unless given."""
        return f"{name}.{region or self.region}.amazonaws.com"

    @property
    def state_bucket_name(self) -> str:
        """The name of the account's state bucket."""
        return self.organization.state.bucket.format(
            prefix=self.organization.prefix,
            account=self.instance.account.name,
            account_id=self.account_id,
            region=self.state_region,
        )

    @property
    def state_key_alias(self) -> str:
        """The alias of the key that encrypts the account's state."""
        return f"alias/{self.organization.prefix}-tfstate"

    @property
    def access_log_bucket_name(self) -> str:
        """The bucket of this account and region that S3 delivers access logs to."""
        return f"{self.organization.prefix}-access-logs-{self.account_id}-{self.region}"

    @property
    def permissions_boundary_arn(self) -> str:
        """The boundary that every role of the account carries."""
        name = f"{self.organization.prefix}-permissions-boundary"
        return self.arn("iam", f"policy/{name}", region="")

    def _own_errors(self, elements: list[Element]) -> Iterator[LandformError]:
        yield from super()._own_errors(elements)
        mandatory = self.organization.mandatory_tags
        for element in elements:
            if isinstance(element, CheckedResource):
                yield from tag_errors(mandatory, element)

    @property
    def state_region(self) -> str:
        """Where the account's state is."""
        return self.organization.state.region or self.organization.home_region

    def _backend(self) -> dict[str, object]:
        alias = self.state_key_alias
        return {
            "bucket": self.state_bucket_name,
            "key": f"{self.name}/terraform.tfstate",
            "region": self.state_region,
            "encrypt": True,
            "kms_key_id": self.arn("kms", alias, region=self.state_region),
            "use_lockfile": True,
            "allowed_account_ids": [self.account_id],
        }

    def _name_prefix(self) -> list[str]:
        instance = self.instance
        region = [self.region] if instance.regional else []
        return [self.organization.prefix, instance.account.name, *region, instance.stack]


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """A secure default that is off: of which construct, what it held, who said so, and the checks that find it."""

    construct: Construct
    holds: str
    why: str
    checks: tuple[str, ...]
