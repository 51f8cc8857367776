"""The steps of a roll-out: which stacks go together, and which wait until those before them have proved well.

Waves come one after the other, inside a wave the tiers by rank, inside a tier its percentages: ``[1%, 10%, 50%, 100%]``
are four steps of which each takes the accounts that bring the tier to its percentage. Tiers of one rank go together.
Two regions of one stack in one account are never changed at once: the second needs the first, so that a change that
breaks a region leaves the other standing. That is an order inside the step and no step of its own, because a wait
after each region would multiply the steps by the regions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from landform.errors import Code, LandformError
from landform.org.knots import knots
from landform.plan.queue import Node, most_urgent_first, needs_first
from landform.rollout.policy import Freeze, WavePolicy
from landform.synth.bundle import StackRecord

UNKNOWN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class StepStack:
    """A stack of a step.

    Attributes:
        needs: the stacks of this roll-out that must be applied before it.
        seconds: how long applying it is expected to take.
    """

    name: str
    account: str
    needs: tuple[str, ...] = ()
    seconds: float = UNKNOWN_SECONDS


@dataclass(frozen=True, slots=True)
class Step:
    """Stacks that go together, between two barriers.

    Attributes:
        number: from 1, over all waves.
        title: the wave, the tiers, and which part of them.
        stacks: the most urgent first: those with the longest way to the step's end.
        tolerance: in how many accounts a stack may fail; the strictest of its tiers.
        max_concurrent: how many accounts at once at most; the strictest of its tiers.
        bake: how long nothing starts after it, in seconds.
        freeze: when nothing of it starts.
    """

    number: int
    title: str
    stacks: tuple[StepStack, ...]
    tolerance: int = 0
    max_concurrent: int = 1
    bake: int = 0
    freeze: tuple[Freeze, ...] = ()

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that it changes, sorted."""
        return tuple(sorted({stack.account for stack in self.stacks}))


def make_steps(
    records: Iterable[StackRecord], policy: WavePolicy, seconds: Mapping[str, float] | None = None
) -> tuple[Step, ...]:
    """Cut the stacks of a roll-out into steps.

    Args:
        records: the stacks. What they need of stacks that are not among them counts as applied before.
        policy: the waves and the tiers' settings.
        seconds: how long applying each stack is expected to take, by name; a minute where it is not said.

    Raises:
        LandformError: ``rollout-order`` where a stack needs one of a later step, ``dependency-cycle`` where stacks
            need each other, ``no-bundle`` where the policy does not know an account or a tier.
    """
    found = {record.name: record for record in sorted(records, key=lambda record: record.name)}
    _check_known(found.values(), policy)
    stacks = _stacks(found, seconds or {})
    groups = _groups(found.values(), policy)
    account_needs = _account_needs(stacks)
    made: list[Step] = []
    for place, (wave_number, rank) in enumerate(groups):
        tiers = groups[wave_number, rank]
        parts = _parts(tiers, account_needs, policy)
        last_of_wave = place + 1 == len(groups) or [*groups][place + 1][0] != wave_number
        for number, part in enumerate(parts, 1):
            accounts = {account for each in part.values() for account in each}
            wave = policy.accounts[min(accounts)]
            settings = [policy.tiers[tier] for tier in part]
            bake = max(each.bake for each in settings)
            made.append(
                Step(
                    number=len(made) + 1,
                    title=f"{wave.name}, {' and '.join(part)}"
                    + (f", part {number} of {len(parts)}" if len(parts) > 1 else ""),
                    stacks=_in_order([stack for stack in stacks.values() if stack.account in accounts]),
                    tolerance=min(each.tolerance(len(accounts)) for each in settings),
                    max_concurrent=min(each.max_concurrent for each in settings),
                    bake=max(bake, wave.bake) if last_of_wave and number == len(parts) else bake,
                    freeze=tuple(dict.fromkeys(window for each in settings for window in each.freeze)),
                )
            )
    _check_order(made)
    return tuple(made)


def _check_known(records: Iterable[StackRecord], policy: WavePolicy) -> None:
    for record in records:
        if record.account not in policy.accounts or record.tier not in policy.tiers:
            raise LandformError(
                Code.NO_BUNDLE,
                "The bundle does not say how a stack is rolled out.",
                given=f"{record.name}: account {record.account}, tier {record.tier}",
                expected="the wave of its account and the roll-out of its tier",
                fix="Run `landform synth` again.",
            )


def _stacks(records: Mapping[str, StackRecord], seconds: Mapping[str, float]) -> dict[str, StepStack]:
    """The stacks with what they need here, the region before theirs included."""
    needs = {
        name: [need for need in record.dependencies if need in records] for name, record in records.items()
    }
    # Of regions of which one needs the other that one comes second, else they come by name; so no circle is made.
    before: dict[tuple[str, str], str] = {}
    for name in needs_first(Node(name, tuple(each)) for name, each in needs.items()):
        family = (records[name].account, records[name].stack)
        if family in before and before[family] not in needs[name]:
            needs[name].append(before[family])
        before[family] = name
    return {
        name: StepStack(name, record.account, tuple(needs[name]), seconds.get(name, UNKNOWN_SECONDS))
        for name, record in records.items()
    }


def _groups(
    records: Iterable[StackRecord], policy: WavePolicy
) -> dict[tuple[int, int], dict[str, list[str]]]:
    """The accounts by wave and rank, and there by tier, all sorted."""
    accounts = sorted(
        {
            (
                policy.accounts[record.account].number,
                policy.tiers[record.tier].rank,
                record.tier,
                record.account,
            )
            for record in records
        }
    )
    groups: dict[tuple[int, int], dict[str, list[str]]] = {}
    for wave, rank, tier, account in accounts:
        groups.setdefault((wave, rank), {}).setdefault(tier, []).append(account)
    return groups


def _account_needs(stacks: Mapping[str, StepStack]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for stack in stacks.values():
        found[stack.account] |= {stacks[need].account for need in stack.needs} - {stack.account}
    return found


def _parts(
    tiers: Mapping[str, Sequence[str]], needs: Mapping[str, set[str]], policy: WavePolicy
) -> list[dict[str, list[str]]]:
    """The accounts of each part, by tier. A tier with fewer parts than others is through sooner."""
    cut = {tier: list(_cut(accounts, needs, policy.tiers[tier].parts)) for tier, accounts in tiers.items()}
    return [
        {tier: part for tier, part in zip(cut, parts, strict=True) if part}
        for parts in zip_longest(*cut.values(), fillvalue=[])
    ]


def _cut(
    accounts: Sequence[str], needs: Mapping[str, set[str]], percents: Sequence[int]
) -> Iterator[list[str]]:
    """The accounts, needed ones first, cut at cumulative percentages, rounded up; no part is empty.

    Accounts whose stacks need each other both ways stay in one part.
    """
    graph = {account: sorted(needs.get(account, set()) & {*accounts}) for account in accounts}
    knot_of = {account: knot for knot in knots(graph) for account in knot}
    together = {account: knot_of.get(account, (account,)) for account in accounts}
    nodes = [
        Node(
            account,
            tuple({together[need][0] for each in together[account] for need in graph[each]} - {account}),
        )
        for account in accounts
        if together[account][0] == account
    ]
    ordered = [together[first] for first in needs_first(nodes)]
    taken, part, ahead = 0, list[str](), iter(ordered)
    for percent in percents:
        while taken < -(-len(accounts) * min(percent, 100) // 100):
            unit = next(ahead)
            part += unit
            taken += len(unit)
        if part:
            yield part
            part = []


def _in_order(stacks: Sequence[StepStack]) -> tuple[StepStack, ...]:
    here = {stack.name: stack for stack in stacks}
    nodes = [
        Node(stack.name, tuple(need for need in stack.needs if need in here), seconds=stack.seconds)
        for stack in stacks
    ]
    return tuple(here[name] for name in most_urgent_first(nodes))


def _check_order(made: Sequence[Step]) -> None:
    steps = {stack.name: step for step in made for stack in step.stacks}
    for step in made:
        for stack in step.stacks:
            for need in stack.needs:
                if steps[need].number > step.number:
                    raise LandformError(
                        Code.ROLLOUT_ORDER,
                        f"{stack.name} needs {need}, which the roll-out brings later.",
                        given=f"{stack.name} in step {step.number} ({step.title}), "
                        f"{need} in step {steps[need].number} ({steps[need].title})",
                        expected="what a stack needs in the same step or an earlier one",
                        fix="Move one of the two accounts to another wave in org/waves.yaml, "
                        "or roll the needed stack out first, with --stack.",
                    )
