"""Terraform's CLI configuration for landform's own runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from landform.errors import LandformError
from landform.terraform.cliconfig import UserConfig, user_config, write_cli_config
from landform.terraform.providers import Mirror

NOTHING = UserConfig("", (), ())
MIRROR = Mirror(Path("/mirror"), "--plugin-dir", {"registry.terraform.io/hashicorp/aws": ("5.100.0",)})
CREDENTIALS = 'credentials "app.terraform.io" {\n  token = "t"\n}\n'


class TestUserConfig:
    """``user_config``."""

    def test_a_named_file(self, tmp_path: Path) -> None:
        """The file that TF_CLI_CONFIG_FILE names is the only one read."""
        (tmp_path / ".terraformrc").write_text("never read")
        named = tmp_path / "mine.tfrc"
        named.write_text(CREDENTIALS)
        assert user_config({"TF_CLI_CONFIG_FILE": str(named)}, tmp_path) == UserConfig(
            CREDENTIALS, (named,), ()
        )

    def test_a_named_file_that_is_missing(self, tmp_path: Path) -> None:
        """It is told as one notice that names the variable and the file, and is no error."""
        user = user_config({"TF_CLI_CONFIG_FILE": "/nowhere/rc"}, tmp_path)
        assert user.text == ""
        assert [("TF_CLI_CONFIG_FILE" in notice, "/nowhere/rc" in notice) for notice in user.notices] == [
            (True, True)
        ]

    def test_the_home_folder(self, tmp_path: Path) -> None:
        """Otherwise ~/.terraformrc and ~/.terraform.d/*.tfrc are taken along."""
        (tmp_path / ".terraform.d").mkdir()
        (tmp_path / ".terraformrc").write_text("a = 1")
        (tmp_path / ".terraform.d" / "b.tfrc").write_text("b = 2")
        assert user_config({}, tmp_path).text == "a = 1\nb = 2"

    def test_an_unreadable_file(self, tmp_path: Path) -> None:
        """A file that is no text is an error that names it."""
        (tmp_path / ".terraformrc").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(LandformError, match="cannot be read"):
            user_config({}, tmp_path)


class TestWriteCliConfig:
    """``write_cli_config``."""

    def test_a_mirror_serves_what_it_has(self, tmp_path: Path) -> None:
        """Its providers come from the mirror alone, all others from the registry alone."""
        text = write_cli_config(tmp_path, mirror=MIRROR, user=NOTHING).path.read_text()
        assert 'path    = "/mirror"' in text
        assert text.count('["registry.terraform.io/hashicorp/aws"]') == 2

    def test_no_checkpoint(self, tmp_path: Path) -> None:
        """Terraform does not ask for newer versions of itself."""
        assert (
            "disable_checkpoint = true"
            in write_cli_config(tmp_path, mirror=None, user=NOTHING).path.read_text()
        )

    def test_a_cache_without_a_mirror(self, tmp_path: Path) -> None:
        """Downloads are kept where there is no mirror."""
        config = write_cli_config(tmp_path, mirror=None, user=NOTHING, plugin_cache=tmp_path / "cache")
        assert f'plugin_cache_dir = "{tmp_path / "cache"}"' in config.path.read_text()
        assert (tmp_path / "cache").is_dir()

    def test_the_users_text_is_taken_along(self, tmp_path: Path) -> None:
        """Credentials still hold in landform's runs, in a file that only its owner can read."""
        user = UserConfig(CREDENTIALS, (Path("/home/rc"),), ())
        path = write_cli_config(tmp_path, mirror=MIRROR, user=user).path
        assert CREDENTIALS in path.read_text()
        assert path.stat().st_mode & 0o777 == 0o600

    def test_the_users_installation_wins(self, tmp_path: Path) -> None:
        """A provider_installation of the user's replaces landform's, and that is told."""
        user = UserConfig("provider_installation {\n  direct {}\n}", (Path("/home/rc"),), ())
        config = write_cli_config(tmp_path, mirror=MIRROR, user=user)
        assert "filesystem_mirror" not in config.path.read_text()
        assert "/mirror is not used" in config.notices[0]

    @pytest.mark.parametrize("setting", ["disable_checkpoint = false", 'plugin_cache_dir = "/cache"'])
    def test_a_setting_stands_once(self, tmp_path: Path, setting: str) -> None:
        """What the user sets is not set again."""
        user = UserConfig(setting, (Path("/home/rc"),), ())
        text = write_cli_config(
            tmp_path, mirror=None, user=user, plugin_cache=tmp_path / "cache"
        ).path.read_text()
        assert text.count(setting.split()[0]) == 1
        assert setting in text
