"""Values that must not be shown, and the one way to take them out of a text.

Terraform's JSON holds secrets in clear: a plan only marks where they stand, and the same value stands again in
variables, in constants of the configuration and in messages. So a secret is removed by its value, wherever it
is, in every spelling in which JSON may carry it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from landform.schema.pack import BlockSchema, Pack

SENSITIVE = "(sensitive value)"
# A shorter secret is replaced only where it is the whole text: replacing every "1" would leave no plan to read.
WHOLE_BELOW = 4
# Arguments of the AWS provider that its schema does not mark.
PROVIDER_SECRETS = ("secret_key", "token")


class Secrets:
    """A set of secret texts that can be taken out of other texts.

    Args:
        values: the secrets. Empty texts are no secrets.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.values = frozenset(value for value in values if value)
        long = (value for value in self.values if len(value) >= WHOLE_BELOW)
        spellings = {spelling for value in long for spelling in _spellings(value)}
        longest_first = sorted(spellings, key=lambda text: (-len(text), text))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def scrub(self, text: str, stand_in: Callable[[Any], str] = lambda _: SENSITIVE) -> str:
        """The text with every secret replaced by what ``stand_in`` gives for it: ``(sensitive value)``."""
        if text in self.values:
            return stand_in(text)
        return self._pattern.sub(lambda found: stand_in(found[0]), text) if self._pattern else text

    def __or__(self, other: Secrets) -> Secrets:
        return Secrets(self.values | other.values)


def config_secrets(config: Mapping[str, Any], pack: Pack | None, environ: Mapping[str, str]) -> Secrets:
    """The secrets that a stack's own configuration holds, before any plan marks them.

    Those are the values and defaults of sensitive variables, the arguments that the provider's schema marks
    sensitive, and the provider's own keys.

    Args:
        config: a ``cdk.tf.json`` document.
        pack: the schema of the provider that the resources belong to; without one, no argument is known.
        environ: where ``TF_VAR_<name>`` is read.
    """
    return Secrets(
        [
            *_of_variables(config, environ),
            *_of_providers(config),
            *(_of_resources(config, pack) if pack else ()),
        ]
    )


def texts(value: object) -> Iterator[str]:
    """Every text in a JSON value, and every number of four digits or more as text."""
    match value:
        case str():
            yield value
        case bool() | None:
            return
        case int() | float():
            if len(text := json.dumps(value)) >= WHOLE_BELOW:
                yield text
        case Mapping():
            for item in value.values():
                yield from texts(item)
        case list() | tuple():
            for item in value:
                yield from texts(item)


def _of_variables(config: Mapping[str, Any], environ: Mapping[str, str]) -> Iterator[str]:
    for name, variable in config.get("variable", {}).items():
        if variable.get("sensitive"):
            yield from texts(variable.get("default"))
            yield environ.get(f"TF_VAR_{name}", "")


def _of_providers(config: Mapping[str, Any]) -> Iterator[str]:
    for blocks in config.get("provider", {}).values():
        for block in listed(blocks):
            for name in PROVIDER_SECRETS:
                yield from _literals(block.get(name))


def _of_resources(config: Mapping[str, Any], pack: Pack) -> Iterator[str]:
    known = set(pack.resource_types)
    for terraform_type, resources in config.get("resource", {}).items():
        if terraform_type in known:
            schema = pack.resource(terraform_type)
            for resource in resources.values():
                yield from _of_block(resource, schema)


def _of_block(value: Mapping[str, Any], schema: BlockSchema) -> Iterator[str]:
    for name, attribute in schema.attributes.items():
        if attribute.sensitive and name in value:
            yield from _literals(value[name])
    for name, nested in schema.blocks.items():
        for block in listed(value.get(name, [])):
            if isinstance(block, Mapping):
                yield from _of_block(block, nested.block)


def _literals(value: object) -> Iterator[str]:
    return (text for text in texts(value) if "${" not in text)


def listed(value: Any) -> list[Any]:
    """The blocks of one kind: Terraform JSON writes one as an object or several as a list."""
    return value if isinstance(value, list) else [value]


def _spellings(value: str) -> set[str]:
    plain = json.dumps(value, ensure_ascii=False)[1:-1]
    # Go's encoder, and so Terraform's jsonencode(), also escapes these three.
    as_go = plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return {value, plain, as_go, json.dumps(value)[1:-1]}
