"""Amazon ECR: private repositories whose images are scanned, encrypted and never replaced."""

from landform.constructs.ecr.image import ContainerImage
from landform.constructs.ecr.repository import Repository

__all__ = ["ContainerImage", "Repository"]
