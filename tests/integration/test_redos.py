"""The free redo: it takes none of the time that nobody had."""

import dataclasses
from datetime import timedelta

from core import reconciliation
from core.interviews import calls, flows
from core.interviews.types import EndedBy
from core.ports.voice import CallConnected
from tests.integration.test_switching import in_a_call
from tests.integration.world import VOICE, World

WHOLE = VOICE.duration_minutes * 60


def held_by_the_provider_alone(world: World, call_id: str, *, minutes: int) -> None:
    """A call that breaks off after so many minutes, of which no event reaches us."""
    begun = world.now
    world.voice.play(call_id, answered=1, ended_by=EndedBy.OUR_FAULT, now=begun + timedelta(minutes=minutes))
    world.voice.reports[call_id] = dataclasses.replace(world.voice.reports[call_id], started_at=begun)


def begin_again(world: World, session_id: str) -> tuple[int, int]:
    """Seconds left, and the longest that the new call may last."""
    started = flows.start(world.app, world.asha, session_id, consents=True)
    return started.seconds_left, world.voice.calls[started.call_id].max_seconds


def test_a_call_that_nobody_joined_leaves_the_whole_time(world: World) -> None:
    session_id, _ = in_a_call(world)

    world.now += timedelta(seconds=WHOLE + 91)
    reconciliation.run(world.app)

    assert begin_again(world, session_id) == (WHOLE, WHOLE + flows.EXTRA_CALL_SECONDS)


def test_a_call_that_ended_before_anybody_joined_leaves_the_whole_time(world: World) -> None:
    session_id, call_id = in_a_call(world)
    held_by_the_provider_alone(world, call_id, minutes=0)
    never = dataclasses.replace(
        world.voice.reports[call_id], ended_by=EndedBy.NEVER_CONNECTED, started_at=None, ended_at=None, rows=()
    )

    world.now += timedelta(minutes=5)
    calls.on_report(world.app, never, age_seconds=0)

    assert begin_again(world, session_id) == (WHOLE, WHOLE + flows.EXTRA_CALL_SECONDS)


def test_a_call_that_broke_off_takes_the_time_until_then_however_late_we_hear_of_it(world: World) -> None:
    session_id, call_id = in_a_call(world)
    calls.handle_voice_event(world.app, CallConnected(call_id), age_seconds=0)
    held_by_the_provider_alone(world, call_id, minutes=3)

    world.now += timedelta(minutes=40)
    reconciliation.run(world.app)

    left = WHOLE - 3 * 60
    assert begin_again(world, session_id) == (left, left + flows.EXTRA_CALL_SECONDS)


def test_a_call_takes_its_own_time_where_we_were_not_told_when_it_was_joined(world: World) -> None:
    session_id, call_id = in_a_call(world)
    world.now += timedelta(minutes=2)
    held_by_the_provider_alone(world, call_id, minutes=3)

    world.now += timedelta(minutes=40)
    reconciliation.run(world.app)

    assert begin_again(world, session_id)[0] == WHOLE - 3 * 60
