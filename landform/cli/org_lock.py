"""``landform org lock``: address blocks allotted, checked, settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landform.cli import options
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import project_folder
from landform.errors import Code, Exit, LandformError, Place, raise_all

if TYPE_CHECKING:
    from landform.org.addresses import Demand, Headroom
    from landform.org.lock import Group, Lock
    from landform.org.models.network import Block, NetworkPool
    from landform.org.settle import Move, Settled
    from landform.org.spec import OrgSpec

EXAMPLES = """
Examples:

  landform org lock                      # allot what is missing

  landform org lock --check --base origin/main

  landform org lock --resolve            # after a merge that both sides allotted in

  landform org lock --release old-account --until 2027-06-30
"""


_DATE = ["%Y-%m-%d"]


def register(org_app: typer.Typer) -> None:
    """Add the command."""
    add_command(org_app, lock, epilog=EXAMPLES)


def warn_of_full_pools(said: Out, found: Lock, pools: Iterable[NetworkPool]) -> list[Headroom]:
    """How full the pools are, with a warning for each that somebody should widen."""
    from landform.org.addresses import headroom

    room = headroom(found, pools)
    for each in room:
        if each.nearly_full:
            said.warning(_full(each))
    return room


def lock(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; status 1 if something is due.")
    ] = False,
    base: Annotated[
        str | None,
        typer.Option(help="A git revision: no block that it has may be lost, with --resolve none moves."),
    ] = None,
    resolve: Annotated[
        bool, typer.Option("--resolve", help="Settle a merge, or a change by hand, then allot.")
    ] = False,
    release: Annotated[
        str | None, typer.Option(metavar="ACCOUNT", help="Give up the blocks of a closed account.")
    ] = None,
    until: Annotated[
        dt.datetime | None,
        typer.Option(formats=_DATE, metavar="DATE", help="With --release: nobody gets them before."),
    ] = None,
    as_of: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=_DATE, metavar="DATE", help="Blocks given up until a day before this one are free again."
        ),
    ] = None,
    ipam: Annotated[
        list[str], typer.Option(metavar="POOL_ID", help="Allocate in this AWS IPAM pool; repeatable.")
    ] = [],  # noqa: B006 - typer copies defaults
    role_arn: options.RoleArn = None,
    profile: options.Profile = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Allot an address block to every account that asks for one: org/network.lock.json.

    First-fit from the pools in org/network.yaml. What was allotted stays, whatever becomes of its account.
    """
    _check_usage(check=check, resolve=resolve, release=release, until=until, base=base, ipam=ipam)
    from landform.org.addresses import allot
    from landform.org.addresses import release as release_blocks

    said = Out(as_json=json, quiet=quiet)
    work = _Work.read(project_folder(directory))
    day = as_of.date() if as_of else None
    if resolve:
        return _settled(said, work, base, day)
    before = work.whole()
    if check:
        return _checked(said, work, before, base)
    _refuse_to_begin_anew(work.project)
    if release is not None and until is not None:
        after = release_blocks(before, work.demands, release, until.date())
    elif ipam:
        after = _from_ipam(work, before, ipam, role_arn, profile)
    else:
        after = allot(before, work.pools, work.demands, as_of=day)
    return _written(said, work, before, after)


@dataclass(frozen=True)
class _Work:
    """What the command works on: the project, its spec without the lock, and what its accounts ask for."""

    project: Path
    spec: OrgSpec
    demands: Sequence[Demand]

    @classmethod
    def read(cls, project: Path) -> _Work:
        from landform.org.load import in_order, load
        from landform.org.reach import Reach
        from landform.org.validate_network import demands, pool_errors

        spec = load(project, with_lock=False)
        raise_all(in_order(list(pool_errors(spec, Reach(spec)))))
        return cls(project, spec, demands(spec))

    def whole(self) -> Lock:
        """The lock file as it is, judged."""
        from landform.org.lock import read_lock

        return self.judged(read_lock(self.project))

    def judged(self, found: Lock) -> Lock:
        """A lock against which nothing is to be said but what it lacks."""
        from landform.org.validate_network import lock_errors

        raise_all(list(lock_errors(replace(self.spec, lock=found), self.demands)))
        return found

    @property
    def pools(self) -> Mapping[str, Any]:
        return {pool.name: pool for pool in self.spec.pools}


def _check_usage(
    *,
    check: bool,
    resolve: bool,
    release: str | None,
    until: dt.datetime | None,
    base: str | None,
    ipam: list[str],
) -> None:
    if sum((check, resolve, release is not None, bool(ipam))) > 1:
        raise LandformError(
            Code.USAGE,
            "These options do not go together.",
            given="more than one of --check, --resolve, --release and --ipam",
            expected="one of them, or none",
        )
    if (release is None) != (until is None):
        raise LandformError(
            Code.USAGE,
            "Blocks are given up until a date.",
            expected="both --release ACCOUNT and --until DATE",
        )
    if base is not None and not (check or resolve):
        raise LandformError(Code.USAGE, "--base goes with --check or with --resolve.", given=f"--base {base}")


def _refuse_to_begin_anew(project: Path) -> None:
    """Every block would be another one, and with it every VPC, where a lock file is not there by mistake."""
    from landform.org.lock import LOCK
    from landform.org.settle import base_of

    if (project / LOCK).exists():
        return
    committed = base_of(project, conflict=False)
    if committed is not None and committed.blocks:
        raise LandformError(
            Code.SPEC_LOCK,
            "The lock file is gone, and the last commit has one.",
            place=Place(LOCK),
            given="no file",
            expected="the file as it was committed: another block is another VPC",
            fix=f"Bring it back (git checkout HEAD -- {LOCK}).",
        )


def _settled(said: Out, work: _Work, base: str | None, as_of: dt.date | None) -> int:
    from landform.org.lock import read_lock_text
    from landform.org.settle import base_of, lock_at, settle, sides

    text = read_lock_text(work.project)
    stays = lock_at(work.project, base) if base else base_of(work.project, conflict=len(sides(text)) > 1)
    found = settle(text, work.pools, work.demands, base=stays, as_of=as_of)
    return _written(said, work, found.kept, found.lock, found)


def _from_ipam(
    work: _Work, before: Lock, ipam: Sequence[str], role_arn: str | None, profile: str | None
) -> Lock:
    from landform.org.ipam import allot_from_ipam
    from landform.org.living import open_session

    session = open_session(role_arn=role_arn, profile=profile)
    home = session.region_name or work.spec.organization.home_region
    regions = {home, *(demand.region for demand in work.demands)}
    clients = {region: session.client("ec2", region_name=region) for region in sorted(regions)}
    return allot_from_ipam(clients, home, before, work.pools, work.demands, ipam)


def _checked(said: Out, work: _Work, found: Lock, base: str | None) -> int:
    from landform.org.addresses import missing
    from landform.org.settle import lock_at, lost

    lacking = [
        {"account": each.account, "pool": each.pool, "region": each.region, "netmask": each.netmask}
        for each in missing(found, work.demands)
    ]
    gone = [_shown(*each) for each in (lost(lock_at(work.project, base), found) if base else ())]
    room = _headroom(said, work, found)

    def human(console: Any) -> None:
        for each in lacking:
            console.print(f"missing: {_named(each)}, a /{each['netmask']}", highlight=False)
        for each in gone:
            console.print(f"lost: {_named(each)}, {each['cidr']} of {base}", highlight=False)
        console.print(f"{len(lacking)} missing, {len(gone)} lost", highlight=False)

    said.result({"missing": lacking, "lost": gone, "headroom": room}, human)
    return int(Exit.SAID_NO if lacking or gone else Exit.DONE)


def _written(said: Out, work: _Work, before: Lock, after: Lock, found: Settled | None = None) -> int:
    from landform.org.lock import LOCK, write_lock

    work.judged(after)
    known = set(_each(before))
    moved = [_moved(move) for move in (found.moved if found else ())]
    elsewhere = {(move["account"], move["region"]) for move in moved}
    new = [
        _shown(group, block)
        for group, block in _each(after)
        if (group, block) not in known and (block.account, group[1]) not in elsewhere
    ]
    document = {
        "file": LOCK,
        "changed": write_lock(work.project, after),
        "allotted": [each for each in new if "reserved_until" not in each],
        "released": [each for each in new if "reserved_until" in each],
        "moved": moved,
        "restored": [_shown(group, block) for group, block in (found.restored if found else ())],
        "headroom": _headroom(said, work, after),
    }
    said.result(document, lambda console: _show(console, document))
    return int(Exit.DONE)


def _moved(move: Move) -> dict[str, Any]:
    return {
        "account": move.account,
        "pool": move.pool,
        "region": move.region,
        "before": move.before,
        "after": move.after,
    }


def _show(console: Any, document: Mapping[str, Any]) -> None:
    for each in document["moved"]:
        after = each["after"] or "none: it needs none any more"
        console.print(f"moved: {_named(each)}, from {each['before']} to {after}", highlight=False)
    for each in document["restored"]:
        console.print(f"restored: {_named(each)}, {each['cidr']}", highlight=False)
    for each in document["released"]:
        until = each["reserved_until"]
        console.print(f"given up: {_named(each)}, {each['cidr']}, kept until {until}", highlight=False)
    for each in document["allotted"]:
        console.print(f"allotted: {_named(each)}, {each['cidr']}", highlight=False)
    rows = [
        [
            each["pool"],
            each["region"],
            f"{each['share']:.0%}",
            f"/{each['largest']}" if each["largest"] else "none",
        ]
        for each in document["headroom"]
    ]
    console.print(table(["pool", "region", "taken", "largest free"], rows))
    console.print(f"{document['file']}: {'written' if document['changed'] else 'unchanged'}", highlight=False)


def _headroom(said: Out, work: _Work, found: Lock) -> list[dict[str, Any]]:
    room = warn_of_full_pools(said, found, work.spec.pools)
    return [
        {
            "pool": each.pool,
            "region": each.region,
            "addresses": each.addresses,
            "taken": each.taken,
            "share": round(each.share, 4),
            "largest": each.largest,
        }
        for each in room
    ]


def _full(room: Headroom) -> str:
    left = f"the largest free block is a /{room.largest}" if room.largest else "no block is free"
    return f"the pool {room.pool} is {room.share:.0%} full in {room.region}; {left}"


def _named(each: Mapping[str, Any]) -> str:
    return f"{each['account']} in {each['region']} ({each['pool']})"


def _each(found: Lock) -> Iterable[tuple[Group, Block]]:
    return ((group, block) for group, blocks in found.blocks.items() for block in blocks)


def _shown(group: Group, block: Block) -> dict[str, Any]:
    from landform.org.lock import block_json

    return {"pool": group[0], "region": group[1], **block_json(block)}
