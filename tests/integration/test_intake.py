"""Group commit: who is answered has message and job in the database, whatever becomes of the others in the batch."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from core.db import Uow
from core.errors import Busy
from core.ports.errors import MalformedMessage
from core.ports.voice import Incoming
from core.settings import Settings
from core.webhooks.intake import Intake, intake_of
from core.webhooks.jobs import handle_event  # noqa: F401  registers the domain's jobs
from core.webhooks.service import Arrival, record_all
from core.wiring import Greenroom, build

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


class Gate:
    """A store whose writer waits until it is let through, so that a test decides what forms a batch."""

    def __init__(self, greenroom: Greenroom) -> None:
        self.greenroom = greenroom
        self.open = threading.Event()
        self.batches: list[int] = []

    def __call__(self, arrivals: Sequence[Arrival]) -> None:
        assert self.open.wait(30)
        self.batches.append(len(arrivals))
        with self.greenroom.uow() as uow:
            record_all(uow, arrivals)


def test_those_who_wait_together_are_committed_together(greenroom: Greenroom) -> None:
    gate = Gate(greenroom)

    async def play() -> list[None | BaseException]:
        intake = Intake(gate)
        waiting = asyncio.gather(*(intake.put(message(f"k{n:02}")) for n in range(40)))
        await asyncio.sleep(0)
        assert not waiting.done()
        assert stored(greenroom) == []
        gate.open.set()
        return list(await waiting)

    assert run(play()) == [None] * 40
    assert gate.batches == [40]
    assert stored(greenroom) == with_jobs(greenroom) == [f"k{n:02}" for n in range(40)]


def test_one_event_twice_in_a_batch_is_one_event(greenroom: Greenroom) -> None:
    answers = run(put_all(intake_of(greenroom), [message("a"), message("b"), message("a"), message("a")]))
    assert answers == [None] * 4
    assert stored(greenroom) == with_jobs(greenroom) == ["a", "b"]


def test_an_event_that_was_stored_before_is_answered_and_changes_nothing(greenroom: Greenroom) -> None:
    run(put_all(intake_of(greenroom), [message("a")]))
    assert run(put_all(intake_of(greenroom), [message("a"), message("b")])) == [None, None]
    assert stored(greenroom) == with_jobs(greenroom) == ["a", "b"]


def test_a_message_that_cannot_be_stored_spoils_nobody_elses(greenroom: Greenroom) -> None:
    arrivals = [message("a"), message("nul\0"), message("b")]
    first, refused, last = run(put_all(intake_of(greenroom), arrivals))
    assert (first, last) == (None, None)
    assert isinstance(refused, MalformedMessage)
    assert stored(greenroom) == with_jobs(greenroom) == ["a", "b"]


def test_without_its_job_no_event_is_kept_and_nobody_is_answered(
    greenroom: Greenroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise OperationalError("defer", {}, ConnectionError())

    with monkeypatch.context() as patched:
        patched.setattr(Uow, "enqueue_all", dies)
        answers = run(put_all(intake_of(greenroom), [message("a"), message("b")]))
    assert [type(answer) for answer in answers] == [OperationalError, OperationalError]
    assert stored(greenroom) == []
    run(put_all(intake_of(greenroom), [message("a"), message("b")]))
    assert with_jobs(greenroom) == ["a", "b"]


def test_the_connection_dies_before_the_commit(greenroom: Greenroom) -> None:
    def store(arrivals: Sequence[Arrival]) -> None:
        with greenroom.uow() as uow:
            record_all(uow, arrivals)
            own = uow.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with greenroom.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})

    answers = run(put_all(Intake(store), [message("a"), message("b")]))
    assert all(isinstance(answer, OperationalError) for answer in answers)
    assert stored(greenroom) == with_jobs(greenroom) == []


def test_stopping_finishes_what_waits_and_takes_nothing_more(greenroom: Greenroom) -> None:
    gate = Gate(greenroom)

    async def play() -> None:
        intake = Intake(gate)
        waiting = asyncio.gather(*(intake.put(message(f"k{n}")) for n in range(5)))
        await asyncio.sleep(0)
        closing = asyncio.create_task(intake.close())
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await intake.put(message("late"))
        with pytest.raises(Busy), intake.place():
            pass
        assert not closing.done()
        gate.open.set()
        await closing
        assert await waiting == [None] * 5

    run(play())
    assert with_jobs(greenroom) == [f"k{n}" for n in range(5)]


def test_beyond_its_places_it_takes_nothing_and_says_when_to_come_back(greenroom: Greenroom) -> None:
    gate = Gate(greenroom)

    async def one(intake: Intake, key: str) -> None:
        with intake.place():
            await intake.put(message(key))

    async def play() -> list[None | BaseException]:
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


def test_large_messages_are_bounded_by_their_bytes(greenroom: Greenroom) -> None:
    gate = Gate(greenroom)

    async def play() -> list[None | BaseException]:
        intake = Intake(gate, waiting_bytes=1_000)
        waiting = asyncio.gather(*(intake.put(message(f"k{n}", b"x" * 600)) for n in range(2)), return_exceptions=True)
        await asyncio.sleep(0)
        gate.open.set()
        return await waiting

    first, second = run(play())
    assert first is None
    assert isinstance(second, Busy)
    assert stored(greenroom) == ["k0"]


def test_somebody_who_hangs_up_takes_nobody_along(greenroom: Greenroom) -> None:
    gate = Gate(greenroom)

    async def play() -> None:
        intake = Intake(gate)
        gone, stays = (asyncio.create_task(intake.put(message(key))) for key in ("a", "b"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        gate.open.set()
        await stays

    run(play())
    assert with_jobs(greenroom) == ["a", "b"]
