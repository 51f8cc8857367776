"""checkov's rules over the Terraform JSON of many stacks, in this process, in one run.

checkov's own ``terraform_json`` runner misses a third of what its HCL runner finds in the same stack: it shows
its Python rules the definitions before references are resolved and policies decoded, and gives them no graph.
This runs the same rules on the rendered graph, as the HCL runner does. It also

- clears checkov's cache of IAM policies, which is keyed by path and name and lives as long as the process,
  before every block, so that no policy is judged by another one's text;
- lets no rule fail unseen: checkov logs a rule's exception and goes on, here it is a ``Crash``;
- parses with ``json`` in place of checkov's YAML loader, which is half of the time of its run;
- reads no file, no configuration and no environment variable of checkov's, writes none, opens no connection.

checkov's maintainers call these classes private, so the version is pinned exactly and a test compares the
result with the unpatched HCL run of the same stack.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from landform.checks.checkov_surroundings import no_threads, own_surroundings, require_checkov
from landform.policies.result import UNREADABLE, Crash, Outcome, Result
from landform.policies.stopwatch import Stopwatch
from landform.policies.user_rules import CheckovCheck

BATCH = 50
"""Stacks in one graph. More save no time and take memory; the result does not depend on it."""

Read = TypeVar("Read", bound="ReadGraph")

_WORST: Mapping[Outcome, int] = {"passed": 0, "unknown": 1, "failed": 2}
_MARKED: Mapping[str, int] = {"resource": 2, "data": 2, "provider": 1, "module": 1, "locals": 0}
_INSTANCE = re.compile(r"\[.*$", re.DOTALL)
_MODULE = re.compile(r"(module\.[\w-]+(\[[^\]]*\])?\.)+")


@dataclass(frozen=True, slots=True)
class Scan:
    """All that checkov said, sorted; and the resource types that its rules know.

    A resource of ``known_types`` always has a result. ``named_types`` are those and the types that a graph
    rule names: it may speak of them alone or look at them beside another resource.
    """

    results: tuple[Result, ...]
    crashes: tuple[Crash, ...]
    known_types: frozenset[str]
    named_types: frozenset[str]


def scan(
    stacks: Mapping[str, Mapping[str, Any]],
    *,
    on_progress: Callable[[int, int], None] | None = None,
    batch: int = BATCH,
    checks: Sequence[CheckovCheck] = (),
    watch: Stopwatch | None = None,
) -> Scan:
    """Run checkov's rules over scan copies of stacks, by the stack's name.

    Importing checkov takes about two seconds and 150 MB; it happens here, at the first call.

    Args:
        stacks: what ``scan_copy`` made, by stack name.
        on_progress: called with the stacks done and all stacks, after each batch.
        batch: how many stacks share one graph; it has no influence on the result.
        checks: users' own, beside checkov's.
        watch: measures the rules, if there is one.
    """
    results: list[Result] = []
    crashes: set[Crash] = set()
    names = sorted(stacks)
    batches = [tuple(names[start : start + batch]) for start in range(0, len(names), batch)][::-1]
    done = 0
    with own_surroundings() as log:
        rules = _Rules(checks, watch)
        while batches:
            members = batches.pop()
            log.clear()
            found, crashed = _judged(rules, {name: stacks[name] for name in members}, log)
            if len(members) > 1 and not all(crash.address for crash in crashed):
                # Which stack it was cannot be told from a graph of many: each gets one of its own.
                batches += [(name,) for name in reversed(members)]
                continue
            crashes.update(crashed)
            results += worst(found)
            done += len(members)
            if on_progress:
                on_progress(done, len(stacks))
    return _scan(rules, results, crashes)


class ReadGraph(Protocol):
    """A graph that checkov made of files, and the stack of each file by its path."""

    @property
    def graph(self) -> Any: ...
    @property
    def names(self) -> Mapping[str, str]: ...


def scan_graph(
    read: Callable[[Any], Read], checks: Sequence[CheckovCheck] = (), watch: Stopwatch | None = None
) -> tuple[Scan, Read]:
    """Run checkov's rules over a graph that is read with a graph manager of checkov's, in surroundings of its own."""
    with own_surroundings() as log:
        rules = _Rules(checks, watch)
        manager = rules.hcl_runner().graph_manager
        made = read(manager)
        judged = JudgedGraph(rules, manager, made.graph, made.names, with_instances=True)
        results = worst(judged.results())
        crashes = {*judged.crashes, *(Crash("checkov", min(made.names.values()), "", place) for place in log)}
    return _scan(rules, results, crashes), made


def worst(results: Iterable[Result]) -> list[Result]:
    """One result of a rule for each address: the worst of its instances."""
    found: dict[tuple[str, str, str], Result] = {}
    for result in results:
        key = (result.stack, result.address, result.rule)
        if key not in found or _WORST[result.outcome] > _WORST[found[key].outcome]:
            found[key] = result
    return list(found.values())


def _scan(rules: _Rules, results: Iterable[Result], crashes: Iterable[Crash]) -> Scan:
    return Scan(
        results=tuple(sorted(results, key=lambda result: (result.stack, result.address, result.rule))),
        crashes=tuple(
            sorted(crashes, key=lambda crash: (crash.stack, crash.address, crash.rule, crash.error))
        ),
        known_types=rules.known_types,
        named_types=rules.known_types.union(*(_named(rule) for rule in rules.graph)),
    )


def _judged(
    rules: _Rules, stacks: Mapping[str, Mapping[str, Any]], log: Sequence[str]
) -> tuple[list[Result], list[Crash]]:
    """What the rules say of one batch, and what went wrong: a place in the log is that of the first stack."""
    names = {f"/{name}/cdk.tf.json": name for name in stacks}
    first = next(iter(stacks))
    manager = rules.runner().graph_manager
    try:
        graph = manager.build_graph_from_definitions(
            {path: _definition(stacks[name]) for path, name in names.items()}
        )
        judged = JudgedGraph(rules, manager, graph, names)
    except Exception as error:  # noqa: BLE001  # foreign code: whatever it raises is reported
        return [], [Crash("checkov", first, "", type(error).__name__)]
    found = list(judged.results())
    return found, [*judged.crashes, *(Crash("checkov", first, "", place) for place in log)]


def rule_types() -> Mapping[str, tuple[str, ...]]:
    """The block types that each of checkov's rules judges, by its id: ``aws_x``, ``data.aws_x``, ``provider.aws``.

    Importing checkov takes about two seconds; it happens here too.
    """
    found: dict[str, set[str]] = {}
    with own_surroundings():
        rules = _Rules()
    for kind, registry in rules.by_kind.items():
        prefix = "" if kind == "resource" else f"{kind}."
        for name, checks in (*registry.checks.items(), *registry.wildcard_checks.items()):
            for rule in checks:
                found.setdefault(rule.id, set()).add(f"{prefix}{name}")
    for rule in rules.graph:
        found.setdefault(rule.id, set()).update(rule.resource_types)
    return {rule: tuple(sorted(types)) for rule, types in sorted(found.items())}


@dataclass(frozen=True, slots=True)
class Shipped:
    """What users' checks are read beside: checkov's ids and registries, and its parser of graph checks."""

    ids: frozenset[str]
    registries: tuple[Any, ...]
    parser: Any
    types_of: Callable[[Any], Any]


def shipped_rules() -> Shipped:
    """checkov's own checks, loaded; to be called in surroundings of its own."""
    rules = _Rules()
    registry = rules.runner().graph_registry
    python = (rule for kind in rules.by_kind.values() for _, rule in kind.all_checks())
    return Shipped(
        ids=frozenset(rule.id for rule in (*python, *rules.graph)),
        registries=tuple(rules.by_kind.values()),
        parser=registry.parser,
        types_of=registry._get_resource_types,
    )


class _Rules:
    """checkov's registries, loaded: Python rules by kind of block, and graph rules."""

    def __init__(self, users: Sequence[CheckovCheck] = (), watch: Stopwatch | None = None) -> None:
        require_checkov()
        from checkov.terraform.checks.utils import base_cloudsplaining_iam_scanner as iam
        from checkov.terraform.runner import Runner
        from checkov.terraform_json.runner import TerraformJsonRunner

        self._watch = watch
        self.runner = TerraformJsonRunner
        self.hcl_runner = Runner
        self.iam_scanner = iam.BaseTerraformCloudsplainingIAMScanner
        runner = TerraformJsonRunner()
        runner.graph_registry.load_checks()
        self.by_kind: Mapping[str, Any] = runner.block_type_registries
        self.graph: tuple[Any, ...] = tuple(
            sorted(
                [*runner.graph_registry.checks, *(each.check for each in users if each.kind == "graph")],
                key=lambda rule: rule.id,
            )
        )
        self.users = tuple(each for each in users if each.kind != "graph")
        named = {name for each in self.users if each.kind == "resource" for name in each.types}
        self.known_types = frozenset(self.by_kind["resource"].checks) | {
            name for name in named if not any(sign in name for sign in "*?[")
        }

    def run(self, rule: Any) -> Callable[..., Any]:
        """What a rule is run by."""
        run: Callable[..., Any] = rule.run
        return self._watch.around(rule.id, run) if self._watch else run

    def of_block(self, kind: str, entity_type: str) -> Iterator[Any]:
        """The Python rules that judge a block, the users' last."""
        yield from self.by_kind[kind].get_checks(entity_type)
        for user in self.users:
            if user.kind == kind and any(
                fnmatch.fnmatchcase(entity_type, name) for name in user.check.supported_entities
            ):
                yield user.check


class JudgedGraph:
    """A graph of checkov's, and what the rules say of it. ``names`` are the stacks' by the path of a file.

    ``with_instances`` is whether each instance of a ``count`` or ``for_each`` has an address of its own.
    """

    def __init__(
        self,
        rules: _Rules,
        manager: Any,
        graph: Any,
        names: Mapping[str, str],
        *,
        with_instances: bool = False,
    ) -> None:
        from checkov.common.graph.graph_builder import CustomAttributes

        self.rules = rules
        self.crashes: list[Crash] = []
        self.names = names
        self.with_instances = with_instances
        self.attributes = CustomAttributes
        manager.save_graph(graph)
        self.reader = manager.get_reader_endpoint()
        self.vertices: Sequence[Any] = graph.vertices

    def results(self) -> Iterator[Result]:
        """Every result of every rule; blocks that are expanded give one an instance."""
        for vertex in self.vertices:
            if vertex.block_type in self.rules.by_kind:
                yield from self._of_block(vertex.block_type, vertex.config, vertex.path)
        with no_threads():
            yield from self._of_graph()

    def _of_block(self, kind: str, config: dict[str, Any], path: str) -> Iterator[Result]:
        registry = self.rules.by_kind[kind]
        entity_type, name, body = registry.extract_entity_details(config)
        address = self._address(kind, entity_type, name, body)
        stack = self.names[path]
        self.rules.iam_scanner.policy_document_cache.clear()
        for rule in self.rules.of_block(kind, entity_type):
            rule.graph = self.reader
            try:
                outcome = _outcome(self.rules.run(rule)(path, body, name, entity_type, {})["result"])
            except (Exception, SystemExit) as error:  # noqa: BLE001  # as above
                self.crashes.append(Crash(rule.id, stack, address, type(error).__name__))
                continue
            if outcome == "unknown" and isinstance(rule, self.rules.iam_scanner):
                self.crashes.append(Crash(rule.id, stack, address, UNREADABLE, is_undecided=True))
            yield Result(rule.id, rule.name, outcome, stack, address, _keys(rule.get_evaluated_keys()))

    def _of_graph(self) -> Iterator[Result]:
        types = {vertex.name.split(".")[0] for vertex in self.vertices}
        present = types | {f"data.{name}" for name in types}
        for rule in self.rules.graph:
            if rule.resource_types and present.isdisjoint(rule.resource_types):
                continue
            try:
                by_outcome: Iterable[tuple[Outcome, Any]] = tuple(
                    zip(("passed", "failed", "unknown"), self.rules.run(rule)(self.reader), strict=True)
                )
            except Exception as error:  # noqa: BLE001  # as above
                self.crashes.append(Crash(rule.id, next(iter(self.names.values())), "", type(error).__name__))
                continue
            keys = _keys(rule.get_evaluated_keys())
            for outcome, entities in by_outcome:
                for entity in entities:
                    kind = entity[self.attributes.BLOCK_TYPE]
                    if kind in ("resource", "data"):
                        entity_type, _, name = entity[self.attributes.BLOCK_NAME].partition(".")
                        address = self._address(kind, entity_type, name, entity)
                        stack = self.names[entity[self.attributes.FILE_PATH]]
                        yield Result(rule.id, rule.name, outcome, stack, address, keys)

    def _address(self, kind: str, entity_type: str, name: str, body: Mapping[str, Any]) -> str:
        """The Terraform address of a block."""
        if kind in ("resource", "data"):
            module = _MODULE.match(str(body.get("__address__", "")))
            prefix = f"{module[0] if module else ''}{'data.' if kind == 'data' else ''}"
            return f"{prefix}{entity_type}.{name if self.with_instances else _INSTANCE.sub('', name)}"
        alias = body.get("alias")
        return f"{kind}.{name}.{alias[0]}" if kind == "provider" and alias else f"{kind}.{name}"


def _named(rule: Any) -> set[str]:
    """The resource types that a graph rule and its parts name."""
    types = [kinds for kinds in (rule.resource_types, rule.connected_resources_types) if kinds]
    # A part that names no type lists the provider's own name and every type of it.
    named = {kind for kinds in types if "aws" not in kinds for kind in kinds}
    return named.union(*(_named(part) for part in rule.sub_checks))


def _outcome(result: Any) -> Outcome:
    # Rules of some kinds give the result alone, others the result and the configuration it is about.
    value = result[0] if isinstance(result, tuple) else result
    outcomes: Mapping[str, Outcome] = {"PASSED": "passed", "FAILED": "failed"}
    return outcomes.get(value.name, "unknown")


def _keys(keys: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted({str(key) for key in keys if key}))


def _definition(stack: Mapping[str, Any]) -> dict[str, Any]:
    """A scan copy as what checkov's HCL parser would make of it: attributes in lists, bodies with line marks.

    The marks have the HCL parser's names: without them the graph leaves out provider blocks. checkov has no rules on
    the providers that a stack asks for, and cannot parse them.
    """
    from checkov.terraform_json.parser import prepare_definition

    known = {kind: block for kind, block in stack.items() if kind != "terraform"}
    definition: dict[str, Any] = prepare_definition(known)
    for kind, labels in _MARKED.items():
        for block in definition.get(kind, ()):
            bodies = [block]
            for _ in range(labels):
                bodies = [body for labelled in bodies for body in labelled.values()]
            for body in bodies:
                body.update({"__start_line__": 1, "__end_line__": 1})
    return definition
