import pytest

from landform.core import App, Construct, Stack
from landform.errors import Code, LandformError


@pytest.fixture
def app():
    return App()


class TestNode:
    def test_path_joins_ids_from_the_root(self, app):
        """The root's own id is empty and leaves no slash."""
        inner = Construct(Construct(app, "outer"), "inner")

        assert app.node.path == ""
        assert inner.node.path == "outer/inner"

    def test_slash_in_an_id_becomes_two_hyphens(self, app):
        """An id never looks like two; the constructs library does the same."""
        assert Construct(app, "a/b").node.path == "a--b"
        assert Construct(app, "a\nb2").node.path == "a--b2"
        assert app.node.try_find_child("a/b") is not None

    def test_empty_id_is_refused(self, app):
        """Only the root has no id."""
        with pytest.raises(LandformError) as caught:
            Construct(app, "")

        assert caught.value.code is Code.CONSTRUCT_ID

    def test_id_that_utf8_cannot_hold_is_refused(self, app):
        """A lone surrogate could neither be hashed nor written."""
        with pytest.raises(LandformError) as caught:
            Construct(app, "a\ud800")

        assert caught.value.code is Code.CONSTRUCT_ID

    def test_same_id_in_one_scope_is_refused_and_names_the_first(self, app):
        """The message says where the other one was made."""
        Construct(app, "x")

        with pytest.raises(LandformError) as caught:
            Construct(app, "x")

        assert caught.value.code is Code.DUPLICATE_ID
        assert "test_construct.py:" in caught.value.fix

    def test_same_id_in_two_scopes_is_fine(self, app):
        """Ids are unique within their scope alone."""
        one, two = Construct(app, "one"), Construct(app, "two")

        assert Construct(one, "x").node.path != Construct(two, "x").node.path

    def test_source_is_the_users_line(self, app):
        """The place of a construct is where the user's code made it."""
        place = Construct(app, "x").node.place

        assert place.file.endswith("test_construct.py")
        assert place.line > 0
        assert place.construct_path == "x"

    def test_scopes_go_from_the_root_to_itself(self, app):
        """Both ends are included."""
        outer = Construct(app, "outer")
        inner = Construct(outer, "inner")

        assert inner.node.scopes == (app, outer, inner)

    def test_find_all_is_parents_first_in_order_of_making(self, app):
        """The order that elements are written in."""
        first = Construct(app, "first")
        second = Construct(app, "second")
        below = Construct(first, "below")

        assert list(app.node.find_all()) == [app, first, below, second]

    def test_missing_child_is_none(self, app):
        """Looking for what is not there is no error."""
        assert app.node.try_find_child("nobody") is None

    def test_stack_is_known_below_it_alone(self, app):
        """A construct knows the stack it stands in from the start."""
        stack = Stack(app, "net")

        assert Construct(stack, "x").node.stack is stack
        assert Construct(app, "y").node.stack is None


class TestContext:
    def test_nearest_scope_wins(self):
        """A value given further down hides the one above it."""
        app = App(context={"size": "small", "zone": "a"})
        outer = Construct(app, "outer")
        outer.node.set_context("size", "large")
        inner = Construct(outer, "inner")

        assert inner.node.try_get_context("size") == "large"
        assert inner.node.try_get_context("zone") == "a"
        assert app.node.try_get_context("size") == "small"

    def test_false_is_a_value(self):
        """A value that is false hides the one above it all the same."""
        app = App(context={"on": True})
        inner = Construct(app, "inner")
        inner.node.set_context("on", False)

        assert inner.node.try_get_context("on") is False

    def test_unknown_key_is_none(self, app):
        """Asking for what nobody gave is no error."""
        assert app.node.try_get_context("nothing") is None
