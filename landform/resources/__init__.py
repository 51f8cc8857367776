"""Typed resources: what the provider takes, checked when it is given.

The AWS provider has over 1,500 resource types, and every toolkit that loads them at once starts slowly. Here a
module is one type, imported when it is used; the types that no generated module covers go through
``CheckedResource``, which checks just as much.
"""

from landform.resources.base import CheckedDataSource, CheckedResource

__all__ = ["CheckedDataSource", "CheckedResource"]
