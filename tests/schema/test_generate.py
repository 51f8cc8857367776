"""Generated modules: what is committed is what the generator gives, and mypy and Python take it."""

import subprocess
import sys
from pathlib import Path

import pytest

import landform
from landform import __version__
from landform.schema.generate import class_name_of, generate_module
from landform.schema.pack import shipped_pack

MODULES = sorted((Path(landform.__file__).parent / "resources" / "aws").glob("[a-z]*.py"))


class TestCommittedModules:
    """The typed modules in landform/resources/aws."""

    @pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
    def test_is_what_the_generator_gives(self, path):
        """Nobody edits a generated module by hand, and none is left behind by a new generator."""
        name = path.stem.removeprefix("data_")
        text = generate_module(
            shipped_pack("aws"), f"aws_{name}", data_source=name != path.stem, version=__version__
        )
        assert path.read_text(encoding="utf-8") == text

    def test_every_module_is_used(self):
        """A module that no construct or stack imports is not kept."""
        root = Path(landform.__file__).parent
        sources = [*(root / "constructs").rglob("*.py"), *(root / "stacks").rglob("*.py")]
        text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
        unused = [path.stem for path in MODULES if f"resources.aws.{path.stem} import" not in text]
        assert unused == []


class TestEveryType:
    """The generator over the whole provider."""

    def test_every_resource_type_gives_python(self):
        """Each of the 1,526 types compiles, reserved words and deep nesting included."""
        pack = shipped_pack("aws")
        for name in pack.resource_types:
            compile(generate_module(pack, name, version="0"), name, "exec")

    def test_every_data_source_gives_python(self):
        """Each of the 608 data sources compiles."""
        pack = shipped_pack("aws")
        for name in pack.data_source_types:
            compile(generate_module(pack, name, data_source=True, version="0"), name, "exec")

    def test_class_names_are_unique(self):
        """Two types never share a class name."""
        names = [class_name_of(name, "aws") for name in shipped_pack("aws").resource_types]
        assert len(set(names)) == len(names)


class TestTypes:
    """What a type checker sees of a generated module."""

    def test_mypy_finds_a_wrong_name_and_a_wrong_type(self, tmp_path):
        """A misspelt argument, a wrong type and a reference in place of a block are found before anything runs."""
        user = tmp_path / "user.py"
        user.write_text(
            "from landform.core import Stack\n"
            "from landform.resources.aws.s3_bucket_versioning import S3BucketVersioning, VersioningConfiguration\n"
            "def f(s: Stack) -> None:\n"
            "    ok = S3BucketVersioning(s, 'A', bucket='b',"
            " versioning_configuration=VersioningConfiguration(status='Enabled'))\n"
            "    S3BucketVersioning(s, 'B', bukcet='b')\n"
            "    S3BucketVersioning(s, 'C', bucket=5, versioning_configuration=ok.bucket)\n"
        )
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", str(user)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
        lines = [line.partition("user.py:")[2] for line in done.stdout.splitlines() if "error:" in line]
        assert [line.split(":")[0] for line in lines] == ["5", "6", "6"], done.stdout
