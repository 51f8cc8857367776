"""The promise that lets cdktf users move with a plan that changes nothing: the same tree, the same bytes."""

import pytest
from every_construct import SERVICES, SPECIMENS, build, constructs_of
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from landform.constructs import AwsStack
from landform.constructs.ec2 import Subnet, Vpc
from landform.core import (
    App,
    Backend,
    Construct,
    DataSource,
    Lifecycle,
    Local,
    Output,
    Provider,
    Resource,
    Stack,
    Variable,
)
from landform.core.names import checked_name, unique_id
from landform.errors import LandformError, Place
from landform.testing import TIERS, stack_instance

pytestmark = pytest.mark.node

# The first example starts Node.js; later ones take milliseconds.
cdktf_settings = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def made(app, id="net"):
    stack = Stack(app, id)
    Backend(stack, "s3", {"bucket": "state", "encrypt": True, "key": "k"})
    return stack


def assert_same(real, app):
    ours = real.landform_files(app)
    theirs = real.cdktf_files(app)

    assert ours.keys() == theirs.keys()
    for path in ours:
        assert ours[path] == theirs[path]


class TestConstructs:
    @pytest.mark.parametrize("tier", TIERS)
    @pytest.mark.parametrize("service", SPECIMENS)
    def test_same_bytes(self, real, service, tier):
        """Every construct of a service with every grant, in every tier, with the tags that the stack puts on."""
        app = App()
        stack = AwsStack(app, stack_instance(tier=tier))
        SPECIMENS[service].build(Construct(stack, service), Vpc(stack, "Vpc", cidr="10.0.0.0/20"))

        assert_same(real, app)

    def test_every_public_construct_is_among_them(self, specimens_tree):
        """A new construct is compared from its first day on."""
        exported = {construct for service in SERVICES for construct in constructs_of(service)}

        assert exported <= specimens_tree | {Subnet}


@pytest.fixture(scope="module")
def specimens_tree():
    """The classes of all that the specimens make."""
    stack = AwsStack(App(), stack_instance())
    build(stack)
    return {type(construct) for construct in stack.node.find_all()}


class TestBlocks:
    def test_every_kind_of_block(self, real):
        """Meta-arguments, moves, imports, overrides, annotations and dependencies in one app of two stacks."""
        app = App()
        first = made(Construct(app, "team"), "first")
        Resource(first, "a", "aws_s3_bucket", {"bucket": "a"}).node.annotate("info", "noted")
        stack = made(app)
        made(app, "third").add_dependency(stack)
        aws = Provider(
            stack,
            "aws",
            "aws",
            {"default_tags": [{"tags": {"a_B": "x"}}]},
            source="hashicorp/aws",
            version="5",
        )
        group = Construct(stack, "group")
        a = Resource(
            group,
            "a",
            "aws_s3_bucket",
            {"bucket": "a", "tags": {"Größe": "<&>"}, "empty": [], "none": None},
            provider=aws,
            lifecycle=Lifecycle(prevent_destroy=True, ignore_changes=["tags"], create_before_destroy=False),
        )
        a.import_from("a")
        a.node.annotate("warn", "careful")
        b = DataSource(group, "b", "aws_s3_bucket", {"bucket": a.ref("id")}, depends_on=[a])
        c = Resource(
            stack,
            "c",
            "aws_s3_bucket",
            {"bucket": b.ref("bucket"), "rule": [{"x": 1}, {"x": 2}], "//": {"kept": True}},
            depends_on=[group],
            lifecycle=Lifecycle(ignore_changes="all", replace_triggered_by=[a]),
        )
        c.move_from("aws_s3_bucket.old")
        c.add_override("rule.1.x", None)
        c.add_override("rule.0", None)
        c.add_override("tags.a.b", [1])
        c.add_override("bucket_prefix", False)
        Resource(stack, "d", "aws_s3_bucket", {}, lifecycle=Lifecycle(ignore_changes=[])).override_logical_id(
            "e"
        )
        Output(group, "o", {"arn": a.ref("arn"), "list": [b.ref("id")]}, description="d", sensitive=True)
        Output(Output(stack, "p", 1.5), "q", True)
        Output(group, "static", "x", static_id=True)
        variable = Variable(stack, "v", type="list(string)", default=["x"], sensitive=True, nullable=False)
        Local(stack, "l", {"fooBar": variable.value[0]})
        stack.add_override("terraform.required_version", ">= 1.10")
        stack.add_override("resource.aws_s3_bucket.c.extra", "y")

        assert_same(real, app)


IDS = st.one_of(
    st.sampled_from(
        ["Default", "Resource", "a", "b", "my-bucket", "bucket", "a.b", "x/y", "l" * 150, "l" * 256]
    ),
    # JavaScript calls the parent of every object so, and cdktf takes it for a child.
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
        lambda id: id != "__proto__"
    ),
)
TREES = st.recursive(st.just({}), lambda inner: st.dictionaries(IDS, inner, max_size=3), max_leaves=10)


def plant(scope, tree, taken):
    """A construct a branch with resources in each; ids that landform would refuse are left out."""
    for id, branch in tree.items():
        if scope.node.try_find_child(id) is not None:
            continue
        construct = Construct(scope, id)
        for leaf in ("Resource", "Default", "x", id):
            if acceptable(construct, leaf, taken):
                resource = Resource(construct, leaf, "aws_s3_bucket", {})
                resource.arguments["bucket"] = resource.ref("id")
        plant(construct, branch, taken)


def acceptable(scope, leaf, taken):
    """Whether a resource of this id has a name that Terraform takes and no other one has."""
    path = [construct.node.id for construct in scope.node.scopes[2:]]
    try:
        name = checked_name(unique_id([*path, leaf.replace("/", "--").replace("\n", "--")]), Place())
    except (ValueError, LandformError):
        return False
    free = name not in taken and scope.node.try_find_child(leaf) is None
    taken.add(name)
    return free


class TestIds:
    @cdktf_settings
    @given(trees=st.lists(TREES, min_size=1, max_size=4))
    def test_random_trees(self, real, trees):
        """Any path that landform accepts gives the name that cdktf gives."""
        app = App()
        for index, tree in enumerate(trees):
            plant(made(app, f"s{index}"), tree, set())
        app.synthesise()

        assert_same(real, app)


# cdktf reads whole numbers as JavaScript does, and looks for its own tokens in numbers and text.
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e280)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "${aws:username}",
        "$${x}",
        "%{if}",
        "}",
        '"',
        "\\",
        "\n",
        "\u2028",
        "\x00",
        "\ufeff",
        "a${var.x}b}",
        "__proto",
    ]
)
KEYS = TEXT.filter(lambda key: key not in ("__proto__", "//"))


def nested(keys):
    return st.recursive(
        st.booleans() | NUMBERS | TEXT,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
        max_leaves=15,
    )


VALUES = nested(KEYS)
# An override is rebuilt by its dotted path, so its keys hold no dots.
NAMES = st.sampled_from([*"abc012"])


class TestValues:
    @cdktf_settings
    @given(arguments=st.lists(st.dictionaries(KEYS, VALUES, max_size=4), min_size=1, max_size=5))
    def test_random_arguments(self, real, arguments):
        """Numbers, text and nesting are written alike."""
        app = App()
        stack = made(app)
        for index, given_arguments in enumerate(arguments):
            Resource(stack, f"r{index}", "aws_s3_bucket", given_arguments)
            Local(stack, f"l{index}", given_arguments)

        assert_same(real, app)

    @cdktf_settings
    @given(
        arguments=st.dictionaries(st.sampled_from("abc"), nested(NAMES), max_size=3),
        overrides=st.dictionaries(
            st.tuples(st.sampled_from("abc"), st.lists(NAMES, max_size=2)).map(
                lambda path: ".".join([path[0], *path[1]])
            ),
            st.none() | nested(NAMES),
            max_size=4,
        ),
    )
    def test_random_overrides(self, real, arguments, overrides):
        """An override lands where cdktf lets it land, or landform refuses it."""
        app = App()
        stack = made(app)
        resource = Resource(stack, "r", "aws_s3_bucket", arguments)
        for path, value in overrides.items():
            resource.add_override(path, value)
        try:
            app.synthesise()
        except LandformError:
            assume(False)

        assert_same(real, app)
