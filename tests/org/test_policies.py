"""Service control policies: documents as AWS takes them, and where they are attached."""

from __future__ import annotations

import json

import pytest

from landform.errors import Code
from landform.org.load import load
from landform.org.resolve import resolve

from .conftest import Project

DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}

# Of which two do not fit in one policy.
LONG = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "*", "Resource": f"arn:aws:s3:::{'x' * 3000}"}],
}


@pytest.fixture
def attached(project: Project) -> Project:
    """The project with a policy at a unit and at an account."""
    project.write("org/policies/deny-all.json", json.dumps(DENY, indent=2))
    project.edit(
        "org/ous.yaml",
        "  - path: Security\n",
        "  - path: Security\n    service_control_policies: [deny-all]\n",
    )
    project.add("org/accounts/payments-dev.yaml", "service_control_policies: [deny-all]\n")
    return project


class TestPolicies:
    """Files in ``org/policies``."""

    def test_a_document(self, attached: Project) -> None:
        """The document is kept as it is."""
        assert load(attached.root).policies == {"deny-all": DENY}

    def test_the_longest(self, attached: Project) -> None:
        """5,120 characters are taken, one more is not; spaces between the parts do not count."""
        compact = json.dumps({**DENY, "Sid": ""}, separators=(",", ":"))
        for extra, errors in ((5120 - len(compact), 0), (5121 - len(compact), 1)):
            attached.write("org/policies/deny-all.json", json.dumps({**DENY, "Sid": "x" * extra}, indent=8))
            if not errors:
                resolve(load(attached.root))
                continue
            error = attached.error()
            assert (error.code, error.given) == (Code.SPEC_VALUE, "5121 characters")

    def test_more_than_aws_takes_are_packed(self, attached: Project) -> None:
        """Six that are short are one, and one that is long is two."""
        for name in "abcdef":
            attached.write(f"org/policies/{name}.json", json.dumps(DENY))
        attached.write(
            "org/policies/long.json",
            json.dumps({**LONG, "Statement": [*LONG["Statement"], *LONG["Statement"]]}),
        )
        attached.edit(
            "org/accounts/payments-dev.yaml",
            "service_control_policies: [deny-all]",
            "service_control_policies: [a, b, c, d, e, f, long]",
        )

        assert resolve(load(attached.root))

    def test_too_many_are_told_with_their_sizes(self, attached: Project) -> None:
        """An account has one place less: its status may take it."""
        for name in "abcd":
            attached.write(f"org/policies/{name}.json", json.dumps(LONG))
        attached.edit(
            "org/accounts/payments-dev.yaml",
            "service_control_policies: [deny-all]",
            "service_control_policies: [a, b, c, d]",
        )
        error = attached.error()

        assert error.given is not None
        assert error.given.startswith("4 policies of 5120 characters at payments-dev: a of 3096, b")
        assert error.expected is not None
        assert error.expected.startswith("at most 3,")

    @pytest.mark.parametrize(
        ("text", "code", "line"),
        [
            ("Version: 1\n", Code.SPEC_SYNTAX, 1),
            ('{\n  "a": 1,\n  "a": 2\n}', Code.SPEC_DUPLICATE, 3),
            ("[]", Code.SPEC_SYNTAX, 1),
            ('{"a": 1', Code.SPEC_SYNTAX, 1),
            ("", Code.SPEC_SYNTAX, 1),
        ],
    )
    def test_no_document(self, attached: Project, text: str, code: Code, line: int) -> None:
        """YAML, a key given twice, a list, half a document, nothing: each with its line."""
        attached.write("org/policies/deny-all.json", text)
        error = attached.error()
        assert error.code is code
        assert error.place
        assert (error.place.file, error.place.line) == ("org/policies/deny-all.json", line)

    @pytest.mark.parametrize("file", ["org/policies/deny.yaml", "org/policies/more/deny.json"])
    def test_a_file_that_would_not_be_read(self, attached: Project, file: str) -> None:
        """What does not belong there is an error."""
        attached.write(file, "{}")
        assert attached.error().code is Code.SPEC_NOT_FOUND

    @pytest.mark.parametrize(
        ("names", "code", "message"),
        [
            ("[deny-al]", Code.SPEC_REFERENCE, "There is no policy 'deny-al'."),
            ("[deny-all, deny-all]", Code.SPEC_DUPLICATE, "given twice"),
            ("[a, b, c, d, e, f]", Code.SPEC_VALUE, "AWS takes no more"),
        ],
    )
    def test_attached_wrongly(self, attached: Project, names: str, code: Code, message: str) -> None:
        """A name that no file has, one twice, and more than AWS takes at one place."""
        for name in "abcdef":
            attached.write(f"org/policies/{name}.json", json.dumps(LONG))
        attached.edit(
            "org/accounts/payments-dev.yaml",
            "service_control_policies: [deny-all]",
            f"service_control_policies: {names}",
        )
        error = attached.error()
        assert error.code is code
        assert message in error.message
        assert error.place
        assert error.place.file == "org/accounts/payments-dev.yaml"
