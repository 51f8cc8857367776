"""What may be granted on a repository. Actions are those of the Amazon ECR service authorization reference.

ECR decrypts images by a grant of its own on the key, so no KMS action goes along.
"""

from landform.constructs.grants import Verb

PULL = Verb(
    "pull",
    ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    ("{arn}",),
)
PUSH = Verb(
    "push",
    (
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
    ),
    ("{arn}",),
)
DESCRIBE = Verb(
    "describe",
    (
        "ecr:DescribeImageScanFindings",
        "ecr:DescribeImages",
        "ecr:DescribeRepositories",
        "ecr:ListImages",
    ),
    ("{arn}",),
)
DELETE_IMAGES = Verb("delete_images", ("ecr:BatchDeleteImage",), ("{arn}",))
LOG_IN = Verb(
    "log_in",
    ("ecr:GetAuthorizationToken",),
    ("*",),
    unscoped="the token is for every registry of the caller; what it opens, the other verbs say",
)

VERBS = (PULL, PUSH, DESCRIBE, DELETE_IMAGES, LOG_IN)
