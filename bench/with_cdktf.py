"""Worker: cdktf's core with raw resources; nothing checks their arguments."""

from __future__ import annotations

from collections.abc import Callable

from bench import workload


def build(folder: str, stacks: int, groups: int) -> Callable[[], None]:
    """Import, build the tree, return its synthesis."""
    import cdktf

    source, version = workload.PROVIDER
    metadata = cdktf.TerraformProviderGeneratorMetadata(provider_name="aws", provider_version=version)

    class Raw(cdktf.TerraformResource):
        def __init__(self, scope, id, terraform_type, arguments):
            self.given = arguments
            super().__init__(
                scope, id, terraform_resource_type=terraform_type, terraform_generator_metadata=metadata
            )

        def _synthesize_attributes(self):
            return self.given

    class Aws(cdktf.TerraformProvider):
        def __init__(self, scope):
            super().__init__(
                scope,
                "aws",
                terraform_resource_type="aws",
                terraform_provider_source=source,
                terraform_generator_metadata=metadata,
            )

        def _synthesize_attributes(self):
            return {"region": "eu-west-1"}

    app = cdktf.App(outdir=folder, stack_traces=False)
    for s in range(stacks):
        stack = cdktf.TerraformStack(app, f"s{s}")
        cdktf.S3Backend(stack, **workload.backend(s))
        Aws(stack)
        for g in range(groups):
            bucket = Raw(stack, f"bucket{g}", "aws_s3_bucket", workload.bucket(s, g))
            versioning = {
                "bucket": bucket.get_string_attribute("id"),
                "versioning_configuration": [{"status": "Enabled"}],
            }
            Raw(stack, f"versions{g}", "aws_s3_bucket_versioning", versioning)
            Raw(stack, f"key{g}", "aws_kms_key", workload.key(s, g))
            Raw(stack, f"role{g}", "aws_iam_role", workload.role(s, g))
            arn = bucket.get_string_attribute("arn")
            Raw(stack, f"parameter{g}", "aws_ssm_parameter", {**workload.parameter(s, g), "value": arn})
    return lambda: app.synth()


workload.report(build)
