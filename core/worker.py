"""The worker: runs background jobs until SIGTERM or SIGINT; what it was doing then is taken up again."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate
import structlog
from prometheus_client import REGISTRY

from core import reconciliation, tracing
from core.accounts import jobs as accounts_jobs
from core.cohorts import jobs as cohorts_jobs
from core.interviews import jobs as interviews_jobs
from core.jobs import queue, queue_nightly
from core.ledger import jobs as ledger_jobs
from core.notifications import jobs as notifications_jobs
from core.operations import jobs as operations_jobs
from core.operations.metrics import Standing
from core.payments import jobs as payments_jobs
from core.privacy import jobs as privacy_jobs
from core.reports import jobs as reports_jobs
from core.settings import load_settings
from core.telemetry import Process, configure_logging, serve_metrics
from core.webhooks import jobs as webhooks_jobs
from core.wiring import Greenroom, build

log = structlog.get_logger(__name__)

JOBS = (
    accounts_jobs,
    cohorts_jobs,
    interviews_jobs,
    ledger_jobs,
    notifications_jobs,
    operations_jobs,
    payments_jobs,
    privacy_jobs,
    reports_jobs,
    webhooks_jobs,
)
"""Importing a domain's jobs registers them."""
STALLED_SECONDS = 15.0
RESCUE_EVERY_SECONDS = 10.0
GRACE_SECONDS = 5.0
POLL_SECONDS = 2.0
NIGHTLY_SECONDS = 60.0


async def rescue_stalled(app: procrastinate.App) -> None:
    """Take up the jobs of a worker that was killed: its heartbeat stops, its jobs would stand as running for ever."""
    manager = app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        log.warning("a stalled job is taken up again", job=job.task_name, job_id=job.id)
        await manager.retry_job(job)


async def regularly(seconds: float, what: Callable[[], Awaitable[object]]) -> None:
    """Do something for ever. A round that fails (the database is being restarted) is followed by the next."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await what()
        except Exception as exc:  # noqa: BLE001  the outermost place of a background task
            log.warning("a background round failed", error=type(exc).__name__)


async def run(greenroom: Greenroom) -> None:
    settings = greenroom.settings
    connector = procrastinate.PsycopgConnector(
        conninfo=_listening(settings.direct_url), min_size=1, max_size=4, kwargs={"prepare_threshold": None}
    )
    # A second application over the same tasks: jobs go on deferring through the first, on their own connections.
    app = queue.with_connector(connector)
    started = greenroom.clock()
    async with app.open_async():
        background = [
            asyncio.create_task(regularly(RESCUE_EVERY_SECONDS, lambda: rescue_stalled(app))),
            asyncio.create_task(
                regularly(
                    settings.greenroom_reconcile_seconds, lambda: asyncio.to_thread(reconciliation.run, greenroom)
                )
            ),
            asyncio.create_task(
                regularly(NIGHTLY_SECONDS, lambda: queue_nightly(app, greenroom.clock(), started=started))
            ),
            asyncio.create_task(_say_ready(greenroom)),
        ]
        try:
            await _work(app, greenroom)
        finally:
            for task in background:
                task.cancel()


def _listening(url: str) -> str:
    """Of several hosts the one that takes writes."""
    several = "," in url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    if not several or "target_session_attrs" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}target_session_attrs=read-write"


async def _work(app: procrastinate.App, greenroom: Greenroom) -> None:
    context: dict[str, Any] = {"greenroom": greenroom}
    with contextlib.suppress(asyncio.CancelledError):
        await app.run_worker_async(
            concurrency=greenroom.settings.greenroom_worker_concurrency,
            additional_context=context,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE_SECONDS,
            fetch_job_polling_interval=POLL_SECONDS,
            update_heartbeat_interval=5.0,
            stalled_worker_timeout=STALLED_SECONDS,
        )


async def _say_ready(greenroom: Greenroom) -> None:
    ready = greenroom.settings.greenroom_worker_ready_file
    if ready is not None:
        ready.parent.mkdir(parents=True, exist_ok=True)
        ready.touch()


def main() -> None:
    settings = load_settings()
    configure_logging(level=settings.greenroom_log_level, as_json=not settings.is_local)
    greenroom = build(settings)
    REGISTRY.register(Standing(greenroom))
    serve_metrics(settings.greenroom_metrics_port, Process.WORKER, address=settings.greenroom_metrics_address)
    tracing.configure(settings.otel_exporter_otlp_endpoint, service="greenroom-worker")
    asyncio.run(run(greenroom))
