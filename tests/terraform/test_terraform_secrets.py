"""Secrets are found in a configuration and taken out of texts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.schema.pack import shipped_pack
from landform.terraform.secrets import SENSITIVE, Secrets, config_secrets

PASSWORD = "hunter2hunter2"


class TestSecrets:
    """``Secrets``."""

    @given(secret=st.text(min_size=4), before=st.text(), after=st.text())
    def test_a_secret_is_in_no_text(self, secret: str, before: str, after: str) -> None:
        """What was scrubbed does not hold the secret, unless the replacement itself spells it."""
        text = Secrets([secret]).scrub(before + secret + after)
        assert secret not in text or secret in before + SENSITIVE + after

    @given(secret=st.text(min_size=4))
    def test_a_secret_in_embedded_json(self, secret: str) -> None:
        """A secret that a policy or a user data text carries as JSON is found in either spelling."""
        for ascii_only in (True, False):
            embedded = json.dumps({"password": secret}, ensure_ascii=ascii_only)
            assert Secrets([secret]).scrub(embedded) == json.dumps({"password": SENSITIVE})

    def test_as_terraform_encodes(self) -> None:
        """Terraform's jsonencode writes <, > and & as escapes."""
        assert Secrets(["<a&b>"]).scrub(r'"\u003ca\u0026b\u003e"') == f'"{SENSITIVE}"'

    @pytest.mark.parametrize(("text", "scrubbed"), [("1", SENSITIVE), ("eu-west-1", "eu-west-1")])
    def test_a_short_secret(self, text: str, scrubbed: str) -> None:
        """A secret of one letter is replaced where it is the whole text, and leaves other texts readable."""
        assert Secrets(["1"]).scrub(text) == scrubbed

    def test_the_longest_goes_first(self) -> None:
        """A secret that holds another leaves nothing of itself behind."""
        assert Secrets(["hunter2", PASSWORD]).scrub(PASSWORD) == SENSITIVE

    def test_an_empty_text_is_no_secret(self) -> None:
        """Nothing is replaced for a secret that is empty."""
        assert Secrets([""]).scrub("text") == "text"


class TestConfigSecrets:
    """``config_secrets``."""

    @pytest.mark.parametrize(
        "config",
        [
            {"variable": {"p": {"sensitive": True, "default": PASSWORD}}},
            {"provider": {"aws": [{"secret_key": PASSWORD}]}},
            {"resource": {"aws_db_instance": {"db": {"password": PASSWORD}}}},
            {"resource": {"aws_mq_broker": {"b": {"user": [{"username": "admin", "password": PASSWORD}]}}}},
        ],
    )
    def test_where_secrets_stand(self, config: dict[str, Any]) -> None:
        """Sensitive defaults, provider keys, sensitive arguments and those of nested blocks."""
        assert config_secrets(config, shipped_pack("aws"), {}).values == {PASSWORD}

    def test_values_of_the_environment(self) -> None:
        """The value of a sensitive variable is a secret, that of another variable is not."""
        config = {"variable": {"a": {"sensitive": True}, "b": {}}}
        secrets = config_secrets(config, None, {"TF_VAR_a": PASSWORD, "TF_VAR_b": "public"})
        assert secrets.values == {PASSWORD}

    def test_a_reference_is_no_secret(self) -> None:
        """A reference to a secret says nothing of it."""
        config = {"resource": {"aws_db_instance": {"db": {"password": "${var.p}"}}}}
        assert not config_secrets(config, shipped_pack("aws"), {}).values
