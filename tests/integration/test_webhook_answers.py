"""What a provider is answered, over the application itself."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text

from core.settings import Settings
from core.wiring import build
from webhook_server.main import make_app


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(make_app(build(settings))) as client:
        yield client


def post(client: TestClient, settings: Settings, call_id: str, said: str = "") -> Response:
    message = {"type": "status-update", "status": "in-progress", "call": {"id": call_id}, "transcript": said}
    raw = json.dumps({"message": message}).encode()
    signature = hmac.new(settings.vapi_webhook_secret.get_secret_value().encode(), raw, hashlib.sha256).hexdigest()
    return client.post("/api/webhooks/vapi", content=raw, headers={"X-Vapi-Signature": signature})


def kept(client: TestClient, call_id: str) -> int:
    """Events of a call that have their job."""
    query = """SELECT count(*) FROM webhook_events e JOIN procrastinate_jobs j ON j.args ->> 'event_id' = e.id
               WHERE e.event_key LIKE :call"""
    engine = client.app.state.greenroom.engine  # type: ignore[attr-defined]
    with engine.connect() as connection:
        return int(connection.execute(text(query), {"call": f"{call_id}%"}).scalar_one())


@pytest.mark.parametrize("said", ["a word", "a word " * 20_000], ids=["small", "large"])
def test_a_message_and_its_repetition_are_one_event(client: TestClient, settings: Settings, said: str) -> None:
    call_id = secrets.token_hex(8)
    for _ in range(2):
        reply = post(client, settings, call_id, said)
        assert (reply.status_code, reply.json()) == (200, {"received": True})
    assert kept(client, call_id) == 1


def test_when_every_place_is_taken_a_provider_is_told_to_come_back(client: TestClient, settings: Settings) -> None:
    call_id = secrets.token_hex(8)
    client.app.state.intake._places = 0  # type: ignore[attr-defined]
    reply = post(client, settings, call_id)
    assert (reply.status_code, reply.json()["code"], reply.headers["retry-after"]) == (503, "busy", "2")
    assert reply.headers["content-type"] == "application/problem+json"
    assert kept(client, call_id) == 0
    assert reply.headers["x-request-id"] == reply.json()["requestId"]


def test_what_cannot_be_stored_is_the_senders_mistake(client: TestClient, settings: Settings) -> None:
    assert post(client, settings, "nul\0").status_code == 400
