"""The secure defaults of the API Gateway constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "ApiGatewayAccount": (
        Control(
            "the role that writes logs writes logs alone, for API Gateway alone", ("CKV_AWS_60", "CKV_AWS_61")
        ),
    ),
    "RestApi": (
        Control("every method asks who calls: IAM or users of a pool", ("CKV_AWS_59", "CKV2_AWS_70")),
        Control("parameters and bodies are validated", ("CKV2_AWS_53",)),
        Control(
            "a web ACL stands before it, with rules for Log4j", ("CKV2_AWS_29", "CKV2_AWS_77", "APIGateway.4")
        ),
        Control(
            "requests are logged, in an encrypted log group",
            ("CKV_AWS_76", "CKV_AWS_158"),
            tier="sizing.log_retention_days",
        ),
        Control(
            "errors are logged, with the same key and retention, and metrics", ("CKV2_AWS_4", "APIGateway.1")
        ),
        Control("no log has whole requests and answers", ("CKV_AWS_276",)),
        Control("requests are traced", ("CKV_AWS_73", "APIGateway.3")),
        Control("what answers can tell by a certificate that the API asks", ("CKV2_AWS_51", "APIGateway.2")),
        Control("the next one is there before this one goes", ("CKV_AWS_237", "CKV_AWS_217")),
        Control("what would be cached would be encrypted", ("CKV_AWS_308", "APIGateway.5")),
        Control("so many requests in a second, and no more", ()),
        Control("a function is called for one method of this API alone", ("CKV_AWS_301", "CKV_AWS_364")),
    ),
    "HttpApi": (
        Control("every route asks who calls: IAM or tokens of an issuer", ("CKV_AWS_309", "APIGateway.8")),
        Control(
            "requests are logged, in an encrypted log group",
            ("CKV_AWS_76", "CKV_AWS_158", "APIGateway.9"),
            tier="sizing.log_retention_days",
        ),
        Control("no page of another origin may call, unless told otherwise", ()),
        Control("so many requests in a second, and no more", ()),
        Control("a function is called for one route of this API alone", ("CKV_AWS_301", "CKV_AWS_364")),
    ),
}
