"""Documents of policies as an organisation keeps them, attached where it says.

Follows "Quotas and service limits for AWS Organizations".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from landform.constructs.organizations.organization_policy import OrganizationPolicy
from landform.constructs.organizations.organization_tree import AnyOrganizationTree
from landform.core import Construct
from landform.errors import Code, LandformError, did_you_mean
from landform.org.packing import KINDS, Arranged, Document, Kind, arrange, sizes


class DocumentPolicies(Construct):
    """Whole documents as policies, each under its own name; packed where a place would get more than AWS takes.

    Args:
        tree: the organisation.
        kind: of which kind they are, as for ``OrganizationPolicy``.
        documents: as AWS takes them, by name.
        attached: the names of the documents at each place: ``Root``, paths of units, names of accounts.
        accounts: which of the places are accounts.

    Raises:
        LandformError: ``argument-value`` for a name that no document has, a place the organisation has not, and where
            packing does not make them few enough for a place.

    >>> tree = OrganizationTree(stack, "Tree", units=["Sandbox"])
    >>> deny = {"Effect": "Deny", "Action": "ec2:PurchaseHostReservation", "Resource": "*"}
    >>> cheap = {"cheap": {"Version": "2012-10-17", "Statement": [deny]}}
    >>> made = DocumentPolicies(stack, "Own", tree=tree, kind="scp", documents=cheap, attached={"Sandbox": ["cheap"]})
    >>> [policy.name for policy in made.policies]
    ['cheap']
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        tree: AnyOrganizationTree,
        kind: Kind,
        documents: Mapping[str, Document],
        attached: Mapping[str, Sequence[str]],
        accounts: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        for name in sorted({name for names in attached.values() for name in names} - documents.keys()):
            raise LandformError(
                Code.ARGUMENT_VALUE,
                "There is no document of this name.",
                place=self.node.place,
                given=repr(name),
                expected=f"one of {', '.join(sorted(documents)) or 'none'}",
                fix=did_you_mean(name, documents) or f"Add org/policies/{name}.json.",
            )
        self.policies = arrange(kind, documents, attached, accounts)
        self._check_room(tree, kind, documents, attached)
        for policy in self.policies:
            OrganizationPolicy(
                self,
                policy.name,
                tree=tree,
                kind=kind,
                targets=policy.places,
                content=policy.content,
                policy_name=None if policy.packed else policy.name,
                description=f"Of {', '.join(policy.documents)}."[:512],
            )
            if kind == "scp" and _allows(policy):
                self.node.annotate(
                    "warning",
                    f"What {policy.name} allows restricts nothing: FullAWSAccess stands beside it and allows all.",
                )

    def _check_room(
        self,
        tree: AnyOrganizationTree,
        kind: Kind,
        documents: Mapping[str, Document],
        attached: Mapping[str, Sequence[str]],
    ) -> None:
        for place, names in sorted(attached.items()):
            count = sum(place in policy.places for policy in self.policies)
            if count > (most := tree.room(kind, place)):
                raise LandformError(
                    Code.ARGUMENT_VALUE,
                    "AWS takes no more policies of this type at one place, and packed they are too many still.",
                    place=self.node.place,
                    given=f"{count} of {KINDS[kind].characters} characters at {place}: {sizes(documents, names)}",
                    expected=f"at most {most} beside those that stand there",
                    fix="Attach some of them to the unit above, or say the same in fewer characters.",
                )


def _allows(policy: Arranged) -> bool:
    given = policy.content.get("Statement", [])
    statements = given if isinstance(given, list) else [given]
    return any(isinstance(each, Mapping) and each.get("Effect") == "Allow" for each in statements)
