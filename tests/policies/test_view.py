"""A stack as rules read it."""

import pytest

from landform.policies.meant import meant
from landform.policies.view import StackView, is_known, references

STACK = StackView(
    "a.s",
    {
        "resource": {
            "aws_sqs_queue": {"q": {"name": "orders", "tags": {"owner": "a"}, "fifo_queue": "true"}},
            "aws_sqs_queue_policy": {
                "by-reference": {"queue_url": "${aws_sqs_queue.q.url}"},
                "by-name": {"queue_url": "orders"},
                "of-another": {"queue_url": "${aws_sqs_queue.qq.url}"},
            },
            "aws_backup_plan": {
                "p": {"rule": [{"lifecycle": {"delete_after": 1}}, {"lifecycle": [{"delete_after": 2}]}, {}]}
            },
        },
        "data": {"aws_region": {"here": {}}},
    },
)
QUEUE = STACK.by_address["aws_sqs_queue.q"]


class TestValues:
    def test_one_for_each_nested_block(self):
        """Written as an object or as an array, at every level."""
        assert STACK.by_address["aws_backup_plan.p"].values("rule.lifecycle.delete_after") == (1, 2)

    def test_text_that_is_a_boolean(self):
        """Terraform takes both."""
        assert QUEUE.value("fifo_queue") is True

    @pytest.mark.parametrize("path", ["kms_master_key_id", "name.inner", "tags.team"])
    def test_nothing_there(self, path):
        """Neither a key nor a way to it."""
        assert QUEUE.values(path) == ()
        assert QUEUE.value(path) is None


class TestDynamicBlocks:
    @pytest.mark.parametrize(
        "dynamic", [{"rule": {"content": {}}}, [{"other": {}}, {"rule": [{"for_each": "x"}]}]]
    )
    def test_what_is_in_one_is_unknown(self, dynamic):
        """Beside what stands there; a value that rules neither pass nor call missing, and no nested block."""
        body = {"dynamic": dynamic, "rule": [{"days": 1}]}
        (plan,) = StackView("a.s", {"resource": {"aws_backup_plan": {"p": body}}}).blocks
        known, unknown = plan.values("rule.days")

        assert known == 1
        assert not is_known(unknown)
        assert plan.objects("rule") == ({"days": 1},)
        assert plan.values("rules") == ()


class TestAbout:
    def test_who_names_a_block(self):
        """By a reference or by its literal name, and not by a name that begins alike."""
        found = STACK.about(QUEUE, "aws_sqs_queue_policy", "queue_url")

        assert [block.name for block in found] == ["by-reference", "by-name"]

    def test_whom_a_block_names(self):
        """The block behind the reference."""
        (policy,) = (block for block in STACK.blocks if block.name == "by-reference")

        assert policy.refers_to("queue_url") == (QUEUE,)

    def test_data_sources_have_their_address(self):
        """As Terraform writes it."""
        assert "data.aws_region.here" in STACK.by_address


class TestReferences:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("${aws_kms_key.k.arn}", ("aws_kms_key.k",)),
            ("arn:${aws_s3_bucket.a.id}/${data.aws_region.r.name}", ("aws_s3_bucket.a", "data.aws_region.r")),
            ("${aws_kms_key.k[0].arn}", ("aws_kms_key.k",)),
            ("$${aws_kms_key.k.arn}", ()),
            ("aws_kms_key.k.arn", ()),
        ],
    )
    def test_of_a_text(self, text, found):
        """What Terraform would put in; not what is escaped."""
        assert references(text) == found

    @pytest.mark.parametrize(
        ("value", "known"),
        [
            ("x", True),
            ("${var.x}", False),
            ("$${x}", True),
            ({"a": ["${x.y}"]}, False),
            (3, True),
            ([], True),
        ],
    )
    def test_what_is_known_before_the_plan(self, value, known):
        """Everything without a template."""
        assert is_known(value) is known


class TestDocuments:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ('{"a": 1}', ({"a": 1},)),
            ('[{"a": 1}, {"b": 2}, 3]', ({"a": 1}, {"b": 2})),
            ([{"a": 1}, {"b": 2}], ({"a": 1}, {"b": 2})),
            ({"a": 1}, ({"a": 1},)),
            ("[1]", ()),
            ("not JSON", ()),
            ("${aws_x.x.json}", ()),
            (3, ()),
        ],
    )
    def test_json_in_text(self, text, found):
        """An object, each object of an array, written as text or by jsonencode; or nothing that can be read."""
        stack = StackView("a.s", {"resource": {"aws_x": {"x": {"policy": text}}}})

        assert stack.blocks[0].documents("policy") == found

    def test_a_name_at_the_end_of_an_arn(self):
        """Names that landform knows stand in literal ARNs."""
        assert QUEUE.is_meant_by("arn:aws:sqs:eu-west-1:012345678901:orders")
        assert not QUEUE.is_meant_by("arn:aws:sqs:eu-west-1:012345678901:my-orders")


class TestBlocks:
    def test_modules_and_providers(self):
        """Each under the address that findings name, and under the kind that rules name."""
        stack = StackView(
            "a.s",
            {
                "module": {"m": {"source": "./m"}},
                "provider": {"aws": [{"region": "eu-west-1"}, {"alias": "home"}]},
                "terraform": {"required_providers": {"aws": {"version": "5.100.0"}, "tls": "~> 4.0"}},
            },
        )

        assert [(block.address, block.kinds) for block in stack.blocks] == [
            ("module.m", ("module",)),
            ("provider.aws", ("provider",)),
            ("provider.aws.home", ("provider",)),
            ("terraform.required_providers.aws", ("required_providers",)),
            ("terraform.required_providers.tls", ("required_providers",)),
        ]
        assert stack.blocks[-1].value("version") == "~> 4.0"

    def test_a_data_source_is_no_resource(self):
        """Rules of everything name it apart."""
        (block,) = StackView("a.s", {"data": {"aws_region": {"here": {}}}}).blocks

        assert (block.address, block.kinds) == ("data.aws_region.here", ("data.aws_region", "data.*"))


class TestInstances:
    """Instances of ``count`` and ``for_each``, where they were expanded."""

    VIEW = StackView(
        "s",
        {
            "resource": {
                "aws_sqs_queue": {'q["a"]': {"name": "a"}, 'q["b.c"]': {"name": "b"}, "plain": {}},
                "aws_sns_topic": {
                    "t": {"one": '${aws_sqs_queue.q["b.c"].arn}', "all": "${aws_sqs_queue.q[*].arn}"}
                },
            }
        },
    )

    def test_has_the_address_of_terraform(self):
        """Its name is that of the block, and the key stands behind it."""
        block = self.VIEW.by_address['aws_sqs_queue.q["b.c"]']

        assert (block.name, block.instance, block.reference) == ("q", '["b.c"]', "aws_sqs_queue.q")
        assert block.address == 'aws_sqs_queue.q["b.c"]'

    @pytest.mark.parametrize(
        ("address", "names"),
        [
            ("aws_sqs_queue.q", ["a", "b"]),
            ('aws_sqs_queue.q["a"]', ["a"]),
            ('aws_sqs_queue.q["x"]', []),
            ("aws_sqs_queue.plain[0]", [None]),
            ("aws_sqs_queue.none", []),
        ],
    )
    def test_called(self, address, names):
        """All without a key; one with it, or the block as it was written."""
        assert [block.value("name") for block in self.VIEW.called(address)] == names

    @pytest.mark.parametrize(("path", "names"), [("one", ["b"]), ("all", ["a", "b"])])
    def test_a_reference_means_the_one_that_it_names(self, path, names):
        """Or each of them, where it names none."""
        topic = self.VIEW.by_address["aws_sns_topic.t"]
        queues = self.VIEW.resources("aws_sqs_queue")

        assert [block.value("name") for block in topic.refers_to(path)] == names
        assert [queue.value("name") for queue in queues if queue.is_meant_by(topic.value(path))] == names
        assert [block.value("name") for block in meant(topic, path, "aws_sqs_queue").blocks] == names
