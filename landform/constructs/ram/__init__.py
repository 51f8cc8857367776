"""AWS RAM: resources of one account that the organisation's other accounts use."""

from landform.constructs.ram.resource_share import ResourceShare

__all__ = ["ResourceShare"]
