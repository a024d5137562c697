"""What is past its time is erased in the night, and nothing else is."""

import asyncio
import dataclasses
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import procrastinate
import pytest

from core.interviews import erasure, flows
from core.interviews.catalogue import Mode
from core.interviews.models import InterviewTranscript
from core.jobs import queue_nightly
from core.payments import flows as payments
from core.ports.voice import Incoming
from core.privacy import retention
from core.privacy.jobs import sweep  # noqa: F401  registers the job
from core.reports.flows import write_report
from core.webhooks.service import Arrival
from tests.integration.world import VOICE, World

QUEUED = "SELECT id FROM procrastinate_jobs WHERE task_name = 'privacy.sweep'"
TYPED = dataclasses.replace(VOICE, mode=Mode.TEXT)


def held_interview(world: World) -> str:
    session_id = flows.set_up(world.app, world.asha, TYPED).session_id
    order = payments.open_order(world.app, world.asha, session_id)
    payment_id = world.payments.pay(order.order_id, "captured")
    payments.verify(
        world.app,
        world.asha,
        order_id=order.order_id,
        payment_id=payment_id,
        signature=f"{order.order_id}|{payment_id}",
    )
    flows.start(world.app, world.asha, session_id, consents=True)
    flows.complete(world.app, world.asha, session_id)
    write_report(world.app, session_id)
    key = f"{erasure.recordings_prefix(session_id)}call"
    world.app.objects.put(key, b"sound")
    with world.app.uow() as uow:
        kept = uow.session.query(InterviewTranscript).filter_by(session_id=session_id).one()
        kept.recording_key = key
    return session_id


def test_a_recording_goes_first_and_the_interview_later(world: World) -> None:
    session_id = held_interview(world)
    settings = world.app.settings
    assert retention.sweep(world.app).recordings == 0

    world.now += timedelta(days=settings.keep_recordings_days + 1)
    young = held_interview(world)
    assert retention.sweep(world.app) == dataclasses.replace(
        retention.sweep(world.app), recordings=1, messages=0, logins=0, events=0
    )
    assert world.rows("SELECT recording_key IS NULL FROM interview_transcripts ORDER BY session_id") == [
        (True,),
        (False,),
    ]
    assert world.rows("SELECT count(*) FROM interview_reports") == [(2,)]

    world.now += timedelta(days=settings.keep_interviews_days - settings.keep_recordings_days)
    assert retention.sweep(world.app).interviews == 1
    assert world.rows("SELECT id FROM interview_sessions") == [(young,)]
    assert world.rows("SELECT total_interviews FROM interview_statistics") == [(1,)]
    assert world.rows("SELECT count(*) FROM interview_payments WHERE session_id IS NULL") == [(1,)]
    assert session_id != young


def test_an_interview_that_is_under_way_is_left(world: World) -> None:
    session_id = flows.set_up(world.app, world.asha, TYPED).session_id
    world.now += timedelta(days=world.app.settings.keep_interviews_days + 1)
    with world.real.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE interview_sessions SET status = 'in_progress'")

    assert retention.sweep(world.app).interviews == 0
    assert world.rows("SELECT id FROM interview_sessions") == [(session_id,)]


def test_however_much_is_left_goes_in_parts_and_what_is_not_done_with_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PART", 2)
    world.inbox.put([Arrival("vapi", Incoming(str(number), "transcript"), b"{}") for number in range(6)])
    with world.real.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE webhook_events SET status = 'handled' WHERE event_key <> '3'")
        connection.exec_driver_sql("UPDATE webhook_events SET status = 'dead' WHERE event_key = '4'")
    world.now += timedelta(days=world.app.settings.keep_events_days + 1)
    world.inbox.put([Arrival("vapi", Incoming("young", "transcript"), b"{}")])
    with world.real.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE webhook_events SET status = 'handled' WHERE event_key = 'young'")

    assert retention.sweep(world.app).events == 5
    assert world.rows("SELECT event_key FROM webhook_events ORDER BY 1") == [("3",), ("young",)]


def elsewhere(work: Coroutine[None, None, None]) -> None:
    """Run in a thread of its own: this one may have a loop that drives a browser."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result(30)


def ask(world: World, *moments: datetime, started: datetime) -> None:
    """As a worker that has started then asks at these moments."""

    async def play() -> None:
        url = world.app.settings.database_url.get_secret_value()
        connector = procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=2)
        app = procrastinate.App(connector=connector)
        async with app.open_async():
            for moment in moments:
                await queue_nightly(app, moment, started=started)

    elsewhere(play())


EVENING = datetime(2031, 3, 3, 21, 41, tzinfo=UTC)
A_DAY = timedelta(days=1)


def test_it_is_queued_once_a_night_however_many_workers_ask(world: World) -> None:
    before = len(world.rows(QUEUED))
    ask(world, EVENING, EVENING + timedelta(minutes=1), EVENING + timedelta(hours=20), started=EVENING - A_DAY)
    assert len(world.rows(QUEUED)) == before + 1
    ask(world, EVENING + A_DAY, started=EVENING - A_DAY)
    assert len(world.rows(QUEUED)) == before + 2


def test_a_night_that_no_worker_was_there_for_is_made_up_for(world: World) -> None:
    ask(world, EVENING, started=EVENING - A_DAY)
    before = len(world.rows(QUEUED))
    ask(world, EVENING + 3 * A_DAY, started=EVENING + 3 * A_DAY)
    assert len(world.rows(QUEUED)) == before + 1


def test_a_job_that_is_new_waits_until_the_workers_that_do_not_know_it_are_gone(world: World) -> None:
    with world.real.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM procrastinate_periodic_defers")
    before = len(world.rows(QUEUED))
    ask(world, EVENING, EVENING + timedelta(hours=20), started=EVENING)
    assert len(world.rows(QUEUED)) == before
    ask(world, EVENING + A_DAY, started=EVENING)
    assert len(world.rows(QUEUED)) == before + 1
