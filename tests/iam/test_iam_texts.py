import itertools

import pytest

from landform.errors import Code, LandformError
from landform.iam.texts import _Kept


class TestKept:
    def test_it_searches_no_further_than_it_is_asked(self):
        """The first answer is often enough, and all of them are many."""
        searched = []
        kept = _Kept(str(searched.append(n) or n) for n in itertools.count())

        assert list(itertools.islice(kept, 2)) == ["0", "1"]
        assert list(itertools.islice(kept, 2)) == ["0", "1"]
        assert searched == [0, 1]

    def test_a_search_that_was_given_up_is_given_up_again(self):
        """It must never look like one that found nothing more."""

        def search():
            yield "a"
            raise LandformError(Code.CHECK_INCOMPLETE, "too tangled")

        kept = _Kept(search())
        for _ in range(2):
            with pytest.raises(LandformError):
                list(kept)
