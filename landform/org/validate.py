"""The rules that hold across the files of a spec, as a table of functions that yield what is wrong.

Each error stands where the user can put it right: at the key of the file that names what is not there. The
dates of waivers are compared with each other and never with today; whether one has expired is judged where a
day is given (``landform.policies``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from landform.errors import Code, LandformError, Place
from landform.org.load import ORGANIZATION, OUS, TIERS, OrgSpec
from landform.org.models import Account
from landform.org.problems import Errors, account_file, duplicate, repeated, unknown
from landform.org.reach import Reach
from landform.org.select import ou_path
from landform.org.tags import DERIVED, MAX_TAGS, alike, refused_key, refused_value, resolve_tags
from landform.org.validate_stacks import account_stack_errors, need_errors, selector_errors, stack_errors
from landform.org.validate_waivers import waiver_errors

# The first letters of a region's name, where its partition is not the commercial one.
_PARTITIONS = {"us-gov-": "aws-us-gov", "cn-": "aws-cn"}


def validate(spec: OrgSpec, reach: Reach) -> Errors:
    """Every broken rule of a spec, in no particular order."""
    for rule in _RULES:
        yield from rule(spec, reach)


def _organization(spec: OrgSpec, reach: Reach) -> Errors:
    organization = spec.organization
    for key in ("management_account", "log_archive_account"):
        name = getattr(organization, key)
        if name not in reach.accounts:
            yield unknown(spec.place(ORGANIZATION, key), "account", name, reach.accounts)
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
    seen: dict[str, int] = {}
    for index, unit in enumerate(spec.ous):
        place = spec.place(OUS, "ous", index, "path")
        if seen.setdefault(unit.path, index) != index:
            yield duplicate(place, "path", unit.path, spec.place(OUS, "ous", seen[unit.path], "path"))
        for above in ou_path(unit.path)[:-1]:
            if above not in reach.ous:
                yield unknown(place, "organizational unit", above, reach.ous)
        for at, tier in enumerate(unit.tiers):
            if tier not in reach.tiers:
                yield unknown(spec.place(OUS, "ous", index, "tiers", at), "tier", tier, reach.tiers)


def _accounts(spec: OrgSpec, reach: Reach) -> Errors:
    regions = spec.organization.regions
    for account in spec.accounts:
        file = account_file(account)
        if account.tier not in reach.tiers:
            yield unknown(spec.place(file, "tier"), "tier", account.tier, reach.tiers)
        if account.ou not in reach.ous:
            yield unknown(spec.place(file, "ou"), "organizational unit", account.ou, reach.ous)
        for path in ou_path(account.ou):
            allowed = reach.ous[path].tiers if path in reach.ous else ()
            if allowed and account.tier in reach.tiers and account.tier not in allowed:
                yield LandformError(
                    Code.SPEC_REFERENCE,
                    f"The organizational unit {path} has no accounts of the tier {account.tier!r}.",
                    place=spec.place(file, "tier"),
                    given=account.tier,
                    expected=f"one of {', '.join(allowed)}",
                    fix=f"Move the account to another unit, or allow the tier in {OUS}.",
                )
        for index, region in enumerate(account.regions):
            if region not in regions:
                place = spec.place(file, "regions", index)
                yield unknown(place, "region in the organisation's `regions`", region, regions)
        yield from repeated(spec, file, ("regions",), account.regions)


def _unique_accounts(spec: OrgSpec, reach: Reach) -> Errors:
    # AWS takes an e-mail address for one account, in whatever case it is written.
    for key, fold in (("account_id", str), ("email", str.lower)):
        first: dict[str, Account] = {}
        for account in spec.accounts:
            value = getattr(account, key)
            other = first.setdefault(fold(value), account)
            if other is not account:
                place = spec.place(account_file(account), key)
                yield duplicate(place, key, value, spec.place(account_file(other), key))


def _tags(spec: OrgSpec, reach: Reach) -> Errors:
    organization = spec.organization
    layers: list[tuple[str, tuple[str | int, ...], Mapping[str, str]]] = [
        (ORGANIZATION, ("tags",), organization.tags),
        *((OUS, ("ous", index, "tags"), unit.tags) for index, unit in enumerate(spec.ous)),
        *((f"{TIERS}/{tier.name}.yaml", ("tags",), tier.tags) for tier in spec.tiers),
        *((account_file(account), ("tags",), account.tags) for account in spec.accounts),
    ]
    for file, loc, tags in layers:
        for key, value in tags.items():
            place = spec.documents[file].key_place(*loc, key)
            if key in DERIVED:
                yield _refused_tag(place, f"landform itself sets the tag {key!r}.", key, "another key")
            expected = refused_key(key)
            if expected:
                yield _refused_tag(place, "AWS would refuse the key of this tag.", key, expected)
            expected = refused_value(value)
            if expected:
                place = spec.place(file, *loc, key)
                yield _refused_tag(place, f"AWS would refuse the value of the tag {key!r}.", value, expected)
    derived: list[tuple[str, tuple[str, ...], str | None]] = [
        (ORGANIZATION, ("repository",), organization.repository),
        *(
            (account_file(account), ("owner", "cost_center"), account.owner.cost_center)
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
        known = account.tier in reach.tiers and all(path in reach.ous for path in ou_path(account.ou))
        if not known:
            continue
        tags = resolve_tags(spec.organization, reach.ous, reach.tiers[account.tier], account)
        place = spec.place(account_file(account), "tags")
        for key in spec.organization.mandatory_tags:
            if not tags.get(key):
                yield LandformError(
                    Code.SPEC_MISSING_KEY,
                    f"The account {account.name!r} has no value for the mandatory tag {key!r}.",
                    place=place,
                    expected=f"{key}: a value",
                    fix="Give it in the account's `tags`, or in those of its tier, its unit or the organisation.",
                )
        for first, second in alike(tags):
            yield LandformError(
                Code.SPEC_DUPLICATE,
                f"The account {account.name!r} has two tags that differ only in case.",
                place=place,
                given=f"{first}, {second}",
                expected="keys that differ without regard to case: IAM takes these for one",
                fix="Rename one of them, in whichever of the account's layers has it.",
            )
        if len(tags) > MAX_TAGS:
            yield LandformError(
                Code.SPEC_VALUE,
                f"The account {account.name!r} has more tags than AWS takes.",
                place=place,
                given=f"{len(tags)} tags",
                expected=f"at most {MAX_TAGS}, with those of its layers and landform's own",
            )


def _refused_tag(place: Place, message: str, given: str, expected: str) -> LandformError:
    return LandformError(Code.SPEC_VALUE, message, place=place, given=given[:80], expected=expected)


_RULES: tuple[Callable[[OrgSpec, Reach], Errors], ...] = (
    _organization,
    _ous,
    _accounts,
    _unique_accounts,
    stack_errors,
    selector_errors,
    account_stack_errors,
    need_errors,
    _tags,
    _resolved_tags,
    waiver_errors,
)
