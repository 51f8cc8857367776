"""AWS IPAM as the source of blocks. moto has no IPAM, so botocore's own Stubber answers, which checks every call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from landform.errors import Code, LandformError
from landform.org.addresses import allot, allotted
from landform.org.ipam import allot_from_ipam
from landform.org.lock import Lock

from .test_addresses import NONE, POOLS, demand

HOME = "eu-central-1"
WEST = {"IpamPoolId": "ipam-pool-0west", "Locale": "eu-west-1"}


class Ipam:
    """Clients of two regions whose answers are given beforehand."""

    def __init__(self, stack: ExitStack) -> None:
        self.clients = {
            region: boto3.client("ec2", region_name=region, aws_access_key_id="x", aws_secret_access_key="y")
            for region in ("eu-west-1", HOME)
        }
        self.stubs = {region: stack.enter_context(Stubber(client)) for region, client in self.clients.items()}

    def has(self, *cidrs: str, pool: dict[str, str] = WEST) -> None:
        """The IPAM knows one pool, with these addresses."""
        home = self.stubs[HOME]
        home.add_response("describe_ipam_pools", {"IpamPools": [pool]}, {"IpamPoolIds": [pool["IpamPoolId"]]})
        found = [{"Cidr": cidr, "State": "provisioned"} for cidr in cidrs]
        home.add_response("get_ipam_pool_cidrs", {"IpamPoolCidrs": found}, {"IpamPoolId": pool["IpamPoolId"]})

    def gives(self, cidr: str, number: int = 1, **expected: Any) -> None:
        """The next block that the pool gives, in its own region."""
        self.stubs["eu-west-1"].add_response(
            "allocate_ipam_pool_cidr",
            {"IpamPoolAllocation": {"Cidr": cidr, "IpamPoolAllocationId": f"ipam-pool-alloc-{number}"}},
            {
                "IpamPoolId": "ipam-pool-0west",
                "NetmaskLength": 24,
                "Description": ANY,
                "ClientToken": ANY,
                **expected,
            },
        )

    def allot(self, lock: Lock, *accounts: str) -> Lock:
        wanted = [demand(account) for account in accounts]
        return allot_from_ipam(self.clients, HOME, lock, POOLS, wanted, ["ipam-pool-0west"])


@pytest.fixture
def ipam() -> Iterator[Ipam]:
    with ExitStack() as stack:
        yield Ipam(stack)


class TestAllotFromIpam:
    """Blocks that IPAM chooses."""

    def test_ipam_chooses(self, ipam: Ipam) -> None:
        """The lock file remembers the block and the allocation."""
        ipam.has("10.0.0.0/20")
        ipam.gives("10.0.7.0/24", Description="landform: a in eu-west-1")
        lock = ipam.allot(NONE, "a")
        (block,) = lock.blocks["prod", "eu-west-1"]
        assert (block.cidr, block.ipam, block.sequence) == ("10.0.7.0/24", "ipam-pool-alloc-1", 1)

    def test_only_what_is_missing(self, ipam: Ipam) -> None:
        """An account that has a block costs no call."""
        lock = allot(NONE, POOLS, [demand("a")])
        ipam.has("10.0.0.0/20")
        ipam.gives("10.0.7.0/24")
        after = ipam.allot(lock, "a", "b")
        assert allotted(after, "a") == allotted(lock, "a")
        assert allotted(after, "b") == {"eu-west-1": "10.0.7.0/24"}

    def test_a_run_is_repeated(self, ipam: Ipam) -> None:
        """The same run again asks with the same token, so that AWS gives the same block and no second one."""
        tokens = []
        for client in ipam.clients.values():
            client.meta.events.register(
                "provide-client-params.ec2.AllocateIpamPoolCidr",
                lambda params, **_: tokens.append((params["Description"], params["ClientToken"])),
            )
        for _ in range(2):
            ipam.has("10.0.0.0/20")
            ipam.gives("10.0.7.0/24")
            ipam.gives("10.0.8.0/24", 2)
            ipam.allot(NONE, "b", "a")
        assert tokens[:2] == tokens[2:]
        assert len({token for _, token in tokens}) == 2
        assert all(len(token) <= 64 for _, token in tokens)

    @pytest.mark.parametrize(
        ("cidrs", "pool"),
        [(["10.9.0.0/16"], WEST), ([], WEST), (["10.0.0.0/20"], WEST | {"Locale": "eu-central-1"})],
    )
    def test_a_pool_of_other_addresses(self, ipam: Ipam, cidrs: list[str], pool: dict[str, str]) -> None:
        """An IPAM pool whose addresses no pool of the spec has in that region is refused before any allocation."""
        ipam.has(*cidrs, pool=pool)
        with pytest.raises(LandformError) as caught:
            ipam.allot(NONE, "a")
        assert caught.value.code is Code.SPEC_ADDRESSES
        assert "ipam-pool-0west" in caught.value.message

    def test_a_region_without_a_pool(self, ipam: Ipam) -> None:
        """An account whose region no named IPAM pool serves."""
        ipam.has("10.0.0.0/20")
        with pytest.raises(LandformError) as caught:
            allot_from_ipam(
                ipam.clients, HOME, NONE, POOLS, [demand("a", "eu-central-1")], ["ipam-pool-0west"]
            )
        assert "eu-central-1" in caught.value.message
        assert caught.value.place
        assert caught.value.place.file == "org/accounts/a.yaml"

    @pytest.mark.parametrize(
        ("cidr", "message"), [("10.0.0.0/24", "'a' has already"), ("10.3.0.0/24", "does not hold")]
    )
    def test_a_block_that_cannot_be(self, ipam: Ipam, cidr: str, message: str) -> None:
        """What IPAM gives must be free in the lock file, and in the pool."""
        ipam.has("10.0.0.0/20")
        ipam.gives(cidr)
        with pytest.raises(LandformError) as caught:
            ipam.allot(allot(NONE, POOLS, [demand("a")]), "a", "b")
        assert caught.value.code is Code.SPEC_ADDRESSES
        assert message in caught.value.message
        assert caught.value.given == f"{cidr} (ipam-pool-alloc-1)"

    def test_a_refusal(self, ipam: Ipam) -> None:
        """AWS's words, in the user's frame."""
        ipam.has("10.0.0.0/20")
        ipam.stubs["eu-west-1"].add_client_error(
            "allocate_ipam_pool_cidr", "InsufficientCidrBlocks", "The pool is exhausted."
        )
        with pytest.raises(LandformError) as caught:
            ipam.allot(NONE, "a")
        assert caught.value.code is Code.AWS_REFUSED
        assert caught.value.given == "InsufficientCidrBlocks: The pool is exhausted."
