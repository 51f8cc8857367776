import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.dynamodb import Attribute, GlobalSecondaryIndex, Table
from landform.constructs.kms import Key
from landform.core import Ref
from landform.errors import Code, LandformError
from landform.iam import Principal, Statement

OTHER = "arn:aws:iam::999999999999:role/reader"
NAME = "acme-payments-prod-data-lake-ledger"
ARN = f"arn:aws:dynamodb:eu-west-1:012345678901:table/{NAME}"
DAY = GlobalSecondaryIndex("by-day", Attribute("day"))


def ledger(**arguments):
    return lambda stack: Table(stack, "Ledger", **{"partition_key": Attribute("account"), **arguments})


def refused(build, match):
    """The error that a stack gives, which names the user's line."""
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is Code.ARGUMENT_VALUE
    assert caught.value.place.file == "test_dynamodb_table.py"
    return caught.value


class TestAttribute:
    @pytest.mark.parametrize("name", ["", "x" * 256, "no good", "a/b", "\u00e4", None, 7])
    def test_a_name_that_is_refused(self, name):
        """Where it is written, before there is a table."""
        error = refused(lambda stack: Attribute(name), "refuse this attribute name")

        assert error.given == repr(name)

    @pytest.mark.parametrize("kind", ["BOOL", "string", "s", "", None])
    def test_a_type_that_is_refused(self, kind):
        """A key is a string, a number or binary."""
        error = refused(lambda stack: Attribute("a", kind), "refuse this type of a key")

        assert error.expected == "S (string), N (number) or B (binary)"


class TestGlobalSecondaryIndex:
    @pytest.mark.parametrize("name", ["", "ab", "x" * 256, "by day", "a/b"])
    def test_a_name_that_is_refused(self, name):
        """3 to 255 characters, of a table's."""
        refused(lambda stack: GlobalSecondaryIndex(name, Attribute("day")), "refuse this index name")

    def test_one_key_twice_is_refused(self):
        """Of a table too."""
        refused(
            lambda stack: GlobalSecondaryIndex("by-day", Attribute("day"), Attribute("day")), "two attributes"
        )

    def test_too_many_projected_attributes_are_refused(self):
        """More than 100."""
        names = [f"a{number}" for number in range(101)]
        refused(
            lambda stack: GlobalSecondaryIndex("by-day", Attribute("day"), projected=names), "index projects"
        )

    def test_a_projected_name_is_one_of_an_attribute(self):
        """As a key's."""
        refused(
            lambda stack: GlobalSecondaryIndex("by-day", Attribute("day"), projected=[""]), "attribute name"
        )

    @pytest.mark.parametrize(
        ("projected", "kind"), [(None, "ALL"), ((), "KEYS_ONLY"), (("amount",), "INCLUDE")]
    )
    def test_what_it_holds(self, projected, kind):
        """Everything, the keys, or what is named."""
        index = GlobalSecondaryIndex("by-day", Attribute("day"), projected=projected)
        (found,) = at(built(ledger(indexes=[index])), "Ledger/Resource")["global_secondary_index"]

        assert found["projection_type"] == kind
        assert found.get("non_key_attributes") == (["amount"] if projected else None)


class TestTable:
    def test_it_is_encrypted_with_a_key_of_its_own(self):
        """DynamoDB's own key could not be taken away."""
        document = built(ledger())
        (encryption,) = at(document, "Ledger/Resource")["server_side_encryption"]

        assert encryption["enabled"] is True
        assert encryption["kms_key_arn"].startswith("${aws_kms_key.Ledger_Key_")
        assert paths(document, "aws_kms_key") == ["Ledger/Key/Resource"]

    def test_a_key_of_the_stack_is_used(self):
        """And none is made."""
        document = built(lambda stack: ledger(key=Key(stack, "Shared"))(stack))

        assert paths(document, "aws_kms_key") == ["Shared/Resource"]

    def test_it_is_paid_by_request(self):
        """No capacity to run out of."""
        assert at(built(ledger()), "Ledger/Resource")["billing_mode"] == "PAY_PER_REQUEST"

    @pytest.mark.parametrize(("tier", "days"), [("sandbox", 1), ("dev", 7), ("stage", 14), ("prod", 35)])
    def test_the_tier_says_how_far_back_it_can_be_restored(self, tier, days):
        """In every tier to some second."""
        (recovery,) = at(built(ledger(), tier=tier), "Ledger/Resource")["point_in_time_recovery"]

        assert recovery == {"enabled": True, "recovery_period_in_days": days}

    @pytest.mark.parametrize("days", [0, 36, True, "7"])
    def test_days_that_are_refused(self, days):
        """DynamoDB keeps 1 to 35."""
        error = refused(ledger(recovery_days=days), "restored to")

        assert error.expected == "1 to 35"

    @pytest.mark.parametrize(
        ("tier", "protected"), [("sandbox", False), ("dev", False), ("stage", True), ("prod", True)]
    )
    def test_the_tier_says_whether_it_can_be_deleted(self, tier, protected):
        """By AWS and by Terraform."""
        table = at(built(ledger(), tier=tier), "Ledger/Resource")

        assert table["deletion_protection_enabled"] is protected
        assert table.get("lifecycle") == ({"prevent_destroy": True} if protected else None)

    def test_what_is_off_is_recorded(self):
        """With who said so."""
        (off,) = [each for each in stack_of(ledger(protected=False)).switched_off if "deletes" in each.holds]

        assert off.why == "the code"

    def test_its_keys_are_its_attributes(self):
        """Each once, those of the indexes among them."""
        document = built(
            ledger(
                sort_key=Attribute("entry", "N"),
                indexes=[GlobalSecondaryIndex("by-entry", Attribute("entry", "N"), Attribute("day"))],
            )
        )
        table = at(document, "Ledger/Resource")

        assert (table["hash_key"], table["range_key"]) == ("account", "entry")
        assert table["attribute"] == [
            {"name": "account", "type": "S"},
            {"name": "day", "type": "S"},
            {"name": "entry", "type": "N"},
        ]
        assert table["global_secondary_index"] == [
            {"name": "by-entry", "hash_key": "entry", "range_key": "day", "projection_type": "ALL"}
        ]

    def test_an_attribute_of_two_types_is_refused(self):
        """The table's entry is a number, the index's a string."""
        error = refused(
            ledger(
                sort_key=Attribute("entry", "N"),
                indexes=[GlobalSecondaryIndex("by-entry", Attribute("entry"))],
            ),
            "one type",
        )

        assert error.given == "entry"

    def test_two_indexes_of_one_name_are_refused(self):
        """Grants go by the name."""
        assert refused(ledger(indexes=[DAY, DAY]), "one name").given == "by-day"

    def test_one_key_twice_is_refused(self):
        """The sort key is another attribute."""
        refused(ledger(sort_key=Attribute("account")), "two attributes")

    def test_too_many_indexes_are_refused(self):
        """More than 20."""
        indexes = [GlobalSecondaryIndex(f"by-{number}", Attribute("day")) for number in range(21)]

        assert refused(ledger(indexes=indexes), "number of global secondary indexes").given == "21"

    def test_items_expire_by_an_attribute(self):
        """Where one is named."""
        assert at(built(ledger(ttl_attribute="expires")), "Ledger/Resource")["ttl"] == [
            {"attribute_name": "expires", "enabled": True}
        ]
        assert "ttl" not in at(built(ledger()), "Ledger/Resource")

    @pytest.mark.parametrize("name", ["", "no good"])
    def test_an_attribute_to_expire_by_that_is_refused(self, name):
        """An empty name is not none."""
        refused(ledger(ttl_attribute=name), "attribute name")

    @pytest.mark.parametrize("view", ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"])
    def test_a_stream(self, view):
        """Of each view; none unless given."""
        table = at(built(ledger(stream=view)), "Ledger/Resource")

        assert (table["stream_enabled"], table["stream_view_type"]) == (True, view)
        assert "stream_enabled" not in at(built(ledger()), "Ledger/Resource")

    @pytest.mark.parametrize("view", ["ALL", "keys_only", "", 1])
    def test_a_stream_that_is_refused(self, view):
        """Before it is an error of the apply."""
        assert refused(ledger(stream=view), "view of a stream").given == repr(view)

    def test_its_stream_is_a_reference(self):
        """AWS ends the ARN with the time."""
        kept = []
        built(lambda stack: kept.append(ledger(stream="KEYS_ONLY")(stack)))

        assert isinstance(kept[0].stream_arn, Ref)

    @pytest.mark.parametrize("name", ["ab", "x" * 256, "no good", "a/b"])
    def test_a_name_that_is_refused(self, name):
        """Wrong characters, too short or too long."""
        assert refused(ledger(table_name=name), "refuse this table name").given == repr(name)

    def test_its_policy_refuses_plain_http(self):
        """For the table and its indexes, whoever asks."""
        document = built(ledger())

        assert at(document, "Ledger/Policy")["resource_arn"].startswith("${aws_dynamodb_table.")
        assert statements(document, "Ledger/Policy") == {
            "DenyPlainHttp": {
                "Sid": "DenyPlainHttp",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "dynamodb:*",
                "Resource": [ARN, f"{ARN}/index/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        }


class TestAddToPolicy:
    @pytest.mark.parametrize("resource", ["*", f"{ARN}s", f"{ARN}/stream/*", "arn:aws:s3:::lake"])
    def test_another_resource_is_refused(self, resource):
        """A stream has a policy of its own."""
        statement = Statement(
            "Read", ("dynamodb:GetItem",), (resource,), principals=(Principal("AWS", OTHER),)
        )

        refused(lambda stack: ledger()(stack).add_to_policy(statement), "something else")

    def test_everyone_is_refused(self):
        """Without a condition that says who."""
        statement = Statement("Read", ("dynamodb:GetItem",), (ARN,), principals=(Principal.everyone(),))

        refused(lambda stack: ledger()(stack).add_to_policy(statement), "nothing to everyone")
