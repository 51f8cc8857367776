"""Who may approve plans, with the keys that they sign with."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from landform.org.models.base import Date, Model, Name


def _checked(line: str) -> str:
    # Reading a key takes a library that a spec without approvers does not need.
    from landform.record.ssh import PublicKey

    PublicKey.parse(line)
    return line


Person = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$"),
    Field(description="a person's name: up to 64 letters, digits and . _ @ + -, a letter or digit first"),
]
SigningKey = Annotated[
    str,
    AfterValidator(_checked),
    Field(
        description="a public key of OpenSSH in one line: ssh-ed25519, ecdsa-sha2-nistp..., or ssh-rsa "
        "of at least 2048 bits"
    ),
]


class Approver(Model):
    """A person who may approve: their public keys, and the last day that they may."""

    name: Person
    keys: Annotated[tuple[SigningKey, ...], Field(min_length=1)]
    until: Date | None = None


class ApproverGroup(Model):
    """Some of the people, by name."""

    name: Name
    members: Annotated[tuple[Person, ...], Field(min_length=1)]


class Approvers(Model):
    """``org/approvers.yaml``: the people who may approve plans, and groups of them.

    Which of them may approve where is the setting ``rollout.approvers``.
    """

    schema_: Literal["landform/approvers/v1"] = Field(alias="schema")
    people: Annotated[tuple[Approver, ...], Field(min_length=1)]
    groups: tuple[ApproverGroup, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What a setting may name: the people and the groups."""
        return (*(person.name for person in self.people), *(group.name for group in self.groups))

    def named(self, names: Collection[str] | None) -> tuple[Approver, ...]:
        """The people among some names of people and groups; everyone for None."""
        if names is None:
            return self.people
        members = {member for group in self.groups if group.name in names for member in group.members}
        return tuple(person for person in self.people if person.name in names or person.name in members)
