import pytest
from reading import built, paths, statements

from landform.constructs.dynamodb import Attribute, GlobalSecondaryIndex, Table
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.errors import Code, LandformError

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
    assert caught.value.place.file == "test_dynamodb_grants.py"
    return caught.value


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
