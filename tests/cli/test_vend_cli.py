"""``landform vend`` as people and programs run it."""

import json
import shutil
import subprocess

import jsonschema
import pytest
from requests_for_accounts import REQUEST

FILE = "org/accounts/ledger-dev.yaml"
DAY = ("--as-of", "2026-11-21")


@pytest.fixture
def asked(project):
    """A project that nothing was synthesised in, and a request beside its spec."""
    (project / "r.yaml").write_text(REQUEST)
    return project


def files(project):
    """Every file of a project but those in its cache, with its text."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file() and ".landform" not in path.parts and "__pycache__" not in path.parts
    }


class TestVend:
    """A request on its way into the spec."""

    def test_its_whole_way(self, landform, asked, git):
        """Previewed, committed on a branch, written, and harmless the second time."""
        before = files(asked)
        tried = landform("vend", "r.yaml", "--dry-run", "--json", *DAY, cwd=asked)
        assert tried.status == 0, tried.err
        assert tried.document["ok"]
        assert tried.document["changed"]
        assert FILE in tried.document["diff"]
        schema = landform("vend", "--schema", cwd=asked.parent).document
        jsonschema.Draft202012Validator(schema).validate(tried.document["preview"])
        assert not (asked / ".landform" / "previews").exists()
        assert files(asked) == before

        git.commit(asked)
        committed = landform("vend", "r.yaml", "--commit", "--json", *DAY, cwd=asked, **AUTHOR)
        assert committed.status == 0, committed.err
        assert committed.document["branch"] == "vend/ledger-dev"
        assert files(asked).keys() - before.keys() == {
            path for path in files(asked) if path.startswith(".git/")
        }
        assert f"+++ b/{FILE}" in git(asked, "show", committed.document["commit"])
        assert committed.document["preview"] == tried.document["preview"]

        written = landform("vend", "r.yaml", *DAY, cwd=asked)
        assert written.status == 0, written.err
        assert f"wrote {FILE}" in written.out
        previews = asked / ".landform" / "previews"
        assert {path.suffix for path in previews.iterdir()} == {".md", ".html", ".json", ".svg"}
        assert json.loads((previews / "ledger-dev.json").read_text())["accounts"][0]["name"] == "ledger-dev"

        again = landform("vend", "r.yaml", *DAY, cwd=asked)
        assert again.status == 0, again.err
        assert "nothing to write: every request was granted before" in again.out
        assert landform("org", "validate", cwd=asked).status == 0
        assert landform("org", "fmt", "--check", cwd=asked).status == 0

    def test_two_that_wait(self, landform, asked, git):
        """Each has its own addresses, as its preview said, after both branches are merged."""
        other = REQUEST.replace("ledger-dev", "journal-dev").replace("CHG-2001", "CHG-2002")
        (asked / "other.yaml").write_text(other)
        git.commit(asked)
        promised = {}
        for file in ("r.yaml", "other.yaml", "r.yaml"):
            said = landform("vend", file, "--commit", "--json", *DAY, cwd=asked, **AUTHOR)
            assert said.status == 0, said.err
            (block,) = said.document["preview"]["addresses"]
            promised.setdefault(block["account"], []).append(block["cidr"])
        assert len({*promised["ledger-dev"]}) == 1

        git(asked, "merge", "-q", "vend/ledger-dev")
        with pytest.raises(subprocess.CalledProcessError):
            git(asked, "merge", "-q", "vend/journal-dev")
        assert landform("org", "lock", "--resolve", cwd=asked).status == 0
        assert landform("org", "validate", cwd=asked).status == 0
        assert promised["ledger-dev"] != promised["journal-dev"]
        held = {
            (block["account"], block["cidr"])
            for pool in json.loads((asked / "org/network.lock.json").read_text())["pools"]
            for block in pool["blocks"]
        }
        assert held > {(name, cidr) for name, cidrs in promised.items() for cidr in cidrs}

    def test_what_the_checks_refuse(self, landform, asked):
        """Ends with 1, and nothing of the spec is written."""
        shutil.rmtree(asked / "org" / "waivers")
        before = files(asked)
        said = landform("vend", "r.yaml", "--json", *DAY, cwd=asked)
        assert said.status == 1
        assert not said.document["ok"]
        assert any(one["state"] == "failing" for one in said.document["preview"]["findings"])
        assert files(asked) == before


AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "t"), ("EMAIL", "t@t.example"))
}


class TestRefused:
    """What is told before anything is synthesised, with nothing written."""

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            ((), "usage"),
            (("r.yaml", "--name", "x"), "usage"),
            (("r.yaml", "--commit", "--dry-run"), "usage"),
            (("r.yaml", "--branch", "b"), "usage"),
            (("r.yaml", "r.yaml"), "request"),
            (("none.yaml",), "request"),
            (("large.yaml",), "request"),
            (("bytes.yaml",), "request"),
            (("bomb.yaml",), "spec-syntax"),
            (("taken.yaml",), "spec-duplicate"),
            (("weak.yaml",), "request-weakens"),
            (("poor.yaml",), "request"),
            (("path.yaml",), "spec-value"),
            (("r.yaml", "--signature", "r.yaml"), "signature"),
            (("--name", "x-dev", "--like", "nobody"), "spec-reference"),
            (("--name", "x-dev", "--set", "tier"), "usage"),
        ],
    )
    def test_bad_input(self, landform, asked, arguments, code):
        """Each with its code, and as one document."""
        (asked / "large.yaml").write_text(REQUEST + "# " + "x" * 10_000_000)
        (asked / "bytes.yaml").write_bytes(b"\xff\xfe")
        (asked / "bomb.yaml").write_text("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
        (asked / "taken.yaml").write_text(REQUEST.replace("aws+ledger-dev", "AWS+payments-prod"))
        (asked / "weak.yaml").write_text(REQUEST + "guard: { level: relaxed }\n")
        (asked / "poor.yaml").write_text(REQUEST.replace("budget: { monthly_usd: 500 }\n", ""))
        (asked / "path.yaml").write_text(REQUEST.replace("name: ledger-dev", "name: ../ledger-dev"))
        before = files(asked)
        said = landform("vend", *arguments, "--json", *DAY, cwd=asked)
        assert said.status in (1, 2)
        assert json.loads(said.err or said.out)["errors"][0]["code"] == code
        assert files(asked) == before

    def test_a_replayed_key(self, landform, asked):
        """With another body."""
        account = asked / "org/accounts/payments-dev.yaml"
        record = f"{{ digest: sha256:{'0' * 64}, key: CHG-2001 }}"
        account.write_text(
            account.read_text() + f"change: {{ requested_by: jane, reason: x, request: {record} }}\n"
        )
        said = landform("vend", "r.yaml", "--json", *DAY, cwd=asked)
        assert said.status == 2
        assert json.loads(said.err or said.out)["errors"][0]["code"] == "request-replayed"


class TestFlags:
    """A request without a file."""

    def test_like_another_account(self, landform, asked):
        """Its keys are taken over, but for what is its own."""
        said = landform(
            "vend", "--name", "ledger-dev", "--like", "payments-dev",
            "--set", "email=aws+ledger-dev@acme.example", "--set", "labels={}", "--set", "owner.team=ledger",
            "--requested-by", "jane", "--reason", "why", "--dry-run", "--json", *DAY, cwd=asked,
        )  # fmt: skip
        assert said.status == 0, said.err
        (account,) = said.document["preview"]["accounts"]
        assert (account["owner"], account["tier"], account["requested_by"]) == ("ledger", "dev", "jane")
