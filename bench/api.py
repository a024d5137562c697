"""Calls of a person with a history, at 50 connections, against a route that does nothing in the same server."""

import secrets

import httpx

from bench.load import Seen, closed, request
from bench.stores import Server, Stores
from bench.table import Row
from core.accounts.models import User
from core.analytics.models import InterviewStatistics  # noqa: F401  registers the table with its users
from core.ids import new_id
from core.interviews.models import InterviewSession
from core.wiring import Greenroom, build

CONNECTIONS = 50
INTERVIEWS = 200
EMPTY = "/api/bench/empty"
CALLS = {
    "who am I": "/api/me",
    "history, a page of 20": "/api/interviews/history",
    "statistics": "/api/statistics/me",
    "notices": "/api/notifications",
}
PASSWORD = "Quiet-9-river-Lantern"  # noqa: S105  of people who live for one run


def measure(given: Stores, server: Server, *, rounds: int, seconds: float) -> list[Row]:
    seen = {path: Seen() for path in (EMPTY, *CALLS.values())}
    token = _sign_up(given, server.port)
    for _ in range(rounds):
        for path, sums in seen.items():
            raw = request("GET", path, headers={"Authorization": f"Bearer {token}"})
            sums.add(closed(server.port, lambda raw=raw: raw, connections=CONNECTIONS, seconds=seconds))  # type: ignore[misc]
    rows = [
        Row("api", f"{name}: p{share * 100:g} / the empty route's", _ratio(seen[path], seen[EMPTY], share), None)
        for name, path in CALLS.items()
        for share in (0.5, 0.99)
    ]
    failed = sum(sums.statuses.total() - sums.statuses[200] for sums in seen.values())
    return [*rows, Row("api", "calls that failed", float(failed), 0, "at most")]


def _ratio(one: Seen, other: Seen, share: float) -> float:
    return one.percentile(share) / other.percentile(share)


def _sign_up(given: Stores, port: int) -> str:
    """The access token of somebody with many interviews."""
    api, name = f"http://127.0.0.1:{port}/api", f"b{secrets.token_hex(5)}"
    body = {"username": name, "email": f"{name}@example.com", "name": "Asha", "password": PASSWORD}
    httpx.post(f"{api}/auth/register", json=body, timeout=30).raise_for_status()
    greenroom = build(given.settings)
    _fill(greenroom, name)
    greenroom.engine.dispose()
    reply = httpx.post(f"{api}/auth/token", json={"username": name, "password": PASSWORD}, timeout=30)
    token: str = reply.raise_for_status().json()["accessToken"]
    return token


def _fill(greenroom: Greenroom, username: str) -> None:
    with greenroom.uow() as uow:
        user_id = uow.session.query(User.id).filter_by(username=username).scalar()
        for _ in range(INTERVIEWS):
            session = InterviewSession(
                id=new_id("int"), user_id=user_id, type="technical", difficulty="medium", mode="text",
                status="completed", attempt=1, created_at=uow.now, updated_at=uow.now, ended_at=uow.now,
                questions_source="question_bank", question_count=3, rubric_hash="x", report_generated=False,
                used_seconds=0, price_amount=0, price_currency="INR", price_lines=[],
            )  # fmt: skip
            session.configuration = {
                "durationMinutes": 20, "focusAreas": ["databases"], "language": "en", "role": None
            }  # fmt: skip
            session.questions_generated = {}
            uow.session.add(session)
