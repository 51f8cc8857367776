"""Files of older schema versions, brought to the present one a version at a time.

A step changes the tree of a file, comments and all, so that what a migration writes is the file a person wrote,
in the new form. No step guesses: what the new version must have and the old file does not say is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from landform.errors import Code, LandformError, raise_all
from landform.org.document import Document, parse, read_text
from landform.org.format import Rewritten, format_text, spec_files
from landform.org.jsonschema import MODELS, schema_id
from landform.org.versions import kind_and_version, other_version
from landform.org.yaml_tree import Entry, Fields, Leaf, quoted, read_tree, word
from landform.org.yaml_write import write_tree


@dataclass(frozen=True, slots=True)
class Step:
    """From one version of a kind of file to the next; ``change`` is given the tree and the file it came from."""

    kind: str
    before: int
    after: int
    change: Callable[[Fields, Document], None]


def migrate(project: Path) -> list[Rewritten]:
    """What would change in the files of a project's spec to bring them to this version. Writes nothing.

    Raises:
        LandformError: each file that cannot be migrated: ``spec-version`` for one that is newer than this
            landform, or for whose version there is no step; ``spec-...`` for what a step cannot know.
    """
    changed: list[Rewritten] = []
    errors: list[LandformError] = []
    for file in spec_files(project):
        try:
            before = read_text(project, file)
            after = migrate_text(before, file)
        except LandformError as error:
            errors += error.each()
            continue
        if before != after:
            changed.append(Rewritten(file, before, after))
    raise_all(errors)
    return changed


def migrate_text(text: str, file: str) -> str:
    """A file's text in this landform's version of its schema; unchanged where it is that, or of no known kind.

    Raises as ``migrate`` does.
    """
    document = parse(text, file)
    found = kind_and_version(document.value.get("schema"))
    if found is None or found[0] not in MODELS:
        return text
    step = next((each for each in STEPS if (each.kind, each.before) == found), None)
    if step is None:
        wrong = other_version(document, schema_id(MODELS[found[0]]), steps=False)
        if wrong:
            raise wrong
        return text
    tree = read_tree(text)
    step.change(tree, document)
    schema = tree.get("schema")
    if schema:
        schema.value = word(f"landform/{step.kind}/v{step.after}")
    return migrate_text(format_text(write_tree(tree), file), file)


def _account_0(root: Fields, document: Document) -> None:
    """``id`` became ``account_id``, in quotes; ``owner``, a team's name, took ``contact`` and ``cost_center`` in."""
    account_id, owner = root.get("id"), root.get("owner")
    if account_id and account_id.key:
        if root.get("account_id"):
            raise LandformError(
                Code.SPEC_DUPLICATE,
                "The file has an id twice.",
                place=document.key_place("id"),
                given="id and account_id",
                expected="one of the two",
            )
        account_id.key = word("account_id")
        account_id.value = quoted(_account_id(account_id.value, document))
    if owner and isinstance(owner.value, Leaf):
        parts = [Entry(word("team"), owner.value)]
        for key in ("contact", "cost_center"):
            part = root.get(key)
            if part is None:
                raise LandformError(
                    Code.SPEC_MISSING_KEY,
                    f"The key {key!r} is missing; version 1 needs it in `owner`.",
                    place=document.place("owner"),
                    expected=f"{key}: a text, beside `owner`",
                )
            root.entries.remove(part)
            parts.append(part)
        owner.value = Fields(parts, flow=False)


def _account_id(value: object, document: Document) -> str:
    # As it is written: a number that begins with zeros has lost them once it is a number.
    digits = value.text if isinstance(value, Leaf) else ""
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 12):
        raise LandformError(
            Code.SPEC_VALUE,
            "This is no account id.",
            place=document.place("id"),
            given=document.given("id"),
            expected="up to 12 digits; where there are fewer, zeros were lost in front",
        )
    return digits.zfill(12)


STEPS: tuple[Step, ...] = (Step("account", 0, 1, _account_0),)
