"""Plan files, which hold secrets, encrypted until they are applied."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from landform.digest import sha256
from landform.errors import Code, LandformError
from landform.plan.vault import Vault

SECRET = b"plan with hunter2hunter2 in it"


@pytest.fixture
def vault() -> Vault:
    return Vault(bytes(range(32)))


@pytest.fixture
def sealed(vault: Vault, tmp_path: Path) -> Path:
    """A plan file of the stack ``a.b``, sealed."""
    (tmp_path / "raw").write_bytes(SECRET)
    vault.seal(tmp_path / "raw", tmp_path / "sealed", "a.b")
    return tmp_path / "sealed"


class TestSealAndOpen:
    """``Vault.seal`` and ``Vault.open``."""

    def test_what_is_sealed_opens(self, vault: Vault, sealed: Path) -> None:
        """The file comes back byte for byte, with the digest that sealing gave."""
        assert vault.open(sealed, sealed.with_name("out"), "a.b") == sha256(SECRET)
        assert sealed.with_name("out").read_bytes() == SECRET

    def test_no_secret_is_in_the_sealed_file(self, sealed: Path) -> None:
        """Nothing of the plan can be read in it."""
        assert b"hunter2" not in sealed.read_bytes()

    def test_both_files_are_their_owners_alone(self, vault: Vault, sealed: Path) -> None:
        """Mode 0600, whatever the umask."""
        vault.open(sealed, sealed.with_name("out"), "a.b")
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (sealed, sealed.with_name("out"))}
        assert modes == {0o600}

    @pytest.mark.parametrize("at", [0, 20, 40, -1])
    def test_a_changed_file_does_not_open(self, vault: Vault, sealed: Path, at: int) -> None:
        """One flipped bit anywhere refuses the whole, and writes nothing."""
        data = bytearray(sealed.read_bytes())
        data[at] ^= 1
        sealed.write_bytes(bytes(data))
        with pytest.raises(LandformError) as caught:
            vault.open(sealed, sealed.with_name("out"), "a.b")
        assert caught.value.code is Code.PLAN_FILE
        assert not sealed.with_name("out").exists()

    @pytest.mark.parametrize("length", [0, 10, 20, 30])
    def test_a_file_cut_short_does_not_open(self, vault: Vault, sealed: Path, length: int) -> None:
        """A truncated plan file is refused, wherever it ends."""
        sealed.write_bytes(sealed.read_bytes()[:length])
        with pytest.raises(LandformError, match="cannot be opened"):
            vault.open(sealed, sealed.with_name("out"), "a.b")

    def test_a_plan_opens_for_its_own_stack_alone(self, vault: Vault, sealed: Path) -> None:
        """One stack's plan file under another's name is refused."""
        with pytest.raises(LandformError, match="cannot be opened"):
            vault.open(sealed, sealed.with_name("out"), "a.c")

    def test_another_key_opens_nothing(self, sealed: Path) -> None:
        """A plan of another machine needs that machine's key."""
        with pytest.raises(LandformError, match="LANDFORM_PLAN_KEY"):
            Vault(bytes(32)).open(sealed, sealed.with_name("out"), "a.b")


class TestKey:
    """Where the key comes from."""

    def test_a_file_is_made_once(self, tmp_path: Path) -> None:
        """The second vault of a file has the key of the first; the file is its owner's alone."""
        path = tmp_path / "state" / "plan.key"
        assert Vault.in_file(path) == Vault.in_file(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert list(path.parent.iterdir()) == [path]

    @pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(b"short").decode()])
    def test_what_is_no_key_is_refused_and_not_shown(self, text: str) -> None:
        """The error tells what a key is, never what was given."""
        with pytest.raises(LandformError) as caught:
            Vault.from_text(text)
        assert caught.value.code is Code.PLAN_KEY
        assert not text or text not in str(caught.value)

    def test_no_repr_shows_it(self, vault: Vault) -> None:
        """A vault in a log shows nothing."""
        assert repr(vault) == "Vault()"
