"""The rules that hold across the files of a spec, as a table of functions that yield what is wrong.

Each error stands where the user can put it right: at the key of the file that names what is not there. The
dates of waivers are compared with each other and never with today; whether one has expired is judged where a
day is given (``landform.policies``). Where a file is broken, each rule that does not need it is judged all the same.
"""

from __future__ import annotations

from landform.errors import Code, LandformError, Place
from landform.org.document import Spot
from landform.org.lock import LOCK
from landform.org.models import Account
from landform.org.policies import policy_errors
from landform.org.problems import LAYERED, Errors, Rule, given_twice, repeated, unknown
from landform.org.reach import Reach
from landform.org.select import ou_path
from landform.org.spec import (
    APPROVERS,
    IMPORTS,
    MOVED,
    NETWORK,
    ORGANIZATION,
    OUS,
    POLICIES,
    STACKS,
    TIERS,
    OrgSpec,
    account_file,
)
from landform.org.tags import DERIVED, MAX_TAGS, alike, refused_key, refused_value, resolve_tags
from landform.org.validate_accounts import account_errors, read_account_errors, unique_accounts
from landform.org.validate_approvers import approver_errors, number_errors
from landform.org.validate_imports import import_errors
from landform.org.validate_layers import enforced_errors, layer_errors, parameter_errors
from landform.org.validate_moved import moved_errors
from landform.org.validate_network import block_errors, given_block_errors, pool_errors
from landform.org.validate_stacks import (
    account_stack_errors,
    need_errors,
    output_errors,
    selector_errors,
    stack_errors,
)
from landform.org.validate_waivers import approval_errors, waiver_errors
from landform.org.validate_waves import baseline_errors, wave_errors

# The first letters of a region's name, where its partition is not the commercial one.
_PARTITIONS = {"us-gov-": "aws-us-gov", "cn-": "aws-cn"}


def validate(spec: OrgSpec, reach: Reach) -> Errors:
    """Every broken rule of a spec, in no particular order; of a part of one, what can be judged of it."""
    for rule, needs in (*_RULES, *(_RULES_OF_ALL if spec.whole else ())):
        if spec.knows(*needs):
            yield from rule(spec, reach)


def _organization(spec: OrgSpec, reach: Reach) -> Errors:
    organization = spec.organization
    if organization.home_region not in organization.regions:
        place = spec.place(ORGANIZATION, "home_region")
        yield unknown(place, "region in `regions`", organization.home_region, organization.regions)
    if organization.state.region not in (None, *organization.regions):
        place = spec.place(ORGANIZATION, "state", "region")
        yield unknown(place, "region in `regions`", str(organization.state.region), organization.regions)
    if not {"{account}", "{account_id}"} & {part + "}" for part in _placeholders(organization.state.bucket)}:
        yield LandformError(
            Code.SPEC_VALUE,
            "The state's bucket would have one name in every account.",
            place=spec.place(ORGANIZATION, "state", "bucket"),
            given=organization.state.bucket,
            expected="a name with {account_id} or {account} in it: S3 has each bucket name once in the world",
        )
    yield from repeated(spec, ORGANIZATION, ("regions",), organization.regions)
    for index, region in enumerate(organization.regions):
        partition = next((p for start, p in _PARTITIONS.items() if region.startswith(start)), "aws")
        if partition != organization.partition:
            yield LandformError(
                Code.SPEC_VALUE,
                f"The region {region} is not in the partition {organization.partition}.",
                place=spec.place(ORGANIZATION, "regions", index),
                given=region,
                expected=f"a region of {organization.partition}, or `partition: {partition}`",
            )


def _placeholders(template: str) -> list[str]:
    return ["{" + part.partition("}")[0] for part in template.split("{")[1:]]


def _ous(spec: OrgSpec, reach: Reach) -> Errors:
    yield from given_twice(spec, OUS, "path", [unit.path for unit in spec.ous], "ous")
    for index, unit in enumerate(spec.ous):
        place = spec.place(OUS, "ous", index, "path")
        for above in ou_path(unit.path)[:-1]:
            if above not in reach.ous:
                yield unknown(place, "organizational unit", above, reach.ous)
        for at, tier in enumerate(unit.tiers):
            if tier not in reach.tiers:
                yield unknown(spec.place(OUS, "ous", index, "tiers", at), "tier", tier, reach.tiers)


def _tags(spec: OrgSpec, reach: Reach) -> Errors:
    organization = spec.organization
    for layer in reach.layers.reader.all():
        tags = layer.sections.get("tags")
        for path, said in tags.statements() if tags else ():
            key, value = path[-1], said.value
            refused = "another key" if key in DERIVED else refused_key(key)
            if refused:
                assert isinstance(said.at, Spot), "landform itself says no tags"
                place = said.at.key_place
                message = (
                    f"landform itself sets the tag {key!r}."
                    if key in DERIVED
                    else "AWS would refuse the key of this tag."
                )
                yield _refused_tag(place, message, key, refused)
            refused = refused_value(value)
            if refused:
                yield _refused_tag(
                    said.place, f"AWS would refuse the value of the tag {key!r}.", value, refused
                )
    derived: list[tuple[str, tuple[str, ...], str | None]] = [
        (ORGANIZATION, ("repository",), organization.repository),
        *(
            (account_file(account.name), ("owner", "cost_center"), account.owner.cost_center)
            for account in spec.accounts
        ),
    ]
    for file, at, source in derived:
        expected = refused_value(source or "")
        if source and expected:
            yield _refused_tag(
                spec.place(file, *at), f"AWS would refuse {at[-1]} as a tag's value.", source, expected
            )


def _resolved_tags(spec: OrgSpec, reach: Reach) -> Errors:
    for account in spec.accounts:
        if not reach.known(account):
            continue
        whole = resolve_tags(spec.organization, account, reach.layers.effective(account).tags)
        for key in spec.organization.mandatory_tags:
            if not whole.get(key):
                yield LandformError(
                    Code.SPEC_MISSING_KEY,
                    f"The account {account.name!r} has no value for the mandatory tag {key!r}.",
                    place=spec.place(account_file(account.name), "tags"),
                    expected=f"{key}: a value",
                    fix="Give it in the account's `tags`, or in those of its tier, its unit or the organisation.",
                )
        yield from _tags_of_stacks(spec, reach, account)


def _tags_of_stacks(spec: OrgSpec, reach: Reach, account: Account) -> Errors:
    """What AWS says of all tags of one resource, for each set of tags that the account's stacks have."""
    rules = reach.stacks[account.name].values()
    settings = [reach.layers.effective(account)]
    settings += [
        reach.layers.effective(account, each, rule) for rule in rules for each in reach.regions(account, rule)
    ]
    told = set()
    for layered in {id(each.tags): each.tags for each in settings}.values():
        tags = resolve_tags(spec.organization, account, layered)
        problems = [
            (
                Code.SPEC_DUPLICATE,
                f"The account {account.name!r} has two tags that differ only in case.",
                f"{first}, {second}",
                "keys that differ without regard to case: IAM takes these for one",
                "Rename one of them, in whichever of the account's layers has it.",
            )
            for first, second in alike(tags)
        ]
        if len(tags) > MAX_TAGS:
            problems.append(
                (
                    Code.SPEC_VALUE,
                    f"The account {account.name!r} has more tags than AWS takes.",
                    f"{len(tags)} tags",
                    f"at most {MAX_TAGS}, with those of its layers and landform's own",
                    "Remove some of them, in whichever of the account's layers has them.",
                )
            )
        for problem in problems:
            if problem not in told:
                told.add(problem)
                code, message, given, expected, fix = problem
                place = spec.place(account_file(account.name), "tags")
                yield LandformError(code, message, place=place, given=given, expected=expected, fix=fix)


def _refused_tag(place: Place, message: str, given: str, expected: str) -> LandformError:
    return LandformError(Code.SPEC_VALUE, message, place=place, given=given[:80], expected=expected)


_RULES: tuple[Rule, ...] = (
    (_organization, (ORGANIZATION,)),
    (_ous, (OUS, TIERS)),
    (account_errors, ()),
    (unique_accounts, ()),
    (read_account_errors, (ORGANIZATION,)),
    (baseline_errors, (STACKS,)),
    (stack_errors, (STACKS,)),
    (output_errors, (STACKS,)),
    (account_stack_errors, LAYERED),
    (need_errors, LAYERED),
    (moved_errors, (STACKS, MOVED)),
    (import_errors, (*LAYERED, IMPORTS)),
    (layer_errors, (ORGANIZATION,)),
    (parameter_errors, (ORGANIZATION, STACKS)),
    (enforced_errors, LAYERED),
    (_tags, (ORGANIZATION,)),
    (_resolved_tags, LAYERED),
    (approver_errors, (APPROVERS,)),
    (number_errors, (APPROVERS, *LAYERED)),
    (approval_errors, ()),
    (waiver_errors, LAYERED),
    (pool_errors, (ORGANIZATION, TIERS, NETWORK)),
    (block_errors, (NETWORK, LOCK)),
    (given_block_errors, ()),
    (policy_errors, (POLICIES,)),
)

# Whether something matches nothing is known once every account is.
_RULES_OF_ALL: tuple[Rule, ...] = (
    (selector_errors, LAYERED),
    (wave_errors, (ORGANIZATION, OUS, TIERS)),
)
