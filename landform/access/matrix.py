"""The matrix: principal x resource x access level, the same in many accounts told once.

Who is asked about a resource: the principals of its account, those of other accounts that its policy names, those
whose own policies name it, and whoever else its policy names (services, accounts outside of the bundle, everyone).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from landform.access.model import Account, Holdings, Origin, Principal, Target
from landform.access.rights import STATES, Level, Right, State, rights_of
from landform.iam.identity import Guardrails, Identity
from landform.iam.policy import PolicyPrincipal, PrincipalType
from landform.iam.who import outsiders

_KINDS: Mapping[PrincipalType, str] = {
    "AWS": "account",
    "Service": "service",
    "Federated": "provider",
    "CanonicalUser": "canonical user",
    "*": "everyone",
}
EVERYONE = "everyone"


@dataclass(frozen=True)
class Who:
    """Who asks: a principal of the bundle, or someone whom only a resource's policy names.

    Attributes:
        identity: as evaluations take it.
        kind: role, user, permission set, account, service, provider, canonical user or everyone.
        name: what people call it.
        account: the name of its account, where the bundle has it.
        origin: where the bundle makes it.
        unread: its policies whose text the bundle does not have.
    """

    identity: Identity
    kind: str
    name: str
    account: str | None = None
    origin: Origin | None = None
    unread: tuple[str, ...] = ()


def who_is(principal: Principal, account: Account) -> Who:
    """A principal of the bundle as someone who asks."""
    return Who(
        principal.identity, principal.kind, principal.name, account.name, principal.origin, principal.unread
    )


def outsider(identity: Identity) -> Who:
    """Someone whom only a resource's policy names."""
    kind = EVERYONE if identity.id == "*" else identity.kind or _KINDS[identity.type]
    name = {"root": f"account {identity.account}"}.get(kind, identity.id)
    return Who(identity, "account" if kind == "root" else kind, EVERYONE if identity.id == "*" else name)


@dataclass(frozen=True)
class Row:
    """What one principal can do on one resource, in each of some accounts.

    ``accounts`` are those of the resource, by name; the principal and the resource are those of the first.
    """

    who: Who
    target: Target
    rights: tuple[Right, ...]
    accounts: tuple[str, ...]

    def state(self, level: Level) -> State | None:
        """The best that it can do of one level; None for nothing."""
        found = {right.state for right in self.rights if right.level == level}
        return next((state for state in STATES if state in found), None)

    @property
    def reaches(self) -> bool:
        """Whether it can do anything at all."""
        return any(right.state != "stopped" for right in self.rights)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the matrix is asked for.

    ``stacks`` are names; a row is of a stack where its principal or its resource is. Globs are compared with a
    principal's name and ARN, with a resource's ARN, address and construct path. No value: everything. ``arns`` are
    those of principals or resources; ``across`` is what goes from one account to another.
    """

    stacks: frozenset[str] | None = None
    principals: str | None = None
    resources: str | None = None
    levels: tuple[Level, ...] = ()
    arns: frozenset[str] | None = None
    across: bool = False

    def who(self, who: Who) -> bool:
        """Whether rows of a principal are wanted."""
        return self.principals is None or any(
            fnmatchcase(text, self.principals) for text in (who.name, who.identity.id)
        )

    def target(self, target: Target) -> bool:
        """Whether rows of a resource are wanted."""
        origin = target.origin
        texts = (target.arn, origin.address, origin.construct_path, origin.path)
        return self.resources is None or any(fnmatchcase(text, self.resources) for text in texts)

    def both(self, who: Who, target: Target) -> bool:
        """Whether the row of both is wanted."""
        if self.arns is not None and not {who.identity.id, target.arn} & self.arns:
            return False
        if self.across and who.account == target.origin.account:
            return False
        if self.stacks is None:
            return True
        return target.origin.stack in self.stacks or (
            who.origin is not None and who.origin.stack in self.stacks
        )

    def rights(self, rights: Sequence[Right]) -> tuple[Right, ...]:
        """The rights that are wanted."""
        return tuple(right for right in rights if not self.levels or right.level in self.levels)


@dataclass
class _Folded:
    who: Who
    target: Target
    rights: tuple[Right, ...]
    accounts: list[str] = field(default_factory=list)


Deciding = Callable[[Identity, Target, Mapping[str, Guardrails]], tuple[Right, ...]]


def matrix(
    holdings: Holdings,
    wanted: Wanted | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    deciding: Deciding = rights_of,
) -> tuple[Row, ...]:
    """Every row of the matrix that is wanted, by principal and resource.

    Args:
        holdings: what the bundle says.
        wanted: which part is asked for.
        on_progress: called with how many accounts are done, of how many.
        deciding: what is asked about a principal and a resource; everything unless given.
    """
    wanted = wanted or Wanted()
    asking = Asking(holdings)
    found: dict[object, _Folded] = {}
    for number, account in enumerate(holdings.accounts):
        for target in account.targets:
            if not wanted.target(target):
                continue
            for who, alike in asking.about(account, target):
                if not (wanted.who(who) and wanted.both(who, target)):
                    continue
                if alike not in found:
                    found[alike] = _Folded(who, target, deciding(who.identity, target, holdings.guardrails))
                found[alike].accounts.append(account.name)
        if on_progress:
            on_progress(number + 1, len(holdings.accounts))
    rows = (
        Row(one.who, one.target, wanted.rights(one.rights), tuple(one.accounts)) for one in found.values()
    )
    return tuple(
        sorted(
            (row for row in rows if row.rights),
            key=lambda row: (
                row.who.origin is None,
                row.who.name,
                row.who.account or "",
                row.target.origin.type,
                row.target.arn,
            ),
        )
    )


class Asking:
    """Who is to be asked about a resource."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._people: dict[str, list[tuple[Who, int]]] = {}
        self._numbers: dict[object, int] = {}
        self._roots = [Identity(f"arn:aws:iam::{id}:root") for id in holdings.by_id]
        self._elsewhere = _naming_elsewhere(holdings)

    def about(self, account: Account, target: Target) -> Iterator[tuple[Who, object]]:
        """Everyone who may be able to do something there, each with what equal pairs share."""
        shape = self._number((target.alike(account), account.guardrails))
        own = self._of(account)
        for who, number in own:
            yield who, (number, shape)
        others = [one for id in accounts_named(target) if id != account.id for one in self._of_id(id)]
        arns = (*principals_named(target), *self._elsewhere(target.arn))
        others += [one for arn in arns for one in self._by_arn(arn)]
        for who, _ in dict.fromkeys(others):
            if who.account != account.name:
                yield who, (who.identity.id, target.arn)
        known = [Identity(one.arn, policies=None) for one in account.principals]
        named = [who.identity for who, _ in others]
        for identity in outsiders(target.resource.policy, (*known, *named, *self._roots)):
            yield outsider(identity), (account.without_names(identity.id), shape)

    def _of(self, account: Account) -> list[tuple[Who, int]]:
        if account.id not in self._people:
            self._people[account.id] = [
                (who_is(principal, account), self._number(principal.alike(account)))
                for principal in account.principals
            ]
        return self._people[account.id]

    def everyone(self) -> Iterator[tuple[Who, object]]:
        """Every principal of the bundle, each with what equal ones share."""
        for account in self._holdings.accounts:
            for who, number in self._of(account):
                yield who, (number, self._number(account.guardrails))

    def _of_id(self, id: str) -> list[tuple[Who, int]]:
        account = self._holdings.by_id.get(id)
        return self._of(account) if account else []

    def _by_arn(self, arn: str) -> list[tuple[Who, int]]:
        return [one for one in self._of_id(arn.split(":")[4]) if one[0].identity.id == arn]

    def _number(self, alike: object) -> int:
        return self._numbers.setdefault(alike, len(self._numbers))


def accounts_named(target: Target) -> tuple[str, ...]:
    """The accounts that a resource's policy names as a whole."""
    return tuple(dict.fromkeys(one.account for one in _named(target) if one.account))


def principals_named(target: Target) -> tuple[str, ...]:
    """The ARNs of the users and roles that a resource's policy names."""
    return tuple(
        dict.fromkeys(
            one.id for one in _named(target) if not one.account and Identity(one.id, one.type).account
        )
    )


def _named(target: Target) -> Iterator[PolicyPrincipal]:
    policy = target.resource.policy
    for statement in policy.statements if policy else ():
        if statement.allows and statement.principals and not statement.principals.excluded:
            yield from statement.principals.named


def _naming_elsewhere(holdings: Holdings) -> Callable[[str], list[str]]:
    """Which principals' policies name a resource that is not of their account: by its ARN."""
    beginnings: dict[str, dict[str, None]] = {}
    for account in holdings.accounts:
        own = {target.arn for target in account.targets}
        for principal in account.principals:
            for text in _patterns(principal):
                head = resource_of(text)
                if head and head not in own:
                    beginnings.setdefault(head, {})[principal.arn] = None

    def naming(arn: str) -> list[str]:
        return list(beginnings.get(arn, ()))

    return naming


def _patterns(principal: Principal) -> Iterator[str]:
    for document in principal.documents:
        # AWS's own policies are the same everywhere, and name nothing of a bundle.
        if document.name.startswith("arn:"):
            continue
        for statement in document.read().statements:
            if statement.allows and statement.resources and not statement.resources.excluded:
                yield from statement.resources.patterns


def resource_of(text: str) -> str:
    """The ARN of the resource that a pattern is about, or below which it is; empty for one of several."""
    parts = text.split(":", 5)
    if len(parts) < 6:
        return ""
    beginning = ":".join(parts[:5])
    rest = parts[5]
    if parts[2] == "s3":
        return "" if "*" in rest.partition("/")[0] else f"{beginning}:{rest.partition('/')[0]}"
    plain = rest.removesuffix("/*").removesuffix(":*")
    return "" if "*" in beginning + plain else f"{beginning}:{plain}"
