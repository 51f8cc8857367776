import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.dynamodb import Attribute, GlobalSecondaryIndex, Table
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.core import Ref
from landform.errors import Code, LandformError
from landform.iam import Principal, Statement

GLUE = [Trust.service("glue.amazonaws.com")]
OTHER = "arn:aws:iam::999999999999:role/reader"
NAME = "acme-payments-prod-data-lake-ledger"
ARN = f"arn:aws:dynamodb:eu-west-1:012345678901:table/{NAME}"
DAY = GlobalSecondaryIndex("by-day", Attribute("day"))


def ledger(**arguments):
    return lambda stack: Table(stack, "Ledger", **{"partition_key": Attribute("account"), **arguments})


def granted(give, principal=None, **arguments):
    """The document of a stack in which ``give(table, role)`` was called."""

    def build(stack):
        give(ledger(**arguments)(stack), principal or Role(stack, "Reader", trust=GLUE))

    return built(build)


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


class TestGrants:
    @pytest.mark.parametrize(
        ("verb", "sid", "actions"),
        [
            (
                "read_items",
                "ReadItems",
                [
                    "dynamodb:BatchGetItem",
                    "dynamodb:ConditionCheckItem",
                    "dynamodb:GetItem",
                    "dynamodb:Query",
                ],
            ),
            ("scan", "Scan", "dynamodb:Scan"),
            ("write_items", "WriteItems", ["dynamodb:PutItem", "dynamodb:UpdateItem"]),
            ("delete_items", "DeleteItems", "dynamodb:DeleteItem"),
            (
                "write_and_delete_items",
                "WriteAndDeleteItems",
                [
                    "dynamodb:BatchWriteItem",
                    "dynamodb:DeleteItem",
                    "dynamodb:PutItem",
                    "dynamodb:UpdateItem",
                ],
            ),
        ],
    )
    def test_a_verb_is_its_actions_and_the_key(self, verb, sid, actions):
        """On this table, with its key, through DynamoDB, for this table."""
        policy = statements(granted(lambda table, role: getattr(table.grants, verb)(role)), "Reader/Policy")
        key = policy["UseKeyViaDynamodb"]

        assert policy.keys() == {sid, "UseKeyViaDynamodb"}
        assert policy[sid] == {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": ARN}
        assert key["Action"] == "kms:Decrypt"
        assert key["Resource"].startswith("${aws_kms_key.Ledger_Key_")
        assert key["Condition"] == {
            "StringEquals": {"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:aws:dynamodb:tableName": [NAME, f"{NAME}/*"]},
        }

    def test_describing_needs_no_key(self):
        """It reads no item."""
        policy = statements(granted(lambda table, role: table.grants.describe(role)), "Reader/Policy")

        assert policy.keys() == {"Describe"}

    @pytest.mark.parametrize("verb", ["read_items", "write_items", "delete_items", "write_and_delete_items"])
    def test_a_leading_key_narrows_a_verb(self, verb):
        """To the items of one partition."""
        document = granted(lambda table, role: getattr(table.grants, verb)(role, leading_key="house"))
        sid = "".join(map(str.capitalize, verb.split("_")))

        assert statements(document, "Reader/Policy")[sid]["Condition"] == {
            "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "house"}
        }

    def test_two_leading_keys_are_two_statements(self):
        """Each with its condition."""

        def both(table, role):
            table.grants.read_items(role, leading_key="house")
            table.grants.read_items(role, leading_key="fees")

        assert statements(granted(both), "Reader/Policy").keys() == {
            "ReadItems", "ReadItems2", "UseKeyViaDynamodb",
        }  # fmt: skip

    def test_an_index_is_named(self):
        """The table and its other indexes stay closed."""
        document = granted(lambda table, role: table.grants.query_index(role, "by-day"), indexes=[DAY])
        statement = statements(document, "Reader/Policy")["QueryIndex"]

        assert (statement["Action"], statement["Resource"]) == ("dynamodb:Query", f"{ARN}/index/by-day")

    @pytest.mark.parametrize(
        ("indexes", "expected"), [([DAY], "one of by-day"), ([], "a table with indexes")]
    )
    def test_an_index_that_is_not_there_is_refused(self, indexes, expected):
        """With the nearest one there is."""

        def build(stack):
            role = Role(stack, "Reader", trust=GLUE)
            ledger(indexes=indexes)(stack).grants.query_index(role, "by-days")

        assert refused(build, "no index of this name").expected == expected

    def test_a_stream_is_read(self):
        """Its label is AWS's, so any stream of this table."""
        document = granted(lambda table, role: table.grants.read_stream(role), stream="KEYS_ONLY")
        statement = statements(document, "Reader/Policy")["ReadStream"]

        assert statement["Resource"] == f"{ARN}/stream/*"
        assert statement["Action"] == [
            "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator",
        ]  # fmt: skip

    def test_no_stream_cannot_be_read(self):
        """The grant would do nothing."""
        refused(
            lambda stack: ledger()(stack).grants.read_stream(Role(stack, "Reader", trust=GLUE)), "no stream"
        )

    def test_another_accounts_role_cannot_read_the_stream(self):
        """The policy of the table does not reach it."""
        refused(
            lambda stack: ledger(stream="KEYS_ONLY")(stack).grants.read_stream(Role.from_arn(OTHER)),
            "no policy here",
        )

    def test_another_accounts_role_is_in_both_policies(self):
        """The table's and the key's, by name, while it is of the organisation."""
        document = granted(lambda table, role: table.grants.read_items(role), Role.from_arn(OTHER))

        assert statements(document, "Ledger/Policy")["ReadItems"] == {
            "Sid": "ReadItems",
            "Effect": "Allow",
            "Principal": {"AWS": OTHER},
            "Action": [
                "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:Query",
            ],
            "Resource": ARN,
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        }  # fmt: skip
        assert statements(document, "Ledger/Key/Resource")["UseKeyViaDynamodb"]["Principal"] == {"AWS": OTHER}


class TestFromName:
    def test_it_makes_nothing(self):
        """And is named by a literal ARN of this region."""
        kept = []
        document = built(lambda stack: kept.append(Table.from_name(stack, "Reports", "reports")))

        assert kept[0].arn == "arn:aws:dynamodb:eu-west-1:012345678901:table/reports"
        assert "resource" not in document

    def test_a_grant_on_another_accounts_table(self):
        """This half of it, with its key; the other is its owner's."""

        def build(stack):
            key = Key.from_arn(stack, "Theirs", "arn:aws:kms:eu-west-1:999999999999:key/0a1b")
            table = Table.from_name(stack, "Reports", "reports", account_id="999999999999", key=key)
            table.grants.query_index(Role(stack, "Reader", trust=GLUE), "by-day")

        document = built(build)
        policy = statements(document, "Reader/Policy")

        assert policy["QueryIndex"]["Resource"] == (
            "arn:aws:dynamodb:eu-west-1:999999999999:table/reports/index/by-day"
        )
        assert policy["UseKeyViaDynamodb"]["Resource"] == "arn:aws:kms:eu-west-1:999999999999:key/0a1b"
        assert paths(document, "aws_dynamodb_resource_policy") == []

    @pytest.mark.parametrize("index", ["*", "by/day", "", "ab"])
    def test_an_index_of_it_is_a_name(self, index):
        """A wildcard would be every index."""
        refused(
            lambda stack: Table.from_name(stack, "Reports", "reports").grants.query_index(
                Role(stack, "Reader", trust=GLUE), index
            ),
            "refuse this index name",
        )

    @pytest.mark.parametrize("name", ["*", "a/b", "ab"])
    def test_a_name_that_is_refused(self, name):
        """A wildcard would be every table."""
        refused(lambda stack: Table.from_name(stack, "Reports", name), "refuse this table name")
