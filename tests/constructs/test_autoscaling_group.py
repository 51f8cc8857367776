"""Groups of machines: sizes, age, tags, and the role that starts them."""

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.autoscaling import AutoScalingGroup
from landform.constructs.ec2 import LaunchTemplate, MachineImage, Subnet, Vpc
from landform.constructs.kms import Key
from landform.errors import Code, LandformError
from landform.testing import synthesise

SUBNETS = [
    Subnet("subnet-0a1b2c3d", "eu-west-1a", "10.20.0.0/23"),
    Subnet("subnet-0b1b2c3d", "eu-west-1b", "10.20.2.0/23"),
]
SERVICE_ROLE = (
    "arn:aws:iam::012345678901:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_"
)


class Targets:
    """A target group, as far as a group of machines knows one."""

    def __init__(self, arn):
        self.arn = arn


def template(stack, subnets=SUBNETS, **arguments):
    vpc = Vpc.from_ids(
        stack,
        "Vpc",
        "vpc-0a1b2c3d",
        cidr="10.20.0.0/20",
        private_subnets=subnets,
        public_subnets=SUBNETS,
    )
    return LaunchTemplate(stack, "Template", vpc=vpc, **arguments)


def group(**arguments):
    return lambda stack: AutoScalingGroup(stack, "Web", launch_template=template(stack), **arguments)


def body(tier="prod", **arguments):
    return at(built(group(**arguments), tier=tier), "Web/Resource")


class TestAutoScalingGroup:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("health_check_type", "EC2"),
            ("max_instance_lifetime", 30 * 86_400),
            ("vpc_zone_identifier", ["subnet-0a1b2c3d", "subnet-0b1b2c3d"]),
            ("name", "acme-payments-prod-data-lake-web"),
            ("metrics_granularity", "1Minute"),
        ],
    )
    def test_default(self, argument, value):
        """The setting stands in the resource, whatever the provider's default is."""
        assert body()[argument] == value

    @pytest.mark.parametrize(("tier", "sizes"), [("sandbox", (1, 2)), ("dev", (2, 4)), ("prod", (3, 6))])
    def test_a_machine_a_zone_of_the_tier(self, tier, sizes):
        """And room for as many again."""
        found = body(tier)

        assert (found["min_size"], found["max_size"]) == sizes

    def test_sizes_that_are_given(self):
        """None at all, to begin with, is a size too."""
        found = body(min_size=0, max_size=40)

        assert (found["min_size"], found["max_size"]) == (0, 40)

    def test_the_newest_version_of_the_template(self):
        """By its number, so that a change of the template is one of the group."""
        used = body()["launch_template"]
        used = used[0] if isinstance(used, list) else used

        assert used["version"].endswith(".latest_version}")
        assert used["id"].startswith("${aws_launch_template.Template")

    @pytest.mark.parametrize(
        ("image", "back"), [(None, False), (MachineImage.from_id("ami-0a1b2c3d4e5f60718"), True)]
    )
    def test_a_changed_template_replaces_the_machines(self, image, back):
        """And is taken back where it fails, which AWS does for images that are named alone."""

        def build(stack):
            AutoScalingGroup(stack, "Web", launch_template=template(stack, image=image))

        refresh = at(built(build), "Web/Resource")["instance_refresh"]
        refresh = refresh[0] if isinstance(refresh, list) else refresh
        preferences = refresh["preferences"]
        preferences = preferences[0] if isinstance(preferences, list) else preferences

        assert refresh["strategy"] == "Rolling"
        assert preferences == {"min_healthy_percentage": 90, "auto_rollback": back}

    def test_every_mandatory_tag_is_handed_on(self):
        """What it launches has an owner too."""
        tags = {block["key"]: block for block in body()["tag"]}

        assert tags["owner"]["value"] == "payments"
        assert all(block["propagate_at_launch"] for block in tags.values())

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"min_size": 3, "max_size": 2}, "more machines at least than at most"),
            ({"min_size": 0, "max_size": 0}, "more machines at least than at most"),
            ({"min_size": -1}, "number of machines"),
            ({"min_size": "1"}, "number of machines"),
            ({"max_size": 10_001}, "number of machines"),
            ({"max_lifetime_days": 0}, "days that a machine lives"),
            ({"max_lifetime_days": 366}, "days that a machine lives"),
        ],
    )
    def test_what_is_refused(self, arguments, message):
        """On the user's line."""
        with pytest.raises(LandformError, match=message) as caught:
            built(group(**arguments))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_autoscaling_group.py"

    @pytest.mark.parametrize(("zones", "off"), [(1, [("LF_GROUP_ZONES",)]), (2, [])])
    def test_a_vpc_of_one_zone_is_recorded(self, zones, off):
        """With the check that will find it."""

        def build(stack):
            AutoScalingGroup(stack, "Web", launch_template=template(stack, subnets=SUBNETS[:zones]))

        assert [each.checks for each in stack_of(build).switched_off] == off

    def test_a_vpc_without_private_subnets_is_refused(self):
        """There is nowhere to start a machine."""
        with pytest.raises(LandformError, match="no private subnet"):
            built(lambda stack: AutoScalingGroup(stack, "Web", launch_template=template(stack, subnets=[])))


class TestServiceLinkedRole:
    def test_it_is_the_groups_own(self):
        """Named after it, so that two groups do not share the keys of their volumes."""
        document = built(group())
        role = at(document, "Web/ServiceLinkedRole")

        assert len(role["custom_suffix"]) <= 35
        assert at(document, "Web/Resource")["service_linked_role_arn"].startswith(
            "${aws_iam_service_linked_role.Web"
        )

    def test_the_key_of_the_volumes_lets_it_in(self):
        """It has no policy of its own; grants on the key are for AWS's resources alone."""
        document = built(group())
        suffix = at(document, "Web/ServiceLinkedRole")["custom_suffix"]
        policy = statements(document, "Template/Key/Resource")

        assert policy["LaunchesWithVolumes"]["Principal"] == {"AWS": SERVICE_ROLE + suffix}
        assert policy["AttachesVolumes"] == {
            "Sid": "AttachesVolumes",
            "Effect": "Allow",
            "Principal": {"AWS": SERVICE_ROLE + suffix},
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        }

    def test_the_role_is_made_before_the_key(self):
        """KMS refuses a policy that names a role which does not exist."""
        (needed,) = at(built(group()), "Template/Key/Resource")["depends_on"]

        assert needed.startswith("aws_iam_service_linked_role.Web")

    def test_the_owner_of_an_imported_key_is_told(self):
        """Its policy is not ours to write."""

        def build(stack):
            key = Key.from_arn(stack, "Shared", "arn:aws:kms:eu-west-1:999999999999:key/0a1b2c3d")
            AutoScalingGroup(stack, "Web", launch_template=template(stack, key=key))

        (note,) = synthesise(build).annotations

        assert "kms:CreateGrant" in note.message
        assert SERVICE_ROLE in note.message

    def test_two_groups_of_one_template(self):
        """Each role is let in."""

        def build(stack):
            shared = template(stack)
            AutoScalingGroup(stack, "One", launch_template=shared)
            AutoScalingGroup(stack, "Two", launch_template=shared)

        policy = statements(built(build), "Template/Key/Resource")

        assert {"AttachesVolumes", "AttachesVolumes2"} <= policy.keys()


class TestAddTargetGroup:
    def test_the_load_balancer_says_which_machines_are_ill(self):
        """Of each target group that the machines are registered with."""

        def build(stack):
            web = group()(stack)
            web.add_target_group(Targets("arn:one"))
            web.add_target_group(Targets("arn:two"))

        found = at(built(build), "Web/Resource")

        assert found["health_check_type"] == "ELB"
        assert found["target_group_arns"] == ["arn:one", "arn:two"]

    def test_what_is_no_target_group_is_refused(self):
        """On the user's line."""
        with pytest.raises(LandformError, match="nothing to register with") as caught:
            built(lambda stack: group()(stack).add_target_group("arn:one"))

        assert caught.value.place.file == "test_autoscaling_group.py"

    def test_without_one_there_is_none(self):
        """An empty list would take away what others register."""
        assert "target_group_arns" not in body()
        assert paths(built(group()), "aws_autoscaling_attachment") == []
