"""Amazon OpenSearch Service: search domains that are private, encrypted, audited and open to named roles."""

from landform.constructs.opensearch.open_search_domain import OpenSearchDomain

__all__ = ["OpenSearchDomain"]
