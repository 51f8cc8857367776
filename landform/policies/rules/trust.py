"""Who becomes somebody: trust policies of roles, permissions boundaries and the length of sessions.

Follows "Security best practices in IAM" of the IAM guide, and for tokens of others "Creating a role for a
third-party identity provider" there, and GitHub's "Configuring OpenID Connect in Amazon Web Services".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from landform.iam.access import access_of
from landform.iam.conditions import OPERATORS, ConditionTest
from landform.iam.policy import Names, PolicyStatement
from landform.iam.region import Box, uncovered
from landform.policies.documents import FoundPolicy, each_policy
from landform.policies.rule import Breach, Rule, Undecided, Verdict, must_have
from landform.policies.rules.grants import flawed, one_policy, said_of
from landform.policies.view import Block, is_known

_WEB_IDENTITY = "sts:assumerolewithwebidentity"
_GITHUB = "token.actions.githubusercontent.com"
# What tells one holder of a token from another: of an OIDC provider of the account's own the subject; Amazon Cognito
# and the providers that AWS knows by name give the application too.
_SUBJECT = (":sub",)
_WELL_KNOWN = {
    "cognito-identity.amazonaws.com": (":sub", ":aud"),
    "accounts.google.com": (":sub", ":aud", ":oaud"),
    "graph.facebook.com": (":id", ":app_id"),
    "www.amazon.com": (":user_id", ":app_id"),
}
_REPOSITORY = re.compile(r"repo:[^/:*?]+/[^/:*?]+:")


def _federated(statement: PolicyStatement) -> tuple[str, ...]:
    """The providers whose tokens a statement takes."""
    if not statement.allows or statement.principals is None or statement.principals.excluded:
        return ()
    return tuple(
        one.id for one in statement.principals.named if one.type == "Federated" and "saml" not in one.id
    )


def _tests_of(statement: PolicyStatement, endings: tuple[str, ...]) -> tuple[ConditionTest, ...]:
    """The tests that say what a claim of the token must be."""
    return tuple(
        test
        for test in statement.tests
        if test.key.lower().endswith(endings)
        and test.operator.family == "text"
        and not (test.operator.negated or test.if_exists or test.quantifier == "ForAllValues")
    )


def _subject(found: FoundPolicy) -> Iterator[Breach]:
    for statement in found.policy.statements:
        for provider in _federated(statement):
            tests = _tests_of(statement, _WELL_KNOWN.get(provider, _SUBJECT))
            if not any(all(value.strip("*:?") for value in test.values) for test in tests):
                yield said_of(
                    found.path, statement, "takes every token of a provider, whoever it was given to"
                )
                break


def _repository(found: FoundPolicy) -> Iterator[Breach]:
    for statement in found.policy.statements:
        subjects = [
            value
            for test in _tests_of(statement, (f"{_GITHUB}:sub",))
            for value in test.values
            if value.startswith("repo:") and _federated(statement)
        ]
        if any(not _REPOSITORY.match(value) for value in subjects):
            yield said_of(found.path, statement, "takes the workflows of more than one repository")


_NO_SECOND_FACTOR = tuple(
    ConditionTest(OPERATORS["null"], key, ("true",))
    for key in ("aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge")
)


def _second_factor(found: FoundPolicy) -> Iterator[Breach]:
    """Asked of IAM users alone: of those who come in another way, the identity provider asks it."""
    access = access_of([found.policy])
    for box in access.layers[0]:
        statement = box.statement
        if statement is None or statement.principals is None or statement.principals.excluded:
            continue
        users = [one.id for one in statement.principals.named if ":user/" in one.id]
        asked = Box(
            actions=Names(("sts:assumerole",), variables=False),
            principals=Names(tuple(f"AWS:{user}" for user in users), variables=False),
            tests=_NO_SECOND_FACTOR,
        )
        if users and uncovered([box, asked], access.denies) is not None:
            yield said_of(found.path, statement, "lets a user take the role without a second factor")


_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
_WORKING_DAY = 8 * 3600


def _session(block: Block) -> Iterator[Verdict]:
    path = "session_duration" if block.type == "aws_ssoadmin_permission_set" else "max_session_duration"
    for value in block.values(path):
        if not is_known(value):
            yield Undecided(f"{path} is known only to Terraform")
        elif _seconds(value) > _WORKING_DAY:
            yield Breach(f"{path} is more than 8 hours", (path,))


def _seconds(value: object) -> int:
    """Seconds as a number, or as a duration of ISO 8601. What is neither, AWS refuses."""
    text = str(value)
    match = _DURATION.fullmatch(text)
    if match:
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    return int(text) if text.isascii() and text.isdigit() else 0


_ROLE = ("aws_iam_role", "assume_role_policy")
_ASSUME: dict[str, object] = {"Effect": "Allow", "Action": "sts:AssumeRole"}
_GLUE: dict[str, object] = {**_ASSUME, "Principal": {"Service": "glue.amazonaws.com"}}
_PERSON: dict[str, object] = {**_ASSUME, "Principal": {"AWS": "arn:aws:iam::111122223333:user/jo"}}
_WORKFLOW: dict[str, object] = {
    "Effect": "Allow",
    "Principal": {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{_GITHUB}"},
    "Action": "sts:AssumeRoleWithWebIdentity",
}
_AUDIENCE = {f"{_GITHUB}:aud": "sts.amazonaws.com"}


def _of(subject: str) -> dict[str, object]:
    return {
        **_WORKFLOW,
        "Condition": {"StringEquals": _AUDIENCE, "StringLike": {f"{_GITHUB}:sub": subject}},
    }


RULES = (
    Rule(
        id="LF_TRUST_SOURCE",
        title="A role that a service assumes says for whom the service acts",
        severity="low",
        types=("aws_iam_role",),
        rationale="Most services can be asked from another account to act on this one's resources; aws:SourceAccount "
        "in the trust policy keeps the role for this account.",
        remediation="Add a condition on aws:SourceAccount or aws:SourceArn, as landform's `Trust.service(...)` does.",
        judge=flawed(
            ("confused-deputy",), "lets a service take the role whoever it acts for", "trust"
        ),
        good=(
            one_policy(*_ROLE, {**_GLUE, "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}),
            one_policy(*_ROLE, {**_ASSUME, "Principal": {"Service": "ec2.amazonaws.com"}}),
        ),
        bad=(one_policy(*_ROLE, _GLUE),),
    ),
    Rule(
        id="LF_TRUST_SUBJECT",
        title="A role that takes tokens of a provider says whose",
        severity="high",
        types=("aws_iam_role",),
        rationale="A provider such as GitHub, GitLab or a cluster gives tokens to all its customers; without a "
        "condition on the subject each of them becomes the role.",
        remediation="Add a condition on the provider's sub claim, as landform's `GithubOidcRole` does.",
        judge=each_policy(_subject, "trust"),
        good=(one_policy(*_ROLE, _of("repo:acme/ledger:ref:refs/heads/main")),),
        bad=(
            one_policy(*_ROLE, {**_WORKFLOW, "Condition": {"StringEquals": _AUDIENCE}}),
            one_policy(*_ROLE, _of("*")),
        ),
    ),
    Rule(
        id="LF_TRUST_REPOSITORY",
        title="A role for workflows is for those of one repository",
        severity="medium",
        types=("aws_iam_role",),
        rationale="With repo:owner/* whoever may push to any repository of the owner, the least guarded one included, "
        "becomes the role.",
        remediation="Name the repository and what of it: a branch, an environment or pull requests.",
        judge=each_policy(_repository, "trust"),
        good=(one_policy(*_ROLE, _of("repo:acme/ledger:environment:prod")),),
        bad=(one_policy(*_ROLE, _of("repo:acme/*:*")), one_policy(*_ROLE, _of("repo:acme/ledger*"))),
    ),
    Rule(
        id="LF_TRUST_SECOND_FACTOR",
        title="An IAM user assumes a role with a second factor",
        severity="medium",
        types=("aws_iam_role",),
        rationale="A user's access key works for whoever has found it; a role that asks for a second factor does not.",
        remediation="Add a condition on aws:MultiFactorAuthPresent or aws:MultiFactorAuthAge, without IfExists, as "
        "landform's `Trust.with_mfa(...)` does.",
        judge=each_policy(_second_factor, "trust"),
        good=(
            one_policy(*_ROLE, {**_PERSON, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}),
            one_policy(*_ROLE, {**_PERSON, "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}}),
            one_policy(
                *_ROLE,
                _PERSON,
                {
                    **_PERSON,
                    "Effect": "Deny",
                    "Principal": "*",
                    "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
                },
            ),
        ),
        bad=(
            one_policy(*_ROLE, _PERSON),
            one_policy(*_ROLE, {**_PERSON, "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}}),
        ),
    ),
    Rule(
        id="LF_IDENTITY_BOUNDARY",
        title="Every role and user has a permissions boundary",
        severity="info",
        types=("aws_iam_role", "aws_iam_user"),
        rationale="A boundary holds whatever policies are attached later, by whoever may attach them.",
        remediation="Set permissions_boundary, as landform's `Role` does with the account's own.",
        judge=must_have("permissions_boundary"),
        good=(
            {"aws_iam_role": {"r": {"permissions_boundary": "arn:aws:iam::111122223333:policy/boundary"}}},
        ),
        bad=({"aws_iam_role": {"r": {"name": "r"}}, "aws_iam_user": {"u": {"name": "u"}}},),
    ),
    Rule(
        id="LF_SESSION_LENGTH",
        title="A session ends within a working day",
        severity="low",
        types=("aws_iam_role", "aws_ssoadmin_permission_set"),
        rationale="Credentials of a session that were stolen work until it ends, and no one can end it but by a "
        "policy that denies everything from before an hour.",
        remediation="Set a session of at most 8 hours; AWS's default is one hour.",
        judge=_session,
        good=(
            {
                "aws_ssoadmin_permission_set": {"day": {"session_duration": "PT8H"}, "hour": {"name": "hour"}},
                "aws_iam_role": {"r": {"max_session_duration": 3600}},
            },
        ),
        bad=(
            {
                "aws_ssoadmin_permission_set": {"p": {"session_duration": "PT12H"}},
                "aws_iam_role": {"r": {"max_session_duration": "43200"}},
            },
        ),
    ),
)  # fmt: skip
