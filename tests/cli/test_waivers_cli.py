"""``landform waivers`` and ``landform waive``."""

import pytest

DATE = ("--as-of", "2026-11-20")
WORDS = (
    "--reason",
    "Kept twice elsewhere.",
    "--requested-by",
    "jo",
    "--approved-by",
    "security-lead",
    "--ticket",
    "S-1",
)


class TestWaivers:
    """``landform waivers``."""

    def test_the_examples(self, landform, synthesised):
        """Every waiver of the example is active and says what it covers."""
        said = landform("waivers", *DATE, "--json", cwd=synthesised)
        assert said.status == 0
        assert [use["waiver"]["id"] for use in said.document] == [
            "W-2026-001",
            "W-2026-002",
            "W-2026-003",
            "W-2026-004",
            "W-2026-005",
            "W-2026-006",
        ]
        assert all(use["state"] == "active" and use["stacks"] for use in said.document)

    def test_an_expired_one(self, landform, project):
        """Without a bundle the days are known, and an ended waiver can fail a run."""
        assert landform("waivers", "--as-of", "2026-12-21", cwd=project).status == 0
        said = landform("waivers", "--as-of", "2026-12-21", "--fail-on-expired", cwd=project)
        assert said.status == 1
        assert said.out.count("expired") == 6
        assert landform("waivers", *DATE, "--fail-on-expired", cwd=project).status == 0


class TestWaive:
    """``landform waive``."""

    def test_from_finding_to_covered(self, landform, project):
        """What is written is a file of the spec in its one form; after the next synth it is listed as bound."""
        stack = "payments-dev.payments-ledger"
        landform("synth", "--quiet", "-s", "payments-ledger", cwd=project)
        found = landform("check", "--as-of", "2026-12-21", "-s", stack, "--json", cwd=project).document[
            "findings"
        ]
        finding = next(each for each in found if each["rule"] == "CKV_AWS_144")
        said = landform(
            *("waive", finding["rule"], finding["address"], "--stack", stack, "--as-of", "2026-12-21"),
            *(*WORDS, "--json"),
            cwd=project,
        )
        assert said.status == 0
        assert said.document["file"] == "org/waivers/W-2026-007.yaml"
        assert landform("org", "fmt", "--check", cwd=project).status == 0
        assert landform("synth", "--quiet", "-s", "payments-ledger", cwd=project).status == 0
        listed = landform("waivers", "--as-of", "2026-12-22", "--json", cwd=project).document
        (use,) = (use for use in listed if use["waiver"]["id"] == "W-2026-007")
        assert (use["state"], use["bound"], use["stacks"]) == ("active", True, [stack])

    @pytest.mark.parametrize(
        ("stack", "rule", "code"),
        [
            ("payments-ledger", "CKV_AWS_144", "usage"),
            ("payments-dev.payments-leger", "CKV_AWS_144", "no-match"),
            ("payments-prod.payments-ledger", "CKV_AWS_53", "spec-waiver"),
        ],
    )
    def test_what_is_not_written(self, landform, synthesised, stack, rule, code):
        """A stack that is several or none, or a rule that the tier never waives: an error, and no file."""
        address = "aws_s3_bucket.Ledger_B7379752"
        said = landform("waive", rule, address, "--stack", stack, *DATE, *WORDS, cwd=synthesised)
        assert said.status == 2
        assert code in said.err
        assert len([*(synthesised / "org" / "waivers").iterdir()]) == 6
