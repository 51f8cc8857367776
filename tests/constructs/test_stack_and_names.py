"""The stack of one account, its tags and the names it gives."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import at, built

from landform.constructs import AwsStack
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.logs import LogGroup
from landform.constructs.naming import kebab, physical_name
from landform.constructs.s3 import Bucket
from landform.core import App, Construct
from landform.errors import Code, LandformError, LandformErrors
from landform.resources import CheckedResource
from landform.testing import stack_instance, synthesise

GLUE = [Trust.service("glue.amazonaws.com")]
PARTS = st.from_regex(r"[a-z][a-z0-9]{0,20}(-[a-z0-9]{1,20}){0,3}", fullmatch=True)
IDS = st.from_regex(r"[A-Z][a-zA-Z0-9]{0,60}", fullmatch=True)


def topic(stack, tags):
    return CheckedResource(stack, "Topic", "aws_sns_topic", {"name": "settled", "tags": tags})


class TestKebab:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("LogArchive", "log-archive"),
            ("S3PublicAccess", "s3-public-access"),
            ("EC2", "ec2"),
            ("Lake2", "lake2"),
            ("2024Logs", "2024-logs"),
            ("logs-2024", "logs-2024"),
            ("KMSKey", "kms-key"),
            ("data_lake v2", "data-lake-v2"),
            ("Gr\u00f6\u00dfe", "gr-e"),
            ("", ""),
        ],
    )
    def test_words_in_lower_case_with_hyphens(self, text, name):
        """A name that every AWS service takes."""
        assert kebab(text) == name


class TestPhysicalName:
    def test_parts_are_joined(self):
        """From the outside in."""
        assert physical_name(["acme", "payments-prod", "ledger"], 63) == "acme-payments-prod-ledger"

    def test_a_part_that_repeats_the_end_is_left_out(self):
        """The stack ``data-lake`` and its bucket ``Lake`` need one ``lake``."""
        assert physical_name(["acme", "data-lake", "lake"], 63) == "acme-data-lake"

    def test_the_end_of_a_word_is_not_a_part(self):
        """``ake`` is no repetition of ``lake``."""
        assert physical_name(["acme", "lake", "ake"], 63) == "acme-lake-ake"

    def test_a_name_that_is_too_long_ends_in_a_hash_of_the_whole(self):
        """Cut alone, two long names would be one."""
        one = physical_name(["acme", "a" * 80, "one"], 63)
        two = physical_name(["acme", "a" * 80, "two"], 63)

        assert len(one) == len(two) == 63
        assert one != two
        assert re.fullmatch(r"acme-a{49}-[0-9a-f]{8}", one)

    @given(st.lists(PARTS, min_size=1), st.integers(16, 64))
    def test_it_fits_and_has_no_hyphen_at_an_end(self, parts, most):
        """Whatever the parts, AWS takes the length and the ends."""
        name = physical_name(parts, most)

        assert len(name) <= most
        assert re.fullmatch(r"[a-z0-9-]*[a-z0-9]", name)

    @given(st.sets(st.text("abc", min_size=60, max_size=90), min_size=2, max_size=20))
    def test_long_names_that_differ_stay_different(self, names):
        """The hash is of the whole name."""
        assert len({physical_name(["acme", name], 63) for name in names}) == len(names)


class TestAwsStack:
    def test_the_provider_refuses_every_other_account(self):
        """Credentials of another account stop at the provider."""
        (provider,) = built(lambda stack: None)["provider"]["aws"]

        assert provider == {"region": "eu-west-1", "allowed_account_ids": ["012345678901"]}

    def test_the_state_is_locked_encrypted_and_of_this_account(self):
        """S3's own lock, the account's key, and no bucket of another account."""
        backend = built(lambda stack: None)["terraform"]["backend"]["s3"]

        assert backend == {
            "allowed_account_ids": ["012345678901"],
            "bucket": "acme-tfstate-012345678901",
            "encrypt": True,
            "key": "payments-prod.data-lake/terraform.tfstate",
            "kms_key_id": "arn:aws:kms:eu-west-1:012345678901:alias/acme-tfstate",
            "region": "eu-west-1",
            "use_lockfile": True,
        }

    def test_the_provider_version_is_exact(self):
        """Another version is another schema."""
        required = built(lambda stack: None)["terraform"]["required_providers"]["aws"]

        assert required == {"source": "hashicorp/aws", "version": "5.100.0"}

    def test_state_of_another_region_lies_in_the_home_region(self):
        """An account has one state bucket."""
        backend = built(lambda stack: None, region="eu-central-1", regional=True)["terraform"]["backend"][
            "s3"
        ]

        assert backend["region"] == "eu-west-1"

    def test_of_names_the_line_of_a_construct_outside_a_stack(self):
        """An AWS construct must know its account."""
        with pytest.raises(LandformError, match="must stand inside an AwsStack") as caught:
            Key(App(), "Key")

        assert caught.value.code is Code.NO_STACK
        assert caught.value.place.file == "test_stack_and_names.py"

    @pytest.mark.parametrize(
        ("arguments", "arn"),
        [
            ({}, "arn:aws:sns:eu-west-1:012345678901:settled"),
            ({"region": ""}, "arn:aws:sns::012345678901:settled"),
            ({"region": "", "account_id": ""}, "arn:aws:sns:::settled"),
            ({"account_id": "111111111111"}, "arn:aws:sns:eu-west-1:111111111111:settled"),
        ],
    )
    def test_arns_are_literal(self, arguments, arn):
        """Region and account are the stack's, others, or none."""
        stack = AwsStack(App(), stack_instance())

        assert stack.arn("sns", "settled", **arguments) == arn

    def test_what_is_off_by_what_was_given_is_recorded(self):
        """With the check that will find it, as what a tier switches off."""
        stack = AwsStack(App(), stack_instance())
        key = Key(stack, "Key", protected=True)

        stack.switch_off(key, "in a VPC", checks=("CKV_AWS_117",))

        (off,) = stack.switched_off
        assert (off.construct, off.holds, off.why, off.checks) == (
            key,
            "in a VPC",
            "the code",
            ("CKV_AWS_117",),
        )
        assert ("info", "Off, because the code says so: in a VPC (CKV_AWS_117).") in key.node.annotations


class TestDefaultOn:
    HOLDS = "nobody deletes it"
    SETTING = "sizing.deletion_protection"

    def judged(self, tier="prod", given=None, **arguments):
        """Whether the default is on, the construct, and the stack that it was asked of."""
        stack = AwsStack(App(), stack_instance(tier=tier))
        construct = Construct(stack, "Data")
        on = stack.default_on(construct, self.HOLDS, setting=self.SETTING, given=given, **arguments)
        return on, construct, stack

    @pytest.mark.parametrize(
        ("tier", "on"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says(self, tier, on):
        """Where the construct was told nothing."""
        assert self.judged(tier)[0] is on

    @pytest.mark.parametrize("tier", ["sandbox", "prod"])
    @pytest.mark.parametrize("given", [True, False])
    def test_what_was_given_goes_before_the_tier(self, tier, given):
        """In both directions."""
        assert self.judged(tier, given)[0] is given

    @pytest.mark.parametrize(
        ("tier", "setting"), [("sandbox", "sizing.db.multi_az"), ("prod", "guard.plan.max_destroy")]
    )
    def test_a_setting_below_a_part_of_the_tier(self, tier, setting):
        """And one that says nothing is off."""
        stack = AwsStack(App(), stack_instance(tier=tier))

        assert stack.default_on(Construct(stack, "Data"), "x", setting=setting) is False

    @pytest.mark.parametrize("given", [None, True])
    def test_what_is_on_is_no_matter_for_anyone(self, given):
        """Nothing is recorded."""
        _, construct, stack = self.judged(given=given)

        assert stack.switched_off == []
        assert not construct.node.annotations

    @pytest.mark.parametrize(
        ("given", "why"), [(None, "sizing.deletion_protection of tier dev"), (False, "the code")]
    )
    def test_what_is_off_is_recorded_with_who_said_so(self, given, why):
        """On the stack, for the checks, and on the construct, for the manifest."""
        _, construct, stack = self.judged("dev", given, checks=("CKV_AWS_293", "CKV2_AWS_60"))

        (off,) = stack.switched_off
        assert (off.construct, off.holds, off.why, off.checks) == (
            construct,
            self.HOLDS,
            why,
            ("CKV_AWS_293", "CKV2_AWS_60"),
        )
        assert list(construct.node.annotations) == [
            ("info", f"Off, because {why} says so: {self.HOLDS} (CKV_AWS_293, CKV2_AWS_60).")
        ]

    def test_without_checks_none_are_named(self):
        """What no rule finds."""
        _, construct, _ = self.judged("dev")

        assert [text for _, text in construct.node.annotations] == [
            f"Off, because sizing.deletion_protection of tier dev says so: {self.HOLDS}."
        ]

    def test_a_setting_that_does_not_exist_is_a_mistake_of_ours(self):
        """Not a default that is off."""
        stack = AwsStack(App(), stack_instance())

        with pytest.raises(AttributeError, match="deletion_protektion"):
            stack.default_on(Construct(stack, "Data"), "x", setting="sizing.deletion_protektion")


class TestPhysicalNamesOfAStack:
    def test_name_of_prefix_account_stack_and_path(self):
        """It can be read back to the construct."""
        stack = AwsStack(App(), stack_instance())

        assert stack.physical_name(Construct(stack, "Raw"), 63) == "acme-payments-prod-data-lake-raw"

    def test_a_regional_stack_names_its_region(self):
        """The same stack runs in every region, and names of IAM and S3 are shared by all."""
        stack = AwsStack(App(), stack_instance(region="eu-central-1", regional=True))

        assert stack.physical_name(Construct(stack, "Raw"), 63) == (
            "acme-payments-prod-eu-central-1-data-lake-raw"
        )

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (lambda stack: Bucket(stack, "Data"), lambda stack: Bucket(stack, "data")),
            (lambda stack: Bucket(stack, "DataLake"), lambda stack: Bucket(stack, "data-lake")),
            (lambda stack: Bucket(stack, "Raw"), lambda stack: Bucket(Construct(stack, "raw"), "Raw")),
            (lambda stack: Bucket(stack, "Raw"), lambda stack: Key(Construct(stack, "raw"), "Key")),
        ],
    )
    def test_two_constructs_of_one_name_are_refused(self, first, second):
        """AWS would refuse the second one, half-way through an apply."""

        def build(stack):
            first(stack)
            second(stack)

        with pytest.raises(LandformError, match="would give AWS one name") as caught:
            synthesise(build)

        assert caught.value.code is Code.DUPLICATE_ID
        assert caught.value.place.file == "test_stack_and_names.py"
        assert "test_stack_and_names.py:" in caught.value.fix

    @given(st.sets(IDS, min_size=1, max_size=12))
    def test_the_names_of_a_stack_are_unique(self, ids):
        """Whatever the ids: two different constructs have different names, or the second is refused."""
        stack = AwsStack(App(), stack_instance())
        names = []
        for id in sorted(ids):
            with contextlib.suppress(LandformError):
                names.append(stack.physical_name(Construct(stack, id), 63))

        assert names
        assert len(names) == len(set(names))


MANDATORY = {
    "account": "payments-prod",
    "cost-center": "4711",
    "data-class": "restricted",
    "managed-by": "landform",
    "owner": "payments",
    "tier": "prod",
}


class TestTags:
    def test_a_resource_without_tags_gets_the_mandatory_ones(self):
        """And the construct that made it."""
        document = built(lambda stack: topic(stack, None))

        assert at(document, "Topic")["tags"] == {
            **MANDATORY,
            "construct": "payments-prod.data-lake/Topic",
        }

    def test_tags_that_were_given_are_kept(self):
        """The mandatory ones are laid below them."""
        tags = at(built(lambda stack: topic(stack, {"Name": "settled"})), "Topic")["tags"]

        assert tags["Name"] == "settled"
        assert tags.items() >= MANDATORY.items()

    def test_a_resource_that_takes_no_tags_gets_none(self):
        """Terraform would refuse the argument."""
        document = built(lambda stack: Bucket(stack, "Lake"))

        assert "tags" not in at(document, "Lake/Versioning")

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("", "x"),
            ("k" * 129, "x"),
            ("owner", "v" * 257),
            ("owner", "pay*ments"),
            ("own<er>", "x"),
            ("aws:owner", "x"),
            ("AWS:owner", "x"),
        ],
    )
    def test_a_tag_that_aws_would_refuse_is_refused(self, key, value):
        """Length, characters and the prefix that AWS keeps to itself."""
        with pytest.raises(LandformError, match="AWS would refuse the tag") as caught:
            built(lambda stack: topic(stack, {key: value}))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_stack_and_names.py"

    @pytest.mark.parametrize(
        ("key", "value", "expected"),
        [
            ("owner", "", "a value: the tag is mandatory"),
            ("data-class", "", "a value: the tag is mandatory"),
            ("data-class", "secretish", "one of public, internal, confidential, restricted"),
        ],
    )
    def test_a_value_that_the_organisation_does_not_take(self, key, value, expected):
        """A mandatory tag says something, and the class of data is one of four."""
        with pytest.raises(LandformError, match="no value that the organisation takes") as caught:
            built(lambda stack: topic(stack, {key: value}))

        assert (caught.value.given, caught.value.expected) == (f"{key!r} = {value!r}", expected)

    def test_a_tag_of_ones_own_may_be_empty(self):
        """AWS takes it."""
        assert at(built(lambda stack: topic(stack, {"marker": ""})), "Topic")["tags"]["marker"] == ""

    def test_a_mandatory_tag_that_is_missing(self):
        """On the line that took it away."""
        made = []

        def build(stack):
            made.append(CheckedResource(stack, "Topic", "aws_sns_topic", {"name": "settled"}))
            made[0].add_override("tags.owner", None)

        with pytest.raises(LandformError, match="lacks the mandatory tag 'owner'") as caught:
            built(build)

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.line == made[0].node.place.line + 1

    def test_every_mandatory_tag_that_is_missing(self):
        """All of them are told at once."""
        with pytest.raises(LandformErrors) as caught:
            built(lambda stack: topic(stack, None).add_override("tags", None))

        missing = [error.message.rpartition(" ")[2] for error in caught.value.errors]
        assert missing == ["'owner'.", "'cost-center'.", "'data-class'."]

    def test_a_mandatory_tag_that_an_aspect_takes_away(self):
        """What is judged is what will be written."""

        class Untag:
            def visit(self, construct):
                if isinstance(construct, CheckedResource):
                    del construct.arguments["tags"]["owner"]

        def build(stack):
            topic(stack, None)
            stack.node.add_aspect(Untag())

        with pytest.raises(LandformError, match="lacks the mandatory tag 'owner'"):
            built(build)

    def test_a_value_that_terraform_fills_in_is_left_to_it(self):
        """It is not known yet."""

        def build(stack):
            first = topic(stack, None)
            arguments = {
                "name": "other",
                "tags": {"peer": first.ref("arn"), "owner": f"{first.ref('name')}*"},
            }
            CheckedResource(stack, "Other", "aws_sns_topic", arguments)

        assert at(built(build), "Other")["tags"]["peer"] == "${aws_sns_topic.Topic.arn}"

    def test_more_than_fifty_tags_are_refused(self):
        """The mandatory ones count."""
        with pytest.raises(LandformError, match="AWS takes 50 tags on a resource, not 51"):
            built(lambda stack: topic(stack, {f"tag-{number}": "x" for number in range(44)}))

    def test_letters_of_any_script_are_taken(self):
        """AWS takes Unicode letters."""
        document = built(lambda stack: topic(stack, {"Besitzer": "Zahlungsverkehr \u00d6st / \u6771\u4eac"}))

        assert at(document, "Topic")["tags"]["Besitzer"].startswith("Zahlung")


def group(stack, *tags):
    return CheckedResource(
        stack, "Group", "aws_autoscaling_group", {"min_size": 0, "max_size": 1, "tag": list(tags)}
    )


def tag(key, value, *, propagate=True):
    return {"key": key, "value": value, "propagate_at_launch": propagate}


class TestTagBlocks:
    def test_a_resource_that_takes_tags_as_blocks_gets_the_mandatory_ones(self):
        """And hands them on to what it launches."""
        blocks = at(built(group), "Group")["tag"]

        assert {block["key"]: block["value"] for block in blocks} == {
            **MANDATORY,
            "construct": "payments-prod.data-lake/Group",
        }
        assert all(block["propagate_at_launch"] is True for block in blocks)

    def test_tags_that_were_given_are_kept(self):
        """With what they say of being handed on."""
        mine = (tag("Name", "settled", propagate=False), tag("owner", "ledger"))
        blocks = at(built(lambda stack: group(stack, *mine)), "Group")["tag"]

        assert all(block in blocks for block in mine)
        assert len(blocks) == len(MANDATORY) + 2

    def test_mandatory_tags_that_are_taken_away(self):
        """No group without tags is written, so no check needs to find one."""
        with pytest.raises(LandformErrors) as caught:
            built(lambda stack: group(stack).add_override("tag", None))

        assert [error.given for error in caught.value.errors] == ["tags none"] * 3

    def test_one_that_sets_a_single_tag_is_left_alone(self):
        """The block of aws_autoscaling_group_tag is the tag itself."""
        arguments = {"autoscaling_group_name": "workers", "tag": tag("Name", "settled")}
        document = built(lambda stack: CheckedResource(stack, "Tag", "aws_autoscaling_group_tag", arguments))

        assert at(document, "Tag")["tag"] == [tag("Name", "settled")]

    @pytest.mark.parametrize(
        ("tags", "message"),
        [
            ([tag("aws:owner", "x")], "AWS would refuse the tag"),
            ([tag("owner", "pay*ments")], "AWS would refuse the tag"),
            ([tag("owner", "")], "no value that the organisation takes"),
            ([tag(f"tag-{number}", "x") for number in range(44)], "AWS takes 50 tags on a resource, not 51"),
            ([tag("Name", "x"), tag("Name", "y")], "each tag of a resource once"),
        ],
    )
    def test_tags_that_aws_would_refuse_are_refused(self, tags, message):
        """As for a map of tags."""
        with pytest.raises(LandformError, match=message) as caught:
            built(lambda stack: group(stack, *tags))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_stack_and_names.py"


class TestSourceLines:
    def test_every_resource_of_a_construct_names_the_line_that_made_the_construct(self):
        """A finding leads to the user's own code, not into the library."""
        origins = synthesise(lambda stack: (Bucket(stack, "Lake"), LogGroup(stack, "Audit"))).origins

        assert {source.partition(":")[0] for _, source in origins.values()} == {"test_stack_and_names.py"}

    def test_a_grants_policy_names_the_users_line(self):
        """The policy is made by the first grant."""

        def build(stack):
            Bucket(stack, "Lake").grants.read_objects(Role(stack, "Reader", trust=GLUE))

        origins = synthesise(build).origins

        assert {source.partition(":")[0] for _, source in origins.values()} == {"test_stack_and_names.py"}
