"""What stands in the database as Prometheus gauges, read when they are asked for."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.ledger import proving

if TYPE_CHECKING:
    from core.wiring import Greenroom

log = structlog.get_logger(__name__)

COUNTS = {
    "greenroom_events": (
        "Providers' messages that are not done with",
        ("source", "state"),
        "SELECT source, status, count(*) FROM webhook_events WHERE status IN ('received', 'dead') GROUP BY 1, 2",
    ),
    "greenroom_jobs": (
        "Jobs that are not done",
        ("job", "state"),
        "SELECT task_name, status::text, count(*) FROM procrastinate_jobs "
        "WHERE status IN ('todo', 'doing', 'failed', 'aborted') GROUP BY 1, 2",
    ),
    "greenroom_interviews_open": (
        "Interviews by state, of those that are open",
        ("state",),
        "SELECT status, count(*) FROM interview_sessions "
        "WHERE status IN ('awaiting_payment', 'ready', 'in_progress', 'processing') GROUP BY 1",
    ),
    "greenroom_messages": (
        "Mails and text messages that have not left",
        ("channel", "state"),
        "SELECT channel, status, count(*) FROM outgoing_messages WHERE status IN ('queued', 'failed') GROUP BY 1, 2",
    ),
    "greenroom_archive_failing": (
        "1 when the last try to archive a piece of the primary's log failed",
        (),
        "SELECT coalesce((last_failed_time > coalesce(last_archived_time, '-infinity'))::int, 0) FROM pg_stat_archiver",
    ),
    "greenroom_archive_waiting": (
        "Finished pieces of the primary's log that are not archived; absent where none ever was",
        (),
        "SELECT greatest(div(pg_current_wal_lsn() - '0/0', pg_size_bytes(current_setting('wal_segment_size'))) - 1 "
        "- (pg_split_walfile_name(left(last_archived_wal, 24))).segment_number, 0) "
        "FROM pg_stat_archiver WHERE last_archived_wal ~ '^[0-9A-F]{24}'",
    ),
}
"""Name: help, labels, query. Labels are words of ours: they cannot explode."""
LEDGER = (
    "greenroom_ledger",
    "What was debited from and credited to an account, in minor units",
    ("account", "side", "currency"),
)


class Standing(Collector):
    """Shown by the worker alone: the same figures from every process would count double."""

    def __init__(self, greenroom: "Greenroom") -> None:
        self._greenroom = greenroom

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Told without asking the database, so that the worker starts before it is up."""
        told = [LEDGER, *((name, words, labels) for name, (words, labels, _) in COUNTS.items())]
        return iter([GaugeMetricFamily(name, words, labels=labels) for name, words, labels in told])

    def collect(self) -> Iterator[GaugeMetricFamily]:
        answers = GaugeMetricFamily("greenroom_database_up", "1 when the worker reaches the database")
        try:
            with self._greenroom.engine.connect() as connection:
                for name, (words, labels, query) in COUNTS.items():
                    family = GaugeMetricFamily(name, words, labels=labels)
                    for *values, number in connection.execute(text(query)):
                        family.add_metric([str(value) for value in values], float(number))
                    yield family
                yield _ledger(Session(connection))
            answers.add_metric([], 1)
        except SQLAlchemyError as exc:
            log.warning("standing figures are not to be had", error=type(exc).__name__)
            answers.add_metric([], 0)
        yield answers


def _ledger(session: Session) -> GaugeMetricFamily:
    name, words, labels = LEDGER
    family = GaugeMetricFamily(name, words, labels=labels)
    for (account, side, currency), amount in proving.sums(session).items():
        if account != proving.COHORTS:
            family.add_metric([account, side, currency], float(amount))
    return family
