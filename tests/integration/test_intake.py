"""Group commit: who is answered has message and job in the database, whatever becomes of the others in the batch."""

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest
from psycopg import OperationalError
from psycopg.errors import UndefinedFunction
from sqlalchemy import select, text

from core import tracing
from core.db import LoopConnection
from core.errors import Busy
from core.ports.errors import MalformedMessage
from core.ports.voice import Incoming
from core.settings import Settings
from core.webhooks.intake import BATCH, BATCH_BYTES, Intake, intake_of
from core.webhooks.jobs import handle_event  # noqa: F401  registers the domain's jobs
from core.webhooks.models import WebhookEvent
from core.webhooks.service import HANDLE, Arrival, store
from core.wiring import Greenroom, build
from tests.waiting import until

JOBS_OF_EVENTS = """
SELECT e.event_key FROM webhook_events e
JOIN procrastinate_jobs j ON j.args ->> 'event_id' = e.id AND j.task_name = 'webhooks.handle_event'
ORDER BY e.event_key
"""


T = TypeVar("T")


@pytest.fixture
def greenroom(settings: Settings) -> Iterator[Greenroom]:
    made = build(settings)
    with made.engine.begin() as connection:
        connection.execute(text("TRUNCATE webhook_events, procrastinate_jobs CASCADE"))
    yield made
    made.engine.dispose()


def message(key: str, raw: bytes = b'{"what": "was said"}') -> Arrival:
    return Arrival("vapi", Incoming(key, "status-update"), raw)


def stored(greenroom: Greenroom) -> list[str]:
    with greenroom.engine.connect() as connection:
        return list(connection.execute(text("SELECT event_key FROM webhook_events ORDER BY event_key")).scalars())


def with_jobs(greenroom: Greenroom) -> list[str]:
    with greenroom.engine.connect() as connection:
        return list(connection.execute(text(JOBS_OF_EVENTS)).scalars())


def run(play: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: where browser tests ran before, this one has a loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, play).result()


async def put_all(intake: Intake, arrivals: Sequence[Arrival]) -> list[None | BaseException]:
    return await asyncio.gather(*(intake.put(arrival) for arrival in arrivals), return_exceptions=True)


def answers_to(greenroom: Greenroom, *keys: str) -> list[None | BaseException]:
    """What those are told who send messages of these keys at once."""

    async def play() -> list[None | BaseException]:
        async with intake_of(greenroom) as intake:
            return await put_all(intake, [message(key) for key in keys])

    return run(play())


class Gate:
    """A store whose writer waits until it is let through, so that a test decides what forms a batch."""

    def __init__(self, greenroom: Greenroom, connection: LoopConnection) -> None:
        self.greenroom = greenroom
        self.connection = connection
        self.open = asyncio.Event()
        self.batches: list[int] = []

    async def __call__(self, arrivals: Sequence[Arrival]) -> None:
        await asyncio.wait_for(self.open.wait(), 30)
        self.batches.append(len(arrivals))
        await store(self.connection, arrivals, self.greenroom.clock())


@asynccontextmanager
async def gated(greenroom: Greenroom) -> AsyncIterator[Gate]:
    connection = LoopConnection(greenroom.settings.sqlalchemy_url)
    yield Gate(greenroom, connection)
    await connection.close()


def test_those_who_wait_together_are_committed_together(greenroom: Greenroom) -> None:
    async def play() -> None:
        async with gated(greenroom) as gate:
            intake = Intake(gate)
            waiting = asyncio.gather(*(intake.put(message(f"k{n:02}")) for n in range(BATCH)))
            await asyncio.sleep(0)
            assert not waiting.done()
            assert stored(greenroom) == []
            gate.open.set()
            assert await waiting == [None] * BATCH
            assert gate.batches == [BATCH]

    run(play())
    assert stored(greenroom) == with_jobs(greenroom) == [f"k{n:02}" for n in range(BATCH)]


def test_of_many_half_are_committed_while_the_others_are_looked_after(greenroom: Greenroom) -> None:
    async def one(intake: Intake, key: str) -> None:
        with intake.place(100):
            await intake.put(message(key))

    async def play() -> list[int]:
        async with gated(greenroom) as gate:
            intake = Intake(gate)
            waiting = asyncio.gather(*(one(intake, f"k{n:03}") for n in range(100)))
            await asyncio.sleep(0)
            gate.open.set()
            await waiting
            return gate.batches

    assert run(play()) == [50, 50]
    assert with_jobs(greenroom) == [f"k{n:03}" for n in range(100)]


def test_its_job_is_as_the_queue_itself_would_write_it(greenroom: Greenroom) -> None:
    answers_to(greenroom, "a")
    with greenroom.uow() as uow:
        event_id = uow.session.execute(text("SELECT id FROM webhook_events")).scalar_one()
        uow.enqueue(HANDLE, event_id=event_id)
    query = """SELECT j.queue_name, j.task_name, j.priority, j.lock, j.queueing_lock, j.args, j.status, j.scheduled_at,
                      j.attempts, array_agg(e.type ORDER BY e.id)
               FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id GROUP BY j.id ORDER BY j.id"""
    with greenroom.engine.connect() as connection:
        ours, own = connection.execute(text(query)).all()
    assert ours == own


def test_one_event_twice_in_a_batch_is_one_event(greenroom: Greenroom) -> None:
    assert answers_to(greenroom, "a", "b", "a", "a") == [None] * 4
    assert stored(greenroom) == with_jobs(greenroom) == ["a", "b"]


def test_an_event_that_was_stored_before_is_answered_and_changes_nothing(greenroom: Greenroom) -> None:
    answers_to(greenroom, "a")
    assert answers_to(greenroom, "a", "b") == [None, None]
    assert answers_to(greenroom, "a", "b") == [None, None]
    assert stored(greenroom) == with_jobs(greenroom) == ["a", "b"]


@pytest.mark.parametrize("key", ["nul\0", "half a sign \ud83d"])
def test_a_message_that_cannot_be_stored_spoils_nobody_elses(greenroom: Greenroom, key: str) -> None:
    first, refused, last = answers_to(greenroom, "a", key, "b")
    assert (first, last) == (None, None)
    assert isinstance(refused, MalformedMessage)
    assert stored(greenroom) == with_jobs(greenroom) == ["a", "b"]


def test_without_its_job_no_event_is_kept_and_nobody_is_answered(greenroom: Greenroom) -> None:
    rename = "ALTER FUNCTION {} RENAME TO {}"
    own, away = "procrastinate_defer_jobs_v1", "procrastinate_defer_jobs_away"
    with greenroom.engine.begin() as connection:
        connection.execute(text(rename.format(own, away)))
    try:
        answers = answers_to(greenroom, "a", "b")
    finally:
        with greenroom.engine.begin() as connection:
            connection.execute(text(rename.format(away, own)))
    assert [type(answer) for answer in answers] == [UndefinedFunction, UndefinedFunction]
    assert stored(greenroom) == []
    assert answers_to(greenroom, "a", "b") == [None, None]
    assert with_jobs(greenroom) == ["a", "b"]


def held_up(greenroom: Greenroom, play: Coroutine[Any, Any, T], *, kills: int) -> T:
    """Play while the inbox is locked, have the connections that wait for it end as often, then let the next go on."""
    waiting = """SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'webhook_events'::regclass"""
    with ThreadPoolExecutor(1) as thread, greenroom.engine.connect() as other:
        other.execute(text("LOCK TABLE webhook_events IN ACCESS EXCLUSIVE MODE"))
        played = thread.submit(asyncio.run, play)
        for _ in range(kills):
            pid = until(lambda: other.execute(text(waiting)).scalars().one_or_none())
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        if kills == 1:
            until(lambda: other.execute(text(waiting)).scalars().one_or_none())
        other.rollback()
        return played.result(30)


def test_a_connection_that_dies_under_a_batch_costs_another_try_and_nothing_else(greenroom: Greenroom) -> None:
    async def play() -> list[None | BaseException]:
        async with intake_of(greenroom) as intake:
            return await put_all(intake, [message("a"), message("b")])

    assert held_up(greenroom, play(), kills=1) == [None, None]
    assert stored(greenroom) == with_jobs(greenroom) == ["a", "b"]


def test_where_the_second_try_dies_too_nobody_is_answered(greenroom: Greenroom) -> None:
    async def play() -> list[None | BaseException]:
        async with intake_of(greenroom) as intake:
            return await put_all(intake, [message("a"), message("b")])

    answers = held_up(greenroom, play(), kills=2)
    assert all(isinstance(answer, OperationalError) for answer in answers)
    assert stored(greenroom) == with_jobs(greenroom) == []


def test_the_connection_of_yesterday_is_dead(greenroom: Greenroom) -> None:
    """The database was started anew while nothing was sent."""

    async def play() -> list[None | BaseException]:
        async with intake_of(greenroom) as intake:
            await intake.put(message("a"))
            with greenroom.engine.connect() as other:
                ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                other.execute(text(f"{ended} AND datname = current_database() AND query LIKE '%webhook_events%'"))
            return await put_all(intake, [message("b")])

    assert run(play()) == [None]
    assert with_jobs(greenroom) == ["a", "b"]


def test_stopping_finishes_what_waits_and_takes_nothing_more(greenroom: Greenroom) -> None:
    async def play() -> None:
        async with gated(greenroom) as gate:
            intake = Intake(gate)
            waiting = asyncio.gather(*(intake.put(message(f"k{n}")) for n in range(5)))
            await asyncio.sleep(0)
            closing = asyncio.create_task(intake.close())
            await asyncio.sleep(0)
            with pytest.raises(Busy):
                await intake.put(message("late"))
            with pytest.raises(Busy), intake.place(0):
                pass
            assert not closing.done()
            gate.open.set()
            await closing
            assert await waiting == [None] * 5

    run(play())
    assert with_jobs(greenroom) == [f"k{n}" for n in range(5)]


def test_beyond_its_places_it_takes_nothing_and_says_when_to_come_back(greenroom: Greenroom) -> None:
    async def one(intake: Intake, key: str) -> None:
        with intake.place(100):
            await intake.put(message(key))

    async def play() -> list[None | BaseException]:
        async with gated(greenroom) as gate:
            intake = Intake(gate, places=3)
            waiting = asyncio.gather(*(one(intake, f"k{n}") for n in range(5)), return_exceptions=True)
            await asyncio.sleep(0)
            gate.open.set()
            answers = await waiting
            await one(intake, "k5")
            return answers

    answers = run(play())
    assert answers[:3] == [None] * 3
    assert [(type(answer), getattr(answer, "retry_after_seconds", 0)) for answer in answers[3:]] == [(Busy, 2)] * 2
    assert with_jobs(greenroom) == ["k0", "k1", "k2", "k5"]


def test_bodies_are_bounded_by_their_bytes_before_they_are_read() -> None:
    async def play() -> None:
        intake = Intake(nowhere, bytes_in_hand=1_000)
        with intake.place(600):
            assert intake.has_room(400)
            with pytest.raises(Busy), intake.place(401):
                pass
            with intake.place(400):
                assert not intake.has_room(1)
        assert intake.has_room(1_000)

    run(play())


async def nowhere(arrivals: Sequence[Arrival]) -> None:
    """A store that keeps nothing."""


def test_a_batch_is_bounded_by_its_bytes_and_large_ones_are_stored_alike(greenroom: Greenroom) -> None:
    sizes = [100, BATCH_BYTES, BATCH_BYTES // 2, BATCH_BYTES // 2, 100, BATCH_BYTES + 1]

    async def play() -> list[int]:
        async with gated(greenroom) as gate:
            intake = Intake(gate)
            sent = (intake.put(message(f"k{n}", b"x" * size)) for n, size in enumerate(sizes))
            waiting = asyncio.gather(*sent)
            await asyncio.sleep(0)
            gate.open.set()
            await waiting
            return gate.batches

    assert run(play()) == [1, 1, 2, 1, 1]
    assert with_jobs(greenroom) == [f"k{n}" for n in range(len(sizes))]
    with greenroom.uow() as uow:
        payloads = uow.session.scalars(select(WebhookEvent).order_by(WebhookEvent.event_key)).all()
        assert [len(event.payload) for event in payloads] == sizes


def test_the_writer_goes_by_no_requests_name() -> None:
    seen: list[dict[str, str]] = []

    async def note_who_asks(arrivals: Sequence[Arrival]) -> None:
        seen.append(tracing.carried())

    async def play() -> None:
        intake = Intake(note_who_asks)
        with tracing.request("of-the-first"):
            await intake.put(message("a"))

    run(play())
    assert seen == [{}]


def test_a_database_that_is_gone_without_a_word_is_noticed(greenroom: Greenroom) -> None:
    async def play() -> int:
        connection = LoopConnection(greenroom.settings.sqlalchemy_url)
        await connection.execute("SELECT %(one)s", {"one": 1})
        assert connection._connection is not None
        with socket.fromfd(connection._connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as wire:
            timeout = wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        await connection.close()
        return timeout

    assert run(play()) == 20_000


def test_somebody_who_hangs_up_takes_nobody_along(greenroom: Greenroom) -> None:
    async def play() -> None:
        async with gated(greenroom) as gate:
            intake = Intake(gate)
            gone, stays = (asyncio.create_task(intake.put(message(key))) for key in ("a", "b"))
            await asyncio.sleep(0)
            gone.cancel()
            await asyncio.sleep(0)
            gate.open.set()
            await stays

    run(play())
    assert with_jobs(greenroom) == ["a", "b"]
