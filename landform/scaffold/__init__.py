"""A new construct in the anatomy of the library: face, construct, grants, controls, test and page of the docs.

What it writes synthesises and passes its test, and promises little yet: a place to begin. The arguments come from
the provider's schema, the verbs' actions from AWS's service authorization reference.
"""

from landform.scaffold.write import construct_files

__all__ = ["construct_files"]
