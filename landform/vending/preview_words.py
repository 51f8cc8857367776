"""What every form of a preview says in the same words: the pull request's text, the page and the picture."""

from __future__ import annotations

from collections.abc import Mapping

from landform.org.graph import counted
from landform.vending.preview import AccountPreview, GuardPreview, Preview, SignIn


def heading(preview: Preview) -> str:
    """What the preview is of, in a line."""
    names = [account.name for account in preview.accounts]
    what = names[0] if len(names) == 1 else counted(len(names), "account")
    return f"{what} in {preview.organization}"


def headline(preview: Preview) -> str:
    """What it comes to, in a line."""
    return f"{size(preview)}; {verdict(preview)}"


def size(preview: Preview) -> str:
    """How much it is, and what it may cost."""
    return (
        f"{counted(len(preview.stacks), 'stack')}, {counted(preview.resources, 'resource')}, "
        f"up to {preview.budget:,} USD a month"
    )


def verdict(preview: Preview) -> str:
    """Whether the checks let the stacks pass."""
    return "the checks pass" if preview.ok else "the checks do not pass"


def asked(account: AccountPreview) -> dict[str, str]:
    """What is asked for, by what it is called: what is not said is left out."""
    facts = {
        "purpose": account.purpose,
        "root address": account.email,
        "unit, tier": f"{account.ou}, {account.tier}",
        "owner": account.owner,
        "data": account.data_class,
        "regions": ", ".join(account.regions),
        "baseline": account.baseline,
        "budget": budget(account),
        "expires": account.expires,
        "status": account.status,
        "asked by": account.requested_by,
        "approved by": ", ".join(account.approved_by),
        "quotas": ", ".join(account.quotas),
        "signs in": "; ".join(map(sign_in, account.sign_in)),
    }
    return {label: value for label, value in facts.items() if value}


def budget(account: AccountPreview) -> str:
    """What a month may cost, and when somebody hears of it."""
    if account.budget is None:
        return ""
    alerts = f", alerts at {', '.join(account.alerts)}" if account.alerts else ""
    return f"{account.budget:,} USD a month{alerts}"


def sign_in(one: SignIn) -> str:
    """A group, and as what it signs in."""
    session = f" for at most {one.max_session}" if one.max_session else ""
    return f"{one.group} as {one.permission_set}{session}{' after approval' if one.approval else ''}"


def guarded(guard: GuardPreview) -> dict[str, str]:
    """What stands between a change and the account, by what it is called."""
    facts = {
        "gate": f"{guard.level}: fails on {guard.fail_on}, waivers of at most {guard.waivers_days} days",
        "approvals": f"{approvals(guard)}, applied alone: {guard.auto_apply}",
        "destroys": "" if guard.max_destroy is None else f"at most {guard.max_destroy} at once",
        "never destroyed": ", ".join(guard.protected_types),
        "wave": guard.wave,
        "service control policies": ", ".join(guard.service_control_policies),
    }
    return {label: value for label, value in facts.items() if value}


def approvals(guard: GuardPreview) -> str:
    """How many must approve a change, and who may."""
    if not guard.approvals:
        return "none needed"
    return f"{guard.approvals}" + (f" of {', '.join(guard.approvers)}" if guard.approvers else "")


def access(levels: Mapping[str, str]) -> str:
    """Access levels in a row, each with its condition if it has one."""
    return ", ".join(level if state == "allowed" else f"{level}: {state}" for level, state in levels.items())
