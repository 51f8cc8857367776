import json
from itertools import pairwise

import pytest

from landform.core import App, Backend, Construct, Lazy, Output, Provider, Resource, Stack
from landform.errors import Code, LandformError, LandformErrors


@pytest.fixture
def app():
    return App()


@pytest.fixture
def stack(app):
    return made(app)


def made(scope, id="net"):
    stack = Stack(scope, id)
    Backend(stack, "s3", {"bucket": "state"})
    Provider(stack, "aws", "aws", {}, source="hashicorp/aws", version="5.100.0")
    return stack


def bucket(scope, id="logs", arguments=None):
    return Resource(scope, id, "aws_s3_bucket", arguments or {})


class TestStack:
    @pytest.mark.parametrize("name", ["net", "acme-prod.eu-west-1.net", "1", "A_b"])
    def test_names(self, app, name):
        """What a stack instance is called, and a bit more."""
        assert Stack(app, name).name == name

    @pytest.mark.parametrize("name", ["a b", "a/b", "*", "a?", "é", ".a", "-a", "a\n", "..", "a\\b"])
    def test_names_refused(self, app, name):
        """A name becomes a folder and a key of the state; globs select by it."""
        with pytest.raises(LandformError) as caught:
            Stack(app, name)

        assert caught.value.code is Code.CONSTRUCT_ID

    def test_stack_in_a_stack_is_refused(self, stack):
        """cdktf writes it as a stack of its own that nothing can depend on."""
        with pytest.raises(LandformError) as caught:
            Stack(Construct(stack, "inner"), "app")

        assert caught.value.code is Code.CONSTRUCT_ID
        assert "'net'" in caught.value.given

    @pytest.mark.parametrize("count", [0, 2])
    def test_one_backend_is_required(self, app, count):
        """cdktf would write one with a path on this machine."""
        stack = Stack(app, "net")
        for index in range(count):
            Backend(Construct(stack, f"c{index}"), "s3", {})

        with pytest.raises(LandformError) as caught:
            stack.synthesise()

        assert caught.value.code is Code.NO_BACKEND
        assert caught.value.given == f"{count} backends"

    def test_override_reaches_the_whole_document(self, stack):
        """And the metadata says so, as in cdktf."""
        stack.add_override("terraform.required_version", ">= 1.10")

        found = json.loads(stack.synthesise().text)
        assert found["terraform"]["required_version"] == ">= 1.10"
        assert found["terraform"]["backend"] == {"s3": {"bucket": "state"}}
        assert found["//"]["metadata"]["overrides"] == {"stack": ["terraform"]}

    def test_origins_name_path_and_line(self, stack):
        """Every address leads to its construct and to the user's line."""
        bucket(Construct(stack, "group"), "Resource")

        ((address, (path, source)),) = stack.synthesise().origins.items()
        assert address.startswith("aws_s3_bucket.group_")
        assert path == "net/group/Resource"
        assert source.startswith("core/test_stack.py:")

    def test_twice_gives_the_same_text(self, stack):
        """Synthesis changes nothing that it reads."""
        bucket(stack, arguments={"tags": {"a": "b"}}).add_override("tags.c", "d")

        assert stack.synthesise().text == stack.synthesise().text

    def test_lazy_value_sees_what_came_after(self, stack):
        """A policy can be granted to after its resource was made."""
        granted = []
        bucket(stack, arguments={"policy": Lazy(lambda: ",".join(granted))})
        granted.append("late")

        assert '"policy": "late"' in stack.synthesise().text


class TestDependencies:
    def test_are_names_in_order(self, app):
        """Whatever the stacks stand under: names are what the command lines compare."""
        first, second = made(Construct(app, "dev"), "first"), made(app, "second")
        stack = made(app)
        stack.add_dependency(second)
        stack.add_dependency(first)
        stack.add_dependency(second)

        assert stack.synthesise().dependencies == ("second", "first")

    @pytest.mark.parametrize("length", [1, 2, 4])
    def test_circle_is_refused(self, app, length):
        """Also a long one, and a stack that waits for itself."""
        stacks = [made(app, f"s{index}") for index in range(length)]
        for before, after in pairwise(stacks):
            after.add_dependency(before)

        with pytest.raises(LandformError) as caught:
            stacks[0].add_dependency(stacks[-1])

        assert caught.value.code is Code.DEPENDENCY_CYCLE

    def test_all_dependencies_are_transitive(self, app):
        """Everything that must come first."""
        a, b, c = (made(app, id) for id in "abc")
        c.add_dependency(b)
        b.add_dependency(a)

        assert c.all_dependencies() == {a, b}


class TestReferences:
    def test_to_a_resource_of_the_stack(self, stack):
        """By a Ref, and by text that says the same."""
        logs = bucket(stack)
        bucket(stack, "a", {"x": logs.ref("id"), "y": "${aws_s3_bucket.logs.arn}/*"})

        assert stack.synthesise().origins.keys() == {"aws_s3_bucket.logs", "aws_s3_bucket.a"}

    def test_dangling_is_refused_with_the_nearest_name(self, stack):
        """Terraform would say so later, without the line of code."""
        bucket(stack)
        bucket(stack, "a", {"x": "${aws_s3_bucket.log.arn}"})

        with pytest.raises(LandformError) as caught:
            stack.synthesise()

        assert caught.value.code is Code.REFERENCE
        assert caught.value.given == "aws_s3_bucket.log"
        assert caught.value.fix == "Did you mean 'aws_s3_bucket.logs'?"
        assert caught.value.place.construct_path == "net/a"

    def test_formatted_reference_to_another_stack_is_dangling(self, stack, app):
        """Once it is text, only the address gives it away."""
        other = bucket(made(app, "other"), "elsewhere")
        bucket(stack, "a", {"x": f"{other.ref('arn')}/*"})

        with pytest.raises(LandformError) as caught:
            stack.synthesise()

        assert caught.value.code is Code.REFERENCE
        assert caught.value.given == "aws_s3_bucket.elsewhere"

    @pytest.mark.parametrize(
        "text",
        [
            "$${aws_s3_bucket.nobody.arn}",
            "aws_s3_bucket.nobody.arn",
            "${var.aws_s3_bucket.nobody}",
            "${google_bucket.x.y}",
            "${local.aws_s3_bucket.x}",
        ],
    )
    def test_what_only_looks_like_one_is_left_alone(self, stack, text):
        """Escapes, plain text, and providers that the stack does not have."""
        bucket(stack, "a", {"x": text})

        assert stack.synthesise().text


class Recorder:
    def __init__(self, name, seen):
        self.name = name
        self.seen = seen

    def visit(self, construct):
        self.seen.append((self.name, construct.node.path))


class TestAspects:
    def test_parents_first_in_order_of_addition(self, stack):
        """Aspects of the scopes above come before a construct's own."""
        seen = []
        group = Construct(stack, "group")
        Construct(group, "inner")
        group.node.add_aspect(Recorder("own", seen))
        stack.node.add_aspect(Recorder("first", seen))
        stack.node.add_aspect(Recorder("second", seen))
        stack.synthesise()

        assert [visit for visit in seen if visit[1].startswith("net/group")] == [
            ("first", "net/group"),
            ("second", "net/group"),
            ("own", "net/group"),
            ("first", "net/group/inner"),
            ("second", "net/group/inner"),
            ("own", "net/group/inner"),
        ]

    def test_of_the_app_reach_every_stack(self, app, stack):
        """But not the other way round."""
        seen = []
        app.node.add_aspect(Recorder("app", seen))
        stack.synthesise()

        assert ("app", "net") in seen
        assert ("app", "") not in seen

    def test_added_twice_visits_once(self, stack):
        """One aspect on two scopes does not repeat itself."""
        seen = []
        recorder = Recorder("r", seen)
        group = Construct(stack, "group")
        stack.node.add_aspect(recorder)
        group.node.add_aspect(recorder)
        stack.synthesise()

        assert seen.count(("r", "net/group")) == 1

    def test_may_change_arguments(self, stack):
        """What an aspect sets is written."""

        class Tag:
            def visit(self, construct):
                if isinstance(construct, Resource):
                    construct.arguments["tags"] = {"by": "aspect"}

        bucket(stack)
        stack.node.add_aspect(Tag())

        assert '"by": "aspect"' in stack.synthesise().text

    def test_may_add_constructs_that_later_ones_see(self, stack):
        """The children are looked at after the parent was visited."""
        seen = []

        class Add:
            def visit(self, construct):
                if construct is stack:
                    bucket(stack, "added")

        stack.node.add_aspect(Add())
        stack.node.add_aspect(Recorder("r", seen))
        stack.synthesise()

        assert ("r", "net/added") in seen

    def test_added_by_an_aspect_does_not_run_and_warns(self, stack):
        """As in cdktf, once a stack."""
        seen = []

        class Nest:
            def visit(self, construct):
                construct.node.add_aspect(Recorder("nested", seen))

        stack.node.add_aspect(Nest())
        annotations = stack.synthesise().annotations

        assert [(a.construct_path, a.level) for a in annotations] == [("net", "warn")]
        assert ("nested", "net") not in seen


class TestErrorsInOneGo:
    def test_annotations_and_validations_together(self, stack):
        """A user mends everything at once, each message with its construct."""
        group = Construct(stack, "group")
        group.node.annotate("error", "first")
        bucket(stack).node.add_validation(lambda: ["second", "third"])

        with pytest.raises(LandformErrors) as caught:
            stack.synthesise()

        assert [(e.code, e.message, e.place.construct_path) for e in caught.value.each()] == [
            (Code.ANNOTATION, "first", "net/group"),
            (Code.VALIDATION, "second", "net/logs"),
            (Code.VALIDATION, "third", "net/logs"),
        ]

    def test_every_dangling_reference(self, stack):
        """Not only the first."""
        bucket(stack, "a", {"x": "${aws_s3_bucket.no.arn}", "y": "${aws_s3_bucket.none.arn}"})

        with pytest.raises(LandformErrors) as caught:
            stack.synthesise()

        assert len(caught.value.each()) == 2

    def test_warning_is_no_error(self, stack):
        """It is passed on, with its construct."""
        Output(stack, "x", 1).node.annotate("warn", "careful")

        (annotation,) = stack.synthesise().annotations
        assert (annotation.construct_path, annotation.level, annotation.message) == (
            "net/x",
            "warn",
            "careful",
        )
