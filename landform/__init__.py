"""landform: secure-by-default Terraform JSON for whole AWS organisations.

Importing the package imports nothing else: every room is imported by the command, or the line of user code,
that needs it.
"""

__version__ = "0.1.0"
