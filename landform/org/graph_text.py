"""A folded graph in the languages of other programs: Mermaid, which code hosts draw, and Graphviz's DOT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from landform.org.graph import Group, Node, detail, subtitle, title


def mermaid(groups: Sequence[Group], heading: str) -> str:
    """A Mermaid flowchart."""
    return "\n".join(_mermaid(groups, heading)) + "\n"


def dot(groups: Sequence[Group], heading: str) -> str:
    """A Graphviz digraph, one cluster a group."""
    return "\n".join(_dot(groups, heading)) + "\n"


def _mermaid(groups: Sequence[Group], heading: str) -> Iterator[str]:
    yield f'---\ntitle: "{heading}"\n---'
    yield "flowchart LR"
    for number, group in enumerate(groups):
        ids = _ids(number, group)
        yield f'  subgraph g{number}["{_heading(group, "<br/>")}"]'
        yield "    direction LR"
        for node in group.nodes:
            yield f'    {ids[node.id]}["{_label(group, node, "<br/>")}"]'
        for source, target in group.drawn_edges():
            yield f"    {ids[source]} --> {ids[target]}"
        yield "  end"


def _dot(groups: Sequence[Group], heading: str) -> Iterator[str]:
    yield "digraph fleet {"
    yield f'  graph [label="{heading}", labelloc=t, rankdir=LR, fontname="Helvetica"]'
    yield '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica"]'
    for number, group in enumerate(groups):
        ids = _ids(number, group)
        yield f"  subgraph cluster_{number} {{"
        yield f'    label="{_heading(group, chr(92) + "n")}"; style=filled; fillcolor="#f5f7fa"'
        for node in group.nodes:
            yield f'    {ids[node.id]} [label="{_label(group, node, chr(92) + "n")}"]'
        for source, target in group.drawn_edges():
            yield f"    {ids[source]} -> {ids[target]}"
        yield "  }"
    yield "}"


def _ids(number: int, group: Group) -> dict[str, str]:
    return {node.id: f"g{number}n{place}" for place, node in enumerate(group.nodes)}


def _heading(group: Group, newline: str) -> str:
    return f"{title(group)}{newline}{subtitle(group)}"


def _label(group: Group, node: Node, newline: str) -> str:
    below = detail(group, node)
    return node.id + (newline + below if below else "")
