"""Worker: cdktf with its prebuilt AWS bindings, as its users write stacks."""

from __future__ import annotations

from collections.abc import Callable

from bench import workload


def build(folder: str, stacks: int, groups: int) -> Callable[[], None]:
    """Import, build the tree, return its synthesis."""
    import cdktf
    from cdktf_cdktf_provider_aws.iam_role import IamRole
    from cdktf_cdktf_provider_aws.kms_key import KmsKey
    from cdktf_cdktf_provider_aws.provider import AwsProvider
    from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
    from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
        S3BucketVersioningA,
        S3BucketVersioningVersioningConfiguration,
    )
    from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter

    app = cdktf.App(outdir=folder, stack_traces=False)
    for s in range(stacks):
        stack = cdktf.TerraformStack(app, f"s{s}")
        cdktf.S3Backend(stack, **workload.backend(s))
        AwsProvider(stack, "aws", region="eu-west-1")
        for g in range(groups):
            bucket = S3Bucket(stack, f"bucket{g}", **workload.bucket(s, g))
            versioning = S3BucketVersioningVersioningConfiguration(status="Enabled")
            S3BucketVersioningA(stack, f"versions{g}", bucket=bucket.id, versioning_configuration=versioning)
            KmsKey(stack, f"key{g}", **workload.key(s, g))
            IamRole(stack, f"role{g}", **workload.role(s, g))
            SsmParameter(stack, f"parameter{g}", value=bucket.arn, **workload.parameter(s, g))
    return lambda: app.synth()


workload.report(build)
