import json

import pytest

from landform.core import App, Backend, Construct, Output, Stack
from landform.core.app import context_from_json, is_cdktf_file
from landform.errors import Code, LandformError, LandformErrors


def made(scope, id):
    stack = Stack(scope, id)
    Backend(stack, "s3", {"bucket": "state"})
    return stack


class TestSynthesise:
    def test_two_stacks_of_one_name_are_refused(self):
        """cdktf writes the second over the first, and lets them share a state."""
        app = App()
        made(Construct(app, "dev"), "net")
        made(Construct(app, "prod"), "net")

        with pytest.raises(LandformError) as caught:
            app.synthesise()

        assert caught.value.code is Code.DUPLICATE_ID
        assert caught.value.place.construct_path == "prod/net"
        assert "'dev/net'" in caught.value.fix

    def test_errors_of_all_stacks_in_one_go(self):
        """One stack's error does not hide another's, nor the app's."""
        app = App()
        for id in "ab":
            made(app, id).node.annotate("error", f"wrong in {id}")
        app.node.add_validation(lambda: ["wrong in the app"])

        with pytest.raises(LandformErrors) as caught:
            app.synthesise()

        assert [e.message for e in caught.value.each()] == ["wrong in a", "wrong in b", "wrong in the app"]

    def test_stacks_are_in_order_of_making(self):
        """Not in order of dependency or name."""
        app = App()
        made(app, "b")
        made(app, "a")

        assert [stack.name for stack in app.synthesise()] == ["b", "a"]


class TestSynth:
    def test_manifest(self, tmp_path):
        """What the command lines read of it."""
        app = App()
        first, second = made(app, "first"), made(app, "second")
        second.add_dependency(first)
        Output(second, "x", 1).node.annotate("info", "noted")
        app.synth(tmp_path / "out")

        manifest = json.loads((tmp_path / "out/manifest.json").read_text())
        assert manifest["stacks"]["second"] == {
            "annotations": [{"constructPath": "second/x", "level": "@cdktf/info", "message": "noted"}],
            "constructPath": "second",
            "dependencies": ["first"],
            "name": "second",
            "stackMetadataPath": "stacks/second/metadata.json",
            "synthesizedStackPath": "stacks/second/cdk.tf.json",
            "workingDirectory": "stacks/second",
        }
        assert (tmp_path / "out/stacks/second/cdk.tf.json").exists()

    def test_invalid_app_leaves_the_folder_as_it_was(self, tmp_path):
        """Everything is valid before anything is written."""
        good, bad = App(), App()
        made(good, "first")
        good.synth(tmp_path / "out")
        before = (tmp_path / "out/manifest.json").read_bytes()
        made(bad, "other")
        Stack(bad, "without-backend")

        with pytest.raises(LandformError):
            bad.synth(tmp_path / "out")

        assert (tmp_path / "out/manifest.json").read_bytes() == before
        assert not (tmp_path / "out/stacks/other").exists()

    def test_stack_that_is_gone_goes_from_the_folder(self, tmp_path):
        """A stale file would be planned."""
        two, one = App(), App()
        made(two, "a")
        made(two, "b")
        made(one, "a")
        two.synth(tmp_path / "out")
        one.synth(tmp_path / "out")

        assert not (tmp_path / "out/stacks/b").exists()


class TestContextFromJson:
    def test_object(self):
        """What the command lines pass."""
        assert context_from_json('{"a": [1]}') == {"a": [1]}

    @pytest.mark.parametrize("text", [None, "", "{}"])
    def test_nothing(self, text):
        """No context is an empty one."""
        assert context_from_json(text) == {}

    @pytest.mark.parametrize("text", ["[1]", "{", "null", '"a"'])
    def test_anything_else_is_refused(self, text):
        """The error names the variable."""
        with pytest.raises(LandformError) as caught:
            context_from_json(text)

        assert caught.value.code is Code.USAGE
        assert caught.value.place.file == "CDKTF_CONTEXT_JSON"


class TestIsCdktfFile:
    @pytest.mark.parametrize("path", ["manifest.json", "stacks/a/cdk.tf.json", "stacks/a/metadata.json"])
    def test_written_by_cdktf(self, tmp_path, path):
        """These are replaced."""
        assert is_cdktf_file((tmp_path / path).relative_to(tmp_path))

    @pytest.mark.parametrize(
        "path",
        ["stacks/a/terraform.tfstate", "stacks/a/.terraform/cdk.tf.json", "notes.txt", "a/b/cdk.tf.json"],
    )
    def test_not_written_by_cdktf(self, tmp_path, path):
        """These are carried over."""
        assert not is_cdktf_file((tmp_path / path).relative_to(tmp_path))
