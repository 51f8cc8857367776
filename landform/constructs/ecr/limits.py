"""What Amazon ECR takes. Sources: ``CreateRepository``, ``ImageIdentifier`` and lifecycle policies of its reference."""

from landform.constructs.limits import Name, Whole

REPOSITORY_NAME = Name(
    "repository name",
    r"(?=.{2,256}\Z)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*",
    "2 to 256 lower-case letters and digits, with one . _ - or / between any two of them",
)
# In a repository that keeps its tags, latest would stay at the first image for ever.
IMAGE_TAG = Name(
    "image tag",
    r"(?!latest\Z)\w[\w.-]{0,127}",
    "1 to 128 letters, digits and _ . -, a letter, digit or _ first, and not latest",
    "Name the version that is meant, or the image's digest: sha256: and 64 hexadecimal digits.",
)
IMAGE_DIGEST = r"sha256:[a-f0-9]{64}"
PINNED_IMAGE = Name(
    "image of another registry",
    rf"[a-z0-9.-]+(?::\d+)?/[\w./-]+(?::[\w.-]+)?@{IMAGE_DIGEST}",
    "registry, name and digest: public.ecr.aws/nginx/nginx@sha256: and 64 hexadecimal digits",
    "A tag of another registry can point at another image tomorrow; the digest cannot.",
)
UNTAGGED_DAYS = Whole("number of days that an untagged image is kept", 1, 3_650)
