import pytest
from reading import at, built, paths, resources

from landform.constructs.account import AccountBaseline, AlternateContact
from landform.constructs.kms import Key
from landform.core import App
from landform.errors import Code, LandformError
from landform.stacks import AccountBaseline as AccountBaselineStack
from landform.testing import stack_instance

SECURITY = ("security", "Blue Team", "On call", "soc@acme.example", "+44 20 7946 0000")


def baseline(**arguments):
    return lambda stack: AccountBaseline(stack, "Account", **arguments)


class TestAccountBaseline:
    @pytest.mark.parametrize(
        ("path", "arguments"),
        [
            ("S3PublicAccess", {"block_public_policy": True, "restrict_public_buckets": True}),
            ("SnapshotPublicAccess", {"state": "block-all-sharing"}),
            ("ImagePublicAccess", {"state": "block-new-sharing"}),
            ("SerialConsole", {"enabled": False}),
            ("InstanceMetadata", {"http_tokens": "required", "http_put_response_hop_limit": 1}),
            ("VolumeEncryption", {"enabled": True}),
            ("PasswordPolicy", {"minimum_password_length": 14, "password_reuse_prevention": 24}),
            ("AccessAnalyzer", {"type": "ACCOUNT", "analyzer_name": "acme-external-access"}),
            ("Alias", {"account_alias": "acme-payments-prod"}),
            ("Record", {"type": "SecureString", "name": "/landform/account"}),
        ],
    )
    def test_setting(self, path, arguments):
        """One setting of the whole account."""
        assert at(built(baseline()), f"Account/{path}").items() >= arguments.items()

    def test_it_has_a_key_of_its_own(self):
        """For volumes and the record."""
        document = built(baseline())

        assert paths(document, "aws_kms_key") == ["Account/Key/Resource"]
        assert at(document, "Account/VolumeKey")["key_arn"] == at(document, "Account/Record")["key_id"]

    def test_a_key_that_is_given_is_used(self):
        """And none is made."""
        document = built(lambda stack: baseline(key=Key(stack, "Own"))(stack))

        assert paths(document, "aws_kms_key") == ["Own/Resource"]
        assert at(document, "Account/VolumeKey")["key_arn"].startswith("${aws_kms_key.Own_")

    def test_what_is_one_setting_for_all_regions_is_made_in_the_home_region(self):
        """A second stack would fight over it."""
        home = {path for _, path, _ in resources(built(baseline(), regional=True))}
        other = {path for _, path, _ in resources(built(baseline(), region="eu-central-1", regional=True))}

        assert home - other == {"Account/S3PublicAccess", "Account/Alias", "Account/PasswordPolicy"}
        assert not other - home

    def test_the_default_vpc_is_not_taken_over(self):
        """A scan would find it, rightly."""
        assert not paths(built(baseline()), "aws_default_vpc")


class TestContacts:
    def test_a_contact_is_written(self):
        """In AWS's capitals."""
        document = built(baseline(contacts=[AlternateContact(*SECURITY)]))

        assert (
            at(document, "Account/SecurityContact").items()
            >= {
                "alternate_contact_type": "SECURITY",
                "name": "Blue Team",
                "title": "On call",
                "email_address": "soc@acme.example",
                "phone_number": "+44 20 7946 0000",
            }.items()
        )

    def test_two_of_a_kind_are_refused(self):
        """AWS keeps the last."""
        with pytest.raises(LandformError, match="one contact of a kind") as caught:
            built(baseline(contacts=[AlternateContact(*SECURITY)] * 2))

        assert caught.value.given == "two for security"
        assert caught.value.place.file == "test_account_baseline.py"

    @pytest.mark.parametrize(
        ("index", "value", "match"),
        [
            (0, "securty", "no contact of this kind"),
            (1, "", "name of a contact"),
            (1, "x" * 65, "name of a contact"),
            (2, "x" * 51, "title of a contact"),
            (3, "soc", "e-mail address of a contact"),
            (3, "a b@acme.example", "e-mail address of a contact"),
            (4, "call me", "telephone number of a contact"),
            (4, "", "telephone number of a contact"),
        ],
    )
    def test_what_aws_refuses(self, index, value, match):
        """On the line that says it."""
        values = [*SECURITY]
        values[index] = value

        with pytest.raises(LandformError, match=match) as caught:
            AlternateContact(*values)

        assert caught.value.code is Code.ARGUMENT_VALUE
        assert caught.value.place.file == "test_account_baseline.py"


class TestServiceLinkedRoles:
    def test_a_role_is_made_in_the_home_region(self):
        """An account has one for all regions."""
        asked = baseline(service_linked_roles=["opensearchservice.amazonaws.com"])
        role = "Account/ServiceLinkedRoles/opensearchservice"

        assert at(built(asked), role)["aws_service_name"] == "opensearchservice.amazonaws.com"
        assert not paths(built(asked, region="eu-central-1", regional=True), "aws_iam_service_linked_role")

    def test_none_is_made_unless_asked_for(self):
        """AWS makes most of them itself, and refuses a second."""
        assert not paths(built(baseline()), "aws_iam_service_linked_role")

    def test_what_is_no_service_is_refused(self):
        """Its principal is meant."""
        with pytest.raises(LandformError, match="principal of a service") as caught:
            built(baseline(service_linked_roles=["opensearch"]))

        assert caught.value.place.file == "test_account_baseline.py"

    def test_one_twice_is_refused(self):
        """AWS refuses the second."""
        with pytest.raises(LandformError) as caught:
            built(baseline(service_linked_roles=["opensearchservice.amazonaws.com"] * 2))

        assert caught.value.code is Code.DUPLICATE_ID


class TestReadyStack:
    def test_its_addresses_are_those_of_its_settings_alone(self):
        """An account that has the stack already keeps every resource."""
        app = App()
        AccountBaselineStack(app, stack_instance())
        (synthesis,) = app.synthesise()
        names = {address.rpartition(".")[2] for address in synthesis.origins}

        assert names >= {"S3PublicAccess", "PasswordPolicy", "VolumeKey", "Record", "AccessAnalyzer", "Alias"}
