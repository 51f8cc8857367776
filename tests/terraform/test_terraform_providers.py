"""Where providers come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from landform.errors import Code, LandformError
from landform.terraform.providers import Mirror, find_mirror, platform_name


def provider(root: Path, name: str = "hashicorp/aws", version: str = "5.100.0") -> Path:
    """Make a mirror's folder of one provider version, and return the mirror."""
    (root / "registry.terraform.io" / name / version / platform_name()).mkdir(parents=True)
    return root


def found(tmp_path: Path, plugin_dir: Path | None = None, **environ: str) -> Mirror | None:
    """What is found where the machine has nothing but what the test made."""
    return find_mirror(
        plugin_dir,
        project=tmp_path / "project",
        environ={"XDG_DATA_DIRS": str(tmp_path / "share"), **environ},
        home=tmp_path / "home",
        opt=tmp_path / "opt",
    )


class TestFindMirror:
    """``find_mirror``."""

    def test_nothing_means_the_registry(self, tmp_path: Path) -> None:
        """Without any folder there is no mirror."""
        assert found(tmp_path) is None

    def test_versions_are_listed_by_number(self, tmp_path: Path) -> None:
        """5.9 comes before 5.100."""
        root = provider(provider(tmp_path / "m", version="5.100.0"), version="5.9.0")
        mirror = found(tmp_path, root)
        assert mirror == Mirror(
            root, "--plugin-dir", {"registry.terraform.io/hashicorp/aws": ("5.9.0", "5.100.0")}
        )

    def test_packed_providers_count(self, tmp_path: Path) -> None:
        """An archive in Terraform's packed layout is a provider too."""
        folder = tmp_path / "m" / "registry.terraform.io" / "hashicorp" / "aws"
        folder.mkdir(parents=True)
        (folder / f"terraform-provider-aws_6.1.0_{platform_name()}.zip").touch()
        mirror = found(tmp_path, tmp_path / "m")
        assert mirror is not None
        assert mirror.providers == {"registry.terraform.io/hashicorp/aws": ("6.1.0",)}

    @pytest.mark.parametrize(
        ("folder", "reason"),
        [
            ("project/terraform.d/plugins", "implied"),
            ("home/.terraform.d/plugins", "implied"),
            ("share/terraform/plugins", "implied"),
            ("opt/anything", "under"),
        ],
    )
    def test_places_that_are_looked_at(self, tmp_path: Path, folder: str, reason: str) -> None:
        """Terraform's implied folders and the children of /opt, each with its reason."""
        root = provider(tmp_path / folder)
        mirror = found(tmp_path)
        assert mirror is not None
        assert mirror.path == root
        assert reason in mirror.reason

    def test_the_order(self, tmp_path: Path) -> None:
        """Argument, environment, implied folder, /opt."""
        for name in ("argument", "environment", "home/.terraform.d/plugins", "opt/a"):
            provider(tmp_path / name)
        environ = {"LANDFORM_PLUGIN_DIR": str(tmp_path / "environment")}
        order = [
            found(tmp_path, tmp_path / "argument", **environ),
            found(tmp_path, **environ),
            found(tmp_path),
        ]
        assert [mirror.path.name for mirror in order if mirror] == ["argument", "environment", "plugins"]

    def test_another_platform_does_not_count(self, tmp_path: Path) -> None:
        """A provider for another platform is none for this one."""
        (tmp_path / "opt/a/registry.terraform.io/hashicorp/aws/5.100.0/plan9_mips").mkdir(parents=True)
        assert found(tmp_path) is None

    @pytest.mark.parametrize("variable", [True, False])
    def test_a_named_folder_without_providers(self, tmp_path: Path, variable: bool) -> None:
        """The message names the folder, the option and the layout that was expected."""
        environ = {"LANDFORM_PLUGIN_DIR": str(tmp_path)} if variable else {}
        with pytest.raises(LandformError) as caught:
            found(tmp_path, None if variable else tmp_path, **environ)
        assert caught.value.code is Code.PROVIDER_MISSING
        assert ("LANDFORM_PLUGIN_DIR" if variable else "--plugin-dir") in caught.value.message
        assert str(tmp_path) in str(caught.value)
