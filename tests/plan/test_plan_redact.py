"""No secret that a plan marks is anywhere in what is kept of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.plan.redact import redact
from landform.terraform.secrets import SENSITIVE, Secrets

PASSWORD = "hunter2hunter2"
NONE = Secrets()
# Letters that no key, address or word of the documents below has, so that finding one means it leaked.
secrets = st.text(alphabet='ÄÖÜ0123456789"\\\n<&', min_size=4)


def document(change: dict[str, Any], **rest: Any) -> dict[str, Any]:
    """A plan document with one resource change."""
    actions = {"actions": ["create"], **change}
    entry = {"address": "aws_db_instance.db", "mode": "managed", "type": "aws_db_instance", "change": actions}
    return {"format_version": "1.2", "resource_changes": [entry], **rest}


def leaves(value: Any) -> list[Any]:
    """Every key and every leaf of a JSON value."""
    if isinstance(value, dict):
        return [*value, *(leaf for item in value.values() for leaf in leaves(item))]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


class TestRedact:
    """``redact``."""

    @given(secret=secrets, around=st.tuples(st.text(), st.text()))
    def test_a_marked_secret_is_nowhere(self, secret: str, around: tuple[str, str]) -> None:
        """A marked value is in no key and no text of the result, wherever else the document has it."""
        raw = document(
            {
                "before": {"users": [{"password": secret}]},
                "before_sensitive": {"users": [{"password": True}]},
                "after": {
                    "note": around[0] + secret + around[1],
                    "env": json.dumps({"p": secret}),
                    secret: 1,
                },
                "after_sensitive": {},
            },
            variables={"p": {"value": secret}},
            prior_state={"values": {"root_module": {"resources": [{"values": {"p": [secret]}}]}}},
            configuration={
                "root_module": {"resources": [{"expressions": {"p": {"constant_value": secret}}}]}
            },
        )
        text = "\x00".join(str(leaf) for leaf in leaves(redact(raw, NONE))).replace(SENSITIVE, "\x00")
        for spelling in (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
            assert spelling not in text

    @given(
        value=st.recursive(
            secrets | st.booleans() | st.integers(), lambda s: st.lists(s) | st.dictionaries(secrets, s)
        )
    )
    def test_a_value_marked_whole(self, value: Any) -> None:
        """A marked list, map, number or truth is replaced as a whole."""
        redacted = redact(document({"after": {"v": value}, "after_sensitive": {"v": True}}), NONE)
        assert redacted["resource_changes"][0]["change"]["after"] == {"v": SENSITIVE}

    @pytest.mark.parametrize(
        "rest",
        [
            {"output_changes": {"o": {"before": None, "after": PASSWORD, "after_sensitive": True}}},
            {"planned_values": {"outputs": {"o": {"sensitive": True, "value": PASSWORD}}}},
            {
                "planned_values": {
                    "root_module": {
                        "child_modules": [
                            {"resources": [{"values": {"p": PASSWORD}, "sensitive_values": {"p": True}}]}
                        ]
                    }
                }
            },
            {
                "variables": {"p": {"value": PASSWORD}},
                "configuration": {"root_module": {"variables": {"p": {"sensitive": True}}}},
            },
            {
                "configuration": {
                    "root_module": {"variables": {"p": {"sensitive": True, "default": PASSWORD}}}
                }
            },
            {
                "configuration": {
                    "provider_config": {"aws": {"expressions": {"secret_key": {"constant_value": PASSWORD}}}}
                }
            },
            {"resource_drift": [{"change": {"before": {"p": PASSWORD}, "before_sensitive": {"p": True}}}]},
        ],
    )
    def test_where_marks_stand(self, rest: dict[str, Any]) -> None:
        """Marks of outputs, states, modules, variables, providers and drift hold for the whole document."""
        raw = document({"after": {"copy": f"x{PASSWORD}x"}}, **rest)
        assert PASSWORD not in json.dumps(redact(raw, NONE))

    def test_secrets_known_before(self) -> None:
        """What is known to be secret goes too, marked or not."""
        assert PASSWORD not in json.dumps(redact(document({"after": {"x": PASSWORD}}), Secrets([PASSWORD])))

    def test_a_number(self) -> None:
        """A marked number of four digits or more is a secret elsewhere, a shorter one only where it is marked."""
        change = {
            "after": {"pin": 4711, "copy": 4711, "n": 5, "m": 5},
            "after_sensitive": {"pin": True, "n": True},
        }
        after = redact(document(change), NONE)["resource_changes"][0]["change"]["after"]
        assert after == {"pin": SENSITIVE, "copy": SENSITIVE, "n": SENSITIVE, "m": 5}

    def test_terraforms_own_words_stay(self) -> None:
        """A secret that equals one of Terraform's words hides the value and not the action."""
        change = {"after": {"p": "create"}, "after_sensitive": {"p": True}}
        (entry,) = redact(document(change), NONE)["resource_changes"]
        assert (entry["change"]["actions"], entry["change"]["after"]) == (["create"], {"p": SENSITIVE})

    def test_what_is_not_marked_stays(self) -> None:
        """A document without secrets is unchanged."""
        raw = document({"before": None, "after": {"a": [1, None, True]}, "after_sensitive": {"a": [False]}})
        assert redact(raw, NONE) == raw

    def test_the_original_is_unchanged(self) -> None:
        """The document that was given is not written to."""
        raw = document({"after": {"p": PASSWORD}, "after_sensitive": {"p": True}})
        redact(raw, NONE)
        assert raw["resource_changes"][0]["change"]["after"] == {"p": PASSWORD}
