"""Which published controls ask for what a rule asks for, and which rules a control has.

The maps are data, a file for each standard in ``data/controls``: a control a line, and behind it the rules that judge
it, if any. ``RULE@TYPE`` is the rule on one resource type, where a control is about one of the types that the rule
judges. What each file was made from is said in the README beside them.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

from landform.policies.view import as_written

_CIS = "Center for Internet Security"
_AWS = "Amazon Web Services"


@dataclass(frozen=True, slots=True)
class Judge:
    """A rule that judges a control; on resources of one type alone where ``type`` is not empty."""

    rule: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Standard:
    """A published list of controls, and who publishes it.

    ``id`` is its name on the command line and of its file, ``controls`` what judges each control: nothing where no
    rule does. No rule, then no word: such a control is not judged.
    """

    id: str
    name: str
    organization: str
    controls: Mapping[str, tuple[Judge, ...]]


_PUBLISHED = (
    ("fsbp", "AWS Foundational Security Best Practices", _AWS),
    ("security-hub", "AWS Security Hub CSPM controls outside of FSBP", _AWS),
    ("cis-3.0", "CIS AWS Foundations Benchmark v3.0.0", _CIS),
    ("cis-5.0", "CIS AWS Foundations Benchmark v5.0.0", _CIS),
    ("cis-7.0", "CIS AWS Foundations Benchmark v7.0.0", _CIS),
    ("nist-800-53-r5", "NIST SP 800-53 Revision 5", "National Institute of Standards and Technology"),
    ("pci-dss-4.0", "PCI DSS v4.0", "PCI Security Standards Council"),
)


@functools.cache
def standards() -> Mapping[str, Standard]:
    """Every standard by its id, the ones of AWS first."""
    return MappingProxyType(
        {id: Standard(id, name, organization, _controls(id)) for id, name, organization in _PUBLISHED}
    )


# Asked once a finding, of which a fleet has many and few kinds.
@functools.cache
def controls_of(rule: str, resource_type: str | None = None) -> tuple[str, ...]:
    """The controls that ask for the same as a rule, by standard.

    Args:
        rule: a rule's id.
        resource_type: the type that the rule was broken by, ``data.`` in front of a data source's; every type where
            it is not given.
    """
    return tuple(
        dict.fromkeys(
            control
            for control, only in _by_rule().get(rule, ())
            if resource_type is None or only in ("", resource_type)
        )
    )


def type_of(address: str) -> str:
    """The resource type of an address; ``data.`` in front of a data source's."""
    # A key may have dots in it.
    parts = as_written(address).split(".")
    while parts[0] == "module" and len(parts) > 2:
        parts = parts[2:]
    return ".".join(parts[: 2 if parts[0] == "data" else 1])


@functools.cache
def _by_rule() -> Mapping[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for standard in standards().values():
        for control, judges in standard.controls.items():
            for judge in judges:
                found.setdefault(judge.rule, []).append((control, judge.type))
    return MappingProxyType({rule: tuple(controls) for rule, controls in found.items()})


def _controls(standard: str) -> Mapping[str, tuple[Judge, ...]]:
    file = resources.files(__package__).joinpath(f"data/controls/{standard}.tsv")
    rows = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines())
    return MappingProxyType(
        {control: tuple(_judge(word) for word in judges.split()) for control, judges in rows}
    )


def _judge(word: str) -> Judge:
    rule, _, resource_type = word.partition("@")
    return Judge(rule, resource_type)
