"""Privilege escalation in a bundle: every published path that a principal's policies leave open, with its statements.

What the paths are, and when one is open, is said by ``landform.iam.escalation``. Principals that are equal but for
their account are looked at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from landform.access.matrix import Wanted, Who, who_is
from landform.access.model import Account, Holdings
from landform.access.rights import meet, narrowed
from landform.iam import pattern
from landform.iam.access import Found, access_of_identity
from landform.iam.escalation import OpenPath, is_administrator, known_paths, paths_of
from landform.iam.identity import Guard, Guardrails, Identity

# A caller goes to the Region that a policy asks for.
_CHOSEN = "aws:requestedregion"


@dataclass(frozen=True)
class Escalation:
    """How one principal, in each of some accounts, can get more than its policies give it.

    ``administrator`` is one that may do everything already; of it no paths are told.
    """

    who: Who
    administrator: bool
    paths: tuple[OpenPath, ...]
    accounts: tuple[str, ...]

    @property
    def certain(self) -> tuple[OpenPath, ...]:
        """The paths that hang on no condition but the Region."""
        return tuple(path for path in self.paths if not conditions_of(path))


def conditions_of(path: OpenPath) -> tuple[Guard, ...]:
    """What must hold for a path to be open, besides the Region: of each step, what its easiest statement asks."""
    guards: dict[Guard, None] = {}
    for step in path.steps:
        easiest = min((_asked(found) for found in step.found), key=len)
        guards |= dict.fromkeys(easiest)
    return tuple(guards)


def _asked(found: Found) -> tuple[Guard, ...]:
    return tuple(guard for guard in found.guards if guard.key.lower() != _CHOSEN)


def escalations(
    holdings: Holdings,
    wanted: Wanted | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[Escalation, ...]:
    """The principals that have paths open, or may do everything, by name."""
    wanted = wanted or Wanted()
    found: dict[object, tuple[Who, Account, list[str]]] = {}
    for account in holdings.accounts:
        for principal in account.principals:
            if wanted.stacks is not None and principal.origin.stack not in wanted.stacks:
                continue
            who = who_is(principal, account)
            if wanted.who(who):
                key = (principal.alike(account), account.guardrails)
                found.setdefault(key, (who, account, []))[2].append(account.name)
    results = []
    for number, (who, account, names) in enumerate(found.values()):
        access = access_of_identity(narrowed(who.identity, _on_a_path), account.guardrails)
        administrator = _is_administrator(who.identity, account.guardrails)
        paths = () if administrator else paths_of(access)
        if administrator or paths:
            results.append(Escalation(who, administrator, paths, tuple(names)))
        if on_progress:
            on_progress(number + 1, len(found))
    return tuple(sorted(results, key=lambda one: (one.who.name, one.accounts)))


def _is_administrator(identity: Identity, guardrails: Guardrails) -> bool:
    """Whether a principal may do everything.

    Action names have no end, so only patterns of all services and ``NotAction`` can cover them; of the others those
    matter that give what a ``NotAction`` leaves out.
    """
    allowed = [one.actions for policy in identity.policies or () for one in policy.statements if one.allows]
    left_out = {text for names in allowed if names.excluded for text in names.patterns}

    def matters(text: str) -> bool:
        return set(text.partition(":")[0]) & set("*?") != set() or any(meet(text, one) for one in left_out)

    if not any(names.excluded or any(map(matters, names.patterns)) for names in allowed):
        return False
    return is_administrator(access_of_identity(narrowed(identity, matters), guardrails))


@cache
def _on_a_path(text: str) -> bool:
    """Whether an action pattern names an action of some path."""
    if not set(text) & set("*?"):
        return text.lower() in _actions()
    parts = pattern.tokens(text.lower(), variables=False)
    return any(pattern.matches(parts, action) for action in _actions())


@cache
def _actions() -> frozenset[str]:
    actions = (action for path in known_paths() for group in path.actions for action in group)
    return frozenset(action.lower() for action in actions)
