"""From a bundle to what it says of access: every role, user and permission set, every resource, every policy.

All stacks of the bundle are read, whatever part of it is asked about: a role's boundary is made in one stack, its
policies in another, and who can reach a resource may live in another account.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from landform.access.identities import Identities
from landform.access.model import Account, Document, Holdings, Origin, Target
from landform.access.organization import Organization
from landform.access.references import REFERENCE, References, arn_forms, request_region
from landform.access.resource_policies import policy_arguments
from landform.errors import Place
from landform.policies.documents import lambda_statement
from landform.synth.bundle import STACK_FILE, Bundle, StackRecord

Body = Mapping[str, Any]


def gather(bundle: Bundle, on_progress: Callable[[int, int], None] | None = None) -> Holdings:
    """Read what a bundle says of access.

    Raises:
        LandformError: ``bundle-tampered`` for a file that is not what was synthesised.
    """
    stacks: list[StackPolicies] = []
    organization = Organization()
    for number, record in enumerate(bundle.stacks.values()):
        stack = StackPolicies(record, bundle.text(record.name), str(bundle.folder(record.name) / STACK_FILE))
        organization.add(stack)
        stacks.append(stack)
        if on_progress:
            on_progress(number + 1, len(bundle.stacks))
    notes: list[str] = []
    identities = Identities(stacks, notes)
    names = {stack.record.account_id: stack.record.account for stack in stacks}
    tiers = {stack.record.account_id: stack.record.tier for stack in stacks}
    targets = _targets(stacks, notes)
    guardrails = organization.guardrails(names, notes)
    accounts = [
        Account(
            name,
            id,
            tiers[id],
            tuple(sorted(identities.of(id), key=lambda one: (one.kind, one.arn))),
            tuple(sorted(targets.get(id, ()), key=lambda one: (one.origin.type, one.arn))),
            **({"guardrails": guardrails[id]} if id in guardrails else {}),
        )
        for id, name in names.items()
    ]
    return Holdings(
        tuple(sorted(accounts, key=lambda one: one.name)), bundle.digest, tuple(dict.fromkeys(notes))
    )


class StackPolicies:
    """One stack, with its references resolved as they are asked for."""

    def __init__(self, record: StackRecord, text: str, file: str) -> None:
        self.record = record
        self.document: Mapping[str, Any] = json.loads(text)
        self.references = References(record, self.document)
        self.file = file

    def of_type(self, *types: str) -> Iterator[tuple[str, str, Body]]:
        """The resources of some types: type, name and body."""
        for type in types:
            for name, body in self.document.get("resource", {}).get(type, {}).items():
                yield type, name, body

    def resources(self) -> Iterator[tuple[str, str, Body]]:
        """Every resource."""
        yield from self.of_type(*self.document.get("resource", {}))

    def origin(self, address: str) -> Origin:
        """Where a resource of the stack stands."""
        record, made = self.record, self.record.resources.get(address)
        return Origin(
            record.name,
            record.stack,
            record.account,
            record.account_id,
            record.tier,
            record.region,
            address,
            made.construct_path if made else "",
            made.source if made else "",
        )

    def policy(self, address: str, text: str) -> Document:
        """A policy that an argument holds; one that is put together at plan time has no text."""
        made = self.record.resources.get(address)
        place = Place(file=self.file, construct_path=made.construct_path if made else None)
        whole = REFERENCE.fullmatch(text.strip())
        return Document(address, None if whole else self.references.text(text), place)


def _targets(stacks: Sequence[StackPolicies], notes: list[str]) -> dict[str, list[Target]]:
    """Every resource that something can be done to, by account id."""
    attached: dict[tuple[str, str], list[Document]] = {}
    services: dict[tuple[str, str, str], list[Document]] = {}
    made: dict[tuple[str, str], tuple[str, str, Origin]] = {}
    for stack in stacks:
        account = stack.record.account_id
        for type, name, body in stack.resources():
            address, region = f"{type}.{name}", stack.references.region(body)
            if type in arn_forms():
                arn = stack.references.arn(type, name)
                shape = stack.references.shape(type, name)
                made[account, arn] = (shape, request_region(arn, region), stack.origin(address))
            for text, argument in _resource_policies(type, body):
                document = stack.policy(address, text)
                if argument == "*":
                    # It names what it is about itself: everything of its service, in its account and region.
                    services.setdefault((account, _service_of(type), region), []).append(document)
                else:
                    arn = _attached_to(stack, type, name, body, argument)
                    attached.setdefault((account, arn), []).append(document)
    targets: dict[str, list[Target]] = {}
    common: set[tuple[str, str, str]] = set()
    for (account, arn), (shape, region, origin) in made.items():
        of_service = (account, arn.split(":")[2], region)
        common.add(of_service)
        documents = (*attached.pop((account, arn), ()), *services.get(of_service, ()))
        targets.setdefault(account, []).append(Target(arn, shape, region, origin, documents))
    lost = {arn: documents for (_, arn), documents in attached.items()}
    lost |= {
        f"all of {service} in {region}": documents
        for (account, service, region), documents in services.items()
        if (account, service, region) not in common
    }
    notes.extend(
        f"{document.name} is a policy on {what}, of which the bundle makes nothing that is in the matrix."
        for what, documents in sorted(lost.items())
        for document in documents
    )
    return targets


def _resource_policies(type: str, body: Body) -> Iterator[tuple[str, str]]:
    """The resource policies that a resource of Terraform's holds, each with the argument that says of what."""
    if type == "aws_iam_role":
        yield body["assume_role_policy"], "."
    if type == "aws_lambda_permission":
        yield json.dumps({"Statement": lambda_statement(body)}), "function_name"
    if type in policy_arguments():
        argument, about = policy_arguments()[type]
        blocks: list[Body] = [body]
        *path, last = argument.split(".")
        for step in path:
            blocks = [inner for block in blocks for inner in _listed(block.get(step))]
        for block in blocks:
            if isinstance(block.get(last), str):
                yield block[last], about


def _attached_to(stack: StackPolicies, type: str, name: str, body: Body, argument: str) -> str:
    """The ARN of the resource that a policy is attached to, or what stands for it."""
    if argument == ".":
        return stack.references.arn(type, name)
    given = body.get(argument)
    named = stack.references.target(given) if isinstance(given, str) else None
    if named and named[0] in arn_forms():
        return stack.references.arn(*named)
    text = stack.references.text(given) if isinstance(given, str) else ""
    if text.startswith("arn:"):
        return text
    # A name: of something else of the same service in this stack's account and region, or made elsewhere.
    return _by_name(stack, type, text) or f"{type}: {text or 'default'}"


def _by_name(stack: StackPolicies, type: str, name: str) -> str | None:
    beginning = type.rpartition("_")[0].removesuffix("_access").removesuffix("_resource")
    for kind, form in arn_forms().items():
        if type.startswith(kind) or beginning == kind:
            region, account = stack.record.region, stack.record.account_id
            whole = (
                form.replace("arn:", "arn:aws:", 1).replace("{region}", region).replace("{account}", account)
            )
            return whole[: whole.index("{")] + name if "{" in whole else whole
    return None


def _service_of(type: str) -> str:
    return {"aws_cloudwatch_log_resource_policy": "logs"}.get(type, type.split("_")[1])


def _listed(value: Any) -> list[Body]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
