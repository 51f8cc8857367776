"""Tokens of an identity provider, from one that runs here."""

import base64
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from serve_parts import REQUESTS

from landform.errors import Code, LandformError
from landform.serve.callers import Caller, Scope
from landform.serve.oidc import Provider, Verifier


class Issuer:
    """An identity provider: its keys, its pages, and the tokens that it gives."""

    def __init__(self):
        self.key = rsa.generate_private_key(65537, 2048)
        self.curve = ec.generate_private_key(ec.SECP256R1())
        self.pages = []
        pages = self.pages
        issuer = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self):
                pages.append(self.path)
                document = issuer.documents.get(self.path)
                self.send_response(200 if document else 404)
                self.end_headers()
                self.wfile.write(json.dumps(document or {}).encode())

            def log_message(self, *arguments):
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.documents = {
            "/.well-known/openid-configuration": {"issuer": self.address, "jwks_uri": f"{self.address}/keys"},
            "/keys": {
                "keys": [
                    self._public(jwt.algorithms.RSAAlgorithm, self.key, "rsa", "RS256"),
                    self._public(jwt.algorithms.ECAlgorithm, self.curve, "ec", "ES256"),
                ]
            },
        }
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _public(self, algorithm, key, kid, alg):
        document = algorithm.to_jwk(key.public_key(), as_dict=True)
        return {**document, "kid": kid, "alg": alg, "use": "sig"}

    def claims(self, **more):
        """What a good token says."""
        now = int(time.time())
        return {
            "iss": self.address, "aud": "landform", "sub": "portal", "iat": now, "exp": now + 300,
            "scope": "openid request:read", **more,
        }  # fmt: skip

    def token(self, key=None, algorithm="RS256", kid="rsa", **more):
        """A token."""
        said = {name: value for name, value in self.claims(**more).items() if value is not None}
        return jwt.encode(said, key or self.key, algorithm, headers={"kid": kid})


@pytest.fixture(scope="module")
def running():
    """One provider for all."""
    issuer = Issuer()
    yield issuer
    issuer.server.shutdown()
    issuer.server.server_close()


@pytest.fixture
def issuer(running):
    """The provider, asked for nothing yet."""
    running.pages.clear()
    return running


@pytest.fixture
def verifier(issuer):
    """Judges the provider's tokens."""
    return Verifier(Provider(issuer.address, "landform"))


def encoded(document):
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


class TestCheck:
    def test_a_good_one(self, issuer, verifier):
        """Its subject is the caller, with those of its scopes that are landform's."""
        caller = verifier.check(issuer.token(jti="t-1"))
        assert caller == Caller("oidc:portal", "t-1", frozenset({Scope.READ}))

    def test_of_another_key(self, issuer, verifier):
        """Each of the provider's keys signs."""
        assert verifier.check(issuer.token(issuer.curve, "ES256", "ec"))

    @pytest.mark.parametrize(
        ("said", "scopes"),
        [
            ({"scope": None, "scp": ["request:write"]}, {Scope.WRITE}),
            ({"scope": None}, set()),
            ({"scope": "admin request:writer"}, set()),
            ({"scope": {"request:write": True}}, set()),
        ],
    )
    def test_its_scopes(self, issuer, verifier, said, scopes):
        """One that says none may do nothing."""
        assert verifier.check(issuer.token(**said)).scopes == scopes

    @pytest.mark.parametrize(
        "wrong",
        [
            {"aud": "another service"},
            {"aud": None},
            {"iss": "https://evil.example"},
            {"iss": None},
            {"exp": 1},
            {"exp": None},
            {"iat": None},
            {"iat": 2**33},
            {"nbf": 2**33},
            {"sub": None},
            {"kid": "unknown"},
            {"key": rsa.generate_private_key(65537, 2048)},
        ],
        # A key of its own in every process would be a test of its own.
        ids=lambda wrong: "another key" if "key" in wrong else str(wrong),
    )
    def test_what_does_not_hold(self, issuer, verifier, wrong):
        """For somebody else, by somebody else, over, not yet begun, or nobody's."""
        assert verifier.check(issuer.token(**wrong)) is None

    def test_without_a_signature(self, issuer, verifier):
        """The algorithm that is none."""
        header = {"alg": "none", "kid": "rsa", "typ": "JWT"}
        assert verifier.check(f"{encoded(header)}.{encoded(issuer.claims())}.") is None

    def test_a_public_key_is_no_shared_secret(self, issuer, verifier):
        """Who knows the public key cannot sign with it."""
        public = issuer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        signed = f"{encoded({'alg': 'HS256', 'kid': 'rsa', 'typ': 'JWT'})}.{encoded(issuer.claims())}"
        mac = base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256")).rstrip(b"=")
        assert verifier.check(f"{signed}.{mac.decode()}") is None

    @pytest.mark.parametrize("text", ["", "x", "a.b.c", "..", "é.é.é", "a" * 10_000])
    def test_what_is_no_token(self, verifier, text):
        """It is nobody's, and nothing breaks."""
        assert verifier.check(text) is None

    def test_keys_are_fetched_once(self, issuer, verifier):
        """However many tokens come, and however many of them name keys that are not there."""
        for kid in ("rsa", "rsa", "unknown", "unknown"):
            verifier.check(issuer.token(kid=kid))
        assert issuer.pages == ["/.well-known/openid-configuration", "/keys"]


class TestProvider:
    @pytest.mark.parametrize(
        "wrong",
        [("http://login.example.org", "landform"), ("login.example.org", "x"), ("https://a.example", "")],
    )
    def test_what_is_none(self, wrong):
        """One whose keys anybody on the way could change; one whose tokens could be for another service."""
        with pytest.raises(LandformError) as refusal:
            Provider(*wrong)
        assert refusal.value.code is Code.USAGE

    def test_one_that_says_it_is_another(self, issuer):
        """The configuration must name the very issuer."""
        other = Verifier(Provider(f"{issuer.address}/", "landform"))
        with pytest.raises(LandformError) as refusal:
            other.check(issuer.token())
        assert refusal.value.code is Code.IDENTITY_PROVIDER

    def test_one_that_is_not_there(self, serving):
        """The caller is told to come again, and not where the provider is."""
        server = serving(verifier=Verifier(Provider("http://127.0.0.1:9", "landform")))
        answer = server.client.get(REQUESTS, headers={"Authorization": "Bearer a.b.c"})
        assert (answer.status_code, answer.json()["code"]) == (503, "identity-provider")
        assert "127.0.0.1" not in answer.text


class TestServer:
    def test_its_tokens_let_in(self, serving, issuer, verifier):
        """With the scopes that they say, and nobody without one."""
        server = serving(verifier=verifier)
        headers = {"Authorization": f"Bearer {issuer.token()}"}
        assert server.client.get(REQUESTS, headers=headers).status_code == 200
        assert server.ask(headers=headers).status_code == 403
        assert server.client.get(REQUESTS).status_code == 401
        assert [entry.caller for entry in server.audit.entries()] == ["oidc:portal", "oidc:portal", None]
