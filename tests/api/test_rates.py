"""Limits as a client meets them: told with every answer, and named when they are reached."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from core.ratelimit import LIMITS
from core.settings import Settings
from core.wiring import build
from tests.api.house import PASSWORD, SETUP
from tests.integration.played import NoModel
from webhook_server.main import make_app


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """The application with the limits of every day; each test comes from an address of its own."""
    greenroom = replace(build(settings.model_copy(update={"greenroom_rate_scale": 1.0})), model=NoModel())
    address = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"
    with TestClient(make_app(greenroom), client=(address, 1)) as client:
        yield client


def sign_up(client: TestClient) -> dict[str, str]:
    name = f"r{secrets.token_hex(6)}"
    body = {"username": name, "email": f"{name}@example.com", "name": "Asha", "password": PASSWORD}
    assert client.post("/api/auth/register", json=body).status_code == 201
    reply = client.post("/api/auth/token", json={"username": name, "password": PASSWORD})
    return {"Authorization": f"Bearer {reply.json()['accessToken']}"}


def test_every_answer_tells_what_is_left(client: TestClient) -> None:
    asha = sign_up(client)
    first, second = (client.get("/api/me", headers=asha) for _ in range(2))
    assert first.headers["ratelimit-policy"] == "1200;w=60, 300;w=60, 120;w=60"
    assert first.headers["ratelimit-limit"] == "120"
    left = [int(r.headers["ratelimit-remaining"]) for r in (first, second)]
    assert left == [119, 118]
    assert 1 <= int(first.headers["ratelimit-reset"]) <= 60
    assert client.get("/api/me").headers["ratelimit-limit"] == "1200"


def test_one_operation_too_often_is_refused_and_others_go_on(client: TestClient) -> None:
    asha, meera = sign_up(client), sign_up(client)
    statuses = [client.get("/api/me", headers=asha).status_code for _ in range(121)]
    assert statuses == [200] * 120 + [429]
    refused = client.get("/api/me", headers=asha)
    assert (refused.headers["content-type"], refused.json()["code"]) == ("application/problem+json", "rate_limited")
    assert refused.headers["ratelimit-remaining"] == "0"
    assert refused.headers["ratelimit-limit"] == "120"
    assert refused.headers["retry-after"] == refused.headers["ratelimit-reset"]
    assert client.get("/api/payments", headers=asha).status_code == 200
    assert client.get("/api/me", headers=meera).status_code == 200


def test_an_action_has_a_limit_of_its_own(client: TestClient) -> None:
    asha = sign_up(client)
    limit = int(LIMITS["payments"].split("/")[0])
    body = {"sessionId": "int_" + "0" * 26}
    replies = [client.post("/api/payments/interview/create", json=body, headers=asha) for _ in range(limit + 1)]
    assert [r.status_code for r in replies] == [404] * limit + [429]
    assert 1 <= int(replies[-1].headers["retry-after"]) <= 600


def test_the_address_is_counted_before_anybody_signs_in(client: TestClient) -> None:
    statuses = [client.get("/api/me").status_code for _ in range(1205)]
    assert statuses[:1200] == [401] * 1200
    assert set(statuses[1200:]) <= {401, 429}
    assert 429 in statuses
    assert client.get("/health/live").status_code == 200


def test_what_a_provider_sends_is_never_counted_and_what_is_forged_is(client: TestClient, settings: Settings) -> None:
    forged = {"X-Vapi-Signature": "0" * 64}
    limit = int(LIMITS["webhooks"].split("/")[0])
    statuses = [client.post("/api/webhooks/vapi", content=b"{}", headers=forged).status_code for _ in range(limit + 20)]
    assert statuses[:limit] == [401] * limit
    assert 429 in statuses[limit:]
    message = b'{"message": {"type": "hang", "call": {"id": "of-nobody"}}}'
    secret = settings.vapi_webhook_secret
    assert secret is not None
    signature = hmac.new(secret.get_secret_value().encode(), message, hashlib.sha256).hexdigest()
    signed = client.post("/api/webhooks/vapi", content=message, headers={"X-Vapi-Signature": signature})
    assert (signed.status_code, "ratelimit-limit" in signed.headers) == (200, False)


def test_guessing_a_password_ends_soon_and_only_for_the_guesser(client: TestClient, settings: Settings) -> None:
    sign_up(client)
    guess = {"username": "nobody.at.all", "password": "not-the-one-1"}
    statuses = [client.post("/api/auth/token", json=guess).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    elsewhere = TestClient(client.app, client=("203.0.113.9", 1))
    assert elsewhere.post("/api/auth/token", json=guess).status_code == 401


def test_neighbours_in_one_network_are_one_address(client: TestClient) -> None:
    guess = {"username": f"n{secrets.token_hex(4)}", "password": "not-the-one-1"}
    network = f"2001:db8:{secrets.token_hex(2)}:7"
    statuses = [
        TestClient(client.app, client=(f"{network}::{at:x}", 1)).post("/api/auth/token", json=guess).status_code
        for at in range(1, 12)
    ]
    assert statuses == [401] * 10 + [429]


def test_a_set_up_that_cannot_be_costs_no_set_up(client: TestClient) -> None:
    asha = sign_up(client)
    for _ in range(25):
        assert client.post("/api/interviews/setup", json={**SETUP, "mode": "x"}, headers=asha).status_code == 400
    assert client.post("/api/interviews/setup", json=SETUP, headers=asha).status_code == 201


def test_guesses_of_one_instant_are_no_way_round_the_limit(client: TestClient) -> None:
    guess = {"username": f"p{secrets.token_hex(4)}", "password": "not-the-one-1"}
    with ThreadPoolExecutor(24) as guessers:
        statuses = [*guessers.map(lambda _: client.post("/api/auth/token", json=guess).status_code, range(24))]
    assert sorted(statuses) == [401] * 10 + [429] * 14


def test_a_right_password_wipes_out_the_wrong_ones(client: TestClient) -> None:
    name = f"w{secrets.token_hex(4)}"
    account = {"username": name, "email": f"{name}@example.com", "name": "Asha", "password": PASSWORD}
    assert client.post("/api/auth/register", json=account).status_code == 201
    wrong, right = {"username": name, "password": "not-the-one-1"}, {"username": name, "password": PASSWORD}
    for _ in range(2):
        statuses = [client.post("/api/auth/token", json=wrong).status_code for _ in range(9)]
        assert [*statuses, client.post("/api/auth/token", json=right).status_code] == [401] * 9 + [200]
