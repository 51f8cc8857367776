"""Schema packs: what they hold, and that making one again gives the same bytes."""

import json
import multiprocessing

import pytest

from landform.errors import Code, LandformError
from landform.schema.make import make_pack
from landform.schema.pack import Pack, shipped_pack

DOCUMENT = {
    "provider": {"block": {"attributes": {"region": {"type": "string", "optional": True}}}},
    "resource_schemas": {
        "toy_box": {
            "block": {
                "attributes": {
                    "id": {"type": "string", "optional": True, "computed": True},
                    "name": {"type": "string", "required": True},
                    "secret": {"type": "string", "optional": True, "sensitive": True},
                    "old": {"type": "bool", "optional": True, "deprecated": True},
                    "settings": {
                        "nested_type": {
                            "nesting_mode": "list",
                            "attributes": {"size": {"type": "number", "required": True}},
                        },
                        "optional": True,
                    },
                },
                "block_types": {
                    "lid": {
                        "nesting_mode": "list",
                        "min_items": 1,
                        "max_items": 1,
                        "block": {"attributes": {"colour": {"type": "string", "optional": True}}},
                    }
                },
            }
        }
    },
    "data_source_schemas": {},
}


@pytest.fixture
def toy(tmp_path):
    """A pack of a provider with one resource type."""
    return Pack(
        make_pack(DOCUMENT, address="registry.terraform.io/toys/toy", version="1.2.3", folder=tmp_path)
    )


class TestShippedPack:
    """The AWS pack."""

    def test_holds_every_type_of_the_provider(self):
        """AWS provider 5.100.0 has 1,526 resource types and 608 data sources."""
        pack = shipped_pack("aws")
        assert (pack.source, pack.version) == ("hashicorp/aws", "5.100.0")
        assert (len(pack.resource_types), len(pack.data_source_types)) == (1526, 608)

    def test_every_type_can_be_read(self):
        """No type has a form that the reader does not understand."""
        pack = shipped_pack("aws")
        assert all(
            pack.resource(name).attributes or pack.resource(name).blocks for name in pack.resource_types
        )
        assert [pack.data_source(name) for name in pack.data_source_types]

    def test_taggable_types_are_known(self):
        """748 of the resource types take a map of tags."""
        pack = shipped_pack("aws")
        assert sum(pack.resource(name).taggable for name in pack.resource_types) == 748

    def test_types_that_take_tags_as_blocks_are_known(self):
        """One that sets a single tag of something else is not tagged itself."""
        pack = shipped_pack("aws")
        found = [name for name in pack.resource_types if pack.resource(name).tagged_by_blocks]

        assert found == ["aws_autoscaling_group"]

    def test_unknown_type_names_the_nearest(self):
        """A misspelt type is refused with the right one."""
        with pytest.raises(LandformError) as caught:
            shipped_pack("aws").resource("aws_s3_buckt")
        assert caught.value.code is Code.UNKNOWN_TYPE
        assert caught.value.fix == "Did you mean 'aws_s3_bucket'?"

    def test_unknown_provider_says_how_to_make_a_pack(self):
        """There is no pack for a provider that landform does not ship."""
        with pytest.raises(LandformError) as caught:
            shipped_pack("azurerm")
        assert caught.value.code is Code.PACK_MISSING


class TestForkedProcesses:
    """A pack that was opened before a process was forked."""

    def test_is_read_right_by_all_of_them(self):
        """Processes that share an open file share its position too; a pack must not."""
        expected = len(OPENED.resource_types)
        with multiprocessing.get_context("fork").Pool(4) as pool:
            assert pool.map(_types_read, range(8), chunksize=1) == [expected] * 8


# Made and opened here, so that a forked process has it open already.
OPENED = Pack(shipped_pack("aws").path)


def _types_read(_):
    return sum(OPENED.resource(name) is not None for name in OPENED.resource_types)


class TestMakePack:
    """Packs made from Terraform's schema document."""

    def test_is_the_same_bytes_every_time(self, tmp_path):
        """Equal schemas give equal packs."""
        one, two = (
            make_pack(DOCUMENT, address="registry.terraform.io/toys/toy", version="1", folder=tmp_path / name)
            for name in "ab"
        )
        assert one.read_bytes() == two.read_bytes()

    def test_keeps_flags(self, toy):
        """Required, sensitive and deprecated survive the reduction."""
        attributes = toy.resource("toy_box").attributes
        assert attributes["name"].required
        assert attributes["secret"].sensitive
        assert attributes["old"].deprecated

    def test_a_resources_id_cannot_be_set(self, toy):
        """The provider SDK marks id as optional on every type; to set it is never right."""
        assert not toy.resource("toy_box").attributes["id"].settable

    def test_nested_attributes_become_objects(self, toy):
        """A protocol-6 nested attribute has the type it stands for."""
        assert toy.resource("toy_box").attributes["settings"].type == ("list", ("object", {"size": "number"}))

    def test_counts_of_blocks_are_kept(self, toy):
        """min_items and max_items, and a block that must be there is required."""
        schema = toy.resource("toy_box")
        assert (schema.blocks["lid"].min_items, schema.blocks["lid"].max_items) == (1, 1)
        assert schema.required == {"name", "lid"}

    def test_source_version_and_digest_are_named(self, toy):
        """The index says what the pack is of."""
        assert (toy.name, toy.source, toy.version) == ("toy", "toys/toy", "1.2.3")
        assert toy.digest.startswith("sha256:")


@pytest.mark.terraform
class TestAgainstTheProvider:
    """The shipped pack against the provider itself."""

    def test_shipped_pack_is_what_the_provider_says(self, provider_schema, tmp_path):
        """Making the pack again from the real provider gives the committed bytes."""
        address = "registry.terraform.io/hashicorp/aws"
        pack = shipped_pack("aws")
        made = make_pack(
            provider_schema["provider_schemas"][address],
            address=address,
            version=pack.version,
            folder=tmp_path,
        )
        assert Pack(made).digest == pack.digest
        assert json.loads(json.dumps(Pack(made).resource_types)) == list(pack.resource_types)
