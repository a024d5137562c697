"""What comes about an interview after it was erased leaves no words behind."""

import json
from datetime import timedelta

import pytest

from core.interviews import calls, erasure, flows
from core.interviews.errors import CallNotKnownYet
from core.interviews.types import EndedBy
from core.ports.voice import CallConnected, Incoming, NotForUs
from core.webhooks import flows as handling
from core.webhooks.models import WebhookEvent
from core.webhooks.service import Arrival
from tests.integration.test_refunds import PART, paid, return_by_hand
from tests.integration.world import VOICE, World


def arrive(world: World, call_id: str, kind: str) -> str:
    raw = json.dumps({"call": call_id, "kind": kind, "transcript": "what was said"}).encode()
    world.inbox.put([Arrival("vapi", Incoming(f"{call_id}.{kind}", kind), raw)])
    return str(world.rows("SELECT max(id) FROM webhook_events")[0][0])


def payload(world: World, event_id: str) -> bytes:
    with world.app.uow() as uow:
        event = uow.session.get(WebhookEvent, event_id)
        assert event is not None
        return event.payload


def test_words_about_an_erased_interview_are_not_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.voice, "read", lambda message: NotForUs(message["kind"], message["call"]))
    event_id = arrive(world, "call-of-nobody", "conversation-update")
    with pytest.raises(CallNotKnownYet):
        handling.handle_event(world.app, event_id)
    assert b"what was said" in payload(world, event_id)

    world.now = world.now.replace(hour=world.now.hour + 1)
    handling.handle_event(world.app, event_id)
    assert payload(world, event_id) == b"{}"


def test_words_of_a_known_call_go_with_its_interview(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    session_id = flows.set_up(world.app, world.asha, VOICE).session_id
    monkeypatch.setattr(calls, "session_of_call", lambda _greenroom, _call_id: session_id)
    monkeypatch.setattr(world.voice, "read", lambda message: NotForUs(message["kind"], message["call"]))
    handling.handle_event(world.app, arrive(world, "call-1", "transcript"))

    erasure.delete(world.app, world.asha, session_id)

    assert world.rows("SELECT id FROM webhook_events") == []


def test_what_comes_about_the_money_of_an_erased_interview_is_not_kept(world: World) -> None:
    session_id, _ = paid(world)
    erasure.delete(world.app, world.asha, session_id)
    world.run_jobs()

    sent = [event for _, _, event in world.post.sent]
    for number in range(len(sent)):
        world.deliver(number)
    world.run_jobs()

    stored = world.rows("SELECT id, status, session_id FROM webhook_events")
    assert {type(event).__name__ for event in sent} == {"ProviderPayment", "ProviderRefund"}
    assert [(status, session) for _, status, session in stored] == [("handled", None)] * len(sent)
    assert {payload(world, event_id) for event_id, _, _ in stored} == {b"{}"}


def test_what_comes_about_money_goes_with_its_interview(world: World) -> None:
    session_id, payment_id = paid(world)
    return_by_hand(world, payment_id, PART)
    world.deliver(0)
    world.run_jobs()
    assert world.rows("SELECT session_id FROM webhook_events") == [(session_id,)] * 2

    erasure.delete(world.app, world.asha, session_id)

    assert world.rows("SELECT id FROM webhook_events") == []


def fail_for_good(world: World, event_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> str:
        raise ValueError

    monkeypatch.setattr(calls, "handle_voice_event", fail)
    with pytest.raises(ValueError):  # noqa: PT011  our own
        handling.handle_event(world.app, event_id)
    handling.bury(world.app, event_id)
    assert world.rows("SELECT status FROM webhook_events") == [("dead",)]


def test_what_was_given_up_on_goes_with_its_interview(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    session_id = flows.set_up(world.app, world.asha, VOICE).session_id
    monkeypatch.setattr(calls, "session_of_call", lambda _greenroom, _call_id: session_id)
    monkeypatch.setattr(world.voice, "read", lambda message: CallConnected(message["call"]))
    event_id = arrive(world, "call-1", "report")
    fail_for_good(world, event_id, monkeypatch)
    assert b"what was said" in payload(world, event_id)

    erasure.delete(world.app, world.asha, session_id)

    assert world.rows("SELECT id FROM webhook_events") == []


def test_what_was_given_up_on_and_is_about_an_erased_interview_is_not_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.voice, "read", lambda message: CallConnected(message["call"]))
    event_id = arrive(world, "call-of-nobody", "report")
    world.now = world.now.replace(hour=world.now.hour + 1)

    fail_for_good(world, event_id, monkeypatch)

    assert payload(world, event_id) == b"{}"


def test_what_cannot_be_read_is_seen_by_an_operator_all_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_message: object) -> NotForUs:
        raise ValueError

    monkeypatch.setattr(world.voice, "read", read)
    fail_for_good(world, arrive(world, "call-1", "report"), monkeypatch)


def test_a_call_that_ends_after_its_account_was_deleted_is_erased_at_the_provider(world: World) -> None:
    session_id, _ = paid(world)
    flows.start(world.app, world.asha, session_id, consents=True)
    [(call_id, plan)] = world.voice.calls.items()
    with world.app.uow() as uow:
        erasure.erase_all(uow, world.asha.user_id)
    world.run_jobs()

    world.voice.calls[call_id] = plan  # what was erased was not there yet
    world.voice.play(call_id, answered=1, ended_by=EndedBy.CANDIDATE_LEFT, now=world.now)
    world.deliver(len(world.post.sent) - 1)
    world.now += timedelta(minutes=2)
    world.run_jobs()
    world.run_jobs()

    assert (world.voice.calls, world.voice.reports) == ({}, {})
    assert world.rows("SELECT status FROM webhook_events") == [("handled",)]
