"""How cost grows with data: the same look at 1, 10 and 100 times as much, and the exponent that fits.

An exponent of 0 is a cost that does not grow, of 1 one that doubles when the data does.
"""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from bench.books import end_lately, write_books
from bench.charts import Point, lines
from bench.cohort_data import name, write_cohorts
from bench.inbox import Inbox
from bench.people import give_history, new_user
from bench.stores import Stores
from bench.table import Detail, Findings, Row
from core.accounts.types import Actor, Role
from core.analytics.service import statistics as figures
from core.cohorts import comparing, roster
from core.cohorts import service as cohorts
from core.cohorts.types import Filters
from core.db import Uow
from core.interviews.service import history
from core.ledger import proving
from core.operations import margins
from core.operations import service as operations
from core.ports.voice import Incoming
from core.reports.service import report_view
from core.webhooks.service import Arrival
from core.wiring import Greenroom, build

TIMES = (1, 10, 100)
MOST = 0.15
"""The largest exponent that still counts as flat: 100 times the data then costs twice as much."""
LEAST = 20
LEARNERS = 40
GROWING = ("users", "cohorts", "webhook_events", "procrastinate_jobs", "interview_payments", "ledger_entries",
           "ledger_proofs", "delivered_days")  # fmt: skip
MORE_MESSAGES = """
INSERT INTO webhook_events (id, source, event_key, type, payload, status, attempts, received_at)
SELECT 'evt_' || gen_random_uuid(), source, gen_random_uuid()::text, type, payload, status, attempts, received_at
FROM webhook_events, generate_series(2, %(times)s)"""

Look = Callable[[], object]


def exponent(points: Sequence[Point]) -> float:
    """The slope of the line through the points on paper that is logarithmic both ways (least squares)."""
    across, up = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    return statistics.linear_regression(across, up).slope


def measure(given: Stores, *, repeats: int) -> Findings:
    """`LEAST` interviews of one person, ten times as many of a cohort, in the inbox and in the books are the single
    measure. People have ten and a hundred times as many; a cohort stays as large as it is, and there are more of them.
    Each size has a database of its own, so that all are looked at in turns.
    """
    with ExitStack() as stack:
        sizes = [_filled(stack, side, factor) for factor, side in zip(TIMES, _copies(given), strict=True)]
        taken = {what: _medians_ms([looks[what] for looks in sizes], repeats) for what in sizes[0]}
    fitted = {what: exponent(points) for what, points in taken.items()}
    return Findings(
        rows=[
            Row("growth", f"{what}: exponent over 1, 10, 100 times the data", found, MOST, "at most")
            for what, found in fitted.items()
        ],
        details=[
            Detail("growth", "Cost as data grows, medians in ms",
                   ("what", *(f"{factor} ×" for factor in TIMES), "exponent"),
                   tuple((what, *(f"{ms:.2f}" for _, ms in points), f"{fitted[what]:.2f}")
                         for what, points in taken.items()))
        ],
        charts={"growth": lines("Cost as data grows", taken, across="times the data", up="ms", logarithmic=True)},
    )  # fmt: skip


def _copies(given: Stores) -> list[Stores]:
    """As many empty databases as there are sizes, all in the one server and under the same keys."""
    sides = []
    original = build(given.settings)
    original.keyring.refresh()  # Makes the first data key: a process seals and opens with one keyring alone.
    original.engine.dispose()
    with psycopg.connect(given.postgres_url, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {', '.join(GROWING)} CASCADE")
    address = make_url(given.postgres_url)
    with psycopg.connect(address.set(database="postgres").render_as_string(False), autocommit=True) as admin:
        for factor in TIMES:
            copy = address.set(database=f"bench_{factor}")
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            admin.execute(made.format(sql.Identifier(copy.database or ""), sql.Identifier(address.database or "")))
            url = copy.render_as_string(False)
            sides.append(Stores({**given.environment, "DATABASE_URL": url}, url))
    return sides


def _filled(stack: ExitStack, side: Stores, factor: int) -> dict[str, Look]:
    """Fill a database with so many times as much; what there is to look at in it."""
    greenroom = build(side.settings)
    stack.callback(greenroom.engine.dispose)
    inbox = stack.enter_context(Inbox(greenroom))
    person, coach, cohort_id = _fill(side, greenroom, inbox, factor)
    looks = _looks(greenroom, person, coach, cohort_id)
    return {**looks, "inbox, 50 messages": lambda: inbox.put(_messages(50))}


def _looks(greenroom: Greenroom, person: Actor, coach: Actor, cohort_id: str) -> dict[str, Look]:
    def reading(verb: Callable[[Uow], object]) -> Look:
        def look() -> object:
            with greenroom.uow() as uow:
                return verb(uow)

        return look

    operator = Actor("usr_bench", "bench", "Operator", Role.ADMIN, "ses_bench")
    verbs: dict[str, Callable[[Uow], object]] = {
        "history": lambda uow: history(uow, person, limit=20),
        "statistics": lambda uow: figures(uow, person),
        "report": lambda uow: report_view(uow, person, history(uow, person, limit=1).items[0].session_id),
        "cohort, overview": lambda uow: cohorts.analytics(uow, coach, cohort_id, Filters()),
        "cohort, learners": lambda uow: roster.members(uow, coach, cohort_id),
        "cohort, growth": lambda uow: comparing.growth_of(uow, coach, cohort_id, Filters()),
        "operations": lambda uow: operations.overview(uow, operator),
        "operations, money": lambda uow: operations.money(uow, operator, dollar_price=8_000),
    }
    return {what: reading(verb) for what, verb in verbs.items()}


def _medians_ms(looks: Sequence[Look], repeats: int) -> list[Point]:
    """The same look at each size, in turns: whatever else the machine does falls on all."""
    taken: list[list[float]] = [[] for _ in TIMES]
    for _ in range(repeats + 3):
        for look, times in zip(looks, taken, strict=True):
            began = time.perf_counter()
            look()
            times.append(1000 * (time.perf_counter() - began))
    return [(float(factor), statistics.median(times[3:])) for factor, times in zip(TIMES, taken, strict=True)]


def _fill(side: Stores, greenroom: Greenroom, inbox: Inbox, factor: int) -> tuple[Actor, Actor, str]:
    """A person, a coach and one of the coach's cohorts, in a database that holds so many times as much."""
    one, ten = LEAST * factor, 10 * LEAST * factor
    made = write_cohorts(
        side.postgres_url, interviews=ten, cohorts=factor, learners_each=LEARNERS, with_questions=False
    )
    person = new_user(greenroom, Role.CANDIDATE)
    give_history(greenroom, person, count=one)
    inbox.put(_messages(10 * LEAST))
    with greenroom.engine.begin() as connection:
        # As the workers leave it: handled, and no job behind it.
        connection.exec_driver_sql("UPDATE webhook_events SET status = 'handled'")
        connection.exec_driver_sql("DELETE FROM procrastinate_jobs")
        connection.exec_driver_sql(MORE_MESSAGES, {"times": factor})
        write_books(connection, payments=ten)
        end_lately(connection)
        connection.exec_driver_sql("ANALYZE")
    with greenroom.uow() as uow:
        proving.prove(uow)
        margins.add_up(uow)
    coach = Actor(made.coach_id, made.coach_id, "Coach", Role.COACH, "ses_bench")
    return person, coach, made.cohort_ids[0]


def _messages(count: int) -> list[Arrival]:
    return [Arrival("vapi", Incoming(name("evt", time.perf_counter_ns()), "status-update"), b"x" * 8000, {})
            for _ in range(count)]  # fmt: skip
