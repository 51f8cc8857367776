"""The rules of approvers: names are of somebody, a key is one person's, and there are as many as must approve."""

from __future__ import annotations

from collections.abc import Iterator

from landform.errors import Code, LandformError
from landform.org.document import Spot
from landform.org.models import Approvers, Rollout
from landform.org.problems import Errors, duplicate, given_twice, repeated, unknown
from landform.org.reach import Reach
from landform.org.spec import APPROVERS, OrgSpec, account_file, tier_file


def approver_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Names given twice or of nobody, and keys that two people share."""
    found = spec.approvers
    if found is None:
        return
    people = [person.name for person in found.people]
    groups = [group.name for group in found.groups]
    yield from given_twice(spec, APPROVERS, "name", people, "people")
    yield from given_twice(spec, APPROVERS, "name", groups, "groups")
    for index, group in enumerate(found.groups):
        if group.name in people:
            first = spec.place(APPROVERS, "people", people.index(group.name), "name")
            yield duplicate(spec.place(APPROVERS, "groups", index, "name"), "name", group.name, first)
        yield from repeated(spec, APPROVERS, ("groups", index, "members"), group.members)
        for at, member in enumerate(group.members):
            if member not in people:
                place = spec.place(APPROVERS, "groups", index, "members", at)
                yield unknown(place, "person", member, people)
    yield from _shared_keys(spec, found)


def number_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Tiers and accounts that ask for more approvals than there are people who can give them."""
    found = spec.approvers
    if found is None:
        return
    known = {*found.names}
    told = set()
    for rollout, spot in _rollouts(spec, reach):
        people = found.named(rollout.approvers)
        problem = (rollout.approvals, rollout.approvers)
        # A name of nobody is told by itself.
        named = known.issuperset(rollout.approvers or ())
        if named and rollout.approvals > len(people) and problem not in told:
            told.add(problem)
            yield LandformError(
                Code.SPEC_VALUE,
                "More people must approve here than may.",
                place=spot.place,
                given=f"`approvals: {rollout.approvals}`, and {len(people)} people who may approve",
                expected="at least as many people as approvals",
                fix="Name more people or groups in `rollout.approvers`, or ask for fewer approvals.",
            )


def _rollouts(spec: OrgSpec, reach: Reach) -> Iterator[tuple[Rollout, Spot]]:
    for tier in spec.tiers:
        yield reach.layers.tier(tier).rollout, spec.spot(tier_file(tier.name), "rollout")
    for account in spec.accounts:
        if reach.known(account):
            yield (
                reach.layers.effective(account).settings.rollout,
                spec.spot(account_file(account.name), "rollout"),
            )


def _shared_keys(spec: OrgSpec, found: Approvers) -> Errors:
    # Reading a key takes a library that a spec without approvers does not need.
    from landform.record.ssh import PublicKey

    seen: dict[PublicKey, tuple[int, int]] = {}
    for index, person in enumerate(found.people):
        for at, line in enumerate(person.keys):
            key = PublicKey.parse(line)
            first = seen.setdefault(key, (index, at))
            if first != (index, at):
                places = [
                    spec.place(APPROVERS, "people", one, "keys", other) for one, other in (first, (index, at))
                ]
                yield duplicate(places[1], "key", key.fingerprint, places[0])
