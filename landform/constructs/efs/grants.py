"""What may be granted on a file system. Actions are those of the Amazon EFS service authorization reference.

EFS decrypts by itself, so no KMS action goes along. Access as root is no verb: an access point says who its clients
are, and elsewhere root is nobody.
"""

from landform.constructs.grants import Verb

READ = Verb("read", ("elasticfilesystem:ClientMount",), ("{arn}",))
WRITE = Verb("write", ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"), ("{arn}",))

VERBS = (READ, WRITE)

# What a client does to a file system.
CLIENT = (
    "elasticfilesystem:ClientMount",
    "elasticfilesystem:ClientRootAccess",
    "elasticfilesystem:ClientWrite",
)
