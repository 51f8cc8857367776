"""Worker: landform's typed resources, each checked against the provider's schema."""

from __future__ import annotations

from collections.abc import Callable

from bench import workload


def build(folder: str, stacks: int, groups: int) -> Callable[[], None]:
    """Import, build the tree, return its synthesis."""
    from landform.core import App, Backend, Provider, Stack
    from landform.resources.aws.iam_role import IamRole
    from landform.resources.aws.kms_key import KmsKey
    from landform.resources.aws.s3_bucket import S3Bucket
    from landform.resources.aws.s3_bucket_versioning import S3BucketVersioning, VersioningConfiguration
    from landform.resources.aws.ssm_parameter import SsmParameter

    app = App()
    source, version = workload.PROVIDER
    for s in range(stacks):
        stack = Stack(app, f"s{s}")
        Backend(stack, "s3", workload.backend(s))
        Provider(stack, "aws", "aws", {"region": "eu-west-1"}, source=source, version=version)
        for g in range(groups):
            bucket = S3Bucket(stack, f"bucket{g}", **workload.bucket(s, g))
            versioning = VersioningConfiguration(status="Enabled")
            S3BucketVersioning(stack, f"versions{g}", bucket=bucket.id, versioning_configuration=versioning)
            KmsKey(stack, f"key{g}", **workload.key(s, g))
            IamRole(stack, f"role{g}", **workload.role(s, g))
            SsmParameter(stack, f"parameter{g}", value=bucket.arn, **workload.parameter(s, g))
    return lambda: app.synth(folder)


workload.report(build)
