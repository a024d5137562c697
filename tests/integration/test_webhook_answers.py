"""What a provider is answered, over the application itself."""

import gc
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from limits import parse
from psycopg import OperationalError
from sqlalchemy import text
from starlette.requests import Request
from starlette.types import Message

from core.settings import Settings
from core.webhooks.service import Arrival
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


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [(OperationalError(), 503, "database_unavailable"), (KeyError("a bug"), 500, "internal_error")],
    ids=["no database", "a bug"],
)
def test_a_message_that_could_not_be_kept_is_answered_as_any_call_is(
    client: TestClient, settings: Settings, failure: Exception, status: int, code: str
) -> None:
    async def fail(_arrivals: Sequence[Arrival]) -> None:
        raise failure

    client.app.state.intake._store = fail  # type: ignore[attr-defined]
    reply = post(client, settings, secrets.token_hex(8))
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_what_could_not_be_kept_is_not_kept_in_memory_either(client: TestClient, settings: Settings) -> None:
    async def fail(_arrivals: Sequence[Arrival]) -> None:
        raise OperationalError()

    client.app.state.intake._store = fail  # type: ignore[attr-defined]
    post(client, settings, secrets.token_hex(8))
    gc.collect()
    gc.disable()
    try:
        before = in_memory(Arrival)
        assert {post(client, settings, secrets.token_hex(8)).status_code for _ in range(5)} == {503}
        assert in_memory(Arrival) <= before
    finally:
        gc.enable()


@pytest.mark.parametrize(("size", "status"), [(10_000_001, 413), (64_000_001, 413), (9_000_000, 503)])
def test_what_is_too_large_is_not_asked_to_come_back(client: TestClient, size: int, status: int) -> None:
    client.app.state.intake._places = 0  # type: ignore[attr-defined]
    assert client.post("/api/webhooks/vapi", headers={"Content-Length": str(size)}).status_code == status


def forge(client: TestClient) -> Response:
    return client.post("/api/webhooks/vapi", content=b"x" * 100_000, headers={"X-Vapi-Signature": "0" * 64})


def test_whoever_forges_is_counted_and_leaves_nothing_in_memory(client: TestClient) -> None:
    rates = client.app.state.greenroom.rates  # type: ignore[attr-defined]
    rates._items["webhooks"] = parse("3/minute")
    rates.forgive("webhooks", "testclient")
    assert [forge(client).status_code for _ in range(5)] == [401, 401, 401, 429, 429]

    gc.collect()
    gc.disable()
    try:
        before = in_memory(Request)
        assert {forge(client).status_code for _ in range(5)} == {429}
        assert in_memory(Request) <= before
    finally:
        gc.enable()


def in_memory(kind: type) -> int:
    return sum(isinstance(one, kind) for one in gc.get_objects())


def test_a_body_that_breaks_off_is_no_fault_of_ours(client: TestClient) -> None:
    told: list[Message] = []
    coming: list[Message] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope: dict[str, Any] = {
        "type": "http", "method": "POST", "path": "/api/webhooks/vapi", "raw_path": b"/api/webhooks/vapi",
        "query_string": b"", "headers": [(b"content-length", b"9000")], "client": ("127.0.0.1", 1), "root_path": "",
        "scheme": "http", "server": ("test", 80), "http_version": "1.1",
    }  # fmt: skip

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        told.append(message)

    async def play() -> None:
        await client.app(scope, receive, send)

    assert client.portal is not None
    client.portal.call(play)
    assert [message["status"] for message in told if "status" in message] == [400]


def test_a_body_is_refused_by_what_really_comes(client: TestClient) -> None:
    def in_pieces() -> Iterator[bytes]:
        yield from (b"x" * 1_000_000 for _ in range(11))

    assert client.post("/api/webhooks/vapi", content=in_pieces()).status_code == 413
    assert client.app.state.intake.has_room(64_000_000)  # type: ignore[attr-defined]


def test_only_what_a_provider_may_have_sent_is_not_counted_for_its_address(
    client: TestClient, settings: Settings
) -> None:
    assert "ratelimit-limit" not in post(client, settings, secrets.token_hex(8)).headers
    for reply in (client.get("/api/webhooks/vapi"), client.post("/api/webhooks/other", json={})):
        assert "ratelimit-limit" in reply.headers
