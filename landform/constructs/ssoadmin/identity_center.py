"""The organisation's instance of IAM Identity Center, which nobody makes with Terraform: it is looked up."""

from __future__ import annotations

from landform.constructs.ssoadmin.limits import GROUP_NAME
from landform.core import Construct, Ref
from landform.resources.aws.data_identitystore_group import (
    AlternateIdentifier,
    AlternateIdentifierUniqueAttribute,
    DataIdentitystoreGroup,
)
from landform.resources.aws.data_ssoadmin_instances import DataSsoadminInstances


class IdentityCenter(Construct):
    """The instance of IAM Identity Center that this account administers, and its groups by name.

    Groups come from the directory that it is connected to; none is made here.

    >>> center = IdentityCenter(stack, "IdentityCenter")
    >>> auditors = PermissionSet(stack, "Audit", center=center, managed_policies=["SecurityAudit"])
    >>> auditors.assign("auditors", account="management")
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        instances = DataSsoadminInstances(self, "Instances")
        # An organisation has one instance.
        self.instance_arn: Ref[str] = instances.arns[0]
        self._store_id: Ref[str] = instances.identity_store_ids[0]
        self._groups: dict[str, Ref[str]] = {}

    def group_id(self, name: str) -> Ref[str]:
        """The id of a group, by its display name; looked up once.

        Raises:
            LandformError: ``argument-value`` for a name that no group can have.
        """
        if name not in self._groups:
            found = DataIdentitystoreGroup(
                self,
                f"Group-{GROUP_NAME.checked(name, self.node.place)}",
                identity_store_id=self._store_id,
                alternate_identifier=AlternateIdentifier(
                    unique_attribute=AlternateIdentifierUniqueAttribute(
                        attribute_path="DisplayName", attribute_value=name
                    )
                ),
            )
            self._groups[name] = found.group_id
        return self._groups[name]
