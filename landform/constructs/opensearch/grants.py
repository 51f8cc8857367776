"""What may be granted on a domain. Actions are those of the OpenSearch Service authorization reference.

An action is a method of HTTP, so what a verb allows stands in the path: a POST to ``_search`` reads, one to
``_bulk`` may delete.
"""

from landform.constructs.grants import Verb

READ_DOCUMENTS = Verb("read_documents", ("es:ESHttpGet", "es:ESHttpHead"), ("{arn}/{index}/*",))
SEARCH = Verb(
    "search",
    ("es:ESHttpGet", "es:ESHttpPost"),
    ("{arn}/{index}/_count", "{arn}/{index}/_msearch", "{arn}/{index}/_search"),
)
WRITE_DOCUMENTS = Verb(
    "write_documents",
    ("es:ESHttpPost", "es:ESHttpPut"),
    ("{arn}/{index}/_create/*", "{arn}/{index}/_doc", "{arn}/{index}/_doc/*", "{arn}/{index}/_update/*"),
)
WRITE_OR_DELETE_IN_BULK = Verb("write_or_delete_in_bulk", ("es:ESHttpPost",), ("{arn}/{index}/_bulk",))
DELETE_DOCUMENTS = Verb("delete_documents", ("es:ESHttpDelete",), ("{arn}/{index}/_doc/*",))

VERBS = (READ_DOCUMENTS, SEARCH, WRITE_DOCUMENTS, WRITE_OR_DELETE_IN_BULK, DELETE_DOCUMENTS)

# What the administrator of fine-grained access control calls: every method.
ADMINISTER = (
    "es:ESHttpDelete",
    "es:ESHttpGet",
    "es:ESHttpHead",
    "es:ESHttpPatch",
    "es:ESHttpPost",
    "es:ESHttpPut",
)
