"""Secure-by-default AWS constructs, one folder a service, the same anatomy in every one.

Here stands what they share: the stack they live in, the names they give, the tables they keep. A service's
folder has a face (``__init__``), a module a construct, ``grants.py`` (what may be granted on it, as a table) and
``controls.py`` (its secure defaults, each beside the checks it satisfies).
"""

from landform.constructs.controls import Control
from landform.constructs.grants import Grant, Grantee, Verb
from landform.constructs.stack import AwsStack
from landform.constructs.waiving import Waiver, waive

__all__ = ["AwsStack", "Control", "Grant", "Grantee", "Verb", "Waiver", "waive"]
