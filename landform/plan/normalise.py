"""What a plan says, with its stack's own identity taken out: what the plans of 300 accounts have in common.

The account's id and name, the Region, the addresses of its own network, the ids that AWS chose for what is its own
and the tags that name its owner become placeholders, the same for the same thing. All else stays as it is: another
account's id, another Region, an address outside, an image or a gateway that is shared. So plans are equal afterwards
only where they would do the same, and what does more in one account is seen there ("Amazon Resource Names (ARNs)",
"Resource IDs" in AWS's references).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from landform.digest import digest
from landform.plan.model import Plan
from landform.policies.change import ResourceChange
from landform.schema.shapes import Shape, shape_of
from landform.synth.bundle import StackRecord

FORMAT = "landform/plan-class/v1"

Network = IPv4Network | IPv6Network

# What the AWS service makes inside one account alone, by the beginning of its id. An image, a snapshot, a prefix
# list, a transit gateway or a peering may be another account's: which one it is has an effect.
_PRIVATE_IDS = (
    "acl", "aclassoc", "cgw", "dopt", "eigw", "eipalloc", "eipassoc", "eni", "fl", "fs", "fsap", "fsmt", "i", "igw",
    "lt", "nat", "rtb", "rtbassoc", "sg", "sgr", "subnet", "vol", "vpc", "vpce",
)  # fmt: skip
# The forms of what AWS chooses, and of addresses: (name of the placeholder, pattern).
_SHAPES: Mapping[str, str] = {
    "id": rf"(?<![\w-])(?:{'|'.join(_PRIVATE_IDS)})-(?:[0-9a-f]{{17}}|[0-9a-f]{{8}})(?![\w-])",
    "key": r"(?<=:key/)(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w-])",
    "principal": r"(?<!\w)A(?:ROA|IDA|GPA|IPA|NPA)[A-Z2-7]{16,17}(?!\w)",
    "zone": r"(?<![\w-])[a-z]{2,4}\d-az\d(?![\w-])",
    "ipv4": r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?(?![\w/]|\.\d)",
    "ipv6": r"(?<![\w:])[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}(?:/\d{1,3})?(?![\w:/])",
}
_SHAPE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _SHAPES.items()))
_ADDRESSES = frozenset({"ipv4", "ipv6"})
# What a policy lets in by its id alone, whosever it is (aws:SourceVpc, aws:SourceVpce, a principal's unique id).
_LET_IN = frozenset({"vpc", "vpce", "principal"})
# A name that AWS's limits cut ends in digits of its hash (``landform.constructs.naming``).
_CUT = re.compile(r"((?:<account>|<account-id>)[\w<>-]*)-[0-9a-f]{8}(?![\w-])")
# Tags whose value is the account's own affair: who answers for it and who pays.
_OWNER_TAGS = frozenset(
    {"contact", "cost-center", "cost_center", "costcenter", "email", "owner", "security-contact"}
)
_TAGS = frozenset({"tags", "tags_all", "default_tags"})
_DATA_CLASS = "data-class"
# What stands for the tags of the spec, where a resource has all of them.
_SPEC_TAGS = "<tags of the spec>"
# The version of what a plan never shows: it follows from the content, which may hold the account's own names.
_WRITE_ONLY_VERSION = "_wo_version"
# Results of a resource that others refer to it by.
_REFERRED = re.compile(r"id|arn|unique_id|\w+_(?:id|arn)")
_LEAST = 8
# Arguments that make an account's network.
_NETWORKS: Mapping[str, tuple[str, ...]] = {
    "aws_vpc": ("cidr_block", "ipv6_cidr_block"),
    "aws_vpc_ipv4_cidr_block_association": ("cidr_block",),
    "aws_vpc_ipv6_cidr_block_association": ("ipv6_cidr_block",),
}
_NO_SHAPE: tuple[Mapping[str, Shape], None, frozenset[str]] = ({}, None, frozenset())


@dataclass(frozen=True, slots=True)
class Identity:
    """What is a stack's own, and differs from account to account where nothing else does.

    Attributes:
        account, account_id, region: of the account that the stack is in.
        stack: the id of the stack in the spec, which accounts share.
        tier: whose rules the plan is judged by; plans of two tiers are never one.
        networks: the address blocks of the account, as CIDR, beside those that the plan itself makes.
        named: other texts of the account's own, such as its email, and what each is called.
        tags: those that the spec gives to every resource of the stack, without the class of its data.
    """

    account: str
    account_id: str
    region: str
    stack: str
    tier: str
    networks: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls, record: StackRecord, *, networks: Iterable[str] = (), named: Mapping[str, str] | None = None
    ) -> Identity:
        """The identity of a stack of a bundle."""
        return cls(
            account=record.account,
            account_id=record.account_id,
            region=record.region,
            stack=record.stack,
            tier=record.tier,
            networks=tuple(networks),
            named=tuple(sorted((named or {}).items())),
            tags=tuple(sorted(item for item in record.tags.items() if item[0] != _DATA_CLASS)),
        )


def class_digest(plan: Plan, identity: Identity) -> str:
    """The digest that plans share which do the same, each in its own account.

    Taken from the redacted plan: plans that differ in nothing but a secret are of one class, and differ in
    ``plan_digest``.
    """
    return digest(
        {
            "format": FORMAT,
            "stack": identity.stack,
            "tier": identity.tier,
            "terraform_version": plan.terraform_version,
            "changes": normalised(plan, identity),
        }
    )


def normalised(plan: Plan, identity: Identity) -> dict[str, dict[str, Any]]:
    """What a plan would change, by address, with the stack's identity taken out. What stays and what is read is not
    in it."""
    without = Normaliser(plan, identity)
    changes = (change for change in plan.changes if acts(change))
    return {without.address(change.address): without.change(change) for change in changes}


def acts(change: ResourceChange) -> bool:
    """Whether a change does something, were it only to the resource's address or to who manages it."""
    return change.action not in ("no-op", "read") or bool(change.moved_from or change.imported)


class Normaliser:
    """Takes one stack's identity out of texts and values. Each thing keeps its placeholder as long as this lives.

    Args:
        plan: whose own resources and networks are the account's.
        identity: the rest of what is the account's.
    """

    def __init__(self, plan: Plan, identity: Identity) -> None:
        blocks = (*_networks(plan), *identity.networks)
        self._networks: tuple[Network, ...] = tuple(dict.fromkeys(map(ip_network, blocks)))
        self._names, self._called = _names(identity)
        self._plain = (identity.account, identity.account_id, identity.region, *dict(identity.named))
        results = dict(_results(plan, identity))
        # Whole texts that are a result of an own resource, and ids of one within longer texts.
        self._done: dict[str, str] = {text: f"<{name}>" for text, name in results.items()}
        self._known: dict[tuple[str, str], str] = {
            (_kind(found), text): name
            for text, name in results.items()
            if (found := _SHAPE.fullmatch(text)) and found.lastgroup not in _ADDRESSES
        }
        self._numbers: dict[str, int] = {}
        self._spec_tags = dict(identity.tags)

    def text(self, text: str) -> str:
        """A text without the stack's identity."""
        done = self._done.get(text)
        if done is None:
            done = self._done[text] = self._changed(text)
        return done

    def address(self, address: str) -> str:
        """An address whose key is without the stack's identity; types and names are the same in all accounts."""
        head, bracket, key = address.partition("[")
        return f"{head}[{self.text(key)}" if bracket else address

    def value(self, value: Any, shape: Shape | None = None) -> Any:
        """A JSON value without the stack's identity, and without what only the provider sets.

        Args:
            value: the value.
            shape: what the schema says of it.
        """
        kind = type(value)
        if kind is str:
            return self.text(value)
        if kind is dict:
            return self._mapping(value, shape)
        if kind is list or kind is tuple:
            if shape is None:
                return [self.value(item) for item in value]
            if shape.ordered or len(value) < 2:
                return [self.value(item, shape.items) for item in value]
            # Terraform orders a set by what its elements are or hash to, which is the account's own.
            first = sorted(value, key=lambda item: digest(self._anonymous(item)))
            return sorted((self.value(item, shape.items) for item in first), key=digest)
        return value

    def change(self, change: ResourceChange) -> dict[str, Any]:
        """A change without the stack's identity and its address."""
        shape = shape_of(change.type)
        return {
            "type": change.type,
            "action": change.action,
            "replace_paths": sorted(map(self._path, change.replace_paths), key=digest),
            "reason": change.reason,
            "before": self.value(change.before, shape),
            "after": self.value(change.after, shape),
            "unknown": self.value(change.unknown, shape),
            "moved_from": change.moved_from and self.address(change.moved_from),
            "imported": change.imported and self.text(change.imported),
        }

    def _path(self, path: Sequence[str | int]) -> list[str | int]:
        return [part if isinstance(part, int) or part.isidentifier() else self.text(part) for part in path]

    def _mapping(self, value: Mapping[str, Any], shape: Shape | None) -> dict[str, Any]:
        below, items, made = (shape.below, shape.items, shape.made) if shape else _NO_SHAPE
        done, result = self._done, {}
        # Most of a plan is here: what was seen before is not worth a call.
        for name, item in value.items():
            if name in made:
                continue
            kind = type(item)
            if kind is str:
                item = done.get(item) or self.text(item)
            elif kind is dict or kind is list or kind is tuple:
                item = self._tags(item) if name in _TAGS else self.value(item, below.get(name, items))
            elif kind is int and name.endswith(_WRITE_ONLY_VERSION):
                item = self._numbered("version", str(item))
            # An argument's name is no account's, whatever the account is called.
            result[name if name.isidentifier() else self.text(name)] = item
        if "key" in value and "value" in value and value["key"] in _OWNER_TAGS:
            result["value"] = self._tag(value["key"], value["value"])
        return result

    def _tags(self, tags: Any) -> Any:
        if not isinstance(tags, dict):
            return self.value(tags)
        # One that is missing, or is another one, is seen; so all are taken out or none.
        given = self._spec_tags if self._spec_tags.items() <= tags.items() else {}
        own = {
            self.text(name): self._tag(name, item) if name.lower() in _OWNER_TAGS else self.value(item)
            for name, item in tags.items()
            if name not in given
        }
        return own | ({_SPEC_TAGS: "all"} if given else {})

    def _tag(self, name: str, value: Any) -> Any:
        """Numbered, so that a plan which gives an account to another owner is seen."""
        return self._numbered(name.lower(), value) if isinstance(value, str) else self.value(value)

    def _changed(self, text: str) -> str:
        if any(map(text.__contains__, self._plain)):
            text = self._names.sub(self._name, text)
            text = _CUT.sub(r"\1-<hash>", text)
        return _SHAPE.sub(self._shaped, text) if _has_shape(text) else text

    def _name(self, found: re.Match[str]) -> str:
        return self._called[found[0]]

    def _shaped(self, found: re.Match[str]) -> str:
        if found.lastgroup in _ADDRESSES:
            return self._address(found[0])
        kind, text = _kind(found), found[0]
        # In a policy it is the account's own only where the plan has shown it to be.
        if kind in _LET_IN and text != found.string and (kind, text) not in self._known:
            return text
        return self._numbered(kind, text)

    def _numbered(self, kind: str, text: str) -> str:
        name = self._known.get((kind, text))
        if name is None:
            number = self._numbers[kind] = self._numbers.get(kind, 0) + 1
            name = self._known[kind, text] = f"{kind}-{number}"
        return f"<{name}>"

    def _address(self, text: str) -> str:
        """An address of the account's network, as its distance from the beginning; another as it is."""
        try:
            block = ip_network(text)
        except ValueError:
            return text
        for number, network in enumerate(self._networks, start=1):
            if block.version == network.version and block.subnet_of(network):  # type: ignore[arg-type] # of one version
                distance = int(block.network_address) - int(network.network_address)
                length = f"/{block.prefixlen}" if "/" in text else ""
                return f"<network-{number}>+{distance}{length}"
        return text

    def _anonymous(self, value: Any) -> Any:
        """A value in which unnumbered ids are not told apart, to order the elements of a set by."""
        if isinstance(value, str):
            plain = self._names.sub(self._name, value)
            return _SHAPE.sub(
                lambda found: (
                    self._address(found[0])
                    if found.lastgroup in _ADDRESSES
                    else f"<{self._known.get((_kind(found), found[0]), _kind(found))}>"
                ),
                plain,
            )
        if isinstance(value, dict):
            return {name: self._anonymous(item) for name, item in value.items()}
        if isinstance(value, list):
            return sorted(map(self._anonymous, value), key=digest)
        return value


def _group(found: re.Match[str]) -> str:
    assert found.lastgroup is not None, "every alternative is a group"
    return found.lastgroup


def _names(identity: Identity) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """A pattern of the account's own names, and the placeholder of each."""
    # (name, what is around no word of it, what is called by it); of equal names the first holds.
    words = (
        (identity.account_id, r"\d", r"(?!\d)", "account-id"),
        # An Availability Zone is a Region and a letter.
        (identity.region, "[a-z0-9]", "(?=[a-f]?(?![a-z0-9]))", "region"),
        *((text, r"\w", r"(?!\w)", name) for text, name in identity.named),
        # A name before a colon is a service's or a part of an ARN: no account's.
        (identity.account, "[A-Za-z0-9]", "(?![A-Za-z0-9:])", "account"),
    )
    # Each begins with its own letters, so that the search goes from one first letter to the next.
    patterns = (f"{re.escape(text)}(?<!{before}{re.escape(text)}){after}" for text, before, after, _ in words)
    return re.compile("|".join(patterns)), {text: f"<{name}>" for text, _, _, name in reversed(words)}


def _kind(found: re.Match[str]) -> str:
    """What sort of id was found: of one that AWS names, how it begins."""
    return found[0].partition("-")[0] if found.lastgroup == "id" else _group(found)


@cache
def _referred(terraform_type: str) -> tuple[str, ...]:
    """The results of a resource type that others refer to, the first by name last."""
    return tuple(sorted(filter(_REFERRED.fullmatch, shape_of(terraform_type).made), reverse=True))


def _results(plan: Plan, identity: Identity) -> Iterator[tuple[str, str]]:
    """What AWS chose for the stack's own resources and others refer to, with the resource's address; the last of a
    text holds."""
    for change in reversed(plan.changes):
        made = (
            ()
            if change.data
            else sorted(filter(_REFERRED.fullmatch, shape_of(change.type).made), reverse=True)
        )
        for state in (change.before, change.after):
            for name in made if isinstance(state, dict) else ():
                text = state.get(name)
                if isinstance(text, str) and len(text) >= _LEAST and text != identity.account_id:
                    yield text, f"{change.address}.{name}"


def _networks(plan: Plan) -> Iterator[str]:
    for change in plan.changes:
        for name in _NETWORKS.get(change.type, ()):
            for state in (change.before, change.after):
                if isinstance(state, dict) and isinstance(state.get(name), str) and "/" in state[name]:
                    yield state[name]


@lru_cache(maxsize=1 << 16)
def _has_shape(text: str) -> bool:
    """Whether a text holds the form of an id or an address. Most texts of a fleet are those of another stack too."""
    return _SHAPE.search(text) is not None
