"""Rules on policies, on what people write: no false alarm, and no condition that hides what it does not mend."""

import json
import re

import pytest

from landform.policies.engine import judged
from landform.policies.result import Result
from landform.policies.rule import example_stack
from landform.policies.rules import OWN
from landform.policies.rules.credentials import WRITE_ONLY
from landform.schema.pack import shipped_pack

ROLE = "arn:aws:iam::111122223333:role/worker"
TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
EVERYONE = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


def policy(*statements):
    """A policy as text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions, resource="*", **more):
    """A statement of an identity policy."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def failing(rule, resources):
    """The addresses at which a rule fails, with what it says there."""
    results = judged(example_stack(resources), (OWN[rule],))
    return {
        each.address: each.message
        for each in results
        if isinstance(each, Result) and each.outcome == "failed"
    }


def of_bucket(*statements):
    """A bucket's policy."""
    return {"aws_s3_bucket_policy": {"p": {"bucket": "b", "policy": policy(*statements)}}}


class TestPublic:
    @pytest.mark.parametrize(
        "deny",
        [
            {"StringNotEquals": {"aws:PrincipalOrgID": "o-acme000001"}},
            {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
            {
                "StringNotEquals": {"aws:SourceVpce": "vpce-0a1b"},
                "Bool": {"aws:PrincipalIsAWSService": "false"},
            },
        ],
    )
    def test_a_deny_of_all_others_says_who(self, deny):
        """The way data perimeters are written."""
        rest = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": deny}

        assert not failing("LF_POLICY_PUBLIC", of_bucket(EVERYONE, rest))

    @pytest.mark.parametrize(
        "changes",
        [
            {"Action": "s3:DeleteObject"},
            {"Resource": "arn:aws:s3:::other/*"},
            {"Principal": {"AWS": "999999999999"}},
            {"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-acme000001"}}},
            {
                "Condition": {
                    "StringNotEquals": {"aws:PrincipalOrgID": "*"},
                    "Bool": {"aws:SecureTransport": "false"},
                }
            },
        ],
    )
    def test_a_deny_of_something_else_does_not(self, changes):
        """Of another action, resource or principal, or one that a request without the key passes by."""
        rest = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-acme000001"}},
        }

        tagged = {**EVERYONE, "Condition": {"StringEquals": {"s3:ExistingObjectTag/a": "b"}}}
        assert failing("LF_POLICY_PUBLIC", of_bucket(tagged, {**rest, **changes}))

    def test_a_second_statement(self):
        """One that is narrowed hides none that is not."""
        narrowed = {**EVERYONE, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-acme000001"}}}
        (message,) = failing("LF_POLICY_PUBLIC", of_bucket(narrowed, EVERYONE)).values()

        assert message == "aws_s3_bucket_policy.p statement 2 of its policy is for everyone."

    def test_a_data_source(self):
        """As most people write it."""
        principals = [{"type": "AWS", "identifiers": ["*"]}]
        resources = {
            "aws_s3_bucket_policy": {"p": {"policy": "${data.aws_iam_policy_document.d.json}"}},
            "data.aws_iam_policy_document": {
                "d": {
                    "statement": [{"actions": ["s3:GetObject"], "resources": ["*"], "principals": principals}]
                }
            },
        }

        assert failing("LF_POLICY_PUBLIC", resources)

    @pytest.mark.parametrize(("fine_grained", "found"), [(True, False), (False, True)])
    def test_a_domain_that_knows_its_users(self, fine_grained, found):
        """In a VPC, with access control of its own, AWS's guide wants the policy open."""
        statement = {**EVERYONE, "Action": "es:ESHttp*", "Resource": "*"}
        domain = {
            "vpc_options": [{"subnet_ids": ["subnet-0a1b"]}],
            "advanced_security_options": [{"enabled": fine_grained}],
            "access_policies": policy(statement),
        }

        assert bool(failing("LF_POLICY_PUBLIC", {"aws_opensearch_domain": {"d": domain}})) is found

    def test_files_behind_mount_targets(self):
        """The policy that AWS itself gives a file system."""
        statement = {
            **EVERYONE,
            "Action": "elasticfilesystem:ClientMount",
            "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
        }
        resources = {"aws_efs_file_system_policy": {"p": {"policy": policy(statement)}}}

        assert not failing("LF_POLICY_PUBLIC", resources)


class TestConfusedDeputy:
    @pytest.mark.parametrize(
        ("service", "action"),
        [
            ("events.amazonaws.com", "sns:Publish"),
            ("logdelivery.elasticloadbalancing.amazonaws.com", "s3:PutObject"),
        ],
    )
    def test_services_that_send_no_source(self, service, action):
        """A condition would keep them out altogether."""
        statement = {**EVERYONE, "Principal": {"Service": service}, "Action": action}
        other = {**statement, "Action": "sqs:SendMessage"}

        assert not failing("LF_POLICY_CONFUSED_DEPUTY", of_bucket(statement))
        assert failing("LF_POLICY_CONFUSED_DEPUTY", of_bucket(other))


class TestTls:
    def test_a_bucket_with_its_policy_elsewhere_in_the_stack(self):
        """By reference, and judged there."""
        resources = {
            "aws_s3_bucket": {"b": {"bucket": "b"}},
            "aws_s3_bucket_policy": {"p": {"bucket": "${aws_s3_bucket.b.id}", "policy": policy(EVERYONE)}},
        }

        assert set(failing("LF_POLICY_TLS", resources)) == {"aws_s3_bucket_policy.p"}

    @pytest.mark.parametrize(
        "condition",
        [
            {"Bool": {"aws:SecureTransport": ["false"]}},
            {"BoolIfExists": {"aws:SecureTransport": False}},
            {"StringEquals": {"aws:SecureTransport": "false"}},
        ],
    )
    def test_ways_to_say_it(self, condition):
        """Capitals, lists and IfExists make no difference; a comparison of text does."""
        statement = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "*"}
        found = failing("LF_POLICY_TLS", of_bucket({**statement, "Condition": condition}))

        assert bool(found) is ("StringEquals" in condition)


class TestEscalation:
    def test_two_policies_make_one_path(self):
        """Neither is one by itself."""
        resources = {
            "aws_iam_role": {"r": {"name": "r"}},
            "aws_iam_policy": {"p": {"name": "p", "policy": policy(allow("iam:PassRole"))}},
            "aws_iam_role_policy_attachment": {
                "a": {"role": "${aws_iam_role.r.name}", "policy_arn": "${aws_iam_policy.p.arn}"}
            },
            "aws_iam_role_policy": {
                "q": {"role": "${aws_iam_role.r.id}", "policy": policy(allow("ec2:RunInstances"))}
            },
        }

        assert set(failing("LF_PRIVILEGE_ESCALATION", resources)) == {"aws_iam_role.r"}

    def test_a_boundary_is_honoured(self):
        """What it leaves out cannot be had."""
        role = {
            "name": "r",
            "permissions_boundary": "${aws_iam_policy.boundary.arn}",
            "inline_policy": [{"policy": policy(allow("iam:CreatePolicyVersion"))}],
        }
        boundary = {"name": "limits", "policy": policy(allow("s3:*"))}
        resources = {"aws_iam_role": {"r": role}, "aws_iam_policy": {"boundary": boundary}}

        assert not failing("LF_PRIVILEGE_ESCALATION", resources)
        assert failing("LF_PRIVILEGE_ESCALATION", {"aws_iam_role": {"r": role}})

    @pytest.mark.parametrize(
        "statements",
        [
            [allow("*")],
            [allow("iam:CreatePolicyVersion", resource="arn:aws:iam::111122223333:policy/acme-*")],
            [
                allow("iam:PassRole", resource=ROLE, Condition=TO_LAMBDA),
                allow("lambda:CreateFunction", "lambda:InvokeFunction"),
            ],
            [allow("s3:GetObject", "s3:PutObject", resource="arn:aws:s3:::acme-tfstate/*")],
            [
                allow(
                    "iam:PutRolePolicy",
                    Condition={
                        "StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"}
                    },
                )
            ],
            [allow("iam:*"), {**allow("iam:*"), "Effect": "Deny"}],
        ],
    )
    def test_what_is_meant_to_be(self, statements):
        """An administrator, a name's beginning, a named role, a boundary that is asked for, and what is denied."""
        resources = {"aws_iam_policy": {"p": {"name": "p", "policy": policy(*statements)}}}

        assert not failing("LF_PRIVILEGE_ESCALATION", resources)

    def test_a_condition_on_how_hides_nothing(self):
        """Nor does one on who."""
        condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
        statement = allow("iam:AttachUserPolicy", Condition=condition)
        resources = {"aws_iam_user": {"u": {"name": "u"}}, "aws_iam_user_policy": {"p": {"user": "u"}}}
        resources["aws_iam_user_policy"]["p"]["policy"] = policy(statement)

        assert failing("LF_PRIVILEGE_ESCALATION", resources)

    def test_it_names_paths_and_no_values(self):
        """At most five of them."""
        resources = {"aws_iam_policy": {"p": {"name": "hunter2", "policy": policy(allow("iam:*"))}}}
        (message,) = failing("LF_PRIVILEGE_ESCALATION", resources).values()

        assert re.fullmatch(
            r"aws_iam_policy\.p can get [a-z ]+: ([a-z-]+, ){4}[a-z-]+ and \d+ more\.", message
        )


class TestBoundary:
    @pytest.mark.parametrize(
        ("name", "more"),
        [
            ("limits", {"aws_iam_role": {"r": {"permissions_boundary": "${aws_iam_policy.p.arn}"}}}),
            (
                "limits",
                {"aws_iam_role": {"r": {"permissions_boundary": "arn:aws:iam::111122223333:policy/limits"}}},
            ),
            ("acme-boundary", {}),
        ],
    )
    def test_grants_nothing(self, name, more):
        """So that a wide allow is right there."""
        statement = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
        resources = {"aws_iam_policy": {"p": {"name": name, "policy": policy(statement)}}, **more}

        assert not failing("LF_POLICY_ALL_BUT", resources)

    def test_one_that_is_attached_does(self):
        """Whatever it is called."""
        statement = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
        resources = {
            "aws_iam_policy": {"p": {"name": "acme-boundary", "policy": policy(statement)}},
            "aws_iam_role_policy_attachment": {"a": {"role": "r", "policy_arn": "${aws_iam_policy.p.arn}"}},
        }

        assert failing("LF_POLICY_ALL_BUT", resources)


class TestTrust:
    @pytest.mark.parametrize(
        ("provider", "key", "found"),
        [
            ("cognito-identity.amazonaws.com", "cognito-identity.amazonaws.com:aud", False),
            (
                "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0A",
                "x/id/0A:sub",
                False,
            ),
            ("arn:aws:iam::111122223333:oidc-provider/gitlab.com", "gitlab.com:aud", True),
            ("arn:aws:iam::111122223333:saml-provider/okta", "SAML:aud", False),
        ],
    )
    def test_what_tells_whose_token_it_is(self, provider, key, found):
        """The subject; of pools of AWS's own the pool; assertions are made for one account."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {key: "a"}},
        }
        resources = {"aws_iam_role": {"r": {"assume_role_policy": policy(statement)}}}

        assert bool(failing("LF_TRUST_SUBJECT", resources)) is found


class TestWriteOnly:
    def test_every_twin_of_the_provider_is_listed(self):
        """A new version of the provider brings new ones."""
        pack = shipped_pack("aws")
        twins = {
            (entity_type, name.removesuffix("_wo"))
            for entity_type in pack.resource_types
            for name, attribute in pack.resource(entity_type).attributes.items()
            if attribute.write_only
        }

        assert twins == set(WRITE_ONLY.items())


class TestVersions:
    def test_a_provider_that_is_not_asked_for(self):
        """It has no version either."""
        stack = {"aws_vpc": {"v": {}}}
        document = example_stack(stack).document | {"provider": {"aws": [{"region": "eu-west-1"}]}}
        view = type(example_stack(stack))("a.s", document)
        (result,) = judged(view, (OWN["LF_PROVIDER_VERSION"],))

        assert (result.outcome, result.address) == ("failed", "provider.aws")

    @pytest.mark.parametrize(
        ("version", "outcome"),
        [("5.100.0", "passed"), ("~> 5.0", "passed"), ("!= 5.1", "failed"), ("${var.v}", "unknown")],
    )
    def test_bounds(self, version, outcome):
        """Terraform's own old form is the version alone."""
        for body in (version, {"version": version}):
            view = example_stack({"required_providers": {"aws": body}})
            results = [r for r in judged(view, (OWN["LF_PROVIDER_VERSION"],)) if isinstance(r, Result)]

            assert [result.outcome for result in results] == [outcome]
