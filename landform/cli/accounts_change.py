"""What the commands share that change an account: their options, what is asked first, and how a change is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landform.cli.project import bundle_folder
from landform.cli.rollback import sandbox_id
from landform.cli.working import clock, who
from landform.errors import Code, LandformError

if TYPE_CHECKING:
    from rich.console import Console

    from landform.cli.console import Out
    from landform.org.models import Account
    from landform.org.spec import OrgSpec
    from landform.synth.bundle import Bundle
    from landform.vending.life_change import Said, Step
    from landform.vending.life_facts import Known
    from landform.vending.organizations import AwsOrganization

Name = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's name.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept in the account's file.")]
Ticket = Annotated[str | None, typer.Option("--ticket", help="Where it is written.", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and write nothing.")]
Commit = Annotated[
    str | None,
    typer.Option(
        "--commit",
        metavar="BRANCH",
        help="Make a branch with one commit, and leave the files as they are.",
        show_default=False,
    ),
]
Aws = Annotated[bool, typer.Option("--aws", help="Ask AWS Organizations too.")]
InSandbox = Annotated[
    bool, typer.Option("--sandbox", help="What was applied to the sandbox that stays up counts.")
]


@dataclass(frozen=True, slots=True)
class Living:
    """AWS Organizations, as whom and where it is asked."""

    session: Any
    endpoint_url: str | None

    def read(self) -> AwsOrganization:
        """The accounts that AWS has."""
        from landform.vending.organizations import read_accounts

        return read_accounts(self.session, self.endpoint_url)

    def close(self, account_id: str) -> None:
        """Have AWS close an account."""
        from landform.vending.organizations import close_account

        close_account(self.session, account_id, self.endpoint_url)


@dataclass(frozen=True, slots=True)
class Asked:
    """All that such a command was told.

    Attributes:
        said: its voice.
        project: the project's folder.
        aws: whether AWS is asked, by ``role_arn`` and ``profile``.
        sandbox: whether it is about the sandbox.
        dry_run: whether nothing is written.
        commit: the branch to make, if any.
        out: the bundle's folder, where one was named.
    """

    said: Out
    project: Path
    aws: bool = False
    sandbox: bool = False
    role_arn: str | None = None
    profile: str | None = None
    dry_run: bool = False
    commit: str | None = None
    out: Path | None = None

    def world(self) -> str | None:
        """The id of the sandbox; None is the real AWS."""
        return sandbox_id(self.project, self.said) if self.sandbox else None

    def known(self) -> tuple[Known, Living | None]:
        """What is known of the project's accounts, and AWS Organizations where it is to be asked."""
        from landform.org.load import load
        from landform.vending.life_facts import Known

        spec = load(self.project)
        living = self._living(spec)
        aws = living.read() if living else None
        known = Known.read(
            self.project,
            spec,
            today=clock().date(),
            bundle=self.bundle(),
            sandbox=self.world(),
            aws=aws,
        )
        return known, living

    def bundle(self) -> Bundle | None:
        """The project's bundle, where it has one."""
        from landform.synth.bundle import INDEX, Bundle

        folder = bundle_folder(self.project, self.out)
        return Bundle.load(folder) if (folder / INDEX).exists() else None

    def _living(self, spec: OrgSpec) -> Living | None:
        """AWS Organizations; of the sandbox, in its management account."""
        from landform.org.living import open_session
        from landform.terraform.standing_sandbox import find

        if not self.aws:
            return None
        record = find(self.project, self.said.notice) if self.sandbox else None
        if record is None:
            return Living(open_session(role_arn=self.role_arn, profile=self.profile), None)
        return Living(_in_sandbox(spec, record.sandbox.url), record.sandbox.url)


@dataclass(frozen=True, slots=True)
class Closing:
    """What AWS is told before anything is written: to close an account."""

    account: Account
    said: Said
    act: Callable[[], None]


def said_by(by: str | None, reason: str, ticket: str | None) -> Said:
    """Who asks, today, and why.

    Raises:
        LandformError: ``usage`` for a reason that says nothing.
    """
    from landform.vending.life_change import Said

    if not reason.strip():
        raise LandformError(Code.USAGE, "A reason must say something.", given=repr(reason))
    return Said(who(by), reason.strip(), clock().date(), ticket)


def finish(
    asked: Asked,
    steps: Sequence[Step],
    more: Mapping[str, Any],
    human: Callable[[Console], None],
    *,
    let_go: Collection[str] = (),
    closing: Closing | None = None,
) -> None:
    """Write some steps, or show them, and tell the ledger of each.

    Args:
        asked: what the command was told.
        steps: those that are taken; none where there is nothing to do.
        more: what else the command's document says.
        human: shows that to people.
        let_go: stacks whose data was let go.
        closing: what AWS is told before anything is written.

    Raises:
        LandformError: ``not-writable``, ``usage`` and others of ``SpecChange``; ``aws-refused``; those of the ledger.
    """
    from landform.vending.change import SpecChange
    from landform.vending.life_change import combined

    change = combined(steps) if steps else SpecChange({}, "")
    document: dict[str, Any] = {
        **more,
        "steps": [
            {"account": step.account, "step": step.verb, "before": step.before, "after": step.after}
            for step in steps
        ],
        "changed": bool(steps),
        "dry_run": asked.dry_run,
        "diff": change.diff(asked.project),
        "files": sorted(change.files),
        "commit": None,
    }
    if (steps or closing) and not asked.dry_run:
        document["commit"] = _written(asked, steps, change, let_go, closing)

    def show(console: Console) -> None:
        human(console)
        if asked.dry_run:
            console.print(document["diff"], highlight=False, markup=False, soft_wrap=True, end="")
        for step in steps:
            text = f"{step.account}: {step.before} -> {step.after}"
            console.print(text, highlight=False, markup=False, style="bold")
        if document["commit"]:
            console.print(f"commit {document['commit']} on {asked.commit}", highlight=False, markup=False)
        if asked.dry_run:
            console.print("nothing was written (--dry-run)", highlight=False)

    asked.said.result(document, show)


def _written(
    asked: Asked,
    steps: Sequence[Step],
    change: Any,
    let_go: Collection[str],
    closing: Closing | None,
) -> str | None:
    """Tell AWS, write the change, tell the ledger; the commit's id, where one was made."""
    from landform.record.events import EventKind
    from landform.record.ledger import LEDGER, Ledger, now
    from landform.record.moments import run_id

    world = asked.world()
    # Opened first: what cannot be recorded is not done.
    with Ledger.open(asked.project / LEDGER) as ledger:
        at = now(ledger, clock)
        if closing:
            closing.act()
        commit = change.commit(asked.project, asked.commit) if steps and asked.commit else None
        if steps and not asked.commit:
            change.write(asked.project)
        run = run_id(clock(), "accounts")
        for body in _bodies(steps, closing):
            body |= {"commit": commit, "let_go": sorted(let_go), "sandbox": world}
            kept = {key: value for key, value in body.items() if value}
            ledger.append(EventKind.ACCOUNT_CHANGED, at=at, run=run, body=kept)
    return commit


def _bodies(steps: Sequence[Step], closing: Closing | None) -> Iterator[dict[str, Any]]:
    """What the ledger is told of each step, and of an account that AWS alone still had to close."""
    for step in steps:
        (account,) = (each for each in step.spec.accounts if each.name == step.account)
        yield _body(account, step.verb, step.before, step.after, step.said, closing)
    if closing and not steps:
        status = closing.account.status
        yield _body(closing.account, "close", status, status, closing.said, closing)


def _body(
    account: Account, verb: str, before: str, after: str, said: Said, closing: Closing | None
) -> dict[str, Any]:
    return {
        "account": account.name,
        "account_id": account.account_id,
        "step": verb,
        "before": before,
        "after": after,
        "told_aws": closing is not None,
        "by": said.by,
        "reason": said.reason,
        "ticket": said.ticket,
    }


def _in_sandbox(spec: OrgSpec, url: str) -> Any:
    """A session in the management account of a sandbox, which takes any key."""
    import boto3

    from landform.vending.organizations import REGION

    ids = {account.name: account.account_id for account in spec.accounts}
    role = f"arn:{spec.organization.partition}:iam::{ids[spec.organization.management_account]}:role/landform"
    given = boto3.client(
        "sts",
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",
    ).assume_role(RoleArn=role, RoleSessionName="landform")["Credentials"]
    return boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
