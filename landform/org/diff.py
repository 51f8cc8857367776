"""What changed between two states of an organisation, by meaning: for which accounts, and what follows for stacks.

A file that is gone is no decision: account factories have deleted live accounts that way. So an account whose file
vanished without having been closed is an error here, as is another value for what AWS never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from landform.digest import canonical_json
from landform.errors import Code, LandformError, Place
from landform.org.facts import Change, changes, facts
from landform.org.fleet import Fleet, StackInstance
from landform.org.format import write_all
from landform.org.load import load
from landform.org.lock import LOCK
from landform.org.migrate import migrate
from landform.org.models import Account
from landform.org.resolve import resolve
from landform.org.revision import at_revision, places_of
from landform.org.settle import lost
from landform.org.spec import ACCOUNTS, ORGANIZATION, OUS, ROOT, STACKS, OrgSpec, account_file

Kind = Literal["added", "removed", "renamed", "changed"]

# What an account keeps from the day it is made; another block of addresses is another VPC.
_IMMUTABLE = ("account_id", "email", "network.pool", "network.netmask")
# Parts of a stack's inputs that are told elsewhere: with the account's own file, and as needs of a picture.
_TOLD = frozenset({"account", "accounts"})
# Files that hold a list of things with a name of their own: the list, the key of the name, the word for it.
_FOLDERS = {"tiers": "tier", "baselines": "baseline", "waivers": "waiver", "policies": "policy"}
_LISTS = {OUS: ("ous", "path", "unit"), STACKS: ("stacks", "id", "stack")}


@dataclass(frozen=True, slots=True)
class State:
    """An organisation at one time: what it is called, as it was written, and resolved."""

    name: str
    spec: OrgSpec
    fleet: Fleet

    @classmethod
    def read(cls, project: Path, name: str) -> State:
        """Load and resolve a project's spec. Raises as ``load`` and ``resolve`` do."""
        spec = load(project)
        return cls(name, spec, resolve(spec))


def read_state(project: Path, revision: str | None) -> State:
    """A project's organisation at a git revision, or as its files are now.

    Files of an older schema version are migrated on the way, so that a migration is no change.

    Raises:
        LandformError: as ``at_revision``, ``migrate``, ``load`` and ``resolve``; places name the revision.
    """
    if revision is None:
        return State.read(project, "the files now")
    with at_revision(project, revision, ROOT) as there, places_of(revision):
        write_all(there, migrate(there))
        return State.read(there, revision)


@dataclass(frozen=True, slots=True)
class Subject:
    """Something of the spec that is no account: what it is and its name, such as ``tier prod``."""

    what: str
    kind: Kind
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class AccountDiff:
    """One account: what its file says anew, what is resolved anew for it, and its stacks.

    ``kind`` is ``changed`` for an account whose file may be the same, where what is above it changed. ``effects`` are
    fields of what its stacks are made from. ``before`` is the name it had, where it was renamed.
    """

    account: str
    kind: Kind
    before: str | None
    changes: tuple[Change, ...]
    effects: tuple[Change, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrgDiff:
    """Everything that changed, and what of it is an error. Stacks are named by their full names."""

    before: str
    after: str
    subjects: tuple[Subject, ...]
    accounts: tuple[AccountDiff, ...]
    errors: tuple[LandformError, ...]


def diff(before: State, after: State) -> OrgDiff:
    """Compare two states of one organisation."""
    old, new = _accounts(before), _accounts(after)
    renamed = dict(_renamed(old, new))
    gone = old.keys() - new.keys() - set(renamed.values())
    pairs: list[tuple[str, str | None]] = [(renamed.get(name, name), name) for name in new]
    pairs += [(name, None) for name in gone]
    old_stacks, new_stacks = _stacks(before.fleet), _stacks(after.fleet)
    found = (
        _account(old.get(was), new.get(now or ""), old_stacks.get(was, {}), new_stacks.get(now or "", {}))
        for was, now in sorted(pairs, key=lambda pair: pair[1] or pair[0])
    )
    accounts = tuple(each for each in found if each)
    return OrgDiff(
        before=before.name,
        after=after.name,
        subjects=tuple(_subjects(before.spec, after.spec)),
        accounts=accounts,
        errors=(*_errors(accounts, old, after), *_lost_blocks(before, after)),
    )


def as_json(found: OrgDiff) -> dict[str, Any]:
    """The comparison as one JSON document."""
    return {
        "before": found.before,
        "after": found.after,
        "ok": not found.errors,
        "subjects": [
            {"what": each.what, "kind": each.kind, "changes": [c.as_json() for c in each.changes]}
            for each in found.subjects
        ],
        "accounts": [
            {
                "account": each.account,
                "kind": each.kind,
                "before": each.before,
                "changes": [c.as_json() for c in each.changes],
                "effects": [c.as_json() for c in each.effects],
                "stacks": {
                    "added": list(each.added),
                    "removed": list(each.removed),
                    "changed": list(each.changed),
                },
            }
            for each in found.accounts
        ],
        "errors": [error.as_json() for error in found.errors],
    }


@dataclass(frozen=True, slots=True)
class _Account:
    model: Account
    value: Mapping[str, Any]


def _accounts(state: State) -> dict[str, _Account]:
    return {
        account.name: _Account(account, state.spec.documents[account_file(account.name)].value)
        for account in state.spec.accounts
    }


def _stacks(fleet: Fleet) -> dict[str, dict[str, StackInstance]]:
    found: dict[str, dict[str, StackInstance]] = {}
    for instance in fleet.instances:
        found.setdefault(instance.account.name, {})[instance.key] = instance
    return found


def _renamed(old: Mapping[str, _Account], new: Mapping[str, _Account]) -> Iterator[tuple[str, str]]:
    """New and old name of each account whose id stands under another name now."""
    ids = {each.model.account_id: name for name, each in old.items() if name not in new}
    for name, each in new.items():
        if name not in old and each.model.account_id and each.model.account_id in ids:
            yield name, ids[each.model.account_id]


def _account(
    old: _Account | None,
    new: _Account | None,
    old_stacks: Mapping[str, StackInstance],
    new_stacks: Mapping[str, StackInstance],
) -> AccountDiff | None:
    """The comparison of one account; None where nothing differs."""
    name = new.model.name if new else old.model.name if old else ""
    was = old.model.name if old else None
    kind: Kind = "added" if old is None else "removed" if new is None else "changed"
    kind = "renamed" if kind == "changed" and was != name else kind
    own = tuple(changes(old.value, new.value)) if old and new else ()
    effects: dict[str, Change] = {}
    changed = []
    for key in sorted(old_stacks.keys() & new_stacks.keys()):
        if old_stacks[key].digest != new_stacks[key].digest:
            differing = {
                canonical_json(change.as_json()): change
                for change in _effects(old_stacks[key], new_stacks[key])
            }
            changed += [key] * bool(differing or own)
            effects |= differing
    found = AccountDiff(
        account=name,
        kind=kind,
        before=was if kind == "renamed" else None,
        changes=own,
        effects=tuple(
            change
            for change in sorted(effects.values(), key=lambda change: change.field)
            if change not in own
        ),
        added=tuple(sorted(new_stacks.keys() - old_stacks.keys())),
        removed=tuple(sorted(old_stacks.keys() - new_stacks.keys())),
        changed=tuple(changed),
    )
    differs = kind != "changed" or own or found.effects or found.added or found.removed or found.changed
    return found if differs else None


def _effects(old: StackInstance, new: StackInstance) -> Iterator[Change]:
    """What a stack is made from anew, except what the account's own file says."""
    for change in changes(facts(old), facts(new)):
        part, _, rest = change.field.partition(".")
        if part not in _TOLD:
            field = f"{part}.{new.stack}.{rest}" if part == "params" else change.field
            yield replace(change, field=field)


def _subjects(before: OrgSpec, after: OrgSpec) -> Iterator[Subject]:
    """What differs in the files that are no account's, sorted by file and name."""
    old, new = dict(_things(before)), dict(_things(after))
    for what in sorted({*old, *new}):
        kind: Kind = "added" if what not in old else "removed" if what not in new else "changed"
        found = tuple(changes(old.get(what), new.get(what)))
        if found:
            yield Subject(what, kind, found if kind == "changed" else ())


def _things(spec: OrgSpec) -> Iterator[tuple[str, Any]]:
    """Every named thing of a spec that is no account, with what its file says."""
    for file, document in spec.documents.items():
        folder, _, name = file.removeprefix("org/").rpartition("/")
        value = document.value
        if file.startswith(f"{ACCOUNTS}/"):
            continue
        if file in _LISTS:
            key, id, word = _LISTS[file]
            yield from ((f"{word} {each[id]}", each) for each in value[key])
        elif file == ORGANIZATION:
            yield "organisation", value
        else:
            yield f"{_FOLDERS.get(folder, folder)} {Path(name).stem}".strip(), value


def _errors(
    accounts: Iterable[AccountDiff], old: Mapping[str, _Account], after: State
) -> Iterator[LandformError]:
    for each in accounts:
        if each.kind == "removed" and old[each.account].model.status != "closed":
            yield LandformError(
                Code.SPEC_REMOVED,
                f"The file of the account {each.account!r} is gone, and the account was not closed.",
                place=Place(account_file(each.account)),
                given=f"status {old[each.account].model.status}, before the file went",
                expected="a file, with `status: closed` once AWS has closed the account",
                fix="Bring the file back and give it the status that the account is to have.",
            )
        file = account_file(each.account)
        if each.kind == "renamed":
            yield LandformError(
                Code.SPEC_IMMUTABLE,
                f"The account {each.before!r} has another name.",
                place=after.spec.place(file, "name"),
                given=f"{each.account}, before {each.before}",
                expected="the name it has: every stack, state and resource of the account is named after it",
                fix="Take the change back, or add an account and close this one.",
            )
        vended = each.kind in ("changed", "renamed") and bool(
            old[each.before or each.account].model.account_id
        )
        for change in each.changes if vended else ():
            if change.field in _IMMUTABLE:
                yield LandformError(
                    Code.SPEC_IMMUTABLE,
                    f"The account {each.account!r} has another value for {change.field}.",
                    place=after.spec.place(file, *change.field.split(".")),
                    given=str(change),
                    expected="the value it has: the account is there already",
                    fix="Take the change back, or add an account and close this one.",
                )


def _lost_blocks(before: State, after: State) -> Iterator[LandformError]:
    """Address blocks that were allotted and are not in the lock file any more."""
    for (pool, region), block in lost(before.spec.lock, after.spec.lock):
        held = after.spec.lock.held_by(block.account).get(region)
        yield LandformError(
            Code.SPEC_IMMUTABLE,
            f"The account {block.account!r} has lost its block of the pool {pool!r} in {region}.",
            place=after.spec.lock.place(held) if held else Place(LOCK),
            given=f"{held.cidr if held else 'none'}, before {block.cidr}",
            expected="every block that was ever allotted: another block is another VPC",
            fix=f"Take the change of {LOCK} back; `landform org lock --resolve --base` settles it with a revision's.",
        )
