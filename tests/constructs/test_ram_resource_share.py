import pytest
from reading import at, built, paths

from landform.constructs.ec2 import Ipam, IpamPool, Vpc
from landform.constructs.ram import ResourceShare
from landform.constructs.s3 import Bucket
from landform.errors import Code, LandformError

ORGANIZATION = "arn:aws:organizations::111111111111:organization/o-a1b2c3d4e5"


def pool(stack, name="prod"):
    ipam = stack.node.try_find_child("Ipam") or Ipam(stack, "Ipam")
    return IpamPool(stack, name, ipam=ipam, pool_name=name, locale="eu-west-1", cidrs=["10.24.0.0/14"])


def share(**arguments):
    return lambda stack: ResourceShare(stack, "Share", **{"resources": {"prod": pool(stack)}, **arguments})


def refused(build, match):
    """The error that a stack gives, which names the user's line."""
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_ram_resource_share.py"
    return caught.value


class TestResourceShare:
    def test_it_is_for_the_organisation(self):
        """By the ARN that AWS gives an organisation."""
        document = built(share())

        assert paths(document, "aws_ram_principal_association") == ["Share/Principals/Organization"]
        assert at(document, "Share/Principals/Organization")["principal"] == ORGANIZATION

    def test_it_is_for_nobody_outside(self):
        """Whoever is named."""
        for document in (built(share()), built(share(account_ids=["444444444444"]))):
            assert at(document, "Share/Resource")["allow_external_principals"] is False

    def test_it_is_for_accounts_that_are_named(self):
        """And then not for the organisation."""
        document = built(share(account_ids=["555555555555", "444444444444", "444444444444"]))

        assert [
            at(document, path)["principal"] for path in paths(document, "aws_ram_principal_association")
        ] == ["444444444444", "555555555555"]

    def test_what_is_shared(self):
        """Each resource is an association of its own, so that another one touches none of them."""
        document = built(
            lambda stack: ResourceShare(
                stack, "Share", resources={name: pool(stack, name) for name in ("prod", "dev")}
            )
        )

        assert paths(document, "aws_ram_resource_association") == [
            "Share/Resources/dev",
            "Share/Resources/prod",
        ]
        assert at(document, "Share/Resources/dev")["resource_arn"].startswith("${aws_vpc_ipam_pool.dev_")

    def test_a_literal_arn(self):
        """Where the name is ours."""
        document = built(share_of_bucket)

        assert at(document, "Share/Resources/data")["resource_arn"] == "arn:aws:s3:::acme-payments-prod-data"

    def test_its_name_is_of_its_path(self):
        """As every name is."""
        assert at(built(share()), "Share/Resource")["name"] == "acme-payments-prod-data-lake-share"

    def test_nothing_is_refused(self):
        """It would be a share that says it is there."""
        refused(share(resources={}), "nothing in it")

    def test_what_has_no_arn_is_refused(self):
        """Text, too: what is shared is passed as the construct."""
        refused(share(resources={"prod": "arn:aws:ec2::333333333333:ipam-pool/x"}), "no ARN")
        refused(
            lambda stack: ResourceShare(
                stack, "Share", resources={"vpc": Vpc(stack, "Vpc", cidr="10.0.0.0/20")}
            ),
            "no ARN",
        )

    def test_a_pattern_is_refused(self):
        """What is shared is one resource."""
        refused(share(resources={"all": Pattern()}), "ARN of a resource")

    @pytest.mark.parametrize("account_id", ["", "4444", "payments-dev", ORGANIZATION, None])
    def test_an_account_that_is_refused(self, account_id):
        """What is no account's id."""
        refused(share(account_ids=[account_id]), "id of an account")

    def test_its_own_account_is_refused(self):
        """It has what it shares."""
        refused(share(account_ids=["012345678901"]), "with itself")


class Pattern:
    """Something with an ARN that is many."""

    arn = "arn:aws:ec2::333333333333:ipam-pool/*"


def share_of_bucket(stack):
    ResourceShare(
        stack, "Share", resources={"data": Bucket(stack, "Data", bucket_name="acme-payments-prod-data")}
    )
