"""One trace from a click or a provider's message to the report, through every process.

A job carries the place it was queued at (W3C `traceparent`) and the id of the request that queued it. Spans leave by
OTLP where `OTEL_EXPORTER_OTLP_ENDPOINT` is set; else nothing is recorded, and ids of requests travel all the same.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind
from structlog.typing import EventDict, WrappedLogger

TRACER = trace.get_tracer("greenroom")
REQUEST_ID = "request_id"
_request: ContextVar[str | None] = ContextVar(REQUEST_ID, default=None)


def configure(endpoint: str | None, *, service: str) -> None:
    """Have spans leave for `endpoint` (a collector's base address) in the background. Called once, at the start."""
    if not endpoint:
        return
    provider = TracerProvider(resource=Resource.create({"service.name": service, "process.pid": os.getpid()}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)


@contextmanager
def span(name: str, kind: SpanKind = SpanKind.INTERNAL, *, carrier: Mapping[str, str] | None = None) -> Iterator[None]:
    """A step of the present trace, or of the one that `carrier` (headers, a job's own) tells of.

    An error's words may be a person's: its type alone is recorded.
    """
    context = propagate.extract(carrier) if carrier else None
    with TRACER.start_as_current_span(
        name, context, kind, record_exception=False, set_status_on_exception=False
    ) as one:
        try:
            yield
        except Exception as exc:
            one.set_attribute("error.type", type(exc).__name__)
            one.set_status(trace.StatusCode.ERROR)
            raise


@contextmanager
def request(name: str | None) -> Iterator[None]:
    """Within the block work is done for the request of this id, if there is one: logs and jobs tell of it."""
    token = _request.set(name)
    try:
        yield
    finally:
        _request.reset(token)


def carried() -> dict[str, str]:
    """What a job takes along from where it is queued; empty where there is nothing to tell."""
    found: dict[str, str] = {}
    if trace.get_current_span().get_span_context().is_valid:
        propagate.inject(found)
    if asked := _request.get():
        found[REQUEST_ID] = asked
    return found


def name_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Say in each line of the log which request and which trace it belongs to."""
    if asked := _request.get():
        event.setdefault(REQUEST_ID, asked)
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
    return event
