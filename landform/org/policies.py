"""``org/policies/*.json``: the service control policies that units and accounts name.

A policy is kept as the document AWS takes, not as YAML: what an auditor compares with the console is the same text.
AWS limits how long a policy is, and how many stand at one place; ``packing`` keeps to both for as long as it can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from landform.errors import Code, LandformError
from landform.org.models import Account, OrganizationalUnit
from landform.org.packing import KINDS, Kind, arrange, pack, room, size, sizes
from landform.org.problems import Errors, repeated, unknown
from landform.org.reach import Reach
from landform.org.spec import OUS, OrgSpec, account_file, policy_file


def attached_policies(
    units: Iterable[OrganizationalUnit], accounts: Iterable[Account]
) -> Mapping[str, Sequence[str]]:
    """The names of the service control policies at each place: the root, units by path, accounts by name."""
    at = [(unit.path, unit.service_control_policies) for unit in units]
    at += [(account.name, account.service_control_policies) for account in accounts]
    return {place: names for place, names in at if names}


def policy_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Policies that AWS would refuse, names that no policy has, more at one place than AWS takes."""
    for name, document in spec.policies.items():
        kind: Kind = "scp" if "Statement" in document else "tag"
        longest = max(size(content) for content, _ in pack(kind, spec.policies, [name], most=1) or [({}, ())])
        if longest > KINDS[kind].characters:
            yield LandformError(
                Code.SPEC_VALUE,
                f"AWS would refuse the policy {name!r}: one of its statements is too long.",
                place=spec.place(policy_file(name)),
                given=f"{longest} characters",
                expected=f"at most {KINDS[kind].characters}, without spaces between its parts",
                fix="Split the statement into two.",
            )
    yield from _attachment_errors(spec)


def _attachment_errors(spec: OrgSpec) -> Errors:
    key = "service_control_policies"
    attached = [
        *(
            (unit.path, False, OUS, ("ous", at, key), unit.service_control_policies)
            for at, unit in enumerate(spec.ous)
        ),
        *(
            (one.name, True, account_file(one.name), (key,), one.service_control_policies)
            for one in spec.accounts
        ),
    ]
    for at, is_account, file, loc, names in attached:
        for index, name in enumerate(names):
            if name not in spec.policies:
                yield unknown(spec.place(file, *loc, index), "policy", name, spec.policies)
        yield from repeated(spec, file, loc, names)
        known = [name for name in names if name in spec.policies]
        count = len(arrange("scp", spec.policies, {at: known}, [at] if is_account else []))
        most = room("scp", at, account=is_account)
        if count > most:
            yield LandformError(
                Code.SPEC_VALUE,
                "AWS takes no more service control policies at one place, and packed they are too many still.",
                place=spec.place(file, *loc),
                given=f"{count} policies of {KINDS['scp'].characters} characters at {at}: "
                f"{sizes(spec.policies, known)}",
                expected=f"at most {most}, beside AWS's own and those that landform puts there",
                fix="Attach some of them to the unit above, or say the same in fewer characters.",
            )
