"""What Prometheus may ask."""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from starlette.responses import Response

from todo_backend.service import Service

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which says when it began

REQUESTS = Counter("http_requests_total", "Answered requests", ["method", "route", "status"])
SECONDS = Histogram(
    "http_request_duration_seconds",
    "Time to the end of the answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
STREAMS = Gauge("event_streams", "Open event streams")
CONNECTIONS = Gauge("database_connections_in_use", "Connections taken from the pool")
PURGED = Counter("purged_rows_total", "Rows removed because their time was over", ["table"])


def watch(service: Service) -> None:
    STREAMS.set_function(service.hub.count)
    CONNECTIONS.set_function(service.database.in_use)


async def metrics() -> Response:
    """Return the process's metrics in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
