"""Figures for Prometheus, in its text format."""

from __future__ import annotations

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from landform.serve.jobs import Jobs

MEDIA_TYPE = CONTENT_TYPE_LATEST
_METHODS = frozenset({"GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The figures of one server. Labels are of closed sets: what a caller sends makes no new series."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._registry = CollectorRegistry()
        self._calls = Counter(
            "landform_http_requests", "Calls.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "landform_http_request_seconds", "How long calls took.", ("route",), registry=self._registry
        )
        self._by_status = Gauge(
            "landform_account_requests", "Account requests.", ("status",), registry=self._registry
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a call."""
        self._calls.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All figures as they are now."""
        for status, count in self._jobs.counts().items():
            self._by_status.labels(status.value).set(count)
        return generate_latest(self._registry)
