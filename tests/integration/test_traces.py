"""One trace and one request id lead from where a job is queued to where it runs, and spans leave by OTLP."""

import gzip
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from sqlalchemy import text

from core import tracing
from core.jobs import job, queue
from core.wiring import Greenroom

SEEN: list[dict[str, Any]] = []
ROOT_OF_TRACE = "0af7651916cd43dd8448eb211c80319c"


@job("tests.note_context")
def note_context(_greenroom: Greenroom, thing_id: str) -> None:
    """Remember what is known of where it came from."""
    SEEN.append({**structlog.contextvars.get_contextvars(), **tracing.carried()})


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "TRACER", provider.get_tracer("tests"))
    return exporter


def queued(greenroom: Greenroom) -> dict[str, Any]:
    with greenroom.engine.begin() as connection:
        query = text("DELETE FROM procrastinate_jobs WHERE task_name = 'tests.note_context' RETURNING args")
        found: dict[str, Any] = connection.execute(query).scalar_one()
        return found


def run(greenroom: Greenroom, args: dict[str, Any]) -> dict[str, Any]:
    context = SimpleNamespace(additional_context={"greenroom": greenroom}, job=SimpleNamespace(id=7, attempts=0))
    queue.tasks["tests.note_context"].func(context, **args)
    return SEEN.pop()


def test_a_job_belongs_to_the_trace_and_the_request_that_queued_it(greenroom: Greenroom, spans: InMemorySpanExporter):
    came = {"traceparent": f"00-{ROOT_OF_TRACE}-b7ad6b7169203331-01"}
    with (
        tracing.request("asked-for-this"),
        tracing.span("POST /api/webhooks", SpanKind.SERVER, carrier=came),
        greenroom.uow() as uow,
    ):
        uow.enqueue("tests.note_context", thing_id="int_1")
    context = run(greenroom, queued(greenroom))

    assert (context["request_id"], context["thing_id"]) == ("asked-for-this", "int_1")
    by_name = {span.name: span for span in spans.get_finished_spans()}
    asked, done = by_name["POST /api/webhooks"], by_name["job tests.note_context"]
    assert asked.context is not None
    assert done.context is not None
    assert f"{asked.context.trace_id:032x}" == f"{done.context.trace_id:032x}" == ROOT_OF_TRACE
    assert done.parent is not None
    assert done.parent.span_id == asked.context.span_id


def test_a_job_queued_outside_of_any_request_carries_its_ids_alone(greenroom: Greenroom):
    with greenroom.uow() as uow:
        uow.enqueue("tests.note_context", thing_id="int_2")
    args = queued(greenroom)
    assert args == {"thing_id": "int_2"}
    assert "request_id" not in run(greenroom, args)


def test_what_a_person_said_in_an_error_is_not_in_the_trace(spans: InMemorySpanExporter):
    with pytest.raises(ValueError, match="my salary"), tracing.span("job tests.fail"):
        raise ValueError("my salary is 100")
    (one,) = spans.get_finished_spans()
    assert "salary" not in one.to_json()
    assert json.loads(one.to_json())["attributes"] == {"error.type": "ValueError"}


def test_spans_leave_for_the_collector_from_a_process_of_its_own():
    took: list[ExportTraceServiceRequest] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            took.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        program = (
            "from core import tracing; from opentelemetry import trace\n"
            f"tracing.configure('http://127.0.0.1:{server.server_port}/', service='greenroom-worker')\n"
            "with tracing.span('job reports.write_report'): pass\n"
            "trace.get_tracer_provider().shutdown()\n"
        )
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
        server.shutdown()
    (resource,) = took[0].resource_spans
    assert [span.name for scope in resource.scope_spans for span in scope.spans] == ["job reports.write_report"]
    named = {item.key: item.value.string_value for item in resource.resource.attributes}
    assert named["service.name"] == "greenroom-worker"


def test_every_line_of_the_log_names_its_trace(spans: InMemorySpanExporter):
    with tracing.span("screen start", carrier={"traceparent": f"00-{ROOT_OF_TRACE}-b7ad6b7169203331-01"}):
        assert tracing.name_trace(None, "info", {"event": "x"})["trace_id"] == ROOT_OF_TRACE
    assert "trace_id" not in tracing.name_trace(None, "info", {"event": "x"})
