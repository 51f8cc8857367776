"""What may be granted on a cluster. What its own API allows, access entries say (``EksCluster.add_access``)."""

from landform.constructs.grants import Verb

DESCRIBE = Verb("describe", ("eks:DescribeCluster", "eks:ListNodegroups"), ("{arn}",))

VERBS = (DESCRIBE,)
