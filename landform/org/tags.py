"""Tags: resolved from the root of the organisation down to the account, and judged as AWS judges them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from landform.org.models import Account, Organization

# Set by landform from the account and its organisation; a tag of the spec cannot have these names.
DERIVED = ("account", "cost-center", "data-class", "managed-by", "owner", "repository", "tier")

# "Tag naming limits and requirements" in AWS's tagging guide.
MAX_TAGS = 50
MAX_KEY = 128
MAX_VALUE = 256
_PUNCTUATION = frozenset("_.:/=+-@")


def resolve_tags(organization: Organization, account: Account, layered: Mapping[str, str]) -> dict[str, str]:
    """The tags of every resource of a stack, sorted: those that its layers give, below landform's own."""
    tags = dict(layered)
    tags |= {
        "account": account.name,
        "cost-center": account.owner.cost_center,
        "data-class": account.data_class,
        "managed-by": "landform",
        "owner": account.owner.team,
        "tier": account.tier,
    }
    if organization.repository is not None:
        tags["repository"] = organization.repository
    return dict(sorted(tags.items()))


def refused_key(key: str) -> str | None:
    """What a tag's key would have to be, or None where AWS takes it."""
    if not 1 <= len(key) <= MAX_KEY:
        return f"1 to {MAX_KEY} characters"
    if key.lower().startswith("aws:"):
        return "a key that does not begin with aws:, which AWS keeps for itself"
    return _refused_characters(key)


def refused_value(value: str) -> str | None:
    """What a tag's value would have to be, or None where AWS takes it."""
    return f"at most {MAX_VALUE} characters" if len(value) > MAX_VALUE else _refused_characters(value)


def alike(keys: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of keys that differ only in case: IAM takes them for one key given twice."""
    first: dict[str, str] = {}
    for key in keys:
        other = first.setdefault(key.lower(), key)
        if other != key:
            yield other, key


@lru_cache(maxsize=1 << 12)
def _refused_characters(text: str) -> str | None:
    # AWS's pattern is [\p{L}\p{Z}\p{N}_.:/=+\-@]*: letters, separators and numbers of every script.
    fine = all(char in _PUNCTUATION or unicodedata.category(char)[0] in "LZN" for char in text)
    return None if fine else "letters, digits, spaces and _ . : / = + - @"
