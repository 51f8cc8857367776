"""Approvals: what a plan needs, what counts, and exactly why something does not."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from approvals import KEYS, NOW, STACKS, Signed, judged, make_bundle, plans
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landform.errors import Code, LandformError
from landform.org.models import Rollout
from landform.plan.approval import FOLDER, LIFETIME, Approval, Filed, draft, file_approval, read_approvals
from landform.plan.approved import check_draft, needed, require, verify
from landform.plan.plan_set import JudgedConcern, PlanSet
from landform.policies.plan_rule import Concern, Risk
from landform.record.events import Head
from landform.synth.bundle import Bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return make_bundle(tmp_path_factory.mktemp("bundle"))


class TestNeeded:
    @pytest.mark.parametrize(
        ("said", "numbers"),
        [
            ({}, [1, 1, 1, 1, 2]),
            ({"approvals": 0}, [0, 0, 0, 1, 2]),
            ({"approvals": 3}, [3, 3, 3, 3, 3]),
            ({"auto_apply": "additive"}, [0, 0, 1, 1, 2]),
            ({"auto_apply": "always"}, [0, 0, 0, 1, 2]),
            ({"auto_apply": "always", "approvals": 0}, [0, 0, 0, 1, 2]),
        ],
    )
    def test_a_tier_can_only_ask_for_more_than_the_risk_does(
        self, said: dict[str, Any], numbers: list[int]
    ) -> None:
        """One person for R3 and two for R4 at least, whatever a tier says."""
        assert [needed(Rollout(**said), risk).approvals for risk in Risk] == numbers


class TestVerify:
    def test_what_was_approved_may_be_applied(self, bundle: Bundle) -> None:
        """One person of those who may, who did not ask for it."""
        found = verify([Signed("jane").filed(plans())], plans(), bundle, NOW)
        assert all(verdict.approved for verdict in found.values())
        assert {verdict.approvers for verdict in found.values()} == {("jane",)}
        require(found)

    def test_what_nobody_approved_may_not(self, bundle: Bundle) -> None:
        """And how many must is said."""
        assert reasons(bundle, plans()) == ["1 must approve, and 0 did"]

    def test_an_addition_needs_nobody_where_the_tier_says_so(self, bundle: Bundle) -> None:
        """The tier dev lets additions through, the tier prod does not."""
        found = verify([], plans(judged("a.app", Risk.R1), judged("b.app", Risk.R1)), bundle, NOW)
        assert [found[stack].approved for stack in ("a.app", "b.app")] == [True, False]

    def test_the_riskiest_needs_two_people(self, bundle: Bundle) -> None:
        """One person twice is one person."""
        plan_set = plans(judged("b.app", Risk.R4))
        jane, lee = (Signed(name, ("b.app",)).filed(plan_set) for name in ("jane", "lee"))
        again = Signed("jane", ("b.app",)).filed(plan_set, reason="again")
        assert reasons(bundle, plan_set, jane, again)[0] == "2 must approve, and 1 did (jane)"
        assert reasons(bundle, plan_set, jane, lee) == []

    def test_a_plan_made_anew_that_does_the_same_is_still_approved(self, bundle: Bundle) -> None:
        """An approval is of what would happen, not of when it was planned."""
        anew = plans(created="2026-11-21T13:00:00Z")
        assert reasons(bundle, anew, Signed("jane").filed(plans())) == []

    @pytest.mark.parametrize(
        ("filed", "why"),
        [
            (lambda: Signed("jane").filed(plans(), reason="x" * 9), None),
            (lambda: unsigned("jane"), "This is no signature"),
            (lambda: forged("jane", by="stranger"), "by a key that nobody here has"),
            (lambda: forged("jane", by="lee"), "by a key that nobody here has"),
            (lambda: changed(reason="other"), "something was changed"),
            (lambda: changed(expires="2027-01-01T00:00:00.000000Z"), "something was changed"),
            (lambda: Signed("stranger").filed(plans()), "stranger is nobody of the bundle's approvers"),
            (lambda: Signed("old").filed(plans()), "old could approve until 2020-12-31"),
            (lambda: Signed("sam").filed(plans()), "sam may not approve in the tier prod"),
            (lambda: Signed("jane").filed(plans(bundle_digest="sha256:x")), "it is of another bundle"),
            (lambda: Signed("jane").filed(plans(findings_digest="sha256:x")), "the checks have found"),
            (lambda: Signed("jane").filed(plans(sandbox="s-1")), "for another place"),
            (lambda: Signed("jane").filed(plans(requested_by="Jane")), "jane asked for it"),
            (
                lambda: Signed("jane").filed(plans(), now=NOW - timedelta(days=7)),
                "it expired at 2026-11-21T12:00:00",
            ),
            (lambda: Signed("jane").filed(plans(), now=NOW + timedelta(hours=1)), "which has not come"),
            (
                lambda: Signed("jane").filed(plans(judged("b.app", digest="sha256:x"))),
                "the plan is another one than was approved",
            ),
            (lambda: Signed("jane").filed(plans(judged("b.app", Risk.R1))), "was R1 and is R2"),
            (lambda: Signed("jane").filed(plans(judged("c.app"))), "its class has another member"),
            (lambda: Filed("x.json", None, "it is no approval"), "x.json: it is no approval"),
        ],
    )
    def test_each_reason_is_told(self, bundle: Bundle, filed: Callable[[], Filed], why: str | None) -> None:
        """Of the stack b, which an approval of jane's or lee's would cover."""
        said = reasons(bundle, plans(), filed())
        if why is None:
            assert said == []
        else:
            assert said[0] == "1 must approve, and 0 did"
            assert why in said[1]

    def test_an_approval_of_a_risk_lasts_as_long_as_the_risk_allows(self, bundle: Bundle) -> None:
        """One signed over a longer time than the plan's risk allows does not count to its end."""
        plan_set = plans(judged("b.app", Risk.R3))
        much = replace(
            draft(plan_set, ["b.app"], approver="jane", now=NOW - timedelta(days=4), ledger=Head()),
            expires="2026-12-21T12:00:00.000000Z",
        ).signed(KEYS["jane"])
        assert "lasts 3 days" in reasons(bundle, plan_set, Filed("long.json", much))[1]

    def test_who_plans_anew_cannot_use_their_own_approval(self, bundle: Bundle) -> None:
        """Whoever asks now counts as well as whoever asked then."""
        said = reasons(bundle, plans(requested_by="jane"), Signed("jane").filed(plans()))
        assert "jane asked for it" in said[1]

    def test_an_approval_whose_ledger_was_cut_does_not_count(self, bundle: Bundle) -> None:
        """What was applied when it was made is no longer known."""
        filed = Signed("jane").filed(plans(), ledger=Head(7, "sha256:7"))
        found = verify([filed], plans(), bundle, NOW, holds=lambda head: head == Head())
        assert "no longer holds the event 7" in found["b.app"].reasons[1]

    @pytest.mark.parametrize(
        ("plan_set", "why"),
        [
            (plans(bundle_digest="sha256:x"), "planned from another bundle"),
            (plans(judged("b.app", stack_sha256="x")), "not what the bundle holds"),
            (plans(judged("b.app", plan_file_sha256=None)), "a preview with placeholders"),
            (plans(judged("b.app", pending=("net.vpc_id",))), "placeholders for net.vpc_id"),
            (
                plans(
                    replace(
                        judged("b.app"),
                        concerns=(
                            JudgedConcern(
                                "LF_PLAN_X", Concern(Risk.R4, "aws_kms_key.k", "goes.", refused=True)
                            ),
                        ),
                    )
                ),
                "LF_PLAN_X refuses it: aws_kms_key.k goes.",
            ),
        ],
    )
    def test_what_nobody_can_approve(self, bundle: Bundle, plan_set: PlanSet, why: str) -> None:
        """Two approvals of the very plan do not help."""
        filed = [Signed(name, ("b.app",)).filed(plan_set) for name in ("jane", "lee")]
        found = verify(filed, plan_set, bundle, NOW)["b.app"]
        assert any(why in reason for reason in found.reasons)
        with pytest.raises(LandformError) as caught:
            require({"b.app": found})
        assert caught.value.code is Code.NOT_APPROVED

    def test_what_needs_nobody_is_held_back_by_a_bar_all_the_same(self, bundle: Bundle) -> None:
        """Automatic is not unconditional."""
        plan_set = plans(judged("a.app", Risk.R1, plan_file_sha256=None))
        assert not verify([], plan_set, bundle, NOW)["a.app"].approved

    def test_a_bundle_that_names_nobody_lets_nobody_approve(self, tmp_path: Path) -> None:
        """Nobody becomes an approver by being first."""
        bundle = make_bundle(tmp_path, approvers=None, tiers={})
        assert (
            "nobody of the bundle's approvers" in reasons(bundle, plans(), Signed("jane").filed(plans()))[1]
        )

    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(stack=st.sampled_from(sorted(STACKS)), digest=st.text(min_size=1))
    def test_another_plan_digest_is_never_covered(self, bundle: Bundle, stack: str, digest: str) -> None:
        """Whatever the digest is, where it is not the one that was approved."""
        filed = [Signed(name).filed(plans()) for name in ("jane", "lee", "sam")]
        other = plans(*(judged(each, **({"digest": digest} if each == stack else {})) for each in STACKS))
        found = verify(filed, other, bundle, NOW)
        assert [each for each in STACKS if not found[each].approved] == [stack]


class TestText:
    @settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_any_changed_byte_is_refused(self, bundle: Bundle, data: st.DataObject) -> None:
        """Of the whole file: what it says, how it is laid out, and its signature."""
        text = TEXT.encode()
        at = data.draw(st.integers(0, len(text) - 1))
        how = data.draw(st.sampled_from(["change", "remove", "insert"]))
        byte = bytes([data.draw(st.integers(0, 255).filter(lambda new: new != text[at]))])
        middle = {"change": byte, "remove": b"", "insert": byte + text[at : at + 1]}[how]
        mutated = text[:at] + middle + text[at + 1 :]
        try:
            filed = Filed("x.json", Approval.parse(mutated.decode()))
        except ValueError:
            return
        assert not verify([filed], plans(), bundle, NOW)["b.app"].approved

    @settings(max_examples=200, deadline=None)
    @given(text=st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(str))
    def test_what_is_no_approval_is_refused(self, text: str) -> None:
        """With a ValueError, whatever stands there."""
        with pytest.raises(ValueError):
            Approval.parse(text)

    def test_an_approval_comes_back_from_its_file(self, tmp_path: Path) -> None:
        """Written and read, it is equal; its file is named after it."""
        approval = Signed("jane").of(plans(), ticket="CHG-1", reason="Grüße")
        path = file_approval(tmp_path, approval)
        assert path == tmp_path / FOLDER / f"{approval.id}.json"
        assert read_approvals(tmp_path) == (Filed(path.name, approval),)

    def test_a_broken_file_is_named_and_hides_no_other(self, tmp_path: Path) -> None:
        """Beside a whole one."""
        file_approval(tmp_path, Signed("jane").of(plans()))
        (tmp_path / FOLDER / "0.json").write_bytes(b"\xff{")
        broken, whole = read_approvals(tmp_path)
        assert (broken.name, broken.approval) == ("0.json", None)
        assert whole.approval is not None

    @pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed")
    def test_ssh_keygen_verifies_an_approval(self, tmp_path: Path) -> None:
        """An auditor needs the signed text, the signature and the list of keys."""
        approval = Signed("jane").of(plans())
        (tmp_path / "allowed").write_text(f"jane {KEYS['jane'].public}\n")
        (tmp_path / "signature").write_text(approval.signature)
        asked = ["-I", "jane", "-n", "landform", "-s", str(tmp_path / "signature")]
        subprocess.run(
            ["ssh-keygen", "-Y", "verify", "-f", str(tmp_path / "allowed"), *asked],
            input=approval.signed_text().encode(),
            check=True,
            capture_output=True,
        )


class TestDraft:
    @pytest.mark.parametrize("risk", Risk)
    def test_an_approval_ends_as_soon_as_the_risk_asks_for(self, risk: Risk) -> None:
        """The riskiest of its plans counts."""
        plan_set = plans(judged("a.app", Risk.R0), judged("b.app", risk))
        approval = draft(plan_set, plan_set.plans, approver="jane", now=NOW, ledger=Head())
        assert approval.expires == (NOW + LIFETIME[risk]).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    @pytest.mark.parametrize("after", [timedelta(0), timedelta(days=-1), timedelta(days=8)])
    def test_an_end_that_cannot_be_is_refused(self, after: timedelta) -> None:
        """Neither before it begins nor longer than the risk allows."""
        with pytest.raises(LandformError) as caught:
            draft(plans(), ["a.app"], approver="jane", now=NOW, ledger=Head(), expires=NOW + after)
        assert caught.value.code is Code.USAGE

    @pytest.mark.parametrize(
        ("approver", "plan_set", "why"),
        [
            ("kim", plans(), "kim is nobody"),
            ("sam", plans(judged("b.app")), "may not approve in the tier prod"),
            ("jane", plans(requested_by="jane"), "jane asked for it"),
            ("jane", plans(judged("b.app", plan_file_sha256=None)), "preview"),
            ("jane", plans(bundle_digest="sha256:x"), "another bundle"),
        ],
    )
    def test_what_would_not_count_is_not_signed(
        self, bundle: Bundle, approver: str, plan_set: PlanSet, why: str
    ) -> None:
        """The approver hears it at once."""
        approval = draft(plan_set, plan_set.plans, approver=approver, now=NOW, ledger=Head())
        with pytest.raises(LandformError) as caught:
            check_draft(approval, plan_set, bundle, NOW)
        assert caught.value.code is Code.NOT_APPROVED
        assert caught.value.given is not None
        assert why in caught.value.given

    def test_what_would_count_may_be_signed(self, bundle: Bundle) -> None:
        """Before there is a signature."""
        approval = draft(plans(), STACKS, approver="jane", now=NOW, ledger=Head())
        check_draft(approval, plans(), bundle, NOW)


TEXT = Signed("jane").of(plans()).text()


def reasons(bundle: Bundle, plan_set: PlanSet, *filed: Filed) -> list[str]:
    """Why the stack b may not be applied."""
    return list(verify(filed, plan_set, bundle, NOW)["b.app"].reasons)


def unsigned(name: str) -> Filed:
    return Filed(f"{name}.json", draft(plans(), STACKS, approver=name, now=NOW, ledger=Head()))


def forged(name: str, *, by: str) -> Filed:
    """An approval in one person's name, by another's key."""
    approval = draft(plans(), STACKS, approver=name, now=NOW, ledger=Head())
    return Filed(f"{name}.json", approval.signed(KEYS[by]))


def changed(**said: Any) -> Filed:
    """An approval of jane's in which something was changed after she signed it."""
    return Filed("jane.json", replace(Signed("jane").of(plans()), **said))
