"""The rules of imports: they are of stacks that there are, and each resource takes over one object."""

from __future__ import annotations

from landform.org.problems import Errors, duplicate, unknown
from landform.org.reach import Reach, instance_key
from landform.org.spec import IMPORTS, OrgSpec


def import_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Stacks that there are not, and two objects for one resource.

    Whether a path leads to a resource is known once the stack is made, and said there.
    """
    if not spec.imports:
        return
    keys = _keys(spec, reach) if spec.whole else None
    seen: dict[tuple[str, str], int] = {}
    for index, each in enumerate(spec.imports):
        if keys is not None and each.stack not in keys:
            yield unknown(spec.place(IMPORTS, "imports", index, "stack"), "stack", each.stack, keys)
        first = seen.setdefault((each.stack, each.to), index)
        if first != index:
            places = [spec.place(IMPORTS, "imports", at, "to") for at in (index, first)]
            yield duplicate(places[0], f"`to` of {each.stack}", each.to, places[1])


def _keys(spec: OrgSpec, reach: Reach) -> list[str]:
    """The full names of all stacks."""
    return [
        instance_key(account, rule, region)
        for account in spec.accounts
        for rule in reach.stacks[account.name].values()
        for region in reach.regions(account, rule)
    ]
