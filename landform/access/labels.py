"""What people call the principals and resources of a report: short, and the same in every account that is folded."""

from __future__ import annotations

from landform.access.matrix import Row, Who
from landform.access.model import Origin, Target
from landform.iam.access import Permission

ACCOUNT = "{account}"


def who_label(who: Who, accounts: tuple[str, ...], target: Target) -> str:
    """A principal's name; with ``{account}`` for the account's where it is told for several."""
    if len(accounts) < 2 or who.account not in accounts:
        return who.name
    return without_account(who.name, target.origin)


def without_account(text: str, origin: Origin) -> str:
    """A text with ``{account}`` for the name of an account, and for its id."""
    return text.replace(origin.account_id, ACCOUNT).replace(origin.account, ACCOUNT)


def target_label(target: Target) -> str:
    """A resource's stack and construct path, without the account: ``eu-west-1.network/Vpc/FlowLogs``."""
    return place_label(target.origin) if target.origin.stack else target.arn


def place_label(origin: Origin) -> str:
    """The stack and construct path of whatever a stack makes, without the account."""
    stack = origin.stack.removeprefix(f"{origin.account}.")
    return f"{stack}/{origin.path.removesuffix('/Resource')}"


def accounts_label(accounts: tuple[str, ...], most: int = 4) -> str:
    """The names of some accounts, the first of many, with their number."""
    names = ", ".join(accounts[:most])
    return names if len(accounts) <= most else f"{names} and {len(accounts) - most} more"


def action_patterns(permission: Permission) -> tuple[str, ...]:
    """The action patterns of a permission, in the capitals of its policy."""
    written = {text.lower(): text for text in permission.statement.actions.patterns}
    return tuple(written[text] for text in permission.actions.patterns)


def by_principal(rows: tuple[Row, ...]) -> dict[tuple[str, str], list[Row]]:
    """Rows of one principal together, by its kind and label."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.who.kind, who_label(row.who, row.accounts, row.target)), []).append(row)
    return found
