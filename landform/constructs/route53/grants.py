"""What may be granted on a hosted zone. Actions are those of the Amazon Route 53 service authorization reference.

One action makes, changes and deletes records; what of it is granted stands in a condition ("Using IAM policy
conditions for fine-grained access control to manage resource record sets").
"""

from landform.constructs.grants import Verb

READ = Verb("read", ("route53:GetHostedZone", "route53:ListResourceRecordSets"), ("{arn}",))
WRITE_RECORDS = Verb("write_records", ("route53:ChangeResourceRecordSets",), ("{arn}",))
DELETE_RECORDS = Verb("delete_records", ("route53:ChangeResourceRecordSets",), ("{arn}",))

VERBS = (READ, WRITE_RECORDS, DELETE_RECORDS)
