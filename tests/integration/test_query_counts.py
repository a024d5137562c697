"""How many queries a call makes: stated, and the same for much data as for little (no query for each row)."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, text

from core.accounts.types import Actor, Role
from core.cohorts import service as cohorts
from core.cohorts.types import Share
from core.settings import Settings
from core.wiring import Greenroom, build
from tests.api.house import PASSWORD, SETUP
from tests.integration.cohorts import cohort_with, person, write
from tests.integration.played import ANSWER, NoModel, PlayedPayments, Post
from webhook_server.main import make_app

FEW, MANY = 2, 12


@dataclass
class Place:
    greenroom: Greenroom
    client: TestClient
    queries: list[str]

    def sign_up(self, role: Role) -> tuple[Actor, dict[str, str]]:
        name = f"q{secrets.token_hex(6)}"
        body = {"username": name, "email": f"{name}@example.com", "name": "Asha", "password": PASSWORD}
        assert self.client.post("/api/auth/register", json=body).status_code == 201
        with self.greenroom.uow() as uow:
            found = uow.session.execute(
                text("UPDATE users SET role = :role WHERE username = :name RETURNING id"), {"role": role, "name": name}
            )
            user_id = found.scalar_one()
        reply = self.client.post("/api/auth/token", json={"username": name, "password": PASSWORD})
        headers = {"Authorization": f"Bearer {reply.json()['accessToken']}"}
        return Actor(user_id, name, "Asha", role, "ses_test"), headers

    def count(self, path: str, headers: dict[str, str]) -> int:
        """Queries of a call, the caller's own look-up among them."""
        self.queries.clear()
        reply = self.client.get(path, headers=headers)
        assert reply.status_code == 200, reply.text
        return len(self.queries)


@pytest.fixture
def place(settings: Settings) -> Iterator[Place]:
    greenroom = build(settings)
    with greenroom.engine.begin() as connection:
        connection.execute(text("TRUNCATE users, cohorts CASCADE"))
    with TestClient(make_app(greenroom)) as client:
        made = Place(greenroom, client, [])
        event.listen(greenroom.engine, "before_cursor_execute", lambda _c, _k, query, *_: made.queries.append(query))
        yield made


OWN = {
    "/api/me": 2,
    "/api/statistics/me": 3,
    "/api/interviews/history?limit=100": 3,
    "/api/interviews/{session_id}": 3,
    "/api/interviews/{session_id}/report": 4,
    "/api/payments?limit=100": 2,
    "/api/notifications?limit=100": 2,
    "/api/memberships": 2,
}


def test_a_persons_own_calls_cost_the_same_with_many_interviews(place: Place) -> None:
    asha, headers = place.sign_up(Role.CANDIDATE)
    random = Random(3)
    session_id = [write(place.greenroom, asha, random) for _ in range(FEW)][0]
    few = {path: place.count(path.format(session_id=session_id), headers) for path in OWN}
    for _ in range(MANY):
        write(place.greenroom, asha, random)
    many = {path: place.count(path.format(session_id=session_id), headers) for path in OWN}
    assert (few, many) == (OWN, OWN)


COACHS = {
    "/api/cohorts?limit=100": 2,
    "/api/cohorts/{cohort_id}": 3,
    "/api/cohorts/{cohort_id}/members?limit=100": 4,
    "/api/cohorts/{cohort_id}/analytics": 8,
    "/api/cohorts/{cohort_id}/questions": 3,
}


def test_a_coachs_calls_cost_the_same_with_many_learners(place: Place) -> None:
    coach, headers = place.sign_up(Role.COACH)
    cohort_id, token = cohort_with(place.greenroom, coach)
    fill(place, token, FEW)
    few = {path: place.count(path.format(cohort_id=cohort_id), headers) for path in COACHS}
    fill(place, token, MANY)
    for _ in range(FEW):
        cohort_with(place.greenroom, coach)
    many = {path: place.count(path.format(cohort_id=cohort_id), headers) for path in COACHS}
    assert (few, many) == (COACHS, COACHS)


def fill(place: Place, token: str, learners: int) -> None:
    random = Random(5)
    for _ in range(learners):
        who = person(place.greenroom, Role.CANDIDATE)
        with place.greenroom.uow() as uow:
            cohorts.join(uow, who, token, Share(scores=True, reports=True, audio=False))
        write(place.greenroom, who, random)


WRITES = {"set up": 6, "order": 7, "pay": 17, "start": 7, "answer": 5, "complete": 3}
"""Statements of a call that writes; each job it queues is one more, which the driver sends by itself."""


def live_through(place: Place, provider: PlayedPayments, headers: dict[str, str]) -> dict[str, int]:
    """Statements of each call on the way from the set-up to the end of a typed interview."""
    found: dict[str, int] = {}

    def call(what: str, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
        place.queries.clear()
        reply = place.client.post(f"/api/{path}", headers=headers, json=body)
        assert reply.is_success, reply.text
        found[what] = len(place.queries)
        answer: dict[str, Any] = reply.json()
        return answer

    session_id = call("set up", "interviews/setup", {**SETUP, "mode": "text"})["sessionId"]
    order_id = call("order", "payments/interview/create", {"sessionId": session_id})["orderId"]
    payment_id = provider.pay(order_id, "captured")
    paid = {"razorpay_order_id": order_id, "razorpay_payment_id": payment_id,
            "razorpay_signature": f"{order_id}|{payment_id}"}  # fmt: skip
    call("pay", "payments/interview/verify", dict(paid))
    call("start", f"interviews/{session_id}/start")
    call("answer", f"interviews/{session_id}/answers", {"text": ANSWER})
    call("complete", f"interviews/{session_id}/complete")
    return found


def test_calls_that_write_cost_the_same_with_many_interviews(settings: Settings) -> None:
    provider = PlayedPayments(Post())
    greenroom = replace(build(settings), model=NoModel(), payments=provider)
    with TestClient(make_app(greenroom)) as client:
        place = Place(greenroom, client, [])
        event.listen(greenroom.engine, "before_cursor_execute", lambda _c, _k, query, *_: place.queries.append(query))
        asha, headers = place.sign_up(Role.CANDIDATE)
        few = live_through(place, provider, headers)
        random = Random(9)
        for _ in range(MANY):
            write(greenroom, asha, random)
        many = live_through(place, provider, headers)
    assert (few, many) == (WRITES, WRITES)
