"""What a function runs: one version of an object of S3, or one image of Amazon ECR."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from landform.constructs.lambda_.limits import HANDLER, IMAGE_URI, OBJECT_KEY, OBJECT_VERSION, Runtime
from landform.constructs.s3.hardened import HardenedBucket
from landform.constructs.s3.imported import ImportedBucket
from landform.core.construct import user_place
from landform.errors import Code as ErrorCode
from landform.errors import LandformError, did_you_mean


@dataclass(frozen=True, slots=True)
class Code:
    """The code of a function, with the runtime that it needs.

    ``arguments`` are those of the function. One version is named, so that what runs is what was tested.

    >>> packages = Bucket.from_name(stack, "Packages", "acme-packages")
    >>> Code.from_bucket(
    ...     packages, "settle.zip", object_version="3sL4kqtJlcpXrof3", runtime="python3.13", handler="app.handler"
    ... ).arguments["s3_bucket"]
    'acme-packages'
    """

    arguments: Mapping[str, Any]

    @classmethod
    def from_bucket(
        cls,
        bucket: HardenedBucket | ImportedBucket,
        object_key: str,
        *,
        object_version: str,
        runtime: Runtime,
        handler: str,
    ) -> Code:
        """A package in a bucket of the function's region: its key and its version, and what calls it.

        Raises:
            LandformError: ``argument-value`` for what is no bucket, a runtime that AWS mends no more, or a key, a
                version or a handler that AWS would refuse.
        """
        place = user_place()
        if not isinstance(bucket, (HardenedBucket, ImportedBucket)):
            raise LandformError(
                ErrorCode.ARGUMENT_VALUE,
                "Code lies in a bucket.",
                place=place,
                given=repr(bucket),
                expected="a Bucket, or Bucket.from_name(...)",
            )
        if runtime not in get_args(Runtime):
            raise LandformError(
                ErrorCode.ARGUMENT_VALUE,
                "This is no runtime that AWS mends.",
                place=place,
                given=repr(runtime),
                expected=", ".join(get_args(Runtime)),
                fix=did_you_mean(str(runtime), get_args(Runtime)),
            )
        return cls(
            {
                "package_type": "Zip",
                "s3_bucket": bucket.bucket_name,
                "s3_key": OBJECT_KEY.checked(object_key, place),
                "s3_object_version": OBJECT_VERSION.checked(object_version, place),
                "runtime": runtime,
                "handler": HANDLER.checked(handler, place),
            }
        )

    @classmethod
    def from_image(cls, image_uri: str) -> Code:
        """An image of Amazon ECR, by its digest or by a tag other than ``latest``.

        Raises:
            LandformError: ``argument-value`` for another URI.
        """
        return cls({"package_type": "Image", "image_uri": IMAGE_URI.checked(image_uri, user_place())})

    @property
    def is_image(self) -> bool:
        """Whether it is an image."""
        return "image_uri" in self.arguments
