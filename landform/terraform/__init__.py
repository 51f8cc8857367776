"""Terraform itself: which binary, which providers, where it works, how it runs, and a local AWS to run it against."""

from landform.terraform.binary import Binary, find_terraform
from landform.terraform.providers import Mirror, find_mirror
from landform.terraform.sandbox import Sandbox, start_sandbox

__all__ = ["Binary", "Mirror", "Sandbox", "find_mirror", "find_terraform", "start_sandbox"]
