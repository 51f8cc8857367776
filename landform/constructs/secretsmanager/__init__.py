"""AWS Secrets Manager: secrets whose values are in no state file, rotated and granted one by one."""

from landform.constructs.secretsmanager.secret import RotationFunction, Secret

__all__ = ["RotationFunction", "Secret"]
