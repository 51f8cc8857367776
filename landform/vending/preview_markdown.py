"""A preview as GitHub's Markdown: the text of a pull request, at most 65,000 characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from landform.markdown import LIMIT, text
from landform.vending import preview_words as words
from landform.vending.preview import AccountPreview, Preview

_MOST_ACCESS = 200
_TAIL = 200


def markdown(preview: Preview) -> str:
    """The preview for people who read a pull request. What does not fit is left out from the end, and said."""
    page = ""
    for part in _parts(preview):
        if len(page) + len(part) + _TAIL > LIMIT:
            return page + "\n**The rest does not fit here.** The preview's own files have all of it.\n"
        page += part
    return page.rstrip() + "\n"


def _parts(preview: Preview) -> Iterator[str]:
    yield f"{text(words.heading(preview))}: {text(words.headline(preview))}.\n\n"
    for account in preview.accounts:
        yield "\n".join(_account(account)) + "\n\n"
    yield from _table(
        "Addresses",
        ("account", "region", "block", "pool", "pool taken"),
        [
            (each.account, each.region, each.cidr, each.pool, f"{each.pool_share:.0%}")
            for each in preview.addresses
        ],
    )
    yield from _table(
        "Stacks",
        ("stack", "baseline", "resources", "after"),
        [
            (
                stack.name,
                "yes" if stack.in_baseline else "",
                str(stack.total),
                ", ".join(stack.needs),
            )
            for stack in preview.stacks
        ],
    )
    yield from _table(
        "Resources by service",
        ("service", "resources"),
        [
            (service, ", ".join(f"{type} {count}" for type, count in types.items()))
            for service, types in preview.services.items()
        ],
    )
    yield from _table(
        "Plans",
        ("stack", "add", "change", "replace", "destroy", "error"),
        [
            (one.stack, str(one.add), str(one.change), str(one.replace), str(one.destroy), one.error or "")
            for one in preview.plans
        ],
    )
    yield from _table(
        f"Findings ({preview.passed} checks passed)",
        ("rule", "severity", "state", "what", "times", "waivers"),
        [
            (one.rule, one.severity, one.state, one.title, str(one.count), ", ".join(one.waivers))
            for one in preview.findings
        ],
    )
    if preview.notes:
        yield "### Notes\n\n" + "".join(f"- {text(note)}\n" for note in preview.notes) + "\n"
    rows = [
        (
            f"{one.principal} ({one.kind})",
            one.resource,
            words.access(one.levels),
        )
        for one in preview.access
    ]
    yield from _table("Who can do what", ("principal", "resource", "access"), rows[:_MOST_ACCESS])
    if len(rows) > _MOST_ACCESS:
        yield f"{len(rows) - _MOST_ACCESS} more rows are in the preview's own files.\n\n"


def _account(account: AccountPreview) -> Iterator[str]:
    yield f"### {text(account.name)}{'' if account.is_new else ' (granted before)'}\n"
    facts = words.asked(account) | (words.guarded(account.guard) if account.guard else {})
    yield "| | |\n| --- | --- |"
    yield from (f"| {label} | {text(value)} |" for label, value in facts.items())


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if rows:
        yield (
            f"### {title}\n\n| {' | '.join(head)} |\n|{' --- |' * len(head)}\n"
            + "".join(f"| {' | '.join(map(text, row))} |\n" for row in rows)
            + "\n"
        )
