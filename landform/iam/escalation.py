"""Privilege escalation: how a principal can get rights that its policies do not give it.

``paths_of(access)`` gives every published path that a principal's policies leave open, with the statements that
leave it open: denies, the permissions boundary and SCPs are honoured, and ``iam:PassRole`` counts only where its
conditions let the role go to the service that the path needs.

The paths are a table, ``data/escalation.tsv``, one a line, to be read and disputed: id, kind, actions (all of
them; ``|`` between those of which one is enough), the services that a role is passed to, what must be there
already, what the path gives, sources. The sources: ``rhino:`` the number in Rhino Security Labs' "AWS IAM Privilege
Escalation Methods", ``pathfinding:`` the id at pathfinding.cloud, ``labs:`` its Pathfinding Labs, ``bishopfox:``
Bishop Fox's IAM Vulnerable, ``pmapper:`` NCC Group's Principal Mapper, ``cloudpeass:`` CloudPEASS's sensitive
permissions, ``hacktricks:`` the page of HackTricks Cloud, ``hackingthecloud`` Hacking the Cloud, ``prowler``
Prowler's combinations, ``cloudsplaining:`` and ``iam-dataset:`` the lists of those names in Cloudsplaining and in Ian
Mckay's IAM Dataset; ``aws:`` AWS's own pages, where they say that a service runs code or calls AWS with a role that
its caller passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, cast

from landform.iam.access import Access, Found, access_of, by_action, somewhere
from landform.iam.changes import new_access
from landform.iam.conditions import OPERATORS, ConditionTest
from landform.iam.policy import parse_policy

Kind = Literal["self", "principal", "pass-role", "existing", "guard", "federation", "resource", "credential"]

KINDS: dict[Kind, str] = {
    "self": "gives the principal rights directly",
    "principal": "becomes another principal",
    "pass-role": "has something new act with a role that it passes",
    "existing": "has something act that has a role already",
    "guard": "takes a guardrail away",
    "federation": "changes who may log in, or as what",
    "resource": "takes a resource over by its policy",
    "credential": "gets at a credential",
}
"""What each kind of path is about."""

PASS_ROLE = "iam:PassRole"


@dataclass(frozen=True, slots=True)
class Path:
    """One published path.

    Attributes:
        id: its name in landform's table.
        kind: a key of ``KINDS``.
        actions: what is needed: one action of each group.
        passed_to: the services to one of which a role is passed; none for a path without ``iam:PassRole``.
        needs: what must be there already; empty where nothing must.
        gives: what who goes it gets.
        sources: where it is published.
    """

    id: str
    kind: Kind
    actions: tuple[tuple[str, ...], ...]
    passed_to: tuple[str, ...]
    needs: str
    gives: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a path that is open, and each statement that lets it be done somewhere."""

    action: str
    found: tuple[Found, ...]

    @property
    def conditional(self) -> bool:
        """Whether every statement that lets it has conditions."""
        return all(one.guards for one in self.found)


@dataclass(frozen=True, slots=True)
class OpenPath:
    """A path that a principal's policies leave open, one step for each action."""

    path: Path
    steps: tuple[Step, ...]

    @property
    def conditional(self) -> bool:
        """Whether it is open only where conditions hold that the policies do not settle."""
        return any(step.conditional for step in self.steps)


@cache
def known_paths() -> tuple[Path, ...]:
    """Every path of the table, sorted by id."""
    text = resources.files(__package__).joinpath("data/escalation.tsv").read_text(encoding="utf-8")
    return tuple(_path(line.split("\t")) for line in text.splitlines())


def _path(cells: Sequence[str]) -> Path:
    id, kind, actions, passed_to, needs, gives, sources = cells
    groups = tuple(tuple(group.split("|")) for group in actions.split())
    return Path(id, cast(Kind, kind), groups, tuple(passed_to.split()), needs, gives, tuple(sources.split()))


def paths_of(access: Access) -> tuple[OpenPath, ...]:
    """The published paths that are open to a principal, sorted by id.

    Whether the roles and resources that a path ``needs`` are there is not looked at: a policy does not say it.
    """
    asked: dict[tuple[str, tuple[str, ...]], tuple[Found, ...]] = {}
    of = by_action(access, {action for path in known_paths() for group in path.actions for action in group})

    def step(group: Sequence[str], passed_to: tuple[str, ...]) -> Step | None:
        for action in group:
            services = passed_to if action == PASS_ROLE else ()
            if (action, services) not in asked:
                asked[action, services] = somewhere(of[action], action, tests=_passing(services))
            if asked[action, services]:
                return Step(action, asked[action, services])
        return None

    found = []
    for path in known_paths():
        steps: list[Step] = []
        for group in path.actions:
            taken = step(group, path.passed_to)
            if taken is None:
                break
            steps.append(taken)
        else:
            found.append(OpenPath(path, tuple(steps)))
    return tuple(found)


@cache
def _passing(services: tuple[str, ...]) -> tuple[ConditionTest, ...]:
    """What is asked of a request that passes a role to one of some services."""
    if not services:
        return ()
    return (ConditionTest(OPERATORS["stringequals"], "iam:PassedToService", services),)


def is_administrator(access: Access) -> bool:
    """Whether a principal may do everything, everywhere, whatever the request: every path is then beside the point."""
    return not new_access(access, _everything())


@cache
def _everything() -> Access:
    return access_of([parse_policy({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})])
