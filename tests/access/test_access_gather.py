"""What a bundle says of access is found wherever Terraform lets it stand."""

import json

import every_construct
import pytest
from bundles import write_bundle
from policy_stacks import allow, deny, policy, role, stack, trust

from landform.access.gather import gather
from landform.constructs import AwsStack
from landform.core import App
from landform.errors import Code, LandformError
from landform.synth.bundle import Bundle
from landform.testing import stack_instance

ATTACHED_TO = (
    "aws_s3_bucket", "aws_dynamodb_table", "aws_kms_key", "aws_sqs_queue", "aws_sns_topic", "aws_iam_role",
    "aws_lambda_function", "aws_ecr_repository", "aws_efs_file_system", "aws_secretsmanager_secret",
    "aws_opensearch_domain", "aws_backup_vault", "aws_cloudwatch_event_bus",
)  # fmt: skip
READ = policy(allow("s3:GetObject", "arn:aws:s3:::x/*"))
BOUNDARY = "arn:aws:iam::111111111111:policy/limits"


def names(principal):
    """The policies of a principal, as reports call them."""
    return [document.name for document in principal.documents]


def one(holdings, *resources, account="ledger"):
    """The account that a stack of some resources makes."""
    return holdings({f"{account}.app": stack(*resources)}).accounts[0]


class TestRoles:
    def test_policies_beside_a_role_are_its_own(self, holdings):
        """An inline policy names its role by a reference."""
        account = one(
            holdings,
            ("aws_iam_role", "App", role()),
            ("aws_iam_role_policy", "P", {"role": "${aws_iam_role.App.name}", "policy": READ}),
        )

        assert [p.arn for p in account.principals] == ["arn:aws:iam::111111111111:role/app"]
        assert names(account.principals[0]) == ["aws_iam_role_policy.P"]

    def test_arguments_of_a_role_are_its_own(self, holdings):
        """Inline blocks and the list of managed policies, with the path in the ARN."""
        body = role(
            path="/team/",
            inline_policy=[{"name": "a", "policy": READ}],
            managed_policy_arns=["arn:aws:iam::aws:policy/SecurityAudit"],
        )
        principal = one(holdings, ("aws_iam_role", "App", body)).principals[0]

        assert principal.arn == "arn:aws:iam::111111111111:role/team/app"
        assert names(principal) == ["aws_iam_role.App", "arn:aws:iam::aws:policy/SecurityAudit"]
        assert not principal.unread

    def test_an_attached_policy_and_a_boundary_are_found_in_another_stack(self, holdings):
        """Both are named by their ARN."""
        found = holdings(
            {
                "ledger.base": stack(("aws_iam_policy", "Limits", {"name": "limits", "policy": READ})),
                "ledger.app": stack(
                    ("aws_iam_role", "App", role(permissions_boundary=BOUNDARY)),
                    ("aws_iam_role_policy_attachment", "A", {"role": "app", "policy_arn": BOUNDARY}),
                ),
            }
        )
        principal = next(iter(found.principals))

        assert names(principal) == ["aws_iam_policy.Limits"]
        assert principal.boundary.name == "aws_iam_policy.Limits"
        assert principal.identity.boundary.statements[0].actions.patterns == ("s3:GetObject",)

    def test_a_policy_that_is_not_in_the_bundle_may_allow_everything(self, holdings):
        """It is told, and is a condition."""
        arn = "arn:aws:iam::111111111111:policy/elsewhere"
        account = one(
            holdings,
            ("aws_iam_role", "App", role()),
            ("aws_iam_role_policy_attachment", "A", {"role": "app", "policy_arn": arn}),
        )
        principal = account.principals[0]

        assert principal.unread == (arn,)
        assert principal.identity.policies[0].statements[0].tests

    def test_a_policy_put_together_at_plan_time_may_allow_everything(self, holdings):
        """Its text is not in the bundle either."""
        text = "${data.aws_iam_policy_document.d.json}"
        body = {"role": "app", "policy": text}
        account = one(holdings, ("aws_iam_role", "App", role()), ("aws_iam_role_policy", "P", body))

        assert account.principals[0].unread == ("aws_iam_role_policy.P",)

    def test_policies_of_a_role_made_elsewhere_are_noted(self, holdings):
        """Nothing of the bundle is lost without a word."""
        found = holdings(
            {"ledger.app": stack(("aws_iam_role_policy", "P", {"role": "other", "policy": READ}))}
        )

        assert "role other" in found.notes[0]


class TestUsers:
    def test_a_user_has_the_policies_of_its_groups(self, holdings):
        """Groups are no principals themselves."""
        account = one(
            holdings,
            ("aws_iam_user", "Ann", {"name": "ann"}),
            ("aws_iam_group", "Ops", {"name": "ops"}),
            ("aws_iam_user_group_membership", "M", {"user": "${aws_iam_user.Ann.name}", "groups": ["ops"]}),
            ("aws_iam_group_policy", "P", {"group": "${aws_iam_group.Ops.name}", "policy": READ}),
        )

        assert [(p.kind, names(p)) for p in account.principals] == [("user", ["aws_iam_group_policy.P"])]


class TestPermissionSets:
    def test_a_set_is_a_role_in_each_account_it_is_assigned_in(self, holdings):
        """Its name there ends in what AWS chooses; its policies named by name are the account's own."""
        arn = {"permission_set_arn": "${aws_ssoadmin_permission_set.Ops.arn}", "instance_arn": "i"}
        found = holdings(
            {
                "root.sso": stack(
                    ("aws_ssoadmin_permission_set", "Ops", {"name": "ops", "instance_arn": "i"}),
                    ("aws_ssoadmin_permission_set_inline_policy", "P", {**arn, "inline_policy": READ}),
                    (
                        "aws_ssoadmin_managed_policy_attachment",
                        "M",
                        {**arn, "managed_policy_arn": "arn:aws:iam::aws:policy/SecurityAudit"},
                    ),
                    (
                        "aws_ssoadmin_permissions_boundary_attachment",
                        "B",
                        {
                            **arn,
                            "permissions_boundary": [
                                {"customer_managed_policy_reference": [{"name": "limits"}]}
                            ],
                        },
                    ),
                    ("aws_ssoadmin_account_assignment", "A", {**arn, "target_id": "111111111111"}),
                ),
                "ledger.base": stack(("aws_iam_policy", "Limits", {"name": "limits", "policy": READ})),
            }
        )
        (principal,) = found.by_id["111111111111"].principals

        assert principal.name == "ops"
        assert principal.identity.account == "111111111111"
        assert len(principal.documents) == 2
        assert principal.boundary.name == "aws_iam_policy.Limits"

    def test_a_set_that_nobody_has_is_noted(self, holdings):
        """It gives nobody anything yet."""
        body = {"name": "ops", "instance_arn": "i"}
        found = holdings({"root.sso": stack(("aws_ssoadmin_permission_set", "Ops", body))})

        assert "assigned in no account" in found.notes[0]


class TestTargets:
    def test_a_policy_beside_a_resource_is_attached_to_it(self, holdings):
        """By a reference, by name or by ARN."""
        read = policy(allow("s3:GetObject", Principal="*"))
        account = one(
            holdings,
            ("aws_s3_bucket", "B", {"bucket": "b"}),
            ("aws_s3_bucket_policy", "P", {"bucket": "${aws_s3_bucket.B.bucket}", "policy": read}),
            ("aws_ecr_repository", "R", {"name": "r"}),
            ("aws_ecr_repository_policy", "P", {"repository": "r", "policy": read}),
            ("aws_dynamodb_table", "T", {"name": "t"}),
            (
                "aws_dynamodb_resource_policy",
                "P",
                {"resource_arn": "arn:aws:dynamodb:eu-west-1:111111111111:table/t", "policy": read},
            ),
        )

        assert {target.arn.rpartition(":")[2]: len(target.documents) for target in account.targets} == {
            "b": 1,
            "repository/r": 1,
            "table/t": 1,
        }

    def test_what_aws_chooses_is_the_address(self, holdings):
        """The same text stands for it in every policy."""
        account = one(
            holdings,
            ("aws_kms_key", "K", {"policy": policy(allow("kms:*", Principal="*"))}),
            ("aws_iam_role", "App", role()),
            (
                "aws_iam_role_policy",
                "P",
                {"role": "app", "policy": policy(allow("kms:Decrypt", "${aws_kms_key.K.arn}"))},
            ),
        )
        key = "arn:aws:kms:eu-west-1:111111111111:key/<app/aws_kms_key.K>"

        assert key in [target.arn for target in account.targets]
        assert account.principals[0].identity.policies[0].statements[0].resources.patterns == (key,)

    def test_a_permission_of_lambda_is_a_statement_of_the_function(self, holdings):
        """Its source is a condition."""
        account = one(
            holdings,
            ("aws_lambda_function", "F", {"function_name": "f"}),
            (
                "aws_lambda_permission",
                "P",
                {
                    "function_name": "${aws_lambda_function.F.function_name}",
                    "action": "lambda:InvokeFunction",
                    "principal": "events.amazonaws.com",
                    "source_account": "111111111111",
                },
            ),
        )
        (statement,) = account.targets[0].resource.policy.statements

        assert str(statement.principals.named[0]) == "Service events.amazonaws.com"
        assert str(statement.tests[0]) == "StringEquals AWS:SourceAccount 111111111111"

    def test_a_policy_of_the_logs_service_is_about_every_log_group(self, holdings):
        """It names them itself."""
        text = policy(
            allow(
                "logs:PutLogEvents",
                "arn:aws:logs:eu-west-1:111111111111:log-group:/a:*",
                Principal={"Service": "es.amazonaws.com"},
            )
        )
        account = one(
            holdings,
            ("aws_cloudwatch_log_group", "A", {"name": "/a"}),
            ("aws_cloudwatch_log_resource_policy", "P", {"policy_name": "p", "policy_document": text}),
        )

        assert [document.name for document in account.targets[0].documents] == [
            "aws_cloudwatch_log_resource_policy.P"
        ]

    def test_iams_own_variables_stay_variables(self, holdings):
        """Terraform writes them with one dollar more."""
        text = policy(allow("s3:GetObject", "arn:aws:s3:::x/$${aws:username}/*"))
        account = one(
            holdings,
            ("aws_iam_role", "App", role()),
            ("aws_iam_role_policy", "P", {"role": "app", "policy": text}),
        )

        assert account.principals[0].identity.policies[0].statements[0].resources.patterns == (
            "arn:aws:s3:::x/${aws:username}/*",
        )

    def test_a_policy_on_what_is_made_elsewhere_is_noted(self, holdings):
        """There is no row for it."""
        body = {"bucket": "elsewhere", "policy": policy(allow("s3:*", Principal="*"))}
        found = holdings({"ledger.app": stack(("aws_s3_bucket_policy", "P", body))})

        assert "aws_s3_bucket_policy.P" in found.notes[0]
        assert not found.accounts[0].targets

    def test_a_policy_on_a_service_of_which_nothing_is_made_is_noted(self, holdings):
        """Nothing in the matrix is under it."""
        text = policy(allow("xray:PutTraceSegments", Principal={"Service": "apigateway.amazonaws.com"}))
        body = {"policy_name": "p", "policy_document": text}
        found = holdings({"ledger.app": stack(("aws_xray_resource_policy", "P", body))})

        assert "all of xray in eu-west-1" in found.notes[0]

    def test_a_changed_file_is_refused(self, holdings, tmp_path):
        """What is read is what was synthesised."""
        holdings({"ledger.app": stack(("aws_iam_role", "App", role()))})
        file = tmp_path / "bundle" / "stacks" / "ledger.app" / "cdk.tf.json"
        file.write_text(file.read_text().replace("lambda", "glue"))

        with pytest.raises(LandformError) as refused:
            gather(Bundle.load(tmp_path / "bundle"))
        assert refused.value.code is Code.BUNDLE_TAMPERED

    def test_a_policy_aws_would_not_take_is_refused_with_its_place(self, holdings):
        """The file and the address are named."""
        text = policy({"Effect": "Allow", "Action": "s3:GetObject"})
        found = holdings(
            {
                "ledger.app": stack(
                    ("aws_iam_role", "App", role()),
                    ("aws_iam_role_policy", "P", {"role": "app", "policy": text}),
                )
            }
        )

        with pytest.raises(LandformError, match=r"aws_iam_role_policy\.P") as refused:
            _ = next(iter(found.principals)).identity
        assert refused.value.place.file.endswith("cdk.tf.json")


class TestGuardrails:
    def organization(self, target, kind="SERVICE_CONTROL_POLICY"):
        """A stack that attaches a policy to a node of the organisation's tree."""
        content = policy(deny("s3:DeleteBucket", **({"Principal": "*"} if "RESOURCE" in kind else {})))
        return stack(
            ("aws_organizations_organization", "O", {}),
            (
                "aws_organizations_organizational_unit",
                "U",
                {"name": "u", "parent_id": "${aws_organizations_organization.O.roots[0].id}"},
            ),
            (
                "aws_organizations_account",
                "L",
                {"name": "ledger", "parent_id": "${aws_organizations_organizational_unit.U.id}"},
            ),
            ("aws_organizations_policy", "P", {"name": "p", "type": kind, "content": content}),
            (
                "aws_organizations_policy_attachment",
                "A",
                {"policy_id": "${aws_organizations_policy.P.id}", "target_id": target},
            ),
        )

    @pytest.mark.parametrize(
        ("target", "reached"),
        [
            ("${aws_organizations_organization.O.roots[0].id}", {"ledger", "lake"}),
            ("r-abcd", {"ledger", "lake"}),
            ("${aws_organizations_organizational_unit.U.id}", {"ledger"}),
            ("${aws_organizations_account.L.id}", {"ledger"}),
            ("222222222222", {"lake"}),
        ],
    )
    def test_a_policy_hangs_over_all_below_its_node(self, holdings, target, reached):
        """The root, a unit, an account; never over the management account."""
        app = stack(("aws_iam_role", "App", role()))
        found = holdings({"root.org": self.organization(target), "ledger.app": app, "lake.app": app})

        assert {account.name for account in found.accounts if account.guardrails.scps} == reached
        assert not found.notes

    def test_resource_control_policies_are_kept_apart(self, holdings):
        """They are about resources."""
        organization = self.organization("r-abcd", "RESOURCE_CONTROL_POLICY")
        found = holdings({"root.org": organization, "ledger.app": stack(("aws_iam_role", "App", role()))})
        guardrails = found.guardrails["111111111111"]

        assert guardrails.rcps
        assert not guardrails.scps

    def test_a_policy_over_nobody_knows_whom_is_noted(self, holdings):
        """Its unit is not made in the bundle."""
        found = holdings({"root.org": self.organization("ou-abcd-11111111")})

        assert "ou-abcd-11111111" in found.notes[0]


class TestEveryConstruct:
    def test_nothing_landform_makes_hangs_on_a_text_that_is_not_there(self, tmp_path):
        """Every construct of the library, with every grant."""
        app = App()
        instance = stack_instance(tier="prod")
        every_construct.build(AwsStack(app, instance))
        (synthesis,) = app.synthesise()
        account = instance.account
        bundle = write_bundle(
            tmp_path / "bundle",
            {f"{account.name}.all": json.loads(synthesis.text)},
            {account.name: (account.account_id, "prod")},
        )
        found = gather(bundle)

        assert len(list(found.principals)) > 40
        assert {target.origin.type for target in found.targets} >= set(ATTACHED_TO)
        unread = {name for one in (*found.principals, *found.targets) for name in one.unread}
        # A specimen attaches a policy that another stack makes, which is what an import is.
        assert unread == {"arn:aws:iam::012345678901:policy/shared"}


class TestAlike:
    def test_accounts_that_differ_in_name_and_id_alone_are_alike(self, holdings):
        """So one of them is enough to look at."""
        found = holdings(
            {
                f"{name}.app": stack(
                    (
                        "aws_iam_role",
                        "App",
                        role(f"acme-{name}", assume_role_policy=trust({"AWS": f"arn:aws:iam::{id}:root"})),
                    )
                )
                for name, id in (("ledger", "111111111111"), ("lake", "222222222222"))
            }
        )
        shapes = {account.principals[0].alike(account) for account in found.accounts}

        assert len(shapes) == 1
