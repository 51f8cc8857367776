"""Rebuilds a landform tree with the real cdktf: the same constructs, ids and arguments, its own names and text.

Import it through the fixture ``real``. References are rebuilt from the names that cdktf gives.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import cdktf
import constructs

from landform.core import App, Backend, Block, Lazy, Local, Output, Provider, Ref, Stack, Variable
from landform.core.element import DataSource, Element, Managed, Resource


class RawResource(cdktf.TerraformResource):
    def __init__(self, scope, id, terraform_type, arguments):
        self.given = arguments
        super().__init__(scope, id, terraform_resource_type=terraform_type)

    def _synthesize_attributes(self):
        return self.given()


class RawDataSource(cdktf.TerraformDataSource):
    def __init__(self, scope, id, terraform_type, arguments):
        self.given = arguments
        super().__init__(scope, id, terraform_resource_type=terraform_type)

    def _synthesize_attributes(self):
        return self.given()


class RawProvider(cdktf.TerraformProvider):
    def __init__(self, scope, id, provider, arguments):
        self.given = arguments
        metadata = cdktf.TerraformProviderGeneratorMetadata(
            provider_name=provider.name, provider_version=provider.version
        )
        super().__init__(
            scope,
            id,
            terraform_resource_type=provider.name,
            terraform_provider_source=provider.source,
            terraform_generator_metadata=metadata,
        )

    def _synthesize_attributes(self):
        return self.given()


class RawBackend(cdktf.TerraformBackend):
    def __init__(self, scope, type, arguments):
        self.given = arguments
        super().__init__(scope, "backend", type)

    def _synthesize_attributes(self):
        return self.given()

    def get_remote_state_data_source(self, scope, name, from_stack):
        raise NotImplementedError


def landform_files(app: App) -> dict[str, str]:
    """What landform writes for an app, by path."""
    with tempfile.TemporaryDirectory() as folder:
        app.synth(Path(folder))
        return read(folder)


def cdktf_files(app: App) -> dict[str, str]:
    """What the real cdktf writes for the same tree, by path. The app must have been synthesised (aspects)."""
    with tempfile.TemporaryDirectory() as folder:
        Rebuilt(app, folder).app.synth()
        return read(folder)


def read(folder: str) -> dict[str, str]:
    """Every file of a folder by its path."""
    root = Path(folder)
    return {str(p.relative_to(root)): p.read_text("utf-8") for p in root.rglob("*") if p.is_file()}


class Rebuilt:
    """A landform app, rebuilt."""

    def __init__(self, app: App, folder: str) -> None:
        # Raw resources have no metadata of a generator, and Terraform is not asked for its version.
        self.app = cdktf.App(outdir=folder, stack_traces=False, skip_validation=True)
        self.twins = {app: self.app}
        for construct in list(app.node.find_all())[1:]:
            twin = self.twins[construct] = self._make(construct, self.twins[construct.node.scope])
            for level, message in construct.node.annotations:
                twin.node.add_metadata(f"@cdktf/{level}", message, stack_trace=False)
        for construct in self.twins:
            self._connect(construct)

    def _make(self, construct, scope):
        id = construct.node.id
        match construct:
            case Stack():
                return cdktf.TerraformStack(scope, id)
            case Resource():
                return RawResource(scope, id, construct.terraform_type, self._arguments(construct))
            case DataSource():
                return RawDataSource(scope, id, construct.terraform_type, self._arguments(construct))
            case Provider():
                return RawProvider(scope, id, construct, self._arguments(construct, alias=construct.alias))
            case Backend():
                return RawBackend(scope, construct.type, self._arguments(construct))
            case Output():
                return cdktf.TerraformOutput(
                    scope, id, value="", description=construct.description, sensitive=construct.sensitive
                )
            case Variable():
                return cdktf.TerraformVariable(scope, id, **construct.arguments)
            case Local():
                return cdktf.TerraformLocal(scope, id, "")
            case Element():
                raise NotImplementedError(type(construct))
            case _:
                return constructs.Construct(scope, id)

    def _arguments(self, element, **more):
        return lambda: self._value({**element.arguments, **more})

    def _connect(self, construct) -> None:
        twin = self.twins[construct]
        if isinstance(construct, Element) and construct._name() != construct._allocated():
            twin.override_logical_id(construct._name())
        if isinstance(construct, (Element, Stack)):
            for path, value in leaves(construct._overrides, ()):
                twin.add_override(".".join(path), self._value(value))
        if isinstance(construct, Stack):
            for dependency in construct.dependencies:
                twin.add_dependency(self.twins[dependency])
        if isinstance(construct, Managed):
            self._connect_managed(construct, twin)
        if isinstance(construct, Output):
            twin.value = self._value(construct.value)
        if isinstance(construct, Local):
            twin.expression = self._value(construct.expression)

    def _connect_managed(self, construct, twin) -> None:
        below = [e for c in construct.depends_on for e in c.node.find_all() if isinstance(e, Managed)]
        if below:
            twin.depends_on = [self._address(element) for element in below]
        if construct.provider:
            twin.provider = self.twins[construct.provider]
            if construct.provider.alias:
                # cdktf's raw provider has no alias; generated bindings set it just so.
                twin.add_override("provider", construct.provider.address)
        if construct.lifecycle:
            settings = construct.lifecycle
            triggers = settings.replace_triggered_by
            twin.lifecycle = cdktf.TerraformResourceLifecycle(
                create_before_destroy=settings.create_before_destroy,
                prevent_destroy=settings.prevent_destroy,
                ignore_changes=settings.ignore_changes,
                replace_triggered_by=None if triggers is None else [self._address(e) for e in triggers],
            )
        if isinstance(construct, Resource) and construct._moved_from:
            twin.move_from_id(construct._moved_from)
        if isinstance(construct, Resource) and construct._import_id:
            twin.import_from(construct._import_id, self.twins.get(construct.provider))

    def _address(self, element) -> str:
        twin = self.twins[element]
        prefix = {DataSource: "data.", Variable: "var.", Local: "local."}
        before = next((p for kind, p in prefix.items() if isinstance(element, kind)), "")
        terraform_type = f"{element.terraform_type}." if isinstance(element, Managed) else ""
        return f"{before}{terraform_type}{twin.friendly_unique_id}"

    def _value(self, value):
        match value:
            case Ref():
                within = value.within()
                return f"{within.before}${{{self._address(value.element)}{value.suffix}}}{within.after}"
            case Lazy():
                return self._value(value.produce())
            case Block():
                return self._value(value.arguments)
            case Mapping():
                return {key: self._value(item) for key, item in value.items()}
            case str():
                return str(value)
            case Sequence():
                return [self._value(item) for item in value]
            case _:
                return value


def leaves(tree, path):
    """The overrides of an element as dotted paths and values."""
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value
