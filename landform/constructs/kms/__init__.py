"""AWS KMS: customer managed keys whose policy names each use."""

from landform.constructs.kms.key import Key

__all__ = ["Key"]
