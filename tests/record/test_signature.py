"""Signatures: OpenSSH's own tool verifies ours, ours verifies its, and nothing else passes."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landform.errors import Code, LandformError
from landform.record.agent import agent_keys
from landform.record.signature import sign, verify
from landform.record.ssh import FileKey, PublicKey, Signer, read_key

DATA = b'{"format": "landform/approval/v1"}'
needs_openssh = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed")
needs_agent = pytest.mark.skipif(not shutil.which("ssh-agent"), reason="ssh-agent is not installed")

MAKERS = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ecdsa-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ecdsa-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ecdsa-521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}


@pytest.fixture(scope="module")
def keys() -> dict[str, FileKey]:
    return {name: FileKey(make()) for name, make in MAKERS.items()}  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def key(keys: dict[str, FileKey]) -> FileKey:
    return keys["ed25519"]


@pytest.fixture(scope="module")
def signatures(keys: dict[str, FileKey]) -> dict[str, str]:
    """A signature by each key; made once, as ECDSA makes another one each time."""
    return {name: sign(each, DATA) for name, each in keys.items()}


class TestVerify:
    @pytest.mark.parametrize("name", MAKERS)
    def test_a_signature_of_each_kind_of_key_holds(self, keys: dict[str, FileKey], name: str) -> None:
        """The key that signed is the one that is found."""
        signer = keys[name]
        allowed = [each.public for each in keys.values()]
        for data in (DATA, b"", b"\0" * 1000):
            assert verify(sign(signer, data), data, allowed) == signer.public

    @pytest.mark.parametrize("name", MAKERS)
    def test_other_data_is_refused(self, keys: dict[str, FileKey], name: str) -> None:
        """A signature is over these bytes alone."""
        signature = sign(keys[name], DATA)
        assert "changed" in refusal(signature, DATA + b" ", keys[name].public).message

    def test_a_key_that_nobody_has_is_refused_by_its_fingerprint(self, key: FileKey) -> None:
        """A signature that holds says nothing of who made it."""
        stranger = FileKey(ed25519.Ed25519PrivateKey.generate())
        error = refusal(sign(stranger, DATA), DATA, key.public)
        assert error.given == stranger.public.fingerprint

    @needs_openssh
    def test_a_signature_for_another_purpose_is_refused(self, key: FileKey, tmp_path: Path) -> None:
        """Who signed a commit did not approve a plan."""
        path = written(key, tmp_path / "key")
        (tmp_path / "data").write_bytes(DATA)
        keygen("-Y", "sign", "-f", str(path), "-n", "git", str(tmp_path / "data"))
        error = refusal((tmp_path / "data.sig").read_text(), DATA, key.public)
        assert error.given == "namespace 'git'"

    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    @pytest.mark.parametrize("name", ["ed25519", "ecdsa-256"])
    def test_any_changed_character_is_refused(
        self, keys: dict[str, FileKey], signatures: dict[str, str], name: str, data: st.DataObject
    ) -> None:
        """The armor has one spelling: no white space, no bits that base64 leaves unused."""
        signature = signatures[name]
        at = data.draw(st.integers(0, len(signature) - 1))
        other = data.draw(st.characters(codec="utf-8").filter(lambda new: new != signature[at]))
        mutated = signature[:at] + other + signature[at + 1 :]
        assert refusal(mutated, DATA, keys[name].public).code is Code.SIGNATURE

    @settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.text(max_size=300))
    def test_what_is_no_signature_is_refused(self, key: FileKey, text: str) -> None:
        """Whatever stands there, the answer is the refusal and no other error."""
        assert refusal(text, DATA, key.public).code is Code.SIGNATURE

    @pytest.mark.parametrize("cut", range(0, 300, 37))
    def test_a_signature_that_was_cut_off_is_refused(self, key: FileKey, cut: int) -> None:
        """Half a signature is none."""
        assert refusal(sign(key, DATA)[:cut], DATA, key.public).code is Code.SIGNATURE


class TestOpenSSH:
    @needs_openssh
    @pytest.mark.parametrize("name", MAKERS)
    def test_ssh_keygen_verifies_ours(self, keys: dict[str, FileKey], name: str, tmp_path: Path) -> None:
        """An auditor needs no landform."""
        (tmp_path / "allowed").write_text(f"jane@acme.example {keys[name].public}\n")
        (tmp_path / "data.sig").write_text(sign(keys[name], DATA))
        asked = ["-I", "jane@acme.example", "-n", "landform", "-s", str(tmp_path / "data.sig")]
        said = subprocess.run(
            ["ssh-keygen", "-Y", "verify", "-f", str(tmp_path / "allowed"), *asked],
            input=DATA,
            capture_output=True,
            check=False,
        )
        assert said.returncode == 0, said.stderr
        assert said.stdout.startswith(b'Good "landform" signature for jane@acme.example')

    @needs_openssh
    @pytest.mark.parametrize("name", MAKERS)
    def test_we_verify_what_ssh_keygen_signed(
        self, keys: dict[str, FileKey], name: str, tmp_path: Path
    ) -> None:
        """An approver may sign with their own tools."""
        path = written(keys[name], tmp_path / "key")
        (tmp_path / "data").write_bytes(DATA)
        keygen("-Y", "sign", "-f", str(path), "-n", "landform", str(tmp_path / "data"))
        signature = (tmp_path / "data.sig").read_text()
        assert verify(signature, DATA, [keys[name].public]) == keys[name].public

    @needs_openssh
    def test_an_ed25519_signature_is_byte_for_byte_the_same(self, key: FileKey, tmp_path: Path) -> None:
        """Ed25519 has no chance in it, so the two tools write one text."""
        path = written(key, tmp_path / "key")
        (tmp_path / "data").write_bytes(DATA)
        keygen("-Y", "sign", "-f", str(path), "-n", "landform", str(tmp_path / "data"))
        assert (tmp_path / "data.sig").read_text() == sign(key, DATA)

    @needs_openssh
    def test_a_fingerprint_is_the_one_that_ssh_keygen_shows(self, key: FileKey, tmp_path: Path) -> None:
        """People compare fingerprints by eye."""
        (tmp_path / "key.pub").write_text(str(key.public))
        assert key.public.fingerprint in keygen("-l", "-f", str(tmp_path / "key.pub"))


class TestReadKey:
    @needs_openssh
    def test_a_key_with_a_passphrase_is_opened_by_it(self, tmp_path: Path) -> None:
        """The passphrase is asked for once, and only where there is one."""
        keygen("-q", "-t", "ed25519", "-N", "correct horse", "-f", str(tmp_path / "key"))
        asked: list[str] = []

        def passphrase() -> str:
            asked.append("")
            return "correct horse"

        signer = read_key(tmp_path / "key", passphrase)
        assert asked == [""]
        assert str(signer.public) in (tmp_path / "key.pub").read_text()

    @needs_openssh
    def test_a_wrong_passphrase_is_refused(self, tmp_path: Path) -> None:
        """The refusal does not repeat it."""
        keygen("-q", "-t", "ed25519", "-N", "correct horse", "-f", str(tmp_path / "key"))
        with pytest.raises(LandformError) as caught:
            read_key(tmp_path / "key", lambda: "battery staple")
        assert caught.value.code is Code.SIGNING_KEY
        assert "battery" not in str(caught.value)

    @pytest.mark.parametrize("content", [b"", b"not a key", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"])
    def test_what_is_no_key_is_refused_and_not_shown(self, tmp_path: Path, content: bytes) -> None:
        """A wrong file may be another secret."""
        (tmp_path / "key").write_bytes(content)
        with pytest.raises(LandformError) as caught:
            read_key(tmp_path / "key", never_asked)
        assert caught.value.code is Code.SIGNING_KEY
        assert "not a key" not in str(caught.value)

    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    @pytest.mark.parametrize("name", ["ed25519", "ecdsa-256", "rsa"])
    def test_a_changed_key_file_is_a_key_or_refused(
        self, keys: dict[str, FileKey], name: str, tmp_path: Path, data: st.DataObject
    ) -> None:
        """Whatever byte of the file is changed, there is no other error."""
        content = bytearray(written(keys[name], tmp_path / "key").read_bytes())
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        (tmp_path / "key").write_bytes(content)
        refused_with = None
        try:
            read_key(tmp_path / "key", lambda: "")
        except LandformError as error:
            refused_with = error.code
        assert refused_with in (None, Code.SIGNING_KEY)

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        """And what to do is said."""
        with pytest.raises(LandformError) as caught:
            read_key(tmp_path / "none", never_asked)
        assert caught.value.fix is not None
        assert "ssh-keygen" in caught.value.fix

    def test_a_key_shows_nothing_of_itself(self, key: FileKey) -> None:
        """Neither as a text nor as what a debugger prints."""
        assert "PRIVATE" not in repr(key)
        assert "0x" in repr(key)


class TestPublicKey:
    def test_a_remark_is_not_part_of_a_key(self, key: FileKey) -> None:
        """Two people with one key are found, whatever they call it."""
        assert PublicKey.parse(f"{key.public} jane@laptop of hers") == PublicKey.parse(str(key.public))

    @pytest.mark.parametrize(
        ("line", "why"),
        [
            ("", "''"),
            ("ssh-dss AAAA", "ssh-dss"),
            ("ssh-ed25519", "not a public key"),
            ("ssh-ed25519 AAAA", "not a public key"),
            ("ssh-ed25519 !!!!", "not a public key"),
            ('from="10.0.0.1" ssh-ed25519 AAAA', "from="),
        ],
    )
    def test_what_is_no_key_is_refused_with_why(self, line: str, why: str) -> None:
        """A malformed key would let its owner believe that they can approve."""
        with pytest.raises(ValueError, match=why):
            PublicKey.parse(line)

    @settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    @pytest.mark.parametrize("name", MAKERS)
    def test_a_changed_key_is_another_or_none(
        self, keys: dict[str, FileKey], name: str, data: st.DataObject
    ) -> None:
        """Whatever byte is changed, the answer is a key or a ValueError."""
        blob = bytearray(keys[name].public.blob)
        at = data.draw(st.integers(0, len(blob) - 1))
        blob[at] ^= data.draw(st.integers(1, 255))
        try:
            found = PublicKey.of(bytes(blob))
        except ValueError:
            return
        assert found != keys[name].public

    @needs_openssh
    def test_a_short_rsa_key_is_refused(self, tmp_path: Path) -> None:
        """1024 bits have been too few for long."""
        keygen("-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", str(tmp_path / "key"))
        with pytest.raises(ValueError, match="1024 bits"):
            PublicKey.parse((tmp_path / "key.pub").read_text())


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[str]:
    """A real agent without keys, at its socket."""
    # A socket's path has at most 107 bytes.
    folder = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    path = folder / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        # It says where it listens once it does.
        process.stdout.readline()
        yield str(path)
    finally:
        process.terminate()
        process.wait()
        process.stdout and process.stdout.close()
        shutil.rmtree(folder)


@needs_agent
class TestAgent:
    @pytest.mark.parametrize("name", ["ed25519", "ecdsa-256", "rsa"])
    def test_an_agents_key_signs(
        self, keys: dict[str, FileKey], name: str, agent: str, tmp_path: Path
    ) -> None:
        """The private key stays where it is."""
        path = written(keys[name], tmp_path / "key")
        environment = {**os.environ, "SSH_AUTH_SOCK": agent}
        subprocess.run(["ssh-add", "-q", str(path)], env=environment, check=True)
        (signer,) = agent_keys(agent)
        check: Signer = signer
        assert verify(sign(check, DATA), DATA, [keys[name].public]) == keys[name].public

    def test_an_agent_without_keys_has_none(self, agent: str) -> None:
        """That is an answer and no error."""
        assert agent_keys(agent) == ()

    def test_an_agent_that_is_gone_is_named(self, tmp_path: Path) -> None:
        """A variable of an old session names a socket that nobody listens at."""
        with pytest.raises(LandformError) as caught:
            agent_keys(str(tmp_path / "none"))
        assert caught.value.code is Code.SIGNING_KEY

    def test_a_key_that_the_agent_lost_does_not_sign(self, key: FileKey, agent: str, tmp_path: Path) -> None:
        """Keys of an agent may have an end."""
        path = written(key, tmp_path / "key")
        environment = {**os.environ, "SSH_AUTH_SOCK": agent}
        subprocess.run(["ssh-add", "-q", str(path)], env=environment, check=True)
        (signer,) = agent_keys(agent)
        subprocess.run(["ssh-add", "-q", "-D"], env=environment, check=True)
        with pytest.raises(LandformError) as caught:
            sign(signer, DATA)
        assert caught.value.code is Code.SIGNING_KEY


def refusal(signature: str, data: bytes, *allowed: PublicKey) -> LandformError:
    with pytest.raises(LandformError) as caught:
        verify(signature, data, allowed)
    return caught.value


def written(key: FileKey, path: Path) -> Path:
    """The private key of a test as a file that OpenSSH's tools take."""
    data = key._key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def keygen(*arguments: str) -> str:
    return subprocess.run(["ssh-keygen", *arguments], capture_output=True, text=True, check=True).stdout


def never_asked() -> str:
    raise AssertionError("this key has no passphrase")
