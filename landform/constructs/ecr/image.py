"""Which image a container is started from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landform.constructs.ecr.limits import PINNED_IMAGE
from landform.core.construct import user_place

if TYPE_CHECKING:
    from landform.constructs.ecr.repository import AnyRepository


@dataclass(frozen=True, slots=True)
class ContainerImage:
    """An image by its URI, and the repository that it lies in, where that is one of ours.

    ``Repository.image`` makes one; what runs it is granted to pull from the repository.

    >>> digest = "sha256:" + "0a" * 32
    >>> ContainerImage.from_registry(f"public.ecr.aws/nginx/nginx@{digest}").repository is None
    True
    """

    uri: str
    repository: AnyRepository | None = None

    @classmethod
    def from_registry(cls, uri: str) -> ContainerImage:
        """An image of a registry that is not ours, by its digest.

        Raises:
            LandformError: ``argument-value`` for an image without a digest.
        """
        return cls(PINNED_IMAGE.checked(uri, user_place()))
