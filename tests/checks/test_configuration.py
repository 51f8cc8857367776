"""Terraform that somebody wrote, read as rules read it."""

import json
from pathlib import Path

import pytest

from landform.checks import configuration
from landform.checks.checkov_engine import scan_graph
from landform.checks.configuration import find_files, read_graph, read_json
from landform.errors import Code, LandformError
from landform.policies.view import is_known

MAIN = """
variable "public" {
  default = true
}
locals {
  name = "logs"
}
resource "aws_s3_bucket" "b" {
  bucket = "${local.name}-x"
}
resource "aws_instance" "i" {
  associate_public_ip_address = var.public
  iam_instance_profile        = aws_iam_instance_profile.p.name
  vpc_security_group_ids      = ["sg-1"]
  metadata_options {
    http_tokens = "optional"
  }
  tags = { owner = "a" }
}
resource "aws_iam_policy" "p" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "*" }] })
}
resource "aws_sqs_queue_policy" "p" {
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Principal = { AWS = var.nothing ? "a" : null }, Action = ["sqs:*"] }]
  })
}
data "aws_region" "here" {}
module "orders" {
  source = "./queue"
  name   = "orders"
}
module "foreign" {
  source  = "terraform-aws-modules/sqs/aws"
  version = "4.0.0"
}
provider "aws" {
  alias  = "west"
  region = "eu-west-1"
}
resource "aws_db_subnet_group" "g" {
  subnet_ids = [for each in aws_subnet.many : each.id]
}
resource "aws_db_subnet_group" "h" {
  tags       = { for key, each in aws_subnet.many : key => "net-${each.id}" }
  name       = var.unsaid ? "a" : aws_subnet.many["a"].id
  subnet_ids = values(aws_subnet.many)[*].id
}
resource "aws_s3_bucket_object_lock_configuration" "l" {
  token = var.nothing ? "a" : null
}
variable "unsaid" {}
variable "nothing" {
  default = false
}
resource "aws_sqs_queue" "many" {
  count = 2
  name  = "q${count.index}"
}
"""
QUEUE = """
variable "name" {}
resource "aws_sqs_queue" "q" {
  name = var.name
}
"""


def write(root, **files):
    """Write files; a double underscore is a folder, what comes before the last one is the name."""
    for name, text in files.items():
        path = Path(root, *name.split("__"))
        path = path.with_suffix(".tf" if not text.lstrip().startswith("{") else ".tf.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """The configuration above."""
    root = write(tmp_path_factory.mktemp("hcl"), main=MAIN, queue__main=QUEUE)
    return scan_graph(lambda manager: read_graph(manager, find_files(root)))


class TestHcl:
    @pytest.fixture
    def blocks(self, read):
        """Every block by address."""
        return {block.address: block for view in read[1].views for block in view.blocks}

    @pytest.mark.parametrize(
        ("address", "path", "value"),
        [
            ("aws_s3_bucket.b", "bucket", "logs-x"),
            ("aws_instance.i", "associate_public_ip_address", True),
            ("aws_instance.i", "metadata_options.http_tokens", "optional"),
            ("aws_instance.i", "vpc_security_group_ids", "sg-1"),
            ("aws_instance.i", "tags.owner", "a"),
            ("aws_instance.i", "iam_instance_profile", "${aws_iam_instance_profile.p.name}"),
            ("module.orders.aws_sqs_queue.q", "name", "orders"),
            ("aws_db_subnet_group.g", "subnet_ids", "${[for each in aws_subnet.many : each.id]}"),
            ("aws_db_subnet_group.h", "subnet_ids", "${values(aws_subnet.many)[*].id}"),
            ("aws_s3_bucket_object_lock_configuration.l", "token", None),
        ],
    )
    def test_values_are_resolved_where_they_are_literal(self, blocks, address, path, value):
        """Through variables, locals and the arguments of a module; a reference is a template."""
        assert blocks[address].value(path) == value

    def test_a_document_is_text(self, blocks):
        """As it is in the provider's schema."""
        (document,) = blocks["aws_iam_policy.p"].documents("policy")

        assert document["Statement"][0]["Action"] == ["s3:GetObject"]

    def test_a_null_in_a_document(self, blocks):
        """It is something that only Terraform knows, and does not make the document unreadable."""
        (document,) = blocks["aws_sqs_queue_policy.p"].documents("policy")

        assert document["Statement"][0]["Principal"] == {"AWS": "${null}"}

    def test_data_sources_are_blocks(self, blocks):
        """Behind their address."""
        assert "data.aws_region.here" in blocks

    def test_instances_are_blocks(self, blocks):
        """Each with the key that Terraform gives it, and with values of its own."""
        names = {
            a: block.value("name") for a, block in blocks.items() if block.reference == "aws_sqs_queue.many"
        }

        assert names == {"aws_sqs_queue.many[0]": "q0", "aws_sqs_queue.many[1]": "q1"}

    def test_where_each_stands(self, read):
        """File and line, below the folder."""
        lines = {address: str(place) for (_, address), place in read[1].lines.items()}

        assert lines["aws_s3_bucket.b"] == "main.tf:8"
        assert lines["module.orders.aws_sqs_queue.q"] == "queue/main.tf:3"

    @pytest.mark.parametrize("name", ["name", "tags"])
    def test_what_it_comes_to_is_not_known(self, blocks, name):
        """A condition, and a for with texts in it, are templates as a whole."""
        value = blocks["aws_db_subnet_group.h"].value(name)

        assert not is_known(value)
        assert value.startswith("${")

    def test_a_provider_by_its_alias(self, read):
        """As findings call it."""
        lines = {address: str(place) for (_, address), place in read[1].lines.items()}

        assert lines["provider.aws.west"].startswith("main.tf:")

    def test_a_remote_module_was_not_read(self, read):
        """It is not fetched."""
        assert read[1].unread == ((".", "module.foreign"),)

    def test_results_have_the_addresses_of_blocks(self, read, blocks):
        """checkov's rules and landform's own speak of the same."""
        found = {result.address for result in read[0].results if not result.address.startswith("provider.")}

        assert found
        assert found <= {*blocks, "module.foreign", "module.orders"}

    def test_a_block_that_is_written_twice(self, tmp_path):
        """Terraform refuses it, or merges an override: whichever a rule saw, the other was not judged."""
        queue = 'resource "aws_sqs_queue" "q" {}'
        root = write(tmp_path, one=queue, two=f'{queue}\nresource "aws_sqs_queue" "other" {{}}')
        _, found = scan_graph(lambda manager: read_graph(manager, find_files(root)))

        assert found.twice == ((".", "aws_sqs_queue.q"),)

    def test_instances_and_calls_are_not_twice(self, read):
        """One place in the files may make many resources."""
        assert read[1].twice == ()


class TestJson:
    def test_files_of_a_folder_are_one_configuration(self, tmp_path):
        """As Terraform reads them."""
        one = {"resource": {"aws_sqs_queue": {"a": {}}}, "provider": {"aws": {"region": "eu-west-1"}}}
        two = {"resource": {"aws_sqs_queue": {"b": {}}, "aws_sns_topic": {"t": {}}}, "provider": {"aws": {}}}
        write(tmp_path, one=json.dumps(one), two=json.dumps(two), sub__three=json.dumps(one))
        copies, lines = read_json(find_files(tmp_path))

        assert copies["."]["resource"] == {"aws_sqs_queue": {"a": {}, "b": {}}, "aws_sns_topic": {"t": {}}}
        assert copies["."]["provider"] == {"aws": [{"region": "eu-west-1"}, {}]}
        assert set(copies) == {".", "sub"}
        assert str(lines["sub", "aws_sqs_queue.a"]) == "sub/three.tf.json:1"

    @pytest.mark.parametrize(
        ("text", "given"),
        [
            ('{"resource": ', "Expecting value"),
            ('{"resource": []}', None),
            ('{"resource": {"aws_x": 5}}', "an object was expected, not int"),
        ],
    )
    def test_what_is_no_configuration(self, tmp_path, text, given):
        """Is refused with its file; an empty array is an empty object."""
        write(tmp_path, main=text)
        if given is None:
            assert read_json(find_files(tmp_path))[0] == {".": {"resource": {}}}
            return
        with pytest.raises(LandformError) as caught:
            read_json(find_files(tmp_path))
        assert caught.value.code is Code.CONFIGURATION_UNREADABLE
        assert caught.value.given == given
        assert caught.value.place.file.endswith("main.tf.json")

    def test_a_block_in_two_files(self, tmp_path):
        """Terraform refuses it too."""
        one = json.dumps({"resource": {"aws_sqs_queue": {"a": {}}}})
        write(tmp_path, one=one, two=one)

        with pytest.raises(LandformError, match="not Terraform's JSON") as caught:
            read_json(find_files(tmp_path))
        assert caught.value.given == "resource.aws_sqs_queue.a stands in two files"

    def test_every_broken_file_is_told(self, tmp_path):
        """In one go."""
        write(tmp_path, one="{", two="{")

        with pytest.raises(LandformError) as caught:
            read_json(find_files(tmp_path))
        assert len(caught.value.each()) == 2

    def test_deep_nesting(self, tmp_path):
        """Is refused, and no traceback."""
        write(tmp_path, main='{"locals": {"a": ' + "[" * 100_000 + "]" * 100_000 + "}}")

        with pytest.raises(LandformError, match="nested too deeply"):
            read_json(find_files(tmp_path))


class TestFiles:
    def test_no_folder(self, tmp_path):
        """Is said."""
        with pytest.raises(LandformError, match="no such folder"):
            find_files(tmp_path / "nowhere")

    def test_no_terraform(self, tmp_path):
        """A folder of other things is no pass."""
        (tmp_path / "main.py").write_text("")

        with pytest.raises(LandformError, match="no Terraform"):
            find_files(tmp_path)

    def test_links_in_a_circle(self, tmp_path):
        """Folders behind links are not read, so none is read for ever."""
        write(tmp_path, main=QUEUE)
        (tmp_path / "loop").symlink_to(tmp_path)

        assert set(find_files(tmp_path).hcl) == {"."}

    def test_a_file_that_is_too_large(self, tmp_path, monkeypatch):
        """Is refused with its size."""
        monkeypatch.setattr(configuration, "MOST_BYTES", 10)
        write(tmp_path, main=QUEUE)

        with pytest.raises(LandformError, match="too large") as caught:
            find_files(tmp_path)
        assert caught.value.given == f"{len(QUEUE)} bytes"

    def test_a_file_that_is_no_hcl(self, tmp_path):
        """Is refused with its name."""
        write(tmp_path, main='resource "aws_sqs_queue" "q" {')

        with pytest.raises(LandformError, match="not Terraform") as caught:
            scan_graph(lambda manager: read_graph(manager, find_files(tmp_path)))
        assert caught.value.place.file.endswith("main.tf")

    def test_working_folders_of_tools_are_passed_over(self, tmp_path):
        """Terraform keeps copies of modules in one."""
        write(tmp_path, main=QUEUE)
        hidden = tmp_path / ".terraform" / "modules"
        hidden.mkdir(parents=True)
        (hidden / "main.tf").write_text(QUEUE)

        assert set(find_files(tmp_path).hcl) == {"."}
