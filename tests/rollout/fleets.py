"""Records of stacks, policies and steps written by hand."""

from datetime import UTC, datetime

from landform.rollout.policy import AccountWave, TierPolicy, WavePolicy
from landform.rollout.steps import Step, StepStack
from landform.synth.bundle import StackRecord

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def record(account, stack, *, tier="prod", region="", needs=()):
    """A stack as a bundle's index describes it."""
    name = f"{account}.{region}.{stack}" if region else f"{account}.{stack}"
    return StackRecord(
        name=name,
        stack=stack,
        account=account,
        account_id="0" * 12,
        tier=tier,
        region=region or "eu-west-1",
        construct="acme.stacks:Stack",
        sha256="0",
        inputs="0",
        dependencies=tuple(needs),
        waivers=(),
        resources={},
    )


def policy(waves, **tiers):
    """A policy: a wave's number by account, and tiers by name."""
    accounts = {account: AccountWave(number, f"wave {number}") for account, number in waves.items()}
    return WavePolicy(accounts, tiers or {"prod": TierPolicy(40)})


def step(*accounts, number=1, stacks=("base", "app"), **settings):
    """A step of accounts with stacks of which each needs the one before."""
    made = []
    for account in accounts:
        before = ()
        for stack in stacks:
            made.append(StepStack(f"{account}.{stack}", account, before))
            before = (made[-1].name,)
    return Step(number, f"step {number}", tuple(sorted(made, key=lambda s: len(s.needs))), **settings)
