"""How many queries a call makes: stated, and the same for much data as for little (no query for each row)."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, text

from core.accounts.types import Actor, Role
from core.cohorts import service as cohorts
from core.cohorts.types import Share
from core.settings import Settings
from core.wiring import Greenroom, build
from tests.api.house import PASSWORD
from tests.integration.test_rollups import cohort_with, person, write
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
    "/api/cohorts/{cohort_id}/analytics": 7,
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
