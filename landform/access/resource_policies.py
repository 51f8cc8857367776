"""Where resource policies stand in Terraform: a table.

``data/resource_policies.tsv`` has a line for each type whose argument holds a policy of its own grammar: the type, the
argument, and the argument that says what it is attached to (``.`` for the resource itself, ``*`` for everything of
its service in the account and region). Policies of endpoints of a VPC are about a way into AWS and not about a
resource, and are left out; so are lifecycle, data protection and access policies in grammars of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def policy_arguments() -> Mapping[str, tuple[str, str]]:
    """For each type of the table: the argument that holds the policy, and the one that says of what."""
    text = resources.files(__package__).joinpath("data/resource_policies.tsv").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines())
    return {type: (argument, about) for type, argument, about in lines}
