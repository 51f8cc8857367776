"""Approvals of requests."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest
from requests_for_accounts import TODAY, request

from landform.errors import Code, LandformError
from landform.org.models import Approvers
from landform.vending.approvals import approved_by
from landform.vending.request import read_request

needs_ssh = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs OpenSSH's ssh-keygen")
pytestmark = needs_ssh


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A key each for sam, who may approve, for jane, who asks, and for a stranger."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("sam", "jane", "stranger"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / name)], check=True
        )
    return {name: folder / name for name in ("sam", "jane", "stranger")}


def approvers(keys: dict[str, Path], until: dt.date | None = None) -> Approvers:
    people = [
        {"name": name, "keys": (keys[name].with_suffix(".pub").read_text().strip(),), "until": until}
        for name in ("sam", "jane")
    ]
    return Approvers.model_validate(
        {"schema": "landform/approvers/v1", "people": tuple(people)}, strict=False
    )


def signed(key: Path, text: str, tmp_path: Path) -> str:
    """What OpenSSH's own program makes of a file."""
    file = tmp_path / "r.yaml"
    file.write_text(text)
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-n", "landform", "-f", str(key), str(file)],
        check=True,
        capture_output=True,
    )
    signature = file.with_suffix(".yaml.sig")
    found = signature.read_text()
    signature.unlink()
    return found


class TestApprovedBy:
    """``approved_by``."""

    def test_a_signature_of_openssh(self, keys: dict[str, Path], tmp_path: Path) -> None:
        """Names who made it."""
        text = request()
        signature = signed(keys["sam"], text, tmp_path)
        read = read_request(text, "r.yaml")
        assert approved_by(read, [("r.sig", signature)], approvers(keys), TODAY) == ("sam",)

    def test_a_request_that_was_changed(self, keys: dict[str, Path], tmp_path: Path) -> None:
        """Has no approval any more."""
        signature = signed(keys["sam"], request(), tmp_path)
        changed = read_request(request(budget="{ monthly_usd: 50000 }"), "r.yaml")
        with pytest.raises(LandformError) as caught:
            approved_by(changed, [("r.sig", signature)], approvers(keys), TODAY)
        assert caught.value.code is Code.SIGNATURE
        assert "changed after an approval" in str(caught.value.fix)

    @pytest.mark.parametrize(
        ("who", "said"), [("stranger", "nobody here has"), ("jane", "does not approve it")]
    )
    def test_who_may_not(self, keys: dict[str, Path], tmp_path: Path, who: str, said: str) -> None:
        """A stranger, and whoever asks."""
        signature = signed(keys[who], request(), tmp_path)
        with pytest.raises(LandformError, match=said):
            approved_by(read_request(request(), "r.yaml"), [("r.sig", signature)], approvers(keys), TODAY)

    def test_whose_time_is_over(self, keys: dict[str, Path], tmp_path: Path) -> None:
        """Has approved nothing."""
        signature = signed(keys["sam"], request(), tmp_path)
        gone = approvers(keys, TODAY - dt.timedelta(days=1))
        with pytest.raises(LandformError, match="nobody here has"):
            approved_by(read_request(request(), "r.yaml"), [("r.sig", signature)], gone, TODAY)
