"""What comes about an interview after it was erased leaves no words behind."""

import json

import pytest

from core.interviews import calls, erasure, flows
from core.interviews.errors import CallNotKnownYet
from core.ports.voice import Incoming, NotForUs
from core.webhooks import flows as handling
from core.webhooks.models import WebhookEvent
from core.webhooks.service import Arrival
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
