"""Background jobs: Procrastinate rows written in the caller's transaction, run by the worker.

A job's name is a wire format (`domain.verb_object`) and its arguments are ids, never words or objects. Every job may
run twice and be killed anywhere: it loads by id and calls one flow or service.
"""

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, LiteralString

import structlog
from opentelemetry.trace import SpanKind
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision, SyncPsycopgConnector
from procrastinate.jobs import Job
from sqlalchemy.exc import OperationalError

from core import tracing
from core.acting import acting
from core.errors import AppError, Kind, ProviderDown
from core.metrics import JOB_SECONDS, JOBS_RUN

if TYPE_CHECKING:
    from core.wiring import Greenroom

log = structlog.get_logger(__name__)

# Deferring always happens on a caller's connection, so this connector is never opened; the worker brings its own.
queue = App(connector=SyncPsycopgConnector())

MAX_ATTEMPTS = 8
MAX_ATTEMPTS_UNFORESEEN = 4
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 300.0

CARRIED = "_carried"
"""The argument in which a job takes trace and request along; its body never sees it."""

JobBody = Callable[..., None]
_NAMES: dict[JobBody, str] = {}


class BackOff(BaseRetryStrategy):
    """Exponential waits with full jitter; what is refused for good is not tried again."""

    def attempts_allowed(self, exception: BaseException) -> int:
        if isinstance(exception, OperationalError):
            # The database is away, or holds a lock longer than a statement may wait: as with a provider, it passes.
            return MAX_ATTEMPTS
        if not isinstance(exception, AppError):
            return MAX_ATTEMPTS_UNFORESEEN
        if exception.kind in (Kind.PROVIDER_DOWN, Kind.PROVIDER_TIMEOUT, Kind.LIMITED):
            return MAX_ATTEMPTS
        return 1

    def is_last(self, exception: BaseException, attempts_before: int) -> bool:
        return attempts_before + 1 >= self.attempts_allowed(exception)

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if self.is_last(exception, job.attempts):
            return None
        ceiling = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**job.attempts)
        wait = random.uniform(ceiling / 2, ceiling)  # noqa: S311  jitter, not a secret
        if isinstance(exception, ProviderDown) and exception.retry_after_seconds:
            wait = max(wait, min(exception.retry_after_seconds, LONGEST_WAIT_SECONDS))
        return RetryDecision(retry_in={"milliseconds": int(wait * 1000)})


back_off = BackOff()


def job(name: str, *, when_dead: JobBody | None = None) -> Callable[[JobBody], JobBody]:
    """Register a job body `(greenroom, **ids)` under its name.

    `when_dead` is called with the same ids once the last attempt has failed, so that nothing waits for ever.
    """

    def register(body: JobBody) -> JobBody:
        _NAMES[body] = name

        @queue.task(name=name, retry=back_off, pass_context=True)
        def run(context: JobContext, /, **ids: Any) -> None:
            greenroom: Greenroom = context.additional_context["greenroom"]
            came_with: dict[str, str] = ids.pop(CARRIED, {})
            with (
                structlog.contextvars.bound_contextvars(job=name, job_id=context.job.id, **ids),
                tracing.request(came_with.get(tracing.REQUEST_ID)),
                tracing.span(f"job {name}", SpanKind.CONSUMER, carrier=came_with),
                acting(),
            ):
                try:
                    with JOB_SECONDS.labels(name).time():
                        body(greenroom, **ids)
                except Exception as exc:
                    _log_failure(exc, last := back_off.is_last(exc, context.job.attempts))
                    JOBS_RUN.labels(name, "dead" if last else "to be tried again").inc()
                    if last and when_dead is not None:
                        when_dead(greenroom, **ids)
                    raise
                JOBS_RUN.labels(name, "done").inc()

        return body

    return register


NIGHTLY: dict[str, time] = {}
"""Jobs that are done once a day, by name, with the time in UTC."""
_EVER_QUEUED: LiteralString = "SELECT DISTINCT task_name FROM procrastinate_periodic_defers"


def nightly(*, at: time) -> Callable[[JobBody], JobBody]:
    """Have a job, whose name its body carries, done once a day from this time (UTC) on. It is given `timestamp`."""

    def register(body: JobBody) -> JobBody:
        NIGHTLY[_NAMES[body]] = at
        return body

    return register


async def queue_nightly(app: App, now: datetime, *, started: datetime) -> None:
    """Queue what is due tonight, unless that was done: whichever worker comes first does it.

    A job that no worker has ever queued waits for a night after this one has `started`: while a release is rolled out
    a worker of the former one would take it, does not know it, and fails it for good.
    """
    known = {row["task_name"] for row in await app.connector.execute_query_all_async(_EVER_QUEUED)}
    for name, at in NIGHTLY.items():
        due = datetime.combine(now.date(), at, UTC)
        if due > now:
            due -= timedelta(days=1)
        if name not in known and due < started:
            continue
        night = int(due.timestamp())
        wanted = queue.configure_task(name, task_kwargs={"timestamp": night}).job
        await app.job_manager.defer_periodic_job(job=wanted, periodic_id="", defer_timestamp=night)


def _log_failure(exc: Exception, last: bool) -> None:
    if isinstance(exc, AppError):
        log.warning("job failed", error=exc.code, last_attempt=last, **exc.facts)
    else:
        log.error("job failed", error=type(exc).__name__, last_attempt=last, exc_info=exc)


def enqueue(connection: Any, name: str, *, after_seconds: float = 0, ids: Mapping[str, Any]) -> None:
    """Write the job on an open psycopg connection, inside whatever transaction it is in."""
    wait = {"milliseconds": int(after_seconds * 1000)} if after_seconds else None
    queue.configure_task(name, connection=connection, schedule_in=wait).defer(**with_trace(ids, tracing.carried()))


def as_queued(name: str) -> dict[str, Any]:
    """Queue, name and priority of a job, for a statement that queues it by `procrastinate_defer_jobs_v1` itself."""
    wanted = queue.configure_task(name).job
    return {"queue": wanted.queue, "job": wanted.task_name, "priority": wanted.priority}


def with_trace(ids: Mapping[str, Any], along: Mapping[str, str]) -> dict[str, Any]:
    """A job's arguments: ids, and the trace of whoever asked for it."""
    return {**ids, CARRIED: dict(along)} if along else dict(ids)
