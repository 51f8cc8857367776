"""The fleet's graph: folded without loss, laid out without overlaps, written for other programs."""

import itertools
import json
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landform.org.drawing import width_of
from landform.org.graph import Group, Node, as_json, detail, fold, subtitle, summary, title
from landform.org.graph_layout import BOX_HEIGHT, GROUP_HEAD, INSET, LARGE, NORMAL, PADDING, SMALL, lay_out
from landform.org.graph_svg import svg
from landform.org.graph_text import dot, mermaid
from landform.org.load import load
from landform.org.resolve import resolve
from landform.org.waves import waves

from .conftest import ACCOUNT


@pytest.fixture
def spec(project):
    """Three accounts of the small spec, and two more like ``payments-prod``."""
    for number in (1, 2):
        text = ACCOUNT.format(name=f"orders-{number}", id=f"40000000000{number}", ou="Workloads", tier="prod")
        project.write(f"org/accounts/orders-{number}.yaml", text)
    return load(project.root)


def folded(spec, by="account"):
    return fold(resolve(spec).instances, by, waves(spec))


class TestFold:
    """Accounts that look alike are one group."""

    def test_accounts_of_one_tier_with_the_same_stacks_are_one(self, spec):
        """And those that have others stand for themselves."""
        assert [group.accounts for group in folded(spec)] == [
            ("payments-dev",),
            ("orders-1", "orders-2", "payments-prod"),
            ("management",),
        ]

    def test_another_region_is_another_shape(self, spec, project):
        """What is drawn would differ."""
        project.edit("org/accounts/orders-1.yaml", "[eu-west-1, eu-central-1]", "[eu-west-1]")
        groups = folded(load(project.root))
        assert ("orders-1",) in [group.accounts for group in groups]

    def test_a_tier_is_one_group_and_says_who_has_what(self, spec):
        """The network is not in the management account."""
        dev, prod = folded(spec, "tier")
        assert (dev.name, prod.name) == ("dev", "prod")
        network = next(node for node in prod.nodes if node.id == "network")
        assert detail(prod, network) == "3 of 4: eu-central-1, eu-west-1"

    def test_without_waves_the_tiers_are_the_waves(self, spec):
        """In the order of their rank."""
        assert [(group.name, group.tiers) for group in folded(spec, "wave")] == [
            ("wave 1", ("dev",)),
            ("wave 2", ("prod",)),
        ]

    def test_waves_of_the_spec(self, spec, project):
        """An account is in the first wave that takes it; what none takes comes last."""
        project.write(
            "org/waves.yaml",
            "schema: landform/waves/v1\nwaves:\n"
            '  - { id: canary, select: { accounts: ["orders-*"] }, size: 50% }\n'
            "  - { id: rest, select: { ous: [Workloads] } }\n",
        )
        assert [(group.name, group.accounts) for group in folded(load(project.root), "wave")] == [
            ("wave 1 canary", ("orders-1",)),
            ("wave 2 rest", ("orders-2", "payments-dev", "payments-prod")),
            ("in no wave", ("management",)),
        ]

    def test_every_stack_is_in_one_node(self, spec):
        """Nothing is lost by folding, however it is folded."""
        keys = [instance.key for instance in resolve(spec).instances]
        for by in ("account", "tier", "wave"):
            found = [key for group in folded(spec, by) for node in group.nodes for key in node.keys]
            assert sorted(found) == keys

    def test_a_selection_without_what_it_needs(self, spec):
        """An edge to a stack that is not selected is not drawn."""
        chosen = [instance for instance in resolve(spec).instances if instance.stack == "network"]
        assert all(group.edges == () for group in fold(chosen, "account", {}))

    def test_what_is_needed_stands_before_what_needs_it(self, spec):
        """So that a layout can go through the nodes once."""
        for group in folded(spec):
            places = {node.id: place for place, node in enumerate(group.nodes)}
            assert all(places[source] < places[target] for source, target in group.edges)


class TestGroup:
    """What a group says of itself."""

    def test_an_edge_that_follows_from_others_is_not_drawn(self):
        """a before b before c says that a is before c."""
        group = made([("a", "b"), ("b", "c"), ("a", "c")])
        assert group.drawn_edges() == (("a", "b"), ("b", "c"))

    def test_title_and_subtitle(self, spec):
        """How many, which, of what tier, with how many stacks."""
        group = folded(spec)[1]
        assert title(group) == "3 accounts: orders-*, payments-prod"
        assert subtitle(group) == "prod: 3 each, 9 stacks"
        assert title(folded(spec)[2]) == "management"
        assert title(folded(spec, "tier")[0]) == "dev: payments-dev"

    @pytest.mark.parametrize(
        ("names", "expected"),
        [
            (["a"], "a"),
            (["pay-1", "pay-2", "ops"], "pay-*, ops"),
            (["a-1", "b-1", "b-2", "c-1", "d-1"], "b-*, a-1, c-1, ..."),
        ],
    )
    def test_summary(self, names, expected):
        """Families first, the largest before the others."""
        assert summary(names) == expected

    def test_json_has_all_that_was_folded(self, spec):
        """Accounts, instances, and the edges that a picture leaves out."""
        group = as_json(folded(spec))[1]
        assert group["accounts"] == ["orders-1", "orders-2", "payments-prod"]
        assert group["edges"] == [{"from": "base", "to": "network"}]
        assert json.dumps(group)


def made(edges, nodes=None):
    """A group of one account with some edges."""
    names = nodes or sorted({name for edge in edges for name in edge})
    return Group(
        section="prod",
        name="",
        tiers=("prod",),
        accounts=("a",),
        nodes=tuple(Node(name, ("eu-west-1",) if len(name) > 1 else (), (f"a.{name}",)) for name in names),
        edges=tuple(sorted(edges)),
    )


@st.composite
def graphs(draw):
    """Groups of nodes whose edges go from earlier to later ones."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        count = draw(st.integers(1, 9))
        names = [f"n{number}" + "x" * draw(st.sampled_from([0, 3, 40])) for number in range(count)]
        pairs = list(itertools.combinations(names, 2))
        edges = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
        found.append(made(edges, names))
    return found


class TestLayout:
    """Where things stand."""

    @settings(deadline=None)
    @given(graphs())
    def test_nothing_overlaps(self, groups):
        """No panel another, no box another of its panel, and no line a box that it does not begin or end at."""
        page = lay_out(groups)
        for one, two in itertools.combinations(page.panels, 2):
            assert apart(area(one.x, one.y, one.width, one.height), area(two.x, two.y, two.width, two.height))
        for panel in page.panels:
            assert panel.x + panel.width <= page.width
            assert panel.y + panel.height <= page.height
            boxes = {box.node.id: area(box.x, box.y, box.width, BOX_HEIGHT) for box in panel.boxes}
            for one, two in itertools.combinations(boxes.values(), 2):
                assert apart(one, two)
            for left, top, right, bottom in boxes.values():
                assert panel.x < left
                assert right < panel.x + panel.width
                assert panel.y + GROUP_HEAD - 20 < top
                assert bottom < panel.y + panel.height
            for line in panel.lines:
                others = [boxes[id] for id in boxes if id not in (line.source, line.target)]
                # Every second piece is straight and passes a layer; the curves between stay between layers.
                for start, end in itertools.pairwise(line.points[1:-1]):
                    piece = (start[0], start[1] - 1, end[0], end[1] + 1)
                    assert start[1] != end[1] or all(apart(piece, other) for other in others)

    @settings(deadline=None)
    @given(graphs())
    def test_words_stay_in_their_boxes(self, groups):
        """By the measure of every picture: what is too long is shortened, and a heading widens its panel."""
        for panel in lay_out(groups).panels:
            heads = (width_of(panel.title, LARGE, bold=True), width_of(panel.subtitle, SMALL))
            assert max(heads) <= panel.width - 2 * PADDING
            for box in panel.boxes:
                texts = (width_of(box.label, NORMAL), width_of(box.detail, SMALL))
                assert max(texts) <= box.width - 2 * INSET
                assert box.label == box.node.id or (len(box.node.id) > 40 and box.label.endswith("\u2026"))

    @settings(deadline=None)
    @given(graphs())
    def test_needs_point_to_the_right(self, groups):
        """What is needed stands left of what needs it."""
        for panel in lay_out(groups).panels:
            boxes = {box.node.id: box for box in panel.boxes}
            assert all(boxes[s].x + boxes[s].width < boxes[t].x for s, t in panel.group.edges)

    def test_a_line_that_passes_a_layer_has_a_lane_there(self):
        """Entry and exit of the layer, at one height."""
        (panel,) = lay_out([made([("a", "b"), ("b", "d"), ("c", "d")], ["a", "c", "b", "d"])]).panels
        line = next(line for line in panel.lines if line.source == "c")
        assert len(line.points) == 4
        assert line.points[1][1] == line.points[2][1]


def area(x, y, width, height):
    return x, y, x + width, y + height


def apart(one, two):
    return one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1]


TIERS = ("dev", "prod")


class TestPictures:
    """SVG, Mermaid, DOT."""

    def test_svg_is_xml_that_names_everything(self, spec):
        """What is folded stands in tooltips."""
        root = ElementTree.fromstring(svg(folded(spec), "acme & <co>", TIERS))
        texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}title")}
        assert "acme & <co>" in texts
        assert "orders-1\norders-2\npayments-prod" in texts
        assert "network needs base" in texts
        assert root.get("width") == root.get("viewBox").split()[2]

    def test_a_tier_has_one_colour_in_every_picture(self, spec):
        """However the fleet is grouped, and whatever of it is drawn."""
        for groups in (folded(spec), folded(spec, "tier"), folded(spec)[1:2]):
            bars = re.findall(r'fill="(#[0-9a-f]+)"/>\n<text class="title"', svg(groups, "x", TIERS))
            assert [bar == "#2f7d6b" for bar in bars] == [group.tiers == ("prod",) for group in groups]

    def test_the_same_fleet_gives_the_same_bytes(self, spec):
        """A picture in a repository changes when the fleet does."""
        assert svg(folded(spec), "x", TIERS) == svg(folded(spec), "x", TIERS)

    @pytest.mark.parametrize(("write", "arrow"), [(mermaid, "-->"), (dot, "->")])
    def test_every_node_and_edge_is_there(self, spec, write, arrow):
        """One line each, with ids that are declared."""
        groups = folded(spec)
        text = write(groups, "acme: 3 stacks")
        edges = re.findall(rf"^ +(\w+) {arrow} (\w+)$", text, re.MULTILINE)
        declared = set(re.findall(r"^ +(g\d+n\d+) ?\[", text, re.MULTILINE))
        assert len(declared) == sum(len(group.nodes) for group in groups)
        assert len(edges) == sum(len(group.drawn_edges()) for group in groups)
        assert {name for edge in edges for name in edge} <= declared

    def test_mermaids_title_is_yaml(self, spec):
        """A colon in it would end the key."""
        assert mermaid(folded(spec), "acme: 3").startswith('---\ntitle: "acme: 3"\n---\n')
