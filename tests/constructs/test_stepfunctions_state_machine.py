import json

import pytest
from reading import at, built, paths, stack_of, statements

from landform.constructs.events import Rule
from landform.constructs.grants import Grantee
from landform.constructs.iam import Role, Trust
from landform.constructs.kms import Key
from landform.constructs.sns import Topic
from landform.constructs.stepfunctions import StateMachine
from landform.errors import Code, LandformError

GLUE = [Trust.service("glue.amazonaws.com")]
DEFINITION = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
NAME = "acme-payments-prod-data-lake-settle"
ARN = f"arn:aws:states:eu-west-1:012345678901:stateMachine:{NAME}"
LOGS = "arn:aws:logs:eu-west-1:012345678901:*"


def settle(**arguments):
    return lambda stack: StateMachine(stack, "Settle", **{"definition": DEFINITION, **arguments})


def granted(verb):
    def build(stack):
        getattr(settle()(stack).grants, verb)(Role(stack, "Worker", trust=GLUE))

    return statements(built(build), "Worker/Policy")


def refused(build, match, code=Code.ARGUMENT_VALUE):
    with pytest.raises(LandformError, match=match) as caught:
        built(build)
    assert caught.value.code is code
    assert caught.value.place.file == "test_stepfunctions_state_machine.py"
    return caught.value


class TestStateMachine:
    @pytest.mark.parametrize(
        ("argument", "value"),
        [
            ("name", NAME),
            ("type", "STANDARD"),
            ("definition", '{"StartAt":"Done","States":{"Done":{"Type":"Succeed"}}}'),
            ("tracing_configuration", [{"enabled": True}]),
        ],
    )
    def test_default(self, argument, value):
        """Said in the resource, whatever the provider's default is."""
        assert at(built(settle()), "Settle/Resource")[argument] == value

    def test_everything_is_logged(self):
        """With its data, to a group of its own that is kept as long as the tier says."""
        document = built(settle(), tier="stage")

        (logging,) = at(document, "Settle/Resource")["logging_configuration"]
        assert (logging["level"], logging["include_execution_data"]) == ("ALL", True)
        assert logging["log_destination"].startswith("${aws_cloudwatch_log_group.Settle_Logs_")
        assert logging["log_destination"].endswith(".arn}:*")
        assert at(document, "Settle/Logs/Resource")["name"] == f"/aws/vendedlogs/states/{NAME}"
        assert at(document, "Settle/Logs/Resource")["retention_in_days"] == 400

    def test_one_key_is_for_definition_executions_and_logs(self):
        """And another can be given."""
        document = built(settle())
        given = built(lambda stack: settle(key=Key(stack, "Key"))(stack))

        (encryption,) = at(document, "Settle/Resource")["encryption_configuration"]
        assert encryption["type"] == "CUSTOMER_MANAGED_KMS_KEY"
        assert encryption["kms_key_id"] == at(document, "Settle/Logs/Resource")["kms_key_id"]
        assert paths(document, "aws_kms_key") == ["Settle/Key/Resource"]
        assert paths(given, "aws_kms_key") == ["Key/Resource"]

    def test_the_log_service_decrypts_for_logs_alone(self):
        """By the encryption context that it sets."""
        policy = statements(built(settle()), "Settle/Key/Resource")["DeliveryLogsDecrypts"]

        assert policy["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
        assert policy["Action"] == "kms:Decrypt"
        assert policy["Condition"] == {"StringEquals": {"kms:EncryptionContext:SourceArn": LOGS}}

    def test_terraform_makes_the_role_and_its_policy_first(self):
        """Step Functions tries the role when the state machine is made."""
        needs = at(built(settle()), "Settle/Resource")["depends_on"]

        assert any(address.startswith("aws_iam_role_policy.Settle_Role_Policy") for address in needs)

    def test_a_definition_may_hold_references(self):
        """AWS chooses a key's ARN."""

        def build(stack):
            key = Key(stack, "Other")
            states = {"Done": {"Type": "Pass", "Result": {"key": key.arn}, "End": True}}
            settle(definition={"StartAt": "Done", "States": states})(stack)

        states = json.loads(at(built(build), "Settle/Resource")["definition"])["States"]
        assert states["Done"]["Result"]["key"].startswith("${aws_kms_key.Other_")

    @pytest.mark.parametrize(
        ("arguments", "match"),
        [
            ({"state_machine_name": "no good"}, "refuse this state machine name"),
            ({"state_machine_name": "x" * 81}, "refuse this state machine name"),
            ({"type": "FAST"}, "refuse this type"),
            ({"definition": {}}, "refuse this definition"),
            ({"definition": {"StartAt": "A", "States": {"B": {}}}}, "refuse this definition"),
            ({"definition": {"StartAt": "A", "States": ["A"]}}, "refuse this definition"),
            ({"definition": {**DEFINITION, "Comment": "x" * 1_048_576}}, "refuse this definition"),
            ({"definition": "{}"}, "refuse this definition"),
        ],
    )
    def test_what_step_functions_refuses(self, arguments, match):
        """Told at synth, with the user's line."""
        refused(settle(**arguments), match)

    def test_a_definition_that_is_no_json(self):
        """A set has no order."""
        refused(settle(definition={**DEFINITION, "Tags": {1, 2}}), "cannot be written as JSON", Code.VALUE)

    @pytest.mark.parametrize("tier", ["sandbox", "prod"])
    def test_no_tier_switches_logging_or_tracing_off(self, tier):
        """What is off is the protection of what it keeps."""
        stack = stack_of(settle(), tier=tier)

        assert all(not off.checks for off in stack.switched_off)


class TestRole:
    def test_it_is_assumed_for_this_state_machine_alone(self):
        """A state machine of another account has no use for it."""
        trust = statements(built(settle()), "Settle/Role/Resource", "assume_role_policy")["TrustStates"]

        assert trust["Condition"] == {
            "ArnLike": {"aws:SourceArn": ARN},
            "StringEquals": {"aws:SourceAccount": "012345678901"},
        }

    def test_it_logs_traces_and_encrypts(self):
        """And does nothing else until it is granted more."""
        policy = statements(built(settle()), "Settle/Role/Policy")

        assert policy.keys() == {"DeliverLogs", "EncryptExecutions", "EncryptLogs", "Trace"}
        assert policy["EncryptExecutions"]["Condition"] == {
            "StringEquals": {"kms:EncryptionContext:aws:states:stateMachineArn": ARN}
        }
        assert policy["EncryptLogs"]["Action"] == "kms:GenerateDataKey"
        assert policy["EncryptLogs"]["Condition"] == {
            "StringEquals": {"kms:EncryptionContext:SourceArn": LOGS}
        }

    def test_a_state_machine_is_granted_to_as_its_role(self):
        """The role's policy, the role's ARN; its own ARN is what others are granted on."""
        grants = []

        def build(stack):
            machine = settle()(stack)
            assert isinstance(machine, Grantee)
            assert machine.arn == ARN
            grants.append(Topic(stack, "Settled").grants.publish(machine))

        policy = statements(built(build), "Settle/Role/Policy")

        assert policy["Publish"]["Action"] == "sns:Publish"
        assert grants[0].principal == f"arn:aws:iam::012345678901:role/{NAME}-role"


class TestStateMachineGrants:
    @pytest.mark.parametrize(
        ("verb", "actions", "resource", "key_actions"),
        [
            ("start_execution", "states:StartExecution", ARN, ["kms:Decrypt", "kms:GenerateDataKey"]),
            (
                "start_sync_execution",
                "states:StartSyncExecution",
                ARN,
                ["kms:Decrypt", "kms:GenerateDataKey"],
            ),
            ("describe", ["states:DescribeStateMachine", "states:ListExecutions"], ARN, "kms:Decrypt"),
            (
                "read_executions",
                [
                    "states:DescribeExecution",
                    "states:DescribeStateMachineForExecution",
                    "states:GetExecutionHistory",
                ],
                ARN.replace(":stateMachine:", ":execution:") + ":*",
                "kms:Decrypt",
            ),
            (
                "stop_executions",
                "states:StopExecution",
                ARN.replace(":stateMachine:", ":execution:") + ":*",
                None,
            ),
        ],
    )
    def test_a_verb_is_its_actions_on_this_state_machine(self, verb, actions, resource, key_actions):
        """Or on its executions, with the key through Step Functions."""
        sid = "".join(part.capitalize() for part in verb.split("_"))
        policy = granted(verb)

        assert policy[sid] == {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}
        key = policy.get("UseKeyViaStates")
        assert (key and key["Action"]) == key_actions
        if key:
            assert key["Condition"] == {
                "StringEquals": {"kms:ViaService": "states.eu-west-1.amazonaws.com"},
                "StringLike": {"kms:EncryptionContext:aws:states:stateMachineArn": [ARN, f"{ARN}/*"]},
            }

    def test_a_role_from_elsewhere_cannot_be_let_in(self):
        """AWS gives a state machine no policy."""
        elsewhere = Role.from_arn("arn:aws:iam::999999999999:role/worker")

        refused(lambda stack: settle()(stack).grants.start_execution(elsewhere), "no policy here")

    def test_a_rule_starts_it(self):
        """Under the rule's own role."""

        def build(stack):
            Rule(stack, "Nightly", schedule="rate(1 day)").add_target(settle()(stack))

        document = built(build)

        assert at(document, "Nightly/ToSettle")["arn"] == ARN
        policy = statements(document, "Nightly/Role/Policy")
        assert policy["StartExecution"]["Resource"] == ARN


class TestImportedStateMachine:
    def test_it_is_granted_on(self):
        """In the role's policy alone, with its key where that is known."""

        def build(stack):
            key = Key.from_arn(stack, "Key", "arn:aws:kms:eu-west-1:012345678901:key/0a1b2c3d")
            machine = StateMachine.from_name(stack, "Theirs", "theirs", key=key)
            machine.grants.start_execution(Role(stack, "Worker", trust=GLUE))
            Rule(stack, "Nightly", schedule="rate(1 day)").add_target(machine)

        document = built(build)

        assert "aws_sfn_state_machine" not in document["resource"]
        policy = statements(document, "Worker/Policy")
        assert policy["StartExecution"]["Resource"].endswith(":stateMachine:theirs")
        assert policy["UseKeyViaStates"]["Resource"].endswith(":key/0a1b2c3d")

    def test_a_name_step_functions_would_refuse(self):
        """Told before a policy names it."""
        refused(
            lambda stack: StateMachine.from_name(stack, "Theirs", "no good"), "refuse this state machine name"
        )
