"""What the roles of the state backend may do. Follows "Backend type: s3", permissions required."""

from landform.constructs.grants import Verb

LIST_STATE = Verb("list_state", ("s3:ListBucket",), ("{arn}",))
READ_STATE = Verb("read_state", ("s3:GetObject",), ("{arn}/*",), ("kms:Decrypt",))
LOCK_STATE = Verb(
    "lock_state",
    ("s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
    ("{arn}/*.tflock",),
    ("kms:Decrypt", "kms:GenerateDataKey"),
)
WRITE_STATE = Verb(
    "write_state", ("s3:PutObject",), ("{arn}/*.tfstate",), ("kms:Decrypt", "kms:GenerateDataKey")
)

VERBS = (LIST_STATE, READ_STATE, LOCK_STATE, WRITE_STATE)

# What makes a role, or changes what it may do: allowed where the role carries the boundary.
BOUNDED_ROLE_ACTIONS = (
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
)
ROLE_ACTIONS = (
    "iam:DeleteRole",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
POLICY_ACTIONS = (
    "iam:CreatePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:TagPolicy",
    "iam:UntagPolicy",
)
