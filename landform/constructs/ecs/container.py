"""What a task's container is: its definition as ECS reads it, and what may not stand in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from landform.constructs.ecr import ContainerImage
from landform.constructs.ecs.limits import CREDENTIALS, ENVIRONMENT_NAME, PORT, USER, WRITABLE_PATH
from landform.constructs.grants import Grant, Grantee
from landform.core import Input, Ref
from landform.errors import Code, LandformError, Place


@runtime_checkable
class SecretGrants(Protocol):
    """The grants of a secret of Secrets Manager."""

    def read_value(self, principal: Grantee) -> Grant:
        """Read the secret's value."""
        ...


@runtime_checkable
class ParameterGrants(Protocol):
    """The grants of a parameter of Systems Manager."""

    def read(self, principal: Grantee) -> Grant:
        """Read the parameter's value."""
        ...


@runtime_checkable
class SecretSource(Protocol):
    """What holds a value that a container gets when it starts: a ``Secret`` or a ``Parameter``."""

    @property
    def arn(self) -> str | Ref[str]:
        """The ARN that ECS reads it by."""
        ...

    @property
    def grants(self) -> SecretGrants | ParameterGrants:
        """How reading it is granted."""
        ...


def grant_read(source: SecretSource, principal: Grantee, place: Place) -> None:
    """Grant the reading of a secret's value.

    Raises:
        LandformError: ``argument-value`` for what is neither a secret nor a parameter, as its text would be.
    """
    grants = getattr(source, "grants", None)
    if isinstance(grants, SecretGrants):
        grants.read_value(principal)
    elif isinstance(grants, ParameterGrants):
        grants.read(principal)
    else:
        # Not its text: it may be the secret itself.
        raise LandformError(
            Code.ARGUMENT_VALUE,
            "A container gets a secret by reference.",
            place=place,
            given=type(source).__name__,
            expected="a Secret or a Parameter",
        )


@dataclass(frozen=True, slots=True)
class ContainerSettings:
    """What the user says of a container."""

    image: ContainerImage
    port: int | None
    user: str
    command: Sequence[str]
    environment: Mapping[str, Input[str]]
    secrets: Mapping[str, SecretSource]
    writable_paths: Sequence[str]

    def check(self, place: Place) -> None:
        """Whether ECS would take it, and whether it keeps to what is secure.

        Raises:
            LandformError: ``argument-value``.
        """
        if not isinstance(self.image, ContainerImage):
            raise _refused(
                "This is no image of a container.",
                place,
                repr(self.image),
                "repository.image(...), or ContainerImage.from_registry(...)",
            )
        if self.port is not None:
            PORT.checked(self.port, place)
        USER.checked(self.user, place)
        for path in self.writable_paths:
            WRITABLE_PATH.checked(path, place)
        if isinstance(self.command, str):
            raise _refused("A command is a list of words.", place, repr(self.command), "['serve', '--fast']")
        for name in (*self.environment, *self.secrets):
            ENVIRONMENT_NAME.checked(name, place)
        credentials = sorted(set(CREDENTIALS) & set(self.environment))
        if credentials:
            raise _refused(
                "Credentials do not belong among the environment variables.",
                place,
                ", ".join(credentials),
                "grants to the service's role, which the SDK finds by itself",
            )
        twice = sorted(set(self.environment) & set(self.secrets))
        if twice:
            raise _refused(
                "A variable is either plain or a secret.", place, ", ".join(twice), "each name once"
            )

    @property
    def volumes(self) -> Mapping[str, str]:
        """Names of the volumes behind the writable paths, with the paths."""
        return {f"writable-{number}": path for number, path in enumerate(self.writable_paths)}

    def definition(self, name: str, *, log_group_name: str, region: str) -> dict[str, Any]:
        """The definition, as ``RegisterTaskDefinition`` takes it."""
        return {
            "name": name,
            "image": self.image.uri,
            "essential": True,
            "command": [*self.command] or None,
            "portMappings": [] if self.port is None else [{"containerPort": self.port, "protocol": "tcp"}],
            "user": self.user,
            "privileged": False,
            "readonlyRootFilesystem": True,
            "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
            "environment": [{"name": key, "value": value} for key, value in sorted(self.environment.items())],
            "secrets": [
                {"name": key, "valueFrom": source.arn} for key, source in sorted(self.secrets.items())
            ],
            "mountPoints": [
                {"sourceVolume": volume, "containerPath": path, "readOnly": False}
                for volume, path in self.volumes.items()
            ],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": log_group_name,
                    "awslogs-region": region,
                    "awslogs-stream-prefix": name,
                },
            },
        }


def _refused(message: str, place: Place, given: str, expected: str) -> LandformError:
    return LandformError(Code.ARGUMENT_VALUE, message, place=place, given=given, expected=expected)
