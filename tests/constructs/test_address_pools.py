"""The stack that makes the IPAM, and who can have it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from organization_stacks import document_of
from reading import at, paths

from landform.errors import Code, LandformError
from landform.org.models.network import NetworkPool
from landform.stacks import AddressPools
from landform.testing import stack_instance

POOLS = (
    {"name": "dev", "cidrs": {"eu-west-1": "10.20.0.0/16"}, "netmask": 22},
    {
        "name": "prod",
        "cidrs": {"eu-west-1": ["10.24.0.0/14", "10.40.0.0/16"], "eu-central-1": "10.28.0.0/14"},
        "min_netmask": 18,
    },
)


def instance(pools=POOLS, **more):
    """The stack of the network account, in an organisation with pools."""
    said = {"account": "shared-network", "stack": "address-pools", **more}
    read = tuple(NetworkPool.model_validate_json(json.dumps(pool)) for pool in pools)
    return replace(stack_instance(**said), pools=read)


@pytest.fixture(scope="module")
def made():
    """What becomes of the pools."""
    return document_of(AddressPools, instance())


class TestAddressPools:
    def test_a_pool_in_each_of_its_regions(self, made):
        """Those of other regions too: the IPAM has one home."""
        assert {path: at(made, path)["locale"] for path in paths(made, "aws_vpc_ipam_pool")} == {
            "dev/eu-west-1/Resource": "eu-west-1",
            "prod/eu-central-1/Resource": "eu-central-1",
            "prod/eu-west-1/Resource": "eu-west-1",
        }

    def test_their_blocks(self, made):
        """In the file's order, which is how they were added."""
        assert [at(made, path)["cidr"] for path in paths(made, "aws_vpc_ipam_pool_cidr")] == [
            "10.20.0.0/16",
            "10.28.0.0/14",
            "10.24.0.0/14",
            "10.40.0.0/16",
        ]

    def test_their_sizes(self, made):
        """As the spec bounds them."""
        west = at(made, "prod/eu-west-1/Resource")

        assert [west[f"allocation_{which}_netmask_length"] for which in ("min", "default", "max")] == [
            18,
            20,
            24,
        ]
        assert at(made, "dev/eu-west-1/Resource")["allocation_default_netmask_length"] == 22

    def test_the_ipam_operates_where_pools_are(self, made):
        """And at home."""
        regions = [each["region_name"] for each in at(made, "Ipam/Resource")["operating_regions"]]

        assert regions == ["eu-central-1", "eu-west-1"]

    def test_every_pool_is_shared_with_the_organisation(self, made):
        """By one share."""
        assert paths(made, "aws_ram_resource_share") == ["Share/Resource"]
        assert paths(made, "aws_ram_resource_association") == [
            "Share/Resources/dev-eu-west-1",
            "Share/Resources/prod-eu-central-1",
            "Share/Resources/prod-eu-west-1",
        ]
        assert paths(made, "aws_ram_principal_association") == ["Share/Principals/Organization"]

    def test_a_block_at_the_end_touches_nothing_else(self, made):
        """A pool grows."""
        first, second = POOLS
        grown = {**second, "cidrs": {**second["cidrs"], "eu-central-1": ["10.28.0.0/14", "10.44.0.0/16"]}}
        after = document_of(AddressPools, instance((first, grown)))
        path = "prod/eu-central-1/10.44.0.0-16"

        named = after["resource"]["aws_vpc_ipam_pool_cidr"]
        (new,) = (name for name, body in named.items() if body["//"]["metadata"]["path"].endswith(path))
        del named[new]
        assert after["resource"] == made["resource"]

    @pytest.mark.parametrize(
        ("given", "match"),
        [
            (instance(account="management"), "no management account"),
            (instance(regional=True), "one IPAM, in its home region"),
            (instance(region="eu-central-1"), "one IPAM, in its home region"),
            (instance(()), "no pools to make"),
            (instance([{"name": "dev", "cidrs": {}}]), "no pools to make"),
            (replace(instance(), pools=None), "does not let it read them"),
        ],
    )
    def test_what_is_refused(self, given, match):
        """On the line of the rule."""
        with pytest.raises(LandformError, match=match) as caught:
            document_of(AddressPools, given)

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "org/stacks.yaml"
