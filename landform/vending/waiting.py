"""Changes that wait on branches to be merged, and the addresses that they hold.

Each was worked out from the files as they were, so without a look at the others two would get one block, and the
second would need another one after its preview had been read and approved.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from landform.errors import LandformError
from landform.org.git import ask_git, run_git
from landform.org.lock import LOCK, Group, Lock, read_blocks
from landform.org.models.network import Block

VENDED = "vend/"
"""How the branches of ``landform vend --commit`` begin."""
SERVED = "landform/"
"""How those of ``landform serve`` begin."""

_REFS = tuple(f"{kind}/{start}**" for kind in ("refs/heads", "refs/remotes/*") for start in (VENDED, SERVED))


def waiting(project: Path, lock: Lock) -> Lock:
    """The blocks that changes have which are not merged into what is checked out; none where there is no repository.

    They are looked for on branches, here and in remotes as they were last fetched, whose names begin as landform
    begins them. A branch that is given up must be deleted before its addresses are free.

    Args:
        project: the project's folder.
        lock: the lock file as it is now.
    """
    # A project needs no repository, and a machine with none needs no git.
    if shutil.which("git") is None:
        return Lock({})
    known = {(group, block.account, block.cidr) for group, blocks in lock.blocks.items() for block in blocks}
    found: dict[Group, dict[tuple[str, str], Block]] = {}
    for group, block in _blocks(project):
        if (group, block.account, block.cidr) not in known:
            found.setdefault(group, {})[block.account, block.cidr] = block
    return Lock.of({group: blocks.values() for group, blocks in found.items()})


def _blocks(project: Path) -> Iterator[tuple[Group, Block]]:
    commits = ask_git(project, "for-each-ref", "--no-merged=HEAD", "--format=%(objectname)", *_REFS)
    if not commits:
        return
    inside = ask_git(project, "rev-parse", "--show-prefix") or ""
    for text in _files(project, [f"{commit}:{inside}{LOCK}" for commit in sorted({*commits.split()})]):
        try:
            pools = read_blocks(text).pools
        except LandformError:
            # What is no lock file there is refused by that branch's own gate, and holds nothing.
            continue
        for pool in pools:
            yield from (((pool.pool, pool.region), block) for block in pool.blocks)


def _files(project: Path, names: list[str]) -> Iterator[str]:
    """The texts of files at revisions, each once; without those that are not there."""
    said = run_git(project, "cat-file", "--batch-check=%(objectname) %(objecttype)", given="\n".join(names))
    blobs = {line.split()[0] for line in said.stdout.splitlines() if line.endswith(" blob")}
    for blob in sorted(blobs):
        text = ask_git(project, "cat-file", "blob", blob)
        if text is not None:
            yield text
