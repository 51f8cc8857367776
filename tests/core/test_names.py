import pytest

from landform.core.names import checked_name, unique_id
from landform.errors import Code, LandformError, Place


class TestUniqueId:
    def test_one_component_stands_for_itself(self):
        """A construct directly below the stack keeps its id, without digits of a hash."""
        assert unique_id(["logs"]) == "logs"

    def test_characters_terraform_cannot_hold_are_dropped(self):
        """Dots, blanks and letters beyond ASCII vanish from the name."""
        assert unique_id(["a.b ü-c_d"]) == "ab-c_d"

    def test_hash_is_of_the_path_as_written(self):
        """The digits are the MD5 of the ids, before anything is dropped from them."""
        assert unique_id(["grp", "x"]) == "grp_x_0481C45C"
        assert unique_id(["grp", "x."]) != unique_id(["grp", "x"])

    def test_default_is_left_out_altogether(self):
        """A construct called Default is as good as its parent."""
        assert unique_id(["bucket", "Default"]) == unique_id(["bucket"]) == "bucket"

    def test_resource_is_left_out_of_the_readable_part_alone(self):
        """A construct called Resource counts in the digits and not in the name."""
        name = unique_id(["bucket", "Resource"])

        assert name.startswith("bucket_")
        assert "Resource" not in name
        assert name != unique_id(["bucket", "Default"])

    def test_repeated_suffix_is_left_out(self):
        """An id that the one before it ends with is not said twice."""
        assert unique_id(["my-bucket", "bucket"]).startswith("my-bucket_")
        assert unique_id(["my-bucket", "bucket"]).count("bucket") == 1

    def test_long_single_id_is_cut_and_hashed(self):
        """Above 255 characters one id gets 240 characters and eight digits."""
        name = unique_id(["a" * 256])

        assert len(name) == 240 + 1 + 8
        assert unique_id(["a" * 255]) == "a" * 255

    @pytest.mark.parametrize("components", [[], ["Default"], ["Default", "Default"]])
    def test_nothing_left_is_an_error(self, components):
        """There is no name for no component."""
        with pytest.raises(ValueError, match="no component"):
            unique_id(components)


class TestCheckedName:
    @pytest.mark.parametrize("name", ["a", "_a", "A-1_b"])
    def test_names_terraform_takes_pass(self, name):
        """A letter or underscore first, then letters, digits, underscores and hyphens."""
        assert checked_name(name, Place()) == name

    @pytest.mark.parametrize("name", ["", "1a", "-a", "a.b", "é", "a\n"])
    def test_others_are_refused(self, name):
        """What Terraform would refuse is refused here, with the name."""
        with pytest.raises(LandformError) as caught:
            checked_name(name, Place(construct_path="s/x"))

        assert caught.value.code is Code.CONSTRUCT_ID
        assert caught.value.given == repr(name)
        assert caught.value.place.construct_path == "s/x"
