"""The secure defaults of the Lambda constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "Function": (
        Control("environment variables are encrypted with a customer managed key", ("CKV_AWS_173",)),
        Control("no credentials in environment variables", ("CKV_AWS_45",)),
        Control("calls are traced", ("CKV_AWS_50", "Lambda.7")),
        Control("the number of executions at once is limited", ("CKV_AWS_115",)),
        Control("events that fail go to a dead-letter queue", ("CKV_AWS_116",)),
        Control("a runtime that AWS still mends", ("CKV_AWS_363", "Lambda.2")),
        Control("nobody is let in by principal *", ("CKV_AWS_301", "Lambda.1")),
        Control("a service invokes it for one resource alone (aws:SourceArn)", ("CKV_AWS_364",)),
        Control("in private subnets of a VPC, where one is given", ("CKV_AWS_117", "Lambda.3")),
        Control("its URL is open to no site that is not named", ("CKV2_AWS_75",)),
        Control("runs signed code alone, where its signing is given", ("CKV_AWS_272",)),
        Control("a role of its own, which writes to its own log group", ("LF_FUNCTION_LOGS",)),
        Control(
            "logs are encrypted with its key, as JSON", ("CKV_AWS_158",), tier="sizing.log_retention_days"
        ),
        Control(
            "code of one version: an object's version, an image's digest or tag", ("LF_FUNCTION_VERSION",)
        ),
        Control("in a VPC, its code may not touch network interfaces", ()),
    ),
    "FunctionUrl": (
        Control("callers are known to IAM", ("CKV_AWS_258",)),
        Control("no site may call it from a browser but those named", ("LF_URL_ORIGINS",)),
    ),
    "CodeSigning": (Control("code that is not signed is not deployed", ("LF_SIGNING_ENFORCED",)),),
}
