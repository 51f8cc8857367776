"""Tokens: made once, shown once, and judged."""

import datetime as dt

import pytest
from serve_parts import NOW

from landform.errors import Code, LandformError
from landform.serve.callers import Caller, Scope, scopes_of
from landform.serve.tokens import LONGEST, duration

DAY = dt.timedelta(days=1)


def create(tokens, caller="ci", scopes=(Scope.READ,), lasts=DAY):
    """A token, and its text."""
    return tokens.create(caller, frozenset(scopes), lasts, by="jane", now=NOW)


class TestCreate:
    def test_it_holds(self, tokens):
        """It is its caller's, with its scopes and no others."""
        token, text = create(tokens, scopes=(Scope.READ, Scope.WRITE))
        assert tokens.check(text, now=NOW) == Caller("ci", token.id, frozenset({Scope.READ, Scope.WRITE}))

    def test_each_is_another(self, tokens):
        """256 bits of chance."""
        texts = {create(tokens)[1] for _ in range(20)}
        assert len(texts) == 20
        assert all(
            len(text.rpartition("_")[2]) >= 1 and len(text) == len("landform") + 1 + 16 + 1 + 43
            for text in texts
        )

    @pytest.mark.parametrize(
        "wrong",
        [
            {"caller": ""},
            {"caller": "a b"},
            {"caller": "../x"},
            {"caller": "oidc:jane"},
            {"caller": "x" * 65},
            {"scopes": ()},
            {"lasts": dt.timedelta()},
            {"lasts": LONGEST + DAY},
        ],
    )
    def test_what_no_token_can_be(self, tokens, wrong):
        """It is refused, and none is kept."""
        with pytest.raises(LandformError) as refusal:
            create(tokens, **wrong)
        assert refusal.value.code is Code.TOKEN
        assert not tokens.any()


class TestCheck:
    def test_it_ends(self, tokens):
        """At its time, to the second."""
        _, text = create(tokens)
        assert tokens.check(text, now=NOW + DAY - dt.timedelta(seconds=1))
        assert tokens.check(text, now=NOW + DAY) is None

    def test_a_revoked_one(self, tokens):
        """It is over at once, and stays over."""
        token, text = create(tokens)
        tokens.revoke(token.id, now=NOW)
        assert tokens.check(text, now=NOW) is None
        assert tokens.revoke(token.id, now=NOW + DAY).revoked_at == tokens.all()[0].revoked_at

    @pytest.mark.parametrize(
        "change", [lambda t: t[:-1], lambda t: t + "x", lambda t: t.upper(), lambda t: t[:-1] + "~"]
    )
    def test_one_that_is_a_little_different(self, tokens, change):
        """It is nobody's."""
        _, text = create(tokens)
        assert tokens.check(change(text), now=NOW) is None

    def test_the_secret_of_one_with_the_id_of_another(self, tokens):
        """Both must be of one token."""
        (one, _), (_, other) = create(tokens), create(tokens)
        assert tokens.check(f"landform_{one.id}_{other.split('_', 2)[2]}", now=NOW) is None

    def test_the_hash_is_no_token(self, tokens, database):
        """Who reads the database cannot call."""
        token, _ = create(tokens)
        kept = database.rows("SELECT hash FROM tokens")[0][0]
        assert tokens.check(f"landform_{token.id}_{kept[:43]}", now=NOW) is None


class TestRevoke:
    def test_one_that_there_is_not(self, tokens):
        """The error says where the ids are."""
        with pytest.raises(LandformError) as refusal:
            tokens.revoke("0123", now=NOW)
        assert "token list" in refusal.value.fix


class TestDuration:
    @pytest.mark.parametrize(("text", "days"), [("24h", 1), ("30d", 30), ("366d", 366)])
    def test_times(self, text, days):
        """Hours and days."""
        assert duration(text) == days * DAY

    @pytest.mark.parametrize("text", ["", "d", "0d", "-1d", "1.5d", "30", "1y", "99999d", "٣d"])
    def test_what_is_none(self, text):
        """Everything else."""
        with pytest.raises(LandformError) as refusal:
            duration(text)
        assert refusal.value.code is Code.USAGE


class TestScopesOf:
    def test_one_that_there_is_not(self):
        """The error has those that there are."""
        with pytest.raises(LandformError) as refusal:
            scopes_of(["request:read", "admin"])
        assert (refusal.value.given, refusal.value.code) == ("admin", Code.TOKEN)
        assert "metrics:read" in refusal.value.expected
