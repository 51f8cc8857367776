"""What a command says."""

from __future__ import annotations

import json

import pytest

from landform.cli import console
from landform.cli.console import Out


class TestResult:
    """``Out.result``."""

    @pytest.mark.parametrize(
        "document", [{}, [], "ä", None, {"b": [1, {"a": "ü"}], "a": [True, None, 1.5, {}]}]
    )
    @pytest.mark.parametrize("parts", [1, 3, 10_000])
    def test_is_one_document(
        self,
        document: object,
        parts: int,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """However many parts of it are written at once: keys sorted, two spaces, a newline at the end."""
        monkeypatch.setattr(console, "_PARTS", parts)
        Out(as_json=True, quiet=True).result(document, lambda to: None)

        assert (
            capsys.readouterr().out
            == json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        )

    def test_what_has_an_own_form_is_asked_for_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        """In its turn, wherever it stands in the document."""

        class Named:
            def as_json(self) -> dict[str, object]:
                return {"name": "x", "inner": []}

        Out(as_json=True, quiet=True).result({"a": (Named(), 1)}, lambda to: None)

        assert json.loads(capsys.readouterr().out) == {"a": [{"name": "x", "inner": []}, 1]}
