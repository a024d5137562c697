"""Structured logs: JSON outside local, readable lines within, ids and codes but never words, secrets or bodies."""

import logging
import sys
from enum import IntEnum
from typing import Any

import structlog
from prometheus_client import start_http_server
from structlog.typing import EventDict, WrappedLogger

from core.tracing import name_trace

_SECRET_WORDS = ("secret", "password", "token", "authorization", "cookie", "signature", "api_key", "email")

# Local variables hold what people said, and secrets: a traceback names lines only.
_TRACEBACKS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


def _mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A secret that somebody logs by mistake does not reach the log."""
    return {key: "***" if _is_secret(key) else value for key, value in event.items()}


def _is_secret(key: str) -> bool:
    name = key.lower()
    counted = name == "tokens" or name.endswith("_tokens")
    return not counted and any(word in name for word in _SECRET_WORDS)


class Process(IntEnum):
    """Every process has metrics of its own, on the port of the setting plus this."""

    API = 0
    WORKER = 1
    APPLICATION = 2


def serve_metrics(first_port: int | None, process: Process, *, address: str = "127.0.0.1") -> None:
    """Show this process's metrics. A port that is taken costs the metrics, not the process."""
    if first_port is None:
        return
    try:
        start_http_server(first_port + process, addr=address)
    except OSError as exc:
        structlog.get_logger(__name__).error("metrics are not served", port=first_port + process, error=str(exc))


def configure_logging(*, level: str, as_json: bool) -> None:
    """Send structlog and the standard library through one chain to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_trace,
        _mask,
    ]
    renderer: list[Any] = (
        [_TRACEBACKS, structlog.processors.JSONRenderer()]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("httpx", "httpx2", "botocore", "urllib3", "procrastinate", "google_genai"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
