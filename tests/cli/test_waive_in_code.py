"""Waivers in code and ``--bind``, from the line that waives to the gate's word."""

import json

import pytest

DATE = ("--as-of", "2026-11-20")
LEDGERS = ("payments-dev.payments-ledger", "payments-prod.payments-ledger", "payments-stage.payments-ledger")
BUCKET = "aws_s3_bucket.Ledger_B7379752"
AT = "        audit = LogGroup"
LINES = """\
        from datetime import date

        from landform.constructs import Waiver, waive

        waive(
            ledger,
            Waiver(
                id="W-2026-021",
                checks=["CKV_AWS_144"],
                reason="Kept twice elsewhere: 2 €.",
                requested_by="jo",
                approved_by=["security-lead"],
                ticket="SEC-9",
                created=date(2026, 11, 20),
                expires=date(2026, 12, 1),
            ),
        )
"""
BINDS = "                expires=date(2026, 12, 1),\n"


@pytest.fixture
def coded(project):
    """The example with its ledgers' waiver in code in place of a file."""
    (project / "org" / "waivers" / "W-2026-003.yaml").unlink()
    write(project, AT, LINES + AT)
    return project


def write(project, old, new):
    """Put a text in place of another in the ledger's code."""
    file = project / "acme" / "payments.py"
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def findings(landform, project, *options):
    """What the gate finds of the replication of the ledgers' buckets, by stack."""
    said = landform("check", "-s", "payments-ledger", "--json", *(options or DATE), cwd=project)
    return {each["stack"]: each for each in said.document["findings"] if each["rule"] == "CKV_AWS_144"}


class TestWaiverInCode:
    """A waiver beside a construct."""

    def test_from_unbound_to_lapsed(self, landform, coded):
        """It waives nothing unbound, covers what it is bound to in every account, and ends with a change or its day."""
        assert landform("synth", "--quiet", cwd=coded).status == 0
        found = findings(landform, coded)
        assert set(found) == set(LEDGERS)
        assert all(
            "waiver W-2026-021 is not bound to this resource" in each["message"] for each in found.values()
        )
        said = landform("waivers", "--bind", "W-2026-021", *DATE, cwd=coded)
        assert said.status == 0
        text = "bind=" + said.out.partition("bind=")[2]
        assert len(json.loads(text.removeprefix("bind=").rstrip().removesuffix(","))[BUCKET]) == 3
        stack_file = coded / "cdktf.out" / "stacks" / LEDGERS[1] / "cdk.tf.json"
        before = stack_file.read_bytes()
        write(coded, BINDS, BINDS + text)
        assert landform("synth", "--verify", "--quiet", cwd=coded).status == 1
        assert landform("synth", "--quiet", cwd=coded).status == 0
        assert stack_file.read_bytes() == before
        assert [each["waiver"]["id"] for each in findings(landform, coded).values()] == ["W-2026-021"] * 3
        listed = landform("waivers", *DATE, "--json", cwd=coded).document
        (use,) = (each for each in listed if each["waiver"]["id"] == "W-2026-021")
        assert (use["state"], use["bound"], use["days_left"], use["stacks"]) == (
            "active",
            True,
            11,
            [*LEDGERS],
        )
        assert use["waiver"]["scope"]["stacks"] == [*LEDGERS]
        line = (coded / "acme" / "payments.py").read_text().partition("waive(\n")[0].count("\n") + 1
        assert use["written"] == [
            {"construct_path": f"{stack}/Ledger", "source": f"acme/payments.py:{line}"} for stack in LEDGERS
        ]

        change = '        ledger.node.try_find_child("Resource").add_override("force_destroy", True)\n'
        write(coded, AT, change + AT)
        assert landform("synth", "--quiet", cwd=coded).status == 0
        assert all("and it has changed" in each["message"] for each in findings(landform, coded).values())

    def test_an_id_of_the_spec(self, landform, coded):
        """Synth refuses it at the line, and writes nothing."""
        write(coded, "W-2026-021", "W-2026-001")
        said = landform("synth", cwd=coded)
        assert said.status == 2
        assert "spec-duplicate" in said.err
        assert "acme/payments.py:" in said.err
        assert "org/waivers/W-2026-001.yaml" in said.err
        assert not (coded / "cdktf.out").exists()

    def test_a_malformed_one(self, landform, coded):
        """Synth names the line, once for all accounts."""
        write(coded, "requested_by=", 'bind={"x": ["y"]}, requested_by=')
        said = landform("synth", cwd=coded)
        assert said.status == 2
        assert said.err.count("spec-value") == 1
        assert "acme/payments.py:" in said.err


class TestBind:
    """``landform waivers --bind``."""

    def test_binds_what_was_unbound(self, landform, project):
        """The example's files come out of it as they are: the same digests, byte for byte."""
        folder = project / "org" / "waivers"
        before = {path.name: path.read_text() for path in folder.iterdir()}
        for path in folder.iterdir():
            path.write_text(before[path.name].partition("bind:")[0])
        assert landform("synth", "--quiet", cwd=project).status == 0
        ids = [option for name in sorted(before) for option in ("--bind", name.removesuffix(".yaml"))]
        said = landform("waivers", *ids, *DATE, "--json", cwd=project)
        assert said.status == 0
        assert [each["id"] for each in said.document] == [
            "W-2026-001",
            "W-2026-002",
            "W-2026-003",
            "W-2026-004",
            "W-2026-005",
            "W-2026-006",
        ]
        assert {path.name: path.read_text() for path in folder.iterdir()} == before

    def test_an_unknown_one(self, landform, synthesised):
        """There is nothing to bind."""
        said = landform("waivers", "--bind", "W-2026-099", *DATE, cwd=synthesised)
        assert said.status == 2
        assert "There is no such waiver." in said.err

    def test_a_bundle_of_a_selection(self, landform, project):
        """The stacks that are not there would be bound no longer, so nothing is written."""
        assert landform("synth", "--quiet", "-a", "payments-dev", cwd=project).status == 0
        before = (project / "org" / "waivers" / "W-2026-003.yaml").read_text()
        said = landform("waivers", "--bind", "W-2026-003", *DATE, cwd=project)
        assert said.status == 2
        assert "stacks are missing, such as analytics-prod.data-lake" in said.err
        assert (project / "org" / "waivers" / "W-2026-003.yaml").read_text() == before

    def test_one_that_is_about_nothing(self, landform, project):
        """A waiver of what nothing breaks cannot be bound."""
        file = project / "org" / "waivers" / "W-2026-003.yaml"
        file.write_text(file.read_text().replace("CKV_AWS_144", "CKV_AWS_21"))
        assert landform("synth", "--quiet", cwd=project).status == 0
        said = landform("waivers", "--bind", "W-2026-003", *DATE, cwd=project)
        assert said.status == 2
        assert "is about no finding" in said.err


class TestWaiveInCode:
    """``landform waive --in-code``."""

    WORDS = (
        "--reason",
        'It is "kept" twice.',
        "--requested-by",
        "jo",
        "--approved-by",
        "security-lead",
        "--ticket",
        "S",
    )

    def test_prints_what_covers(self, landform, coded):
        """What is printed is Python that waives the finding it was asked for, and no file is written."""
        write(coded, LINES, "")
        assert landform("synth", "--quiet", cwd=coded).status == 0
        said = landform(
            *(
                "waive",
                "CKV_AWS_144",
                BUCKET,
                "--stack",
                LEDGERS[1],
                *DATE,
                *self.WORDS,
                "--in-code",
                "--json",
            ),
            cwd=coded,
        )
        assert said.status == 0
        assert said.document["made"]["construct_path"] == f"{LEDGERS[1]}/Ledger/Resource"
        assert len([*(coded / "org" / "waivers").iterdir()]) == 3
        code = "\n".join(f"        {line}" for line in said.document["code"].rstrip().split("\n")).lstrip()
        start = "        from datetime import date\n        from landform.constructs import Waiver, waive\n"
        write(coded, AT, f"{start}        waive(ledger, {code})\n{AT}")
        assert landform("synth", "--quiet", cwd=coded).status == 0
        covered = {stack for stack, each in findings(landform, coded).items() if each["waiver"]}
        assert covered == {LEDGERS[1]}

    def test_what_no_construct_made(self, landform, synthesised):
        """A provider is no construct's to waive."""
        said = landform(
            *("waive", "CKV_AWS_41", "provider.aws", "--stack", LEDGERS[1], *DATE, *self.WORDS, "--in-code"),
            cwd=synthesised,
        )
        assert said.status == 2
        assert "Only resources and data sources can be waived in code." in said.err
