"""Counters for operators: what /metrics tells. Labels are route templates and statuses, never paths, people or tenants."""

from __future__ import annotations

import os

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST
UNMATCHED = "unmatched"
"""The route of a request that has none: else any address a scanner tries would make a series of its own."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counters of one application. `registry` takes more of them from whoever has something to count."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "doorstep_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "doorstep_http_request_seconds",
            "Time to answer; long-polling is not in it.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._problems = Counter("doorstep_problems", "Refusals by problem code.", ["code"], registry=self.registry)

    def answered(self, method: str, route: str | None, status: int, seconds: float | None, code: str | None) -> None:
        """Count one request. route: the template. seconds: None where the time says nothing. code: of a problem."""
        method = method if method in _METHODS else "other"
        route = route or UNMATCHED
        self._requests.labels(method, route, str(status)).inc()
        if seconds is not None:
            self._seconds.labels(method, route).observe(seconds)
        if code is not None:
            self._problems.labels(code).inc()

    def page(self) -> bytes:
        """The text of /metrics; of all web processes when PROMETHEUS_MULTIPROC_DIR is set."""
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry)
        return generate_latest(self.registry)
