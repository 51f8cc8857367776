"""Machines and launch templates: what they hold, what they refuse, how they are reached."""

from base64 import b64decode

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.ec2 import Instance, LaunchTemplate, MachineImage, SecurityGroup, Subnet, Vpc
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.errors import Code, LandformError

ID = "ami-0a1b2c3d4e5f60718"
NAME = "acme-payments-prod-data-lake-web"
SUBNET = Subnet("subnet-0a1b2c3d", "eu-west-1a", "10.20.0.0/23")
KINDS = pytest.mark.parametrize("kind", [Instance, LaunchTemplate])


def network(stack):
    """A VPC of another stack, which adds nothing to the document."""
    return Vpc.from_ids(
        stack,
        "Vpc",
        "vpc-0a1b2c3d",
        cidr="10.20.0.0/20",
        private_subnets=[SUBNET],
        public_subnets=[SUBNET],
    )


def made(kind, **arguments):
    return lambda stack: kind(stack, "Web", vpc=network(stack), **arguments)


def body(kind, tier="prod", **arguments):
    return at(built(made(kind, **arguments), tier=tier), "Web/Resource")


class TestBoth:
    @KINDS
    def test_metadata_is_read_with_a_token_one_hop_away(self, kind):
        """A container on the machine, or a proxy, is two hops away."""
        assert body(kind)["metadata_options"] in (
            imds := {
                "http_endpoint": "enabled",
                "http_tokens": "required",
                "http_put_response_hop_limit": 1,
                "instance_metadata_tags": "disabled",
            },
            [imds],
        )

    @KINDS
    def test_no_key_pair(self, kind):
        """Systems Manager opens sessions, which are logged and end."""
        assert "key_name" not in body(kind)

    @KINDS
    def test_a_role_for_systems_manager(self, kind):
        """With an instance profile of the role's name."""
        document = built(made(kind))

        assert at(document, "Web/Profile")["name"] == f"{NAME}-role"
        assert at(document, "Web/Role/ManagedPolicies/AmazonSSMManagedInstanceCore")["policy_arn"] == (
            "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
        )
        assert statements(document, "Web/Role/Resource", "assume_role_policy")["TrustEc2"]["Principal"] == {
            "Service": "ec2.amazonaws.com"
        }

    @KINDS
    def test_a_role_that_is_given(self, kind):
        """Is the one of the profile, and none is made."""

        def build(stack):
            role = Role(stack, "Mine", trust=[Trust.service("ec2.amazonaws.com")])
            kind(stack, "Web", vpc=network(stack), role=role)

        document = built(build)

        assert paths(document, "aws_iam_role") == ["Mine/Resource"]
        assert at(document, "Web/Profile")["role"].startswith("${aws_iam_role.Mine")

    @KINDS
    def test_a_key_that_is_given(self, kind):
        """Encrypts the volume, and none is made."""

        def build(stack):
            kind(stack, "Web", vpc=network(stack), key=Key(stack, "Shared"))

        assert paths(built(build), "aws_kms_key") == ["Shared/Resource"]

    @KINDS
    def test_it_reaches_aws_and_is_reached_by_nobody(self, kind):
        """Until a peer is named."""
        document = built(made(kind))

        assert paths(document, "aws_vpc_security_group_egress_rule") == ["Web/SecurityGroup/ToInternetTcp443"]
        assert paths(document, "aws_vpc_security_group_ingress_rule") == []

    @KINDS
    def test_peers_talk_to_its_port(self, kind):
        """Without naming it."""

        def build(stack):
            vpc = network(stack)
            app = SecurityGroup(stack, "App", vpc=vpc, description="web")
            app.connections.allow_to(kind(stack, "Web", vpc=vpc, port=8080))

        assert paths(built(build), "aws_vpc_security_group_ingress_rule") == [
            "Web/SecurityGroup/FromAppTcp8080"
        ]

    @KINDS
    @pytest.mark.parametrize(
        ("instance_type", "architecture"),
        [
            ("t3.micro", "x86_64"),
            ("t4g.small", "arm64"),
            ("c7gn.large", "arm64"),
            ("g4dn.xlarge", "x86_64"),
            ("im4gn.large", "arm64"),
            ("a1.medium", "arm64"),
            ("m7i-flex.large", "x86_64"),
        ],
    )
    def test_the_image_fits_the_processor(self, kind, instance_type, architecture):
        """One of the other kind would not start."""
        machines = []
        stack_of(lambda stack: machines.append(made(kind, instance_type=instance_type)(stack)))

        assert machines[0].image.parameter == (
            f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"
        )

    @KINDS
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"instance_type": "large"}, "refuse this instance type"),
            ({"instance_type": "T3.micro"}, "refuse this instance type"),
            ({"instance_type": None}, "refuse this instance type"),
            ({"volume_gib": 0}, "size of a volume"),
            ({"volume_gib": 16_385}, "size of a volume"),
            ({"volume_gib": "8"}, "size of a volume"),
            ({"user_data": "x" * 16_385}, "cannot be the user data"),
            ({"user_data": "export KEY=AKIA" + "Z7WQ3LDN5R2VKT4J"}, "cannot be the user data"),
            ({"user_data": "-----BEGIN RSA " + "PRIVATE KEY-----"}, "cannot be the user data"),
            ({"user_data": "echo ${aws_s3_bucket.lake.id}"}, "cannot be the user data"),
            ({"user_data": "echo ${data.aws_region.here}"}, "cannot be the user data"),
        ],
    )
    def test_what_is_refused(self, kind, arguments, message):
        """On the user's line."""
        with pytest.raises(LandformError, match=message) as caught:
            built(made(kind, **arguments))

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_ec2_machines.py"

    @KINDS
    def test_credentials_are_not_repeated_in_the_error(self, kind):
        """It ends in a log."""
        with pytest.raises(LandformError) as caught:
            built(made(kind, user_data="AKIA" + "Z7WQ3LDN5R2VKT4J"))

        assert "Z7WQ" not in str(caught.value)


class TestInstance:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("associate_public_ip_address", False),
            ("ebs_optimized", True),
            ("monitoring", True),
            ("user_data_replace_on_change", True),
            ("subnet_id", "subnet-0a1b2c3d"),
            ("instance_type", "t3.micro"),
        ],
    )
    def test_default(self, argument, value):
        """The secure setting stands in the resource, whatever the provider's default is."""
        assert body(Instance)[argument] == value

    def test_the_volume_is_encrypted_with_a_key_of_its_own(self):
        """Not the account's default one."""
        volume = body(Instance)["root_block_device"]
        volume = volume[0] if isinstance(volume, list) else volume

        assert volume["encrypted"] is True
        assert volume["kms_key_id"].startswith("${aws_kms_key.Web_Key")

    def test_the_volume_carries_the_mandatory_tags(self):
        """The provider does not hand the machine's down."""
        assert (
            body(Instance)["volume_tags"].items()
            >= {
                "owner": "payments",
                "construct": "payments-prod.data-lake/Web",
                "Name": NAME,
            }.items()
        )

    @pytest.mark.parametrize(
        ("tier", "kept"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_it_may_be_ended(self, tier, kept):
        """By the API, and by Terraform."""
        found = body(Instance, tier)

        assert found["disable_api_termination"] is kept
        assert found["lifecycle"].get("prevent_destroy") == (True if kept else None)

    def test_protected_says_it_instead_of_the_tier(self):
        """Either way."""
        assert body(Instance, protected=False)["disable_api_termination"] is False
        assert body(Instance, "sandbox", protected=True)["disable_api_termination"] is True

    def test_the_newest_image_is_read_once(self):
        """A newer one is no reason to replace the machine."""
        document = built(made(Instance))
        ((name, parameter),) = document["data"]["aws_ssm_parameter"].items()

        assert parameter["name"].endswith("al2023-ami-kernel-default-x86_64")
        assert at(document, "Web/Resource")["ami"] == f"${{data.aws_ssm_parameter.{name}.insecure_value}}"
        assert at(document, "Web/Resource")["lifecycle"]["ignore_changes"] == ["ami"]

    def test_an_image_that_is_named_stays(self):
        """Another one is another machine."""
        document = built(made(Instance, image=MachineImage.from_id(ID), protected=False))

        assert at(document, "Web/Resource")["ami"] == ID
        assert "lifecycle" not in at(document, "Web/Resource")
        assert "data" not in document

    def test_user_data_reaches_the_machine_as_it_was_written(self):
        """Terraform reads no ${...} of a shell."""
        assert body(Instance, user_data='echo "${HOME}" %{x}')["user_data"] == 'echo "$${HOME}" %%{x}'

    def test_a_subnet_that_is_given(self):
        """In place of the first private one."""
        other = Subnet("subnet-0b1b2c3d", "eu-west-1b", "10.20.2.0/23")

        assert body(Instance, subnet=other)["subnet_id"] == "subnet-0b1b2c3d"

    def test_a_vpc_without_private_subnets_is_refused(self):
        """There is nowhere to put it."""

        def build(stack):
            vpc = Vpc.from_ids(stack, "Vpc", "vpc-0a1b2c3d", cidr="10.20.0.0/20")
            Instance(stack, "Web", vpc=vpc)

        with pytest.raises(LandformError, match="no private subnet") as caught:
            built(build)

        assert caught.value.place.file == "test_ec2_machines.py"


class TestLaunchTemplate:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("ebs_optimized", "true"),
            ("update_default_version", True),
            ("name", NAME),
            (
                "image_id",
                "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
            ),
        ],
    )
    def test_default(self, argument, value):
        """The setting stands in the resource, whatever the provider's default is."""
        assert body(LaunchTemplate)[argument] == value

    def test_its_machines_have_no_public_address(self):
        """And the template's own group."""
        (interface,) = body(LaunchTemplate)["network_interfaces"]

        assert interface["associate_public_ip_address"] == "false"
        assert interface["security_groups"][0].startswith("${aws_security_group.Web_SecurityGroup")

    def test_its_volumes_are_encrypted_with_a_key_of_its_own(self):
        """The device is the one on which the image has its root."""
        image = MachineImage.from_id(ID, root_device="/dev/sda1")
        (mapping,) = body(LaunchTemplate, image=image, volume_gib=20)["block_device_mappings"]
        volume = mapping["ebs"][0] if isinstance(mapping["ebs"], list) else mapping["ebs"]

        assert mapping["device_name"] == "/dev/sda1"
        assert (volume["encrypted"], volume["volume_size"]) == ("true", 20)
        assert volume["kms_key_id"].startswith("${aws_kms_key.Web_Key")

    def test_what_it_makes_carries_the_mandatory_tags(self):
        """Machine, volume and interface."""
        specifications = body(LaunchTemplate)["tag_specifications"]

        assert [each["resource_type"] for each in specifications] == [
            "instance",
            "volume",
            "network-interface",
        ]
        assert all(each["tags"]["owner"] == "payments" for each in specifications)

    def test_user_data_is_encoded(self):
        """EC2 takes it in base 64 alone."""
        assert b64decode(body(LaunchTemplate, user_data="echo ${HOME}")["user_data"]) == b"echo ${HOME}"


class TestMachineImage:
    @pytest.mark.parametrize(
        "make",
        [
            lambda: MachineImage.from_id("ami-1"),
            lambda: MachineImage.from_id("resolve:ssm:/x"),
            lambda: MachineImage.from_id(ID, root_device="xvda"),
            lambda: MachineImage.from_parameter("images/web"),
            lambda: MachineImage.from_parameter("/images/"),
        ],
    )
    def test_what_is_no_image(self, make):
        """On the user's line."""
        with pytest.raises(LandformError, match="AWS would refuse this") as caught:
            make()

        assert caught.value.place.file == "test_ec2_machines.py"
