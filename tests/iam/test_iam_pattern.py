import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landform.errors import Code, LandformError
from landform.iam import pattern
from landform.iam.pattern import (
    Variable,
    arn_glob,
    arn_matches,
    disjoint,
    glob,
    implied,
    matches,
    tokens,
    witnesses,
)

globs = st.text("ab:*?", max_size=6)
texts = st.text("abx:", max_size=6)


class TestTokens:
    def test_a_variable_has_a_colon_in_its_name(self):
        """So that a reference of Terraform's stays the text it is."""
        assert tokens("${aws:username}") == (Variable("aws:username"),)
        assert "".join(tokens("${aws_kms_key.k.arn}")) == "${aws_kms_key.k.arn}"

    def test_a_variable_may_have_a_default(self):
        """In quotes, after a comma."""
        assert tokens("${aws:PrincipalTag/team, 'none'}") == (Variable("aws:PrincipalTag/team", "none"),)

    @pytest.mark.parametrize("character", "*?$")
    def test_an_escape_stands_for_the_character(self, character):
        """AWS's three predefined variables."""
        assert tokens(f"${{{character}}}") == (character,)

    def test_the_old_policy_version_has_no_variables(self):
        """They came with 2012-10-17; before, they are text."""
        assert "".join(tokens("${aws:username}", variables=False)) == "${aws:username}"

    @given(globs)
    def test_it_is_written_as_it_was_read(self, text):
        """But for runs in a row, which are one."""
        assert pattern.written(tokens(text)) == re.sub(r"\*+", "*", text)


class TestMatches:
    @given(globs, texts)
    def test_a_star_is_any_run_and_a_question_mark_any_one(self, text, subject):
        """The same as a regular expression put together in the plainest way."""
        plain = "".join({"*": "(?s:.*)", "?": "(?s:.)"}.get(c, re.escape(c)) for c in text)

        assert matches(tokens(text), subject) == bool(re.fullmatch(plain, subject))

    def test_capitals_matter_unless_they_are_folded(self):
        """A resource's name is as it is written; an action's is not."""
        assert not matches(tokens("S3:Get*"), "s3:getobject")
        assert matches(tokens("S3:Get*"), "s3:getobject", fold=True)

    def test_many_stars_cost_no_time(self):
        """A pattern that a backtracking matcher would never finish."""
        assert not matches(tokens("*a" * 40 + "b"), "a" * 200)


class TestArnMatches:
    def test_a_star_stays_within_its_segment(self):
        """Of the first five segments; the last one has all that is left."""
        assert arn_matches(tokens("arn:aws:sns:*:*:a"), "arn:aws:sns:eu-west-1:111111111111:a")
        assert not arn_matches(tokens("arn:aws:sns:*:a"), "arn:aws:sns:eu-west-1:111111111111:a")
        assert arn_matches(tokens("arn:aws:logs:*:*:*"), "arn:aws:logs:eu-west-1:1:log-group:a:b")


class TestWitnesses:
    @given(globs, st.lists(globs, max_size=3), texts)
    def test_for_every_text_there_is_one_that_is_as_good(self, wanted, avoided, text):
        """A text that matches the one and few of the others is among them, or a better one is."""
        others = [tokens(one) for one in avoided]
        machines = [glob(tokens(wanted)), *map(glob, others)]
        found = list(witnesses(machines, [[0]], avoided=range(1, len(machines))))

        def bad(subject):
            return {index for index, one in enumerate(others) if matches(one, subject)}

        assert all(matches(tokens(wanted), one) for one in found)
        if matches(tokens(wanted), text):
            assert any(bad(one) <= bad(text) for one in found)

    @given(globs, globs)
    def test_a_pattern_sought_is_matched_where_it_can_be(self, wanted, sought):
        """Two patterns have a text in common if and only if one such text is found."""
        both = [glob(tokens(wanted)), glob(tokens(sought))]
        found = any(matches(tokens(sought), text) for text in witnesses(both, [[0]], sought=[1]))

        assert found == any(True for _ in witnesses(both, [[0], [1]]))

    @given(globs, texts)
    def test_an_arn_is_compared_by_segments(self, text, subject):
        """The automaton of an ARN's pattern takes what the comparison takes."""
        literal = glob(tuple(subject))
        taken = any(True for _ in witnesses([arn_glob(tokens(text)), literal], [[0], [1]]))

        assert taken == arn_matches(tokens(text), subject)

    def test_stars_in_every_segment_of_many_arns_do_not_tangle(self):
        """What a determinised automaton would need millions of states for."""
        many = [tokens(f"arn:*:ec2:*:*:{kind}/*") for kind in "abcdefghijklmnopqrstuvw"]

        assert next(witnesses([glob(one) for one in many], [list(range(len(many)))]), None)

    def test_too_many_states_are_an_error_and_not_an_answer(self, monkeypatch):
        """Nothing is ever taken to be covered because the search was cut short."""
        monkeypatch.setattr(pattern, "_STATES", 3)
        with pytest.raises(LandformError) as caught:
            list(witnesses([glob(tokens("*abcdef*")), glob(tokens("*fedcba*"))], [[0], [1]]))

        assert caught.value.code is Code.CHECK_INCOMPLETE


class TestDisjoint:
    @given(globs, globs)
    def test_two_patterns_are_disjoint_where_no_text_matches_both(self, one, other):
        """The same as a search for such a text says."""
        both = [glob(tokens(one)), glob(tokens(other))]

        assert disjoint(tokens(one), tokens(other)) is not any(True for _ in witnesses(both, [[0], [1]]))

    def test_a_variable_can_be_anything(self):
        """So that only what stands around it tells two patterns apart."""
        home = tokens("home/${aws:username}/*")

        assert not disjoint(home, tokens("home/jane/a"))
        assert disjoint(home, tokens("house/jane/a"))


class TestImplied:
    def test_the_same_variable_is_the_same_value(self):
        """A home folder is within itself, whoever's it is."""
        assert implied(tokens("home/${aws:username}/*"), by=tokens("home/${aws:username}/in/*"))

    def test_another_variable_may_be_another_value(self):
        """Nothing says that the two agree."""
        assert not implied(tokens("home/${aws:userid}/*"), by=tokens("home/${aws:username}/*"))

    def test_a_question_mark_is_no_variable(self):
        """A value may have more than one character."""
        assert not implied(tokens("home/?"), by=tokens("home/${aws:username}"))
