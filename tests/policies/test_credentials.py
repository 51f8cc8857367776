"""Credentials in texts: each form that is known, and what only looks like one."""

import base64

import pytest

from landform.policies.engine import judged
from landform.policies.rule import example_stack
from landform.policies.rules import OWN

# In parts, so that no scanner of code takes them for what they look like.
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789" * 4
CREDENTIALS = {
    "an AWS access key": "AKIA" + "Z7WQ3LDN5R2VKT4J",
    "a private key": "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
    "a token of GitHub": "github_" + "pat_" + LETTERS[:70],
    "a token of GitLab": "glp" + "at-" + LETTERS[:20],
    "a token of Slack": "xo" + "xb-1234567890-abc",
    "a hook of Slack": "https://hooks.slack" + ".com/services/T01/B01/" + LETTERS[:24],
    "a key of Stripe": "sk_li" + "ve_" + LETTERS[:24],
    "a key of Google": "AI" + "za" + LETTERS[:35],
    "a token of npm": "np" + "m_" + LETTERS[:36],
    "a token of PyPI": "pypi" + "-AgE" + LETTERS[:60],
    "a key of SendGrid": "S" + "G." + LETTERS[:22] + "." + LETTERS[:43],
    "a token of Vault": "hv" + "s." + LETTERS[:30],
    "a token of HCP Terraform": LETTERS[:14] + ".atlas" + "v1." + LETTERS[:67],
    "a key of Anthropic": "sk-" + "ant-api03-" + LETTERS[:60],
    "a key of OpenAI": "sk-" + "proj-" + LETTERS[:60],
    "a key of Azure storage": "Account" + "Key=" + LETTERS[:86] + "==",
    "a password in an address": "postgres://ledger:" + "hunter2@db.example.com/ledger",
}


def said(**arguments):
    """What is said of a resource of these arguments."""
    (result,) = judged(example_stack({"aws_x": {"x": arguments}}), (OWN["LF_CREDENTIAL_IN_TEXT"],))
    return result


class TestForms:
    @pytest.mark.parametrize(("name", "text"), CREDENTIALS.items(), ids=lambda value: value[:9])
    def test_is_found_and_not_told(self, name, text):
        """Wherever it stands in a text; the finding says where, and what it is."""
        result = said(a=[{"b": {"c": f"it is '{text}'."}}])

        assert result.message == f"aws_x.x has {name} in a.b.c."
        assert result.keys == ("a.b.c",)

    @pytest.mark.parametrize(
        "text",
        [
            "AKIAIOSFODNN7EXAMPLE",
            "XAKIAZ7WQ3LDN5R2VKT4J",
            "postgres://ledger:${var.password}@db.example.com/ledger",
            "https://example.com:8443/a@b",
            "-----BEGIN PUBLIC KEY-----",
            "sha256:" + LETTERS[:64],
            "arn:aws:iam::111122223333:role/worker",
        ],
    )
    def test_what_only_looks_like_one(self, text):
        """AWS's own example, a template, an address, a public key, a digest."""
        assert said(a=text).outcome == "passed"

    @pytest.mark.parametrize(("argument", "outcome"), [("user_data", "failed"), ("content", "passed")])
    def test_in_base64(self, argument, outcome):
        """Where EC2 takes it so: elsewhere, text that happens to be base64 is what it says."""
        assert (
            said(**{argument: base64.b64encode(CREDENTIALS["a private key"].encode()).decode()}).outcome
            == outcome
        )

    def test_a_name_that_may_be_anything(self):
        """A key of a map is shown where it is a name."""
        result = said(a={"hunter2 and more": CREDENTIALS["an AWS access key"]})

        assert result.keys == ("a.…",)
