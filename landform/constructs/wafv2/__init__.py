"""AWS WAF: web ACLs of managed rules and a rate limit, whose logs leave out what is secret."""

from landform.constructs.wafv2.web_acl import WebAcl

__all__ = ["WebAcl"]
