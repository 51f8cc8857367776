"""Accounts in which something stands, taken over: real Terraform, a sandbox that stays up, the command line.

The story is told once; the tests look at what each command said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from small_project import Said, SmallProject

from landform.org.spec import IMPORTS

pytestmark = pytest.mark.terraform

CLERK = "shop-{}-orders-clerk"
NOBODY = '{"Version": "2012-10-17", "Statement": []}'


@dataclass
class Story:
    """What was said on the way, by name, and what was seen."""

    project: SmallProject
    said: dict[str, Said] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    def tell(self) -> None:
        """One account is adopted; another one's role would be replaced."""
        project, said, seen = self.project, self.said, self.seen
        project("sandbox", "start")
        for account, path in (("shop-a", "/"), ("shop-b", "/old/")):
            iam = project.aws("iam", account)
            role = iam.create_role(RoleName=CLERK.format(account), Path=path, AssumeRolePolicyDocument=NOBODY)
            seen[account] = role["Role"]["RoleId"]
        ssm = project.aws("ssm", "shop-dev")
        ssm.put_parameter(Name="/shop/rate", Value="9", Type="String")
        said["dry run"] = project("accounts", "adopt", "shop-a", "--sandbox", "--dry-run")
        seen["dry run"] = self.imports
        said["adopt"] = project("accounts", "adopt", "shop-a", "--sandbox")
        seen["adopt"] = self.imports
        said["again"] = project("accounts", "adopt", "shop-a", "--sandbox")
        said["refused"] = project("accounts", "adopt", "shop-b", "--sandbox", status=1)
        said["in the way"] = project("accounts", "adopt", "shop-dev", "--sandbox", "--no-plan", status=1)
        seen["again"] = self.imports
        project("synth")
        said["plan"] = project("plan", "--sandbox", "--account", "shop-a")
        project.approve("--all")
        project("apply", "--sandbox")
        seen["role"] = project.aws("iam", "shop-a").get_role(RoleName=CLERK.format("shop-a"))["Role"]
        said["finish"] = project("accounts", "adopt", "shop-a", "--finish", "--sandbox")
        seen["finish"] = self.imports
        project("synth")
        said["after"] = project("plan", "--sandbox", "--account", "shop-a")
        said["nothing left"] = project("accounts", "adopt", "shop-a", "--sandbox", status=2)

    @property
    def imports(self) -> str | None:
        """The file, as it is now."""
        path = self.project.folder / IMPORTS
        return path.read_text() if path.exists() else None


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The story, told."""
    root: Path = tmp_path_factory.mktemp("adopt")
    (root / "keys").mkdir()
    told = Story(SmallProject.begin(root / "shop", root / "keys", ["jane", "sam"]))
    try:
        told.tell()
        yield told
    finally:
        told.project("sandbox", "stop")


class TestAdopt:
    """``landform accounts adopt``."""

    def test_what_stands_is_found(self, story: Story) -> None:
        """By its name; what is not there is told too."""
        document = story.said["adopt"].document
        assert [(each["to"], each["id"]) for each in document["found"]] == [
            ("Clerk/Resource", CLERK.format("shop-a")),
        ]
        assert document["absent"] != []
        assert document["written"] == [IMPORTS]

    def test_the_plan_says_what_would_change(self, story: Story) -> None:
        """It is imported and changed, and nothing is destroyed."""
        total = story.said["adopt"].document["plan"]["total"]
        assert (total["imports"], total["change"], total["replace"], total["destroy"]) == (1, 1, 0, 0)

    def test_a_dry_run_writes_nothing(self, story: Story) -> None:
        """It finds the same."""
        assert story.seen["dry run"] is None
        found = (story.said[name].document["found"] for name in ("dry run", "adopt"))
        assert next(found) == next(found)

    def test_the_second_time_nothing_is_written(self, story: Story) -> None:
        """What the spec has already is not looked for."""
        document = story.said["again"].document
        assert (document["found"], document["written"]) == ([], [])

    def test_what_would_be_replaced_is_named(self, story: Story) -> None:
        """The resource, its id and the argument; nothing is written."""
        (loss,) = story.said["refused"].document["losses"]
        assert loss["action"] == "replace"
        assert loss["id"] == CLERK.format("shop-b")
        assert loss["replace_paths"] == ["path"]
        assert story.seen["again"] == story.seen["adopt"]

    def test_what_stands_in_the_way_is_named(self, story: Story) -> None:
        """Terraform could import it, and would never set its value."""
        (found,) = story.said["in the way"].document["obstacles"]
        assert found["id"] == "/shop/rate"
        assert "insecure_value" in found["why"]
        assert story.said["in the way"].document["written"] == []

    def test_plan_counts_them(self, story: Story) -> None:
        """``landform plan`` of the bundle sees the same import, and what they are imported as."""
        document = story.said["plan"].document
        assert document["total"]["imports"] == 1
        changes = document["stacks"][0]["changes"]
        assert {change.get("imported") for change in changes} >= {CLERK.format("shop-a")}

    def test_it_is_the_same_thing_afterwards(self, story: Story) -> None:
        """The role that stood there, as the stack wants it."""
        assert story.seen["role"]["RoleId"] == story.seen["shop-a"]
        assert story.seen["role"]["AssumeRolePolicyDocument"]["Statement"] != []

    def test_finished_the_imports_are_gone(self, story: Story) -> None:
        """And nothing is planned without them."""
        assert story.said["finish"].document["left"] == []
        assert "shop-a" not in story.seen["finish"]
        total = story.said["after"].document["total"]
        assert {total[key] for key in ("imports", "add", "change", "replace", "destroy")} == {0}

    def test_what_landform_applied_is_not_looked_for(self, story: Story) -> None:
        """There is nothing to take over any more."""
        assert "no-match" in story.said["nothing left"].out
