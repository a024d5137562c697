"""Going on by typing in the middle of a call: what was spoken stays, whenever the provider hands it over."""

import dataclasses
from datetime import timedelta

import pytest

from core.errors import NotFound
from core.interviews import calls, flows, service
from core.interviews.catalogue import Mode
from core.interviews.errors import ConsentNeeded, InvalidState
from core.interviews.types import EndedBy
from core.ports.voice import CallConnected, CallState
from tests.integration.played import ANSWER
from tests.integration.test_refunds import paid
from tests.integration.world import VOICE, World


def said(world: World, session_id: str) -> list[tuple[str, int | None]]:
    with world.app.uow() as uow:
        return [(s.speaker, s.question_order) for s in service.said_so_far(uow, world.asha, session_id)]


def heard(world: World, session_id: str) -> float | None:
    with world.app.uow() as uow:
        return service.transcript_view(uow, world.asha, session_id).confidence


def in_a_call(world: World) -> tuple[str, str]:
    session_id, _ = paid(world)
    return session_id, flows.start(world.app, world.asha, session_id, consents=True).call_id


def test_what_the_provider_has_is_taken_at_once_and_not_asked_again(world: World) -> None:
    session_id, call_id = in_a_call(world)
    world.voice.play(call_id, answered=1, ended_by=EndedBy.CANDIDATE_LEFT, now=world.now)

    flows.switch_to_text(world.app, world.asha, session_id)
    started = flows.start(world.app, world.asha, session_id, consents=False)

    assert started.first_question is not None
    assert started.first_question.order == 2
    assert said(world, session_id)[:2] == [("interviewer", 1), ("candidate", 1)]


@pytest.mark.parametrize(("joined", "minutes_left"), [(False, 12), (True, 7)])
def test_time_runs_from_when_the_call_is_joined(world: World, joined: bool, minutes_left: int) -> None:
    session_id, call_id = in_a_call(world)
    if joined:
        calls.handle_voice_event(world.app, CallConnected(call_id), age_seconds=0)

    world.now += timedelta(minutes=5)
    flows.switch_to_text(world.app, world.asha, session_id)
    started = flows.start(world.app, world.asha, session_id, consents=False)

    assert started.seconds_left == minutes_left * 60


def test_words_that_come_later_stand_before_what_was_typed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    session_id, call_id = in_a_call(world)
    monkeypatch.setattr(calls, "WORDS_LOOK_SECONDS", 0)
    with monkeypatch.context() as away:
        away.setattr(world.voice, "fetch_call", lambda _: CallState(call_id, "in_progress", None))
        flows.switch_to_text(world.app, world.asha, session_id)
        flows.start(world.app, world.asha, session_id, consents=False)
        with world.app.uow() as uow:
            service.answer(uow, world.asha, session_id, ANSWER)
    typed = said(world, session_id)

    del world.voice.reports[call_id]
    world.voice.play(call_id, answered=2, ended_by=EndedBy.CANDIDATE_LEFT, now=world.now)
    for number in range(len(world.post.sent)):
        world.deliver(number)
    world.run_jobs()

    spoken = [("interviewer", 1), ("candidate", 1), ("interviewer", 2), ("candidate", 2), ("interviewer", 3)]
    assert said(world, session_id) == [*spoken, *typed]
    with world.app.uow() as uow:
        assert service.status_of(uow, session_id) == "in_progress"


def test_back_to_voice_the_call_asks_what_is_left_and_one_transcript_holds_all(world: World) -> None:
    session_id, call_id = in_a_call(world)
    world.voice.play(call_id, answered=1, ended_by=EndedBy.CANDIDATE_LEFT, now=world.now)
    flows.switch_to_text(world.app, world.asha, session_id)
    flows.start(world.app, world.asha, session_id, consents=False)
    with world.app.uow() as uow:
        service.answer(uow, world.asha, session_id, ANSWER)
    before = said(world, session_id)
    answered = {order for speaker, order in before if speaker == "candidate"}

    assert flows.switch_to_voice(world.app, world.asha, session_id) == "ready"
    assert flows.switch_to_voice(world.app, world.asha, session_id) == "ready"
    with pytest.raises(ConsentNeeded):
        flows.start(world.app, world.asha, session_id, consents=False)
    second = flows.start(world.app, world.asha, session_id, consents=True).call_id
    assert second != call_id
    asked = [question.order for question in world.voice.calls[second].questions]
    assert asked
    assert not answered & set(asked)
    world.voice.play(second, answered=len(asked), ended_by=EndedBy.FINISHED, now=world.now)
    for number in range(len(world.post.sent)):
        world.deliver(number)
    world.run_jobs()

    after = said(world, session_id)
    assert after[: len(before)] == before
    assert {order for speaker, order in after if speaker == "candidate"} == answered | set(asked)


def test_typing_on_leaves_how_well_the_call_was_understood(world: World) -> None:
    session_id, call_id = in_a_call(world)
    world.voice.play(call_id, answered=1, ended_by=EndedBy.CANDIDATE_LEFT, now=world.now)
    flows.switch_to_text(world.app, world.asha, session_id)
    assert heard(world, session_id) == 0.9

    flows.start(world.app, world.asha, session_id, consents=False)
    with world.app.uow() as uow:
        service.answer(uow, world.asha, session_id, ANSWER)

    assert heard(world, session_id) == 0.9


def test_what_was_only_typed_was_not_heard(world: World) -> None:
    session_id, _ = paid(world, setup=dataclasses.replace(VOICE, mode=Mode.TEXT))
    flows.start(world.app, world.asha, session_id, consents=False)
    with world.app.uow() as uow:
        service.answer(uow, world.asha, session_id, ANSWER)

    assert heard(world, session_id) is None


def test_what_was_bought_to_be_typed_is_not_spoken(world: World) -> None:
    session_id, _ = paid(world, setup=dataclasses.replace(VOICE, mode=Mode.TEXT))
    flows.start(world.app, world.asha, session_id, consents=False)
    with pytest.raises(InvalidState):
        flows.switch_to_voice(world.app, world.asha, session_id)
    with world.app.uow() as uow:
        assert not service.session_view(uow, world.asha, session_id).may_be_spoken
        assert service.status_of(uow, session_id) == "in_progress"


def test_another_persons_interview_is_not_there(world: World) -> None:
    session_id, _ = in_a_call(world)
    flows.switch_to_text(world.app, world.asha, session_id)
    stranger = dataclasses.replace(world.asha, user_id="usr_somebody_else")
    with pytest.raises(NotFound):
        flows.switch_to_voice(world.app, stranger, session_id)
