"""A private hosted zone. Follows "Working with private hosted zones" of the Route 53 guide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from landform.constructs.ec2.limits import VPC_ID
from landform.constructs.ec2.vpc import AnyVpc
from landform.constructs.grants import Grant, Grantee, ResourceGrants, Target
from landform.constructs.route53.grants import DELETE_RECORDS, READ, WRITE_RECORDS
from landform.constructs.route53.limits import RECORD_NAME, TTL_SECONDS, ZONE_ID, ZONE_NAME
from landform.constructs.stack import AwsStack
from landform.core import Construct, Input, Lifecycle, Ref
from landform.errors import Code, LandformError
from landform.iam import Condition
from landform.resources.aws.route53_record import Route53Record
from landform.resources.aws.route53_vpc_association_authorization import Route53VpcAssociationAuthorization
from landform.resources.aws.route53_zone import Route53Zone
from landform.resources.aws.route53_zone import Vpc as ZoneVpc
from landform.resources.aws.route53_zone_association import Route53ZoneAssociation

RecordType = Literal["A", "AAAA", "CNAME", "MX", "SRV", "TXT"]

_CHANGES = "route53:ChangeResourceRecordSetsActions"
_NAMES = "route53:ChangeResourceRecordSetsNormalizedRecordNames"


class PrivateHostedZone(Construct):
    """A zone that answers inside VPCs alone: names of what runs there, and nothing for anybody else.

    VPCs of other accounts join from their side once they are let in (``allow_vpc``).

    Args:
        vpc: the first VPC that it answers in.
        zone_name: its name, ``orders-dev.aws.example.com``.

    Raises:
        LandformError: ``argument-value`` for a name that Route 53 would refuse.

    >>> zone = PrivateHostedZone(stack, "Zone", vpc=vpc, zone_name="ledger.aws.example.com")
    >>> zone.add_record("db", "CNAME", ["ledger.cluster-abc.eu-west-1.rds.amazonaws.com"])
    >>> role = Role(stack, "Role", trust=[Trust.service("ecs-tasks.amazonaws.com")])
    >>> zone.grants.write_records(role, names=["api"]).actions
    ('route53:ChangeResourceRecordSets',)
    """

    def __init__(self, scope: Construct, id: str, *, vpc: AnyVpc, zone_name: str) -> None:
        super().__init__(scope, id)
        self.zone_name = ZONE_NAME.checked(zone_name, self.node.place)
        self.resource = Route53Zone(
            self,
            "Resource",
            name=self.zone_name,
            comment=self.node.path,
            force_destroy=False,
            vpc=[ZoneVpc(vpc_id=vpc.vpc_id, vpc_region=AwsStack.of(self).region)],
            # VPCs that join later stand here too, and would be thrown out by the next apply.
            lifecycle=Lifecycle(ignore_changes=["vpc"]),
        )
        self.grants = PrivateHostedZoneGrants(Target(self, self.arn), self.zone_name)

    @staticmethod
    def from_id(scope: Construct, id: str, zone_id: str, *, zone_name: str) -> ImportedPrivateHostedZone:
        """A zone of this account that another stack makes, to put records into and to grant on.

        Raises:
            LandformError: ``argument-value`` where it is no zone's id or name.
        """
        return ImportedPrivateHostedZone(scope, id, zone_id, zone_name)

    @property
    def zone_id(self) -> Ref[str]:
        """The zone's id. Route 53 chooses it, so it is a reference."""
        return self.resource.zone_id

    @property
    def arn(self) -> Ref[str]:
        """The zone's ARN, a reference as its id is."""
        return self.resource.arn

    def associate(self, vpc: AnyVpc) -> None:
        """Answer in a further VPC of this account."""
        Route53ZoneAssociation(
            self, "-".join(AwsStack.of(self).ids_of(vpc)), zone_id=self.zone_id, vpc_id=vpc.vpc_id
        )

    def allow_vpc(self, vpc_id: str, *, region: str | None = None) -> None:
        """Let a VPC of another account join; its owner associates it.

        Args:
            vpc_id: the VPC, ``vpc-`` and hexadecimal digits.
            region: where it is; the stack's region unless given.

        Raises:
            LandformError: ``argument-value`` where it is no VPC's id.
        """
        Route53VpcAssociationAuthorization(
            self,
            f"Allow-{VPC_ID.checked(vpc_id, self.node.here)}",
            zone_id=self.zone_id,
            vpc_id=vpc_id,
            vpc_region=region,
        )

    def add_record(
        self, name: str, type: RecordType, values: Sequence[Input[str]], *, ttl_seconds: int = 300
    ) -> None:
        """Put a record into the zone.

        Args:
            name: below the zone, ``db`` or ``*.api``; nothing for the zone itself.
            type: the record's type.
            values: what is answered, one or more; of a CNAME one.
            ttl_seconds: how long resolvers may keep the answer.

        Raises:
            LandformError: ``argument-value`` for what Route 53 would refuse.
        """
        add_record(self, name, type, values, ttl_seconds)


class ImportedPrivateHostedZone(Construct):
    """A zone of this account that another stack, or nobody here, makes."""

    def __init__(self, scope: Construct, id: str, zone_id: str, zone_name: str) -> None:
        super().__init__(scope, id)
        self.zone_id = ZONE_ID.checked(zone_id, self.node.place)
        self.zone_name = ZONE_NAME.checked(zone_name, self.node.place)
        self.arn = AwsStack.of(self).arn("route53", f"hostedzone/{zone_id}", region="", account_id="")
        self.grants = PrivateHostedZoneGrants(Target(self, self.arn, imported=True), self.zone_name)

    def add_record(
        self, name: str, type: RecordType, values: Sequence[Input[str]], *, ttl_seconds: int = 300
    ) -> None:
        """Put a record into the zone, as ``PrivateHostedZone.add_record`` does."""
        add_record(self, name, type, values, ttl_seconds)


AnyPrivateHostedZone = PrivateHostedZone | ImportedPrivateHostedZone
"""A zone made here, or one from elsewhere."""


class PrivateHostedZoneGrants(ResourceGrants):
    """What may be granted on a zone; ``names`` are those of records below it, all of them unless given."""

    def __init__(self, target: Target, zone_name: str) -> None:
        super().__init__(target)
        self._zone_name = zone_name

    def read(self, principal: Grantee) -> Grant:
        """See the zone and its records."""
        return self._grant(READ, principal)

    def write_records(self, principal: Grantee, *, names: Sequence[str] = ()) -> Grant:
        """Make records and change them."""
        return self._grant(WRITE_RECORDS, principal, conditions=self._only(("CREATE", "UPSERT"), names))

    def delete_records(self, principal: Grantee, *, names: Sequence[str] = ()) -> Grant:
        """Delete records."""
        return self._grant(DELETE_RECORDS, principal, conditions=self._only(("DELETE",), names))

    def _only(self, changes: tuple[str, ...], names: Sequence[str]) -> tuple[Condition, ...]:
        place = self._target.construct.node.here
        conditions = [*_each(_CHANGES, changes)]
        if names:
            whole = [_whole(RECORD_NAME.checked(name, place), self._zone_name) for name in names]
            conditions += _each(_NAMES, tuple(sorted(whole)))
        return tuple(conditions)


def _each(key: str, values: tuple[str, ...]) -> tuple[Condition, Condition]:
    """Every value of a request is one of these, and there is one: an empty set would pass too."""
    return (
        Condition("ForAllValues:StringEquals", key, values),
        Condition("Null", key, ("false",)),
    )


def _whole(name: str, zone_name: str) -> str:
    """A record's name as Route 53 compares it: in full, and with the asterisk as an octal code."""
    return f"{name}.{zone_name}".replace("*", r"\052") if name else zone_name


def add_record(
    zone: AnyPrivateHostedZone,
    name: str,
    record_type: RecordType,
    values: Sequence[Input[str]],
    ttl_seconds: int,
) -> None:
    """A record of a zone made here or elsewhere; errors as for ``PrivateHostedZone.add_record``."""
    place = zone.node.here
    kinds = get_args(RecordType)
    if record_type not in kinds:
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "Records of this type are not made here.",
            place=place,
            given=repr(record_type),
            expected=", ".join(kinds),
        )
    alone = record_type == "CNAME"
    if isinstance(values, str) or not values or (alone and (len(values) > 1 or not name)):
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "Route 53 would refuse this record.",
            place=place,
            given=f"{record_type} {name or zone.zone_name} with {values!r}",
            expected="one value, and a name below the zone" if alone else "a list of one value or more",
        )
    RECORD_NAME.checked(name, place)
    Route53Record(
        zone,
        f"{name or 'Apex'}-{record_type}",
        zone_id=zone.zone_id,
        name=f"{name}.{zone.zone_name}" if name else zone.zone_name,
        type=record_type,
        ttl=TTL_SECONDS.checked(ttl_seconds, place),
        records=list(values),
    )
