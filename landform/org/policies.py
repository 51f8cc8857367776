"""``org/policies/*.json``: the service control policies that units and accounts name.

A policy is kept as the document AWS takes, not as YAML: what an auditor compares with the console is the same text.
AWS limits both: how long a policy is, and how many stand at one place ("Quotas for AWS Organizations").
"""

from __future__ import annotations

import json

from landform.errors import Code, LandformError
from landform.org.problems import Errors, repeated, unknown
from landform.org.reach import Reach
from landform.org.spec import OUS, OrgSpec, account_file, policy_file

MAX_CHARACTERS = 5120
MAX_ATTACHED = 5


def policy_errors(spec: OrgSpec, reach: Reach) -> Errors:
    """Policies that AWS would refuse, names that no policy has, more at one place than AWS takes."""
    for name, document in spec.policies.items():
        # How landform hands it to AWS: without spaces that mean nothing.
        characters = len(json.dumps(document, separators=(",", ":"), ensure_ascii=False))
        if characters > MAX_CHARACTERS:
            yield LandformError(
                Code.SPEC_VALUE,
                f"AWS would refuse the policy {name!r}: it is too long.",
                place=spec.place(policy_file(name)),
                given=f"{characters} characters",
                expected=f"at most {MAX_CHARACTERS}, without spaces between its parts",
                fix="Split it into two policies.",
            )
    key = "service_control_policies"
    attached = [
        *((OUS, ("ous", at, key), unit.service_control_policies) for at, unit in enumerate(spec.ous)),
        *((account_file(each.name), (key,), each.service_control_policies) for each in spec.accounts),
    ]
    for file, loc, names in attached:
        for index, name in enumerate(names):
            if name not in spec.policies:
                yield unknown(spec.place(file, *loc, index), "policy", name, spec.policies)
        yield from repeated(spec, file, loc, names)
        if len(names) > MAX_ATTACHED:
            yield LandformError(
                Code.SPEC_VALUE,
                "AWS takes no more service control policies at one place.",
                place=spec.place(file, *loc),
                given=f"{len(names)} policies",
                expected=f"at most {MAX_ATTACHED}",
                fix="Merge some of them, or attach some to the unit above.",
            )
