"""IPAM: who gives addresses, from which pools, and how other accounts find these."""

import json

import pytest
from reading import at, built

from landform.constructs.ec2 import Ipam, IpamPool, Vpc
from landform.errors import Code, LandformError

OWNER = "333333333333"


def ipam(**arguments):
    return lambda stack: Ipam(stack, "Ipam", **{"operating_regions": ["eu-central-1"], **arguments})


def pool(**arguments):
    given = {
        "pool_name": "prod",
        "locale": "eu-west-1",
        "cidrs": ["10.24.0.0/14", "10.40.0.0/16"],
        **arguments,
    }
    return lambda stack: IpamPool(stack, "Pool", ipam=ipam()(stack), **given)


def found(name="prod", account_id=OWNER):
    return lambda stack: IpamPool.from_name(stack, "Prod", name, account_id=account_id)


def refused(build, match):
    """The error that a stack gives, which names the user's line."""
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_ec2_ipam.py"
    return caught.value


class TestIpam:
    def test_it_is_of_the_tier_that_has_private_pools(self):
        """The free one has none."""
        assert at(built(ipam()), "Ipam/Resource")["tier"] == "advanced"

    def test_it_operates_in_its_own_region_too(self):
        """AWS takes no IPAM that does not."""
        regions = at(built(ipam()), "Ipam/Resource")["operating_regions"]

        assert [each["region_name"] for each in regions] == ["eu-central-1", "eu-west-1"]

    @pytest.mark.parametrize("region", ["Ireland", "eu_west_1", "", 7])
    def test_a_region_that_is_refused(self, region):
        """What is none."""
        refused(ipam(operating_regions=[region]), "name of a region")

    @pytest.mark.parametrize("text", ["", "x" * 256, "a\nb"])
    def test_a_description_that_is_refused(self, text):
        """Longer than AWS keeps."""
        refused(ipam(description=text), "description of an IPAM")

    @pytest.mark.parametrize(
        ("tier", "kept"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_terraform_may_destroy_it(self, tier, kept):
        """With every allocation in it."""
        document = built(pool(), tier=tier)

        for path in ("Ipam/Resource", "Pool/Resource", "Pool/10.24.0.0-14"):
            assert at(document, path).get("lifecycle") == ({"prevent_destroy": True} if kept else None)


class TestIpamPool:
    def test_it_stands_in_the_private_scope(self):
        """Without a pool above it, for the VPCs of one region."""
        resource = at(built(pool()), "Pool/Resource")

        assert resource["ipam_scope_id"].endswith(".private_default_scope_id}")
        assert (resource["address_family"], resource["locale"]) == ("ipv4", "eu-west-1")
        assert "source_ipam_pool_id" not in resource

    def test_it_learns_of_the_vpcs_that_stand(self):
        """Their blocks are given to nobody else either."""
        assert at(built(pool()), "Pool/Resource")["auto_import"] is True

    def test_the_sizes_of_blocks(self):
        """The shortest netmask is the widest block."""
        resource = at(built(pool(netmask=22, min_netmask=18, max_netmask=23)), "Pool/Resource")

        assert [resource[f"allocation_{which}_netmask_length"] for which in ("min", "default", "max")] == [
            18,
            22,
            23,
        ]

    def test_whoever_names_it_waits_for_its_blocks(self):
        """Each is provisioned after the one before it, and the pool's id is that of the last."""
        kept = []
        document = built(lambda stack: kept.append(pool()(stack)))
        first, second = (at(document, f"Pool/{block}") for block in ("10.24.0.0-14", "10.40.0.0-16"))

        assert (first["cidr"], second["cidr"]) == ("10.24.0.0/14", "10.40.0.0/16")
        assert first["ipam_pool_id"].startswith("${aws_vpc_ipam_pool.")
        assert second["ipam_pool_id"].startswith("${aws_vpc_ipam_pool_cidr.Pool_102400-14")
        assert str(kept[0].pool_id).startswith("${aws_vpc_ipam_pool_cidr.Pool_104000-16")

    @pytest.mark.parametrize("name", ["", "prod*", "a b", "?", "x" * 65, None])
    def test_a_name_that_is_refused(self, name):
        """A filter would take it for a pattern."""
        refused(pool(pool_name=name), "name of an IPAM pool")

    def test_a_locale_that_is_refused(self):
        """Where its IPAM does not operate."""
        error = refused(pool(locale="eu-central-2"), "does not operate")

        assert error.expected == "one of eu-central-1, eu-west-1"

    @pytest.mark.parametrize(
        "cidrs", [[], ["10.24.0.0/14", "10.25.0.0/16"], ["10.24.0.1/14"], ["10.24.0.0/14", "10.24.0.0/14"]]
    )
    def test_blocks_that_are_refused(self, cidrs):
        """None, such that overlap, and what is none."""
        refused(pool(cidrs=cidrs), "blocks|block")

    @pytest.mark.parametrize(
        "lengths",
        [
            {"netmask": 14},
            {"netmask": 25},
            {"min_netmask": 20, "max_netmask": 20},
            {"min_netmask": -1},
            {"max_netmask": 33},
            {"netmask": "20"},
        ],
    )
    def test_netmasks_that_are_refused(self, lengths):
        """The usual one lies between the two others, which differ."""
        refused(pool(**lengths), "netmask")


class TestFromName:
    def test_it_is_found_by_what_the_owner_wrote(self):
        """In the region and the account that are in it."""
        document = built(found(account_id="012345678901"))
        (source,) = document["data"]["aws_vpc_ipam_pool"].values()

        assert {each["name"]: each["values"] for each in source["filter"]} == {
            "description": [at(built(pool()), "Pool/Resource")["description"]],
            "address-family": ["ipv4"],
        }
        assert "resource" not in document

    def test_no_tag_is_asked_for(self):
        """Whom a pool is shared with sees none of its tags."""
        assert "tag:" not in json.dumps(built(found())["data"])

    @pytest.mark.parametrize(("name", "account_id"), [("prod*", OWNER), ("prod", "3333"), ("prod", None)])
    def test_what_is_refused(self, name, account_id):
        """A pattern, and what is no account."""
        refused(found(name, account_id), "AWS would refuse")

    def test_no_two_pools_have_one_description(self):
        """Nor is one found that another account of the organisation made."""
        texts = {
            at(built(pool(locale=locale, pool_name=name)), "Pool/Resource")["description"]
            for locale in ("eu-west-1", "eu-central-1")
            for name in ("prod", "dev")
        }
        ((theirs,),) = (
            [each["values"][0] for each in source["filter"] if each["name"] == "description"]
            for source in built(found())["data"]["aws_vpc_ipam_pool"].values()
        )

        assert len(texts | {theirs}) == 5


class TestVpc:
    def test_it_takes_the_block_of_the_spec_from_the_pool(self):
        """So that the pool gives it to nobody else."""
        document = built(lambda stack: Vpc(stack, "Vpc", cidr="10.24.0.0/20", ipam_pool=found()(stack)))
        vpc = at(document, "Vpc/Resource")

        assert vpc["cidr_block"] == "10.24.0.0/20"
        assert vpc["ipv4_ipam_pool_id"].startswith("${data.aws_vpc_ipam_pool.Prod_")

    def test_a_vpc_that_stands_is_not_replaced(self):
        """The provider makes another one where the argument changes; AWS's import needs none."""
        document = built(lambda stack: Vpc(stack, "Vpc", cidr="10.24.0.0/20", ipam_pool=found()(stack)))

        assert at(document, "Vpc/Resource")["lifecycle"] == {"ignore_changes": ["ipv4_ipam_pool_id"]}

    def test_without_a_pool(self):
        """Nothing is said of it."""
        vpc = at(built(lambda stack: Vpc(stack, "Vpc", cidr="10.24.0.0/20")), "Vpc/Resource")

        assert not {"ipv4_ipam_pool_id", "lifecycle"} & vpc.keys()

    def test_a_pool_of_the_same_stack(self):
        """By way of its last block."""
        document = built(lambda stack: Vpc(stack, "Vpc", cidr="10.24.0.0/20", ipam_pool=pool()(stack)))

        assert at(document, "Vpc/Resource")["ipv4_ipam_pool_id"].startswith(
            "${aws_vpc_ipam_pool_cidr.Pool_10"
        )

    def test_a_pool_of_another_region_is_refused(self):
        """AWS gives a VPC none of its addresses."""
        central = pool(locale="eu-central-1")
        refused(
            lambda stack: Vpc(stack, "Vpc", cidr="10.24.0.0/20", ipam_pool=central(stack)), "its own region"
        )
