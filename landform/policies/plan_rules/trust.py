"""What others are trusted with: keys that are switched off, who may assume a role, who vouches for whom, guardrails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from landform.policies.change import created, destroyed, updated
from landform.policies.plan_rule import Concern, PlanRule, PlanView, Risk, example_plan
from landform.policies.plan_rules.values import acting, changed_arguments, values_at

_ANY = ("create", "update", "replace", "delete", "forget")
_STANDING = ("update", "replace", "delete", "forget")
_GOING = ("replace", "delete", "forget")

# Type -> the actions that are looked at, and what each of them means.
WHOLE: Mapping[str, tuple[tuple[str, ...], str]] = {
    **dict.fromkeys(
        ("aws_iam_openid_connect_provider", "aws_iam_saml_provider", "aws_cognito_identity_provider"),
        (_ANY, "changes whose word is taken for who somebody is"),
    ),
    **dict.fromkeys(
        ("aws_ssoadmin_trusted_token_issuer", "aws_eks_identity_provider_config", "aws_rolesanywhere_trust_anchor"),
        (_ANY, "changes whose word is taken for who somebody is"),
    ),
    "aws_organizations_policy": (_STANDING, "changes what a whole account may do at most"),
    "aws_organizations_policy_attachment": (_ANY, "changes what a whole account may do at most"),
    **dict.fromkeys(
        (
            "aws_iam_access_key", "aws_iam_user_login_profile", "aws_iam_service_specific_credential",
            "aws_iam_user_ssh_key", "aws_iam_signing_certificate",
        ),
        (("create", "replace"), "is a credential that lasts, and stands in the state"),
    ),
    **dict.fromkeys(
        ("aws_ami_launch_permission", "aws_snapshot_create_volume_permission"),
        (("create", "replace"), "gives a copy of what is on a disk to others"),
    ),
    "aws_organizations_delegated_administrator": (_ANY, "changes which account rules a service of the organisation"),
    "aws_organizations_organizational_unit": (_GOING, "takes away what guardrails are attached to"),
    "aws_ssoadmin_account_assignment": (_ANY, "changes who gets into an account"),
    "aws_ssoadmin_permission_set": (_STANDING, "changes what people may do in accounts"),
    "aws_iam_account_password_policy": (_STANDING, "changes how people prove who they are"),
    "aws_iam_virtual_mfa_device": (_GOING, "takes away a second factor"),
    "aws_iam_group_membership": (_ANY, "changes who has a group's rights"),
    "aws_iam_user_group_membership": (_ANY, "changes who has a group's rights"),
    "aws_kms_grant": (_ANY, "changes who may use a key"),
    "aws_kms_key_policy": (_STANDING, "changes who may use a key"),
    "aws_vpc_endpoint_policy": (("delete",), "no longer limits what passes through an endpoint"),
    "aws_ram_principal_association": (_ANY, "changes which accounts share a resource"),
}  # fmt: skip

# Type and argument whose change alone is looked at.
ARGUMENTS: Mapping[tuple[str, str], str] = {
    ("aws_iam_role", "assume_role_policy"): "changes who may become it",
    ("aws_iam_role", "permissions_boundary"): "changes the most that it may do",
    ("aws_iam_user", "permissions_boundary"): "changes the most that it may do",
    ("aws_kms_key", "policy"): "changes who may use the key",
    ("aws_kms_replica_key", "policy"): "changes who may use the key",
    ("aws_kms_external_key", "policy"): "changes who may use the key",
    ("aws_kms_alias", "target_key_id"): "means another key",
    **dict.fromkeys(
        (
            ("aws_lambda_function", "role"), ("aws_instance", "iam_instance_profile"),
            ("aws_iam_instance_profile", "role"), ("aws_launch_template", "iam_instance_profile"),
            ("aws_ecs_task_definition", "task_role_arn"), ("aws_ecs_task_definition", "execution_role_arn"),
            ("aws_codebuild_project", "service_role"), ("aws_glue_job", "role_arn"),
            ("aws_sfn_state_machine", "role_arn"), ("aws_cloudformation_stack", "iam_role_arn"),
        ),
        "runs with the rights of another role",
    ),
    ("aws_db_snapshot", "shared_accounts"): "gives a copy of its data to others",
    ("aws_db_cluster_snapshot", "shared_accounts"): "gives a copy of its data to others",
    ("aws_s3_bucket_acl", "access_control_policy"): "changes who may read and write",
    ("aws_organizations_account", "parent_id"): "comes under other guardrails",
}  # fmt: skip
SWITCHES: Mapping[tuple[str, str], str] = {
    ("aws_kms_key", "is_enabled"): "is switched off: what it encrypted stays closed",
    ("aws_kms_external_key", "enabled"): "is switched off: what it encrypted stays closed",
    ("aws_kms_replica_key", "enabled"): "is switched off: what it encrypted stays closed",
    ("aws_rolesanywhere_trust_anchor", "enabled"): "is switched off: who it vouches for stays out",
    ("aws_acmpca_certificate_authority", "enabled"): "is switched off: it signs no more",
}  # fmt: skip


def _trust(view: PlanView) -> Iterator[Concern]:
    for change in acting(view):
        actions, meaning = WHOLE.get(change.type, ((), ""))
        if change.action in actions and (
            change.action != "update" or _beyond_tags(changed_arguments(change))
        ):
            yield Concern(Risk.R3, change.address, meaning)
        if change.action not in ("update", "replace"):
            continue
        for name in changed_arguments(change):
            if words := ARGUMENTS.get((change.type, name)):
                yield Concern(
                    Risk.R3,
                    change.address,
                    words,
                    (name,),
                    _picked(change.before, name),
                    _picked(change.after, name),
                )
            off = SWITCHES.get((change.type, name))
            if off and values_at(change.before, name) == (True,):
                yield Concern(
                    Risk.R3, change.address, off, (name,), {name: True}, _picked(change.after, name)
                )


def _beyond_tags(names: tuple[str, ...]) -> bool:
    return not {*names} <= {"tags", "tags_all"}


def _picked(values: object, name: str) -> Mapping[str, object] | None:
    return {name: values[name]} if isinstance(values, Mapping) and name in values else None


_ONE, _OTHER = {"assume_role_policy": '{"Statement":[]}'}, {"assume_role_policy": '{"Statement":{}}'}

RULES = (
    PlanRule(
        id="LF_PLAN_TRUST",
        title="Trust stays as it is: keys, roles, identity providers, guardrails",
        rationale="Whoever is trusted decides what happens; whoever no longer is may be what production runs as.",
        remediation="Change it in a plan of its own, seen by who answers for the identity or the key.",
        judge=_trust,
        good=(
            example_plan(
                updated("aws_iam_role.r", {**_ONE, "description": "a"}, {**_ONE, "description": "b"})
            ),
            example_plan(updated("aws_organizations_policy.p", {"tags": None}, {"tags": {"a": "b"}})),
        ),
        bad=(
            example_plan(updated("aws_iam_role.r", _ONE, _OTHER)),
            example_plan(
                updated("aws_iam_role.r", {"permissions_boundary": "arn:b"}, {"permissions_boundary": None})
            ),
            example_plan(updated("aws_kms_key.k", {"is_enabled": True}, {"is_enabled": False})),
            example_plan(updated("aws_kms_key.k", {"policy": "a"}, {}, {"policy": True})),
            example_plan(created("aws_iam_access_key.k", {"user": "u"})),
            example_plan(updated("aws_lambda_function.f", {"role": "arn:a"}, {"role": "arn:b"})),
            example_plan(destroyed("aws_organizations_policy_attachment.a", {"target_id": "ou-1"})),
            example_plan(created("aws_iam_openid_connect_provider.o", {"url": "https://example.com"})),
        ),
    ),
)
