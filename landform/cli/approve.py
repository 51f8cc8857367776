"""``landform approve`` and ``landform approvals``: a person's signed word about plans, and whose there is."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landform.cli import options
from landform.cli.approve_key import choose_key
from landform.cli.command import add_command
from landform.cli.console import Out, table
from landform.cli.project import bundle_folder, project_folder, relative
from landform.errors import Code, Exit, LandformError

if TYPE_CHECKING:
    from rich.console import Console

    from landform.plan.approval import Approval, Filed
    from landform.plan.approved import Verdict
    from landform.plan.plan_set import JudgedPlan, PlanSet
    from landform.record.events import Head

APPROVE_EXAMPLES = """
Examples:

  landform approve --class sha256:3f1c --ticket CHG-4711   one class of the latest plan set

  landform approve --risk-up-to R2                         what is not riskier than a change in place

  landform approve --all --as jane --key ~/.ssh/work       everything, with a key of your choice
"""

APPROVALS_EXAMPLES = """
Examples:

  landform approvals                      all of them, and what they are good for

  landform approvals --show-signed 3f1c   what one's signature is over, for ssh-keygen -Y verify
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    add_command(app, approve, epilog=APPROVE_EXAMPLES)
    add_command(app, approvals, epilog=APPROVALS_EXAMPLES)


def approve(
    plan_set: options.PlanSet = None,
    classes: Annotated[
        list[str], typer.Option("--class", help="A class's digest or its beginning; repeatable.")
    ] = [],  # noqa: B006 - typer copies it
    risk_up_to: Annotated[
        str | None, typer.Option("--risk-up-to", metavar="R0..R4", help="Every plan of at most this risk.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every plan that can be approved.")] = False,
    name: Annotated[
        str | None,
        typer.Option("--as", help="Your name in org/approvers.yaml; known by the key unless given."),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="Your private key; one that the SSH agent has, or ~/.ssh/id_ed25519."),
    ] = None,
    ticket: Annotated[str, typer.Option("--ticket", help="The change's ticket.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    expires: Annotated[
        str | None,
        typer.Option(
            "--expires", metavar="DURATION", help="How long, as 24h; what the risk allows unless given."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for programs.")] = False,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """Approve plans: sign what `landform review` shows, and write the record.

    What is approved is bound to the digest of each plan, the members of each class, the bundle and the findings, and
    ends. Who asked for the plans cannot approve them where duties are separated. Shows what will be signed, and asks.
    """
    from landform.plan.approval import draft, file_approval
    from landform.plan.approved import approvers_of, check_draft
    from landform.plan.store import find, load
    from landform.synth.bundle import Bundle

    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    found = load(find(project, plan_set))
    bundle = Bundle.load(bundle_folder(project, out))
    stacks = _chosen(said, found, classes, risk_up_to, everything)
    person, signer = choose_key(approvers_of(bundle), name, key)
    head, _, now = _ledger(project)
    approval = draft(
        found,
        stacks,
        approver=person,
        now=now,
        ledger=head,
        ticket=ticket,
        reason=reason,
        expires=now + _duration(expires) if expires else None,
    )
    check_draft(approval, found, bundle, now)
    if not yes:
        _ask(approval, found, signer.public.fingerprint, json)
    approval = approval.signed(signer)
    path = file_approval(project, approval)
    said.result(
        {**_document(approval), "file": str(path.relative_to(project)), "key": signer.public.fingerprint},
        lambda console: console.print(
            f"{person} approved {len(approval.plans)} plans until {approval.expires}: wrote {relative(path)}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        ),
    )
    return int(Exit.DONE)


def approvals(
    plan_set: options.PlanSet = None,
    show_signed: Annotated[
        str | None,
        typer.Option("--show-signed", metavar="ID", help="Print what a signature is over, and end."),
    ] = None,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    directory: options.Directory = options.HERE,
) -> int:
    """List the approvals: whose, of what, how long, whether they count; and what may be applied by them."""
    from landform.plan.approval import read_approvals
    from landform.plan.approved import standing, verify
    from landform.plan.store import find, load
    from landform.synth.bundle import Bundle

    said = Out(as_json=json, quiet=quiet)
    project = project_folder(directory)
    filed = read_approvals(project)
    if show_signed is not None:
        sys.stdout.write(_one(filed, show_signed).signed_text())
        return int(Exit.DONE)
    _, holds, now = _ledger(project)
    found = load(find(project, plan_set))
    bundle = Bundle.load(bundle_folder(project, out))
    verdicts = verify(filed, found, bundle, now, holds=holds)
    said.result(
        {
            "plan_set": found.id,
            "approvals": [
                {
                    "file": each.name,
                    **(_document(each.approval) if each.approval else {}),
                    "state": standing(each, found, bundle, now, holds=holds),
                }
                for each in filed
            ],
            "stacks": [verdict.as_json() for verdict in verdicts.values()],
        },
        lambda console: _show(
            console,
            [(each, standing(each, found, bundle, now, holds=holds)) for each in filed],
            verdicts,
            now,
        ),
    )
    return int(Exit.DONE)


def _chosen(
    said: Out, plan_set: PlanSet, classes: Sequence[str], risk_up_to: str | None, everything: bool
) -> list[str]:
    """The stacks whose plans are approved. What nobody can approve is left out, unless its class was named."""
    from landform.policies.plan_rule import Risk

    if [bool(classes), risk_up_to is not None, everything].count(True) != 1:
        raise LandformError(
            Code.USAGE,
            "It must be said which plans are approved.",
            expected="one of --class DIGEST, --risk-up-to R2, --all",
        )
    if risk_up_to is not None and risk_up_to not in Risk.__members__:
        raise LandformError(Code.USAGE, "There is no such risk.", given=risk_up_to, expected="R0 to R4")
    if classes:
        return sorted({stack for given in classes for stack in _class(plan_set, given)})
    most = Risk[risk_up_to] if risk_up_to else Risk.R4
    wanted = {name: plan for name, plan in plan_set.plans.items() if plan.risk <= most}
    left_out = [name for name, plan in wanted.items() if _barred(plan)]
    if left_out:
        said.warning(f"{len(left_out)} plans nobody can approve are left out: {', '.join(left_out[:5])}")
    found = sorted({*wanted} - {*left_out})
    if not found:
        raise LandformError(
            Code.NO_MATCH,
            "There is no plan to approve.",
            given=f"{len(plan_set.plans)} plans in the plan set {plan_set.id}",
            fix="See `landform review`.",
        )
    return found


def _barred(plan: JudgedPlan) -> bool:
    return bool(plan.refused or plan.pending) or plan.plan_file_sha256 is None


def _class(plan_set: PlanSet, given: str) -> list[str]:
    """The stacks of the one class whose digest begins so, with or without its algorithm."""
    digests = sorted({plan.class_digest for plan in plan_set.plans.values()})
    found = [each for each in digests if each.startswith(given) or each.partition(":")[2].startswith(given)]
    if len(found) != 1:
        raise LandformError(
            Code.NO_MATCH,
            "There is no one class of this digest." if found else "There is no class of this digest.",
            given=given,
            expected=f"one of {', '.join(digests[:10])}",
            fix="See `landform review`.",
        )
    return [name for name, plan in plan_set.plans.items() if plan.class_digest == found[0]]


def _duration(given: str) -> dt.timedelta:
    from pydantic import TypeAdapter, ValidationError

    from landform.org.leaves import seconds
    from landform.org.models import Duration

    try:
        return dt.timedelta(seconds=seconds(TypeAdapter(Duration).validate_python(given)))
    except ValidationError:
        raise LandformError(
            Code.USAGE,
            "This is no duration.",
            given=given,
            expected="a number with s, m, h or d, such as 24h",
        ) from None


def _ledger(project: Path) -> tuple[Head, Callable[[Head], bool], dt.datetime]:
    """Where the ledger ends, what asks it whether it still holds a head, and what time it is."""
    from landform.record.events import Head
    from landform.record.ledger import LEDGER, Ledger, now
    from landform.record.moments import moment

    clock = dt.datetime.now(dt.UTC)
    if not (project / LEDGER).exists():
        # Nothing was applied yet, and to approve is not to apply.
        return Head(), lambda head: head == Head(), clock
    with Ledger.open(project / LEDGER) as ledger:
        known = {Head(), *(Head(event.seq, event.digest) for event in ledger.events())}
        return ledger.head(), known.__contains__, moment(now(ledger, lambda: clock))


def _ask(approval: Approval, plan_set: PlanSet, fingerprint: str, as_json: bool) -> None:
    from rich.console import Console

    if as_json or not sys.stdin.isatty():
        raise LandformError(
            Code.USAGE,
            "What is approved is asked for on a terminal.",
            given="--json" if as_json else "no terminal",
            fix="Look at `landform review` first; then say --yes.",
        )
    # On stderr, so that what is asked is seen wherever the result goes.
    console = Console(stderr=True)
    _show_draft(console, approval, plan_set)
    who = f"as {approval.approver}, with the key {fingerprint}, until {approval.expires}"
    if not typer.confirm(f"Approve {len(approval.plans)} plans {who}?", default=False, err=True):
        raise LandformError(Code.NOT_APPROVED, "Nothing was approved.", given="no")


def _show_draft(console: Console, approval: Approval, plan_set: PlanSet) -> None:
    rows = []
    by_class: dict[str, list[JudgedPlan]] = {}
    for stack in approval.plans:
        plan = plan_set.plans[stack]
        by_class.setdefault(plan.class_digest, []).append(plan)
    for digest, plans in sorted(by_class.items(), key=lambda item: -max(plan.risk for plan in item[1])):
        counts = plans[0].plan.counts
        rows.append(
            [
                max(plan.risk for plan in plans).name,
                digest[:19],
                str(len(plans)),
                f"+{counts.add} ~{counts.change} -/+{counts.replace} -{counts.destroy}",
                _plain(
                    ", ".join(plan.plan.stack for plan in plans[:3]) + (", ..." if len(plans) > 3 else "")
                ),
            ]
        )
    console.print(table(("risk", "class", "plans", "of each", "stacks"), rows))
    told = dict.fromkeys(
        f"{one.concern.risk.name} {one.concern.address} {one.concern.message}"
        for plans in by_class.values()
        for plan in plans
        for one in plan.concerns
    )
    for line in sorted(told, reverse=True):
        console.print(_plain(line), markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"bundle {approval.bundle_digest}, asked for by {_plain(approval.requester)}", highlight=False
    )


def _plain(text: str) -> str:
    """A text that can do nothing to a terminal: what is about to be signed must be what is seen."""
    return "".join(each if each.isprintable() else "�" for each in text)


def _document(approval: Approval) -> dict[str, Any]:
    return {
        "id": approval.id,
        "approver": approval.approver,
        "requester": approval.requester,
        "plan_set": approval.plan_set_id,
        "bundle": approval.bundle_digest,
        "risk": approval.risk.name,
        "stacks": {name: plan.digest for name, plan in sorted(approval.plans.items())},
        "classes": sorted({plan.class_digest for plan in approval.plans.values()}),
        "ticket": approval.ticket,
        "reason": approval.reason,
        "created": approval.created,
        "expires": approval.expires,
    }


def _show(
    console: Console,
    filed: Sequence[tuple[Filed, str]],
    verdicts: dict[str, Verdict],
    now: dt.datetime,
) -> None:
    from landform.record.moments import moment

    rows = []
    for each, state in filed:
        one = each.approval
        left = f"{(moment(one.expires) - now) / dt.timedelta(days=1):.1f}" if one else ""
        said = (
            [one.id, one.approver, one.risk.name, str(len(one.plans)), left]
            if one
            else [each.name] + [""] * 4
        )
        rows.append([_plain(text) for text in (*said, state)])
    console.print(table(("id", "by", "risk", "plans", "days left", "state"), rows))
    missing = [verdict for verdict in verdicts.values() if not verdict.approved]
    for verdict in missing:
        text = _plain(f"{verdict.stack}: {'; '.join(verdict.reasons)}")
        console.print(text, markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(verdicts) - len(missing)} of {len(verdicts)} plans may be applied", highlight=False)


def _one(filed: Sequence[Filed], id: str) -> Approval:
    found = [each.approval for each in filed if each.approval and each.approval.id.startswith(id)]
    if len(found) != 1:
        raise LandformError(
            Code.NO_MATCH,
            "There is no one approval of this id." if found else "There is no approval of this id.",
            given=id,
            fix="See `landform approvals`.",
        )
    return found[0]
