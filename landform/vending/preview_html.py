"""The preview as one HTML file: the picture, and below it everything that the preview holds.

What is long is folded, so that a reader finds it without a script. No colour says what a word does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from landform.access.rights import LEVELS
from landform.org.graph import counted
from landform.page import page, table
from landform.vending import preview_words as words
from landform.vending.preview import AccessPreview, AccountPreview, Preview, StackPreview
from landform.vending.preview_svg import picture

_STYLE = """
.picture { border: 1px solid var(--line); border-radius: .5rem; position: relative; left: 50%; width: max-content;
  min-width: 100%; max-width: 96vw; transform: translateX(-50%); }
.picture svg { display: block; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: 1rem 0; }
a { color: var(--low); } a:focus-visible { outline: 3px solid var(--low); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 0 2rem; }
td details { border: 0; margin: 0; background: none; } td summary { padding: 0; } td details > div { padding: 0; }
.critical { color: var(--critical); } .high, .failing, .fail { color: var(--high); } .medium { color: var(--medium); }
.low { color: var(--low); } .info { color: var(--soft); } .pass { color: var(--good); }
.levels td:nth-child(n+2), .levels th:nth-child(n+2) { width: 6.5rem; }
"""
_FEW = 3
_HELD = ("allowed", "allowed if")
_WORDS = {"allowed": "yes", "allowed if": "if", "stopped": "no"}


def html(preview: Preview) -> str:
    """The preview as one HTML page."""
    sections = [
        _Section("accounts", f"Accounts ({len(preview.accounts)})", tuple(_accounts(preview))),
        _Section("addresses", "Addresses", tuple(_addresses(preview))),
        _Section("stacks", f"Stacks ({len(preview.stacks)})", tuple(_stacks(preview))),
        _Section("resources", f"Resources by service ({preview.resources})", tuple(_services(preview))),
        _Section("findings", "Findings", tuple(_findings(preview))),
        _Section("sign-in", "Who signs in", tuple(_sign_in(preview.accounts))),
        _Section("access", "Who can do what", tuple(_access(preview.access))),
        _Section("plans", "Plans", tuple(_plans(preview))),
        _Section("cost", "Budget and quotas", tuple(_cost(preview))),
        _Section("notes", "Notes", tuple(_list(preview.notes))),
        _Section("files", "What is written", tuple(_list(preview.files, code=True))),
    ]
    shown = [section for section in sections if section.lines]
    body = [
        f"<h1>{escape(words.heading(preview))}</h1>",
        f"<p>{words.size(preview)}; {_strong('pass' if preview.ok else 'fail', words.verdict(preview))}.</p>",
        *_about(preview),
        '<nav aria-label="Contents"><ul>',
        *(f'<li><a href="#{section.id}">{section.title}</a></li>' for section in shown),
        "</ul></nav>",
        '<div class="scroll picture" role="region" tabindex="0" aria-label="The picture">',
        picture(preview),
        "</div>",
        *(line for section in shown for line in section.drawn()),
    ]
    return page(f"landform vend: {words.heading(preview)}", body, style=_STYLE)


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of the page, and how a link finds it."""

    id: str
    title: str
    lines: tuple[str, ...]

    def drawn(self) -> Iterator[str]:
        yield f'<section id="{self.id}"><h2>{self.title}</h2>'
        yield from self.lines
        yield "</section>"


def _about(preview: Preview) -> Iterator[str]:
    bundle = f"bundle {_code(preview.bundle)}"
    yield f'<p class="soft">Preview {_code(preview.document()["digest"])} of {bundle}.</p>'
    if preview.unchanged:
        others = counted(preview.unchanged, "stack")
        yield f'<p class="soft">Other accounts: {others} compared with what they were, and the same.</p>'


def _accounts(preview: Preview) -> Iterator[str]:
    """What is asked for and what guards it; of many accounts each is folded."""
    unfolded = " open" if len(preview.accounts) <= _FEW else ""
    for account in preview.accounts:
        state = "new" if account.is_new else "granted before"
        yield (
            f"<details{unfolded}><summary><strong>{escape(account.name)}</strong> "
            f'<span class="soft">{escape(account.ou)}, {escape(account.tier)}, {state}</span></summary>'
            '<div class="facts">'
        )
        yield from _facts("What is asked for", words.asked(account))
        if account.guard:
            yield from _facts("Guard", words.guarded(account.guard))
        yield "</div></details>"


def _facts(title: str, facts: Mapping[str, str]) -> Iterator[str]:
    yield f"<div><h3>{title}</h3><dl>"
    for label, value in facts.items():
        yield f"<dt>{label}</dt><dd>{escape(value)}</dd>"
    yield "</dl></div>"


def _addresses(preview: Preview) -> Iterator[str]:
    if preview.addresses:
        rows = [
            [
                escape(each.account),
                escape(each.region),
                _code(each.cidr),
                escape(each.pool),
                _strong("fail", f"nearly full: {each.pool_share:.1%}")
                if each.nearly_full
                else f"{each.pool_share:.1%}",
            ]
            for each in preview.addresses
        ]
        columns = ("account", "region", "block", "pool", "pool taken")
        yield table(
            "The blocks of the accounts, and how full each pool is with them", columns, rows, numbers=1
        )


def _stacks(preview: Preview) -> Iterator[str]:
    if preview.stacks:
        rows = [
            [
                _code(stack.name),
                escape(stack.region) if stack.regional else "whole account",
                "yes" if stack.in_baseline else "",
                "<br>".join(map(_code, stack.needs)),
                _types(stack),
            ]
            for stack in preview.stacks
        ]
        columns = ("stack", "where", "baseline", "after", "resources")
        yield table("In the order in which they can be applied", columns, rows)


def _types(stack: StackPreview) -> str:
    counts = "<br>".join(f"{_code(type)} {count}" for type, count in stack.resources.items())
    return f"<details><summary>{stack.total}</summary><div>{counts}</div></details>"


def _services(preview: Preview) -> Iterator[str]:
    if preview.services:
        rows = [
            [
                escape(service),
                ", ".join(f"{_code(type)} {count}" for type, count in types.items()),
                str(sum(types.values())),
            ]
            for service, types in preview.services.items()
        ]
        yield table("As IAM names the services", ("service", "types", "resources"), rows, numbers=1)


def _findings(preview: Preview) -> Iterator[str]:
    """Those that are open come first, as the report has them."""
    yield f"<p>{counted(preview.passed, 'check')} passed.</p>"
    if preview.findings:
        rows = [
            [
                f'<span class="{escape(one.state)}">{escape(one.state)}</span>',
                f'<span class="{escape(one.severity)}">{escape(one.severity)}</span>',
                f"{_code(one.rule)} {escape(one.title)}",
                "<br>".join(map(_code, one.where)),
                ", ".join(map(escape, one.waivers)),
                str(one.count),
            ]
            for one in preview.findings
        ]
        columns = ("state", "severity", "rule", "stacks", "waivers", "findings")
        yield table("Rules that the stacks break", columns, rows, numbers=1)


def _sign_in(accounts: Sequence[AccountPreview]) -> Iterator[str]:
    rows = [
        [
            escape(account.name),
            escape(one.group),
            escape(one.permission_set),
            escape(one.max_session or ""),
            "needed" if one.approval else "",
        ]
        for account in accounts
        for one in account.sign_in
    ]
    if rows:
        columns = ("account", "group", "permission set", "longest session", "approval")
        yield table("Through IAM Identity Center", columns, rows)


def _access(found: Sequence[AccessPreview]) -> Iterator[str]:
    """Folded by principal."""
    principals: dict[tuple[str, str], list[AccessPreview]] = defaultdict(list)
    for one in found:
        principals[one.kind, one.principal].append(one)
    if principals:
        yield (
            '<p class="soft">What policies allow on each resource: yes, if a condition holds, or no where another '
            "policy stops it.</p>"
        )
    columns = ("resource", *LEVELS.values())
    for (kind, name), rows in principals.items():
        levels = [level for level in LEVELS.values() if any(row.levels.get(level) in _HELD for row in rows)]
        held = f"{', '.join(levels) or 'nothing'} on {counted(len(rows), 'resource')}"
        yield (
            f"<details><summary><strong>{escape(name)}</strong> {escape(kind)} "
            f'<span class="soft">{held}</span></summary><div>'
        )
        cells = [
            [_code(row.resource), *(_WORDS.get(row.levels.get(level, ""), "") for level in LEVELS.values())]
            for row in rows
        ]
        yield table(f"What {name} can do", columns, cells, kind="levels")
        yield "</div></details>"


def _plans(preview: Preview) -> Iterator[str]:
    if preview.plans:
        rows = [
            [
                _code(one.stack),
                _strong("fail", one.error) if one.error else "",
                *map(str, (one.add, one.change, one.replace, one.destroy)),
            ]
            for one in preview.plans
        ]
        columns = ("stack", "error", "add", "change", "replace", "destroy")
        yield table("What Terraform would do", columns, rows, numbers=4)


def _cost(preview: Preview) -> Iterator[str]:
    rows = [
        [escape(account.name), escape(words.budget(account)), "<br>".join(map(escape, account.quotas))]
        for account in preview.accounts
        if account.budget is not None or account.quotas
    ]
    if rows:
        yield f"<p>New accounts may cost up to {preview.budget:,} USD a month together.</p>"
        yield table("What each may cost, and use", ("account", "budget", "quotas"), rows)


def _list(texts: Sequence[str], *, code: bool = False) -> Iterator[str]:
    if texts:
        yield "<ul>"
        yield from (f"<li>{_code(text) if code else escape(text)}</li>" for text in texts)
        yield "</ul>"


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _strong(kind: str, text: str) -> str:
    return f'<strong class="{kind}">{escape(text)}</strong>'
