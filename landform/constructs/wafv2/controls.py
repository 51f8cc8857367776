"""The secure defaults of the WAF constructs."""

from landform.constructs.controls import Control, Controls

CONTROLS: Controls = {
    "WebAcl": (
        Control("AWS's common rules, and its list of addresses of ill repute", ("CKV_AWS_175", "WAF.10")),
        Control("known bad inputs are blocked, Log4j's lookup among them", ("CKV_AWS_192",)),
        Control("one address has a limit of requests in five minutes", ()),
        Control("every rule does what it says: none only counts", ("CKV_AWS_342",)),
        Control(
            "every request is logged, in an encrypted log group", ("CKV2_AWS_31", "CKV_AWS_158", "WAF.11")
        ),
        Control("logs leave out credentials: the headers authorization and cookie, the query", ()),
        Control("no samples of requests are kept, which would show what the logs leave out", ()),
        Control("every rule has metrics", ("LF_WEB_ACL_METRICS", "WAF.12")),
    ),
}
