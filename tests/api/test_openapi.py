"""The OpenAPI document says all there is, and the product answers as it says."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.api.conftest import DEMO_PASSWORD
from tests.api.contract import Contract, Operation
from tests.api.house import House, Person
from webhook_server.contract import PROBLEM
from webhook_server.main import make_app

OPEN = {"authRegister", "authToken", "authRefresh", "webhooksVapi", "webhooksRazorpay", "operationsLive"}
OPEN |= {"operationsReady"}
APP: FastAPI = make_app()
TOLD = Contract(APP.openapi())
OPERATIONS = list(TOLD.operations())
BY_NAME = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.name)


@pytest.fixture
def contract() -> Contract:
    return Contract(APP.openapi())


@pytest.fixture
def watched(house: House, contract: Contract) -> Iterator[House]:
    """The same house, every answer of which is held against the document."""
    with httpx.Client(base_url=house.api.base_url, timeout=30, event_hooks={"response": [contract.check]}) as api:
        yield replace(house, api=api)


def test_the_document_is_the_one_that_is_served(house: House) -> None:
    assert house.api.get("/openapi.json").json() == json.loads(json.dumps(APP.openapi()))


def test_every_name_is_given_once() -> None:
    names = [o.name for o in OPERATIONS]
    assert sorted(names) == sorted(set(names))
    assert all("__" not in name for name in TOLD.document["components"]["schemas"])


@BY_NAME
def test_an_operation_says_who_may_and_what_it_answers(operation: Operation) -> None:
    told = operation.told
    assert told["tags"]
    assert told["summary"]
    assert ("security" in told) == (operation.name not in OPEN)
    statuses = set(told["responses"])
    assert "422" not in statuses
    assert any(status.startswith("2") for status in statuses)
    if operation.path.startswith("/api/"):
        assert {"429", "500", "503"} <= statuses
    for status, response in told["responses"].items():
        assert "X-Request-ID" in response["headers"]
        if int(status) >= 400:
            assert list(response["content"]) == [PROBLEM]


def bodies(operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from operation.told.get("requestBody", {}).get("content", {}).items()
    for response in operation.told["responses"].values():
        yield from response.get("content", {}).items()


@BY_NAME
def test_every_body_has_an_example_that_holds(operation: Operation) -> None:
    for media_type, media in bodies(operation):
        if media_type.endswith("json") and "$ref" in media["schema"]:
            assert TOLD.problems_of(media["schema"], media["example"]) == []
    for parameter in operation.parameters("path"):
        assert TOLD.problems_of(parameter["schema"], parameter["example"]) == []


@BY_NAME
def test_what_creates_takes_a_key(operation: Operation) -> None:
    takes = any(p["name"] == "Idempotency-Key" for p in operation.parameters("header"))
    assert takes == ("201" in operation.told["responses"] and operation.name not in OPEN)


def test_a_journey_is_answered_as_documented(watched: House, contract: Contract) -> None:
    asha = Person.register(watched, f"o{id(contract):x}")
    session_id = asha.interview("strong")
    for path in ("", "/report", "/report.pdf", "/transcript"):
        assert asha.get(f"/api/interviews/{session_id}{path}").status_code == 200
    for path in ("/api/me", "/api/catalogue", "/api/interviews/history", "/api/statistics/me", "/api/payments"):
        assert asha.get(path).status_code == 200
    assert asha.get("/api/notifications").json()["items"]
    retried = asha.post(f"/api/interviews/{session_id}/retries", {"questionOrder": 1, "text": "I would measure it."})
    assert retried.status_code == 201
    typed = asha.ready(mode="text")
    asha.start(typed)
    assert asha.post(f"/api/interviews/{typed}/answers", {"text": "I looked at the plan first."}).status_code == 200
    assert asha.call("DELETE", f"/api/interviews/{typed}").status_code == 409
    assert asha.post(f"/api/interviews/{typed}/complete").status_code == 202
    asha.until(typed)
    assert asha.call("DELETE", f"/api/interviews/{typed}").status_code == 204
    assert asha.get(f"/api/interviews/{typed}").status_code == 404
    unpaid = asha.set_up()
    assert asha.post(f"/api/interviews/{unpaid}/start").status_code == 402
    assert asha.get("/api/me/export").status_code == 200
    assert asha.post("/api/interviews/setup", {"type": "x"}).status_code == 400
    assert len(contract.seen) >= 25


def test_a_cohort_is_answered_as_documented(watched: House, contract: Contract) -> None:
    asha = Person.register(watched, f"c{id(contract):x}")
    session_id, user_id = asha.interview("weak"), asha.get("/api/me").json()["userId"]
    coach = Person.sign_in(watched, "coach", DEMO_PASSWORD)
    cohort_id = coach.post("/api/cohorts", {"name": "Contract"}).json()["cohortId"]
    cohort = f"/api/cohorts/{cohort_id}"
    invitation = coach.post(f"{cohort}/invitations", {}).json()
    share = {"scores": True, "reports": True, "audio": False}
    assert asha.post("/api/cohorts/join", {"token": invitation["token"], "share": share}).status_code == 200
    assert asha.get("/api/memberships").json()["items"]
    for path in ("", "/members", f"/members/{user_id}", "/analytics", "/questions", "/export.csv"):
        assert coach.get(cohort + path).status_code == 200
        assert asha.get(cohort + path).status_code == 403
    assert coach.get(f"{cohort}/members/{user_id}/interviews/{session_id}/report").status_code == 200
    body = {"questionOrder": 1, "score": 70, "reason": "Said in other words."}
    made = coach.post(f"{cohort}/members/{user_id}/interviews/{session_id}/overrides", body)
    assert made.status_code == 201
    assert asha.get(f"/api/interviews/{session_id}/report").json()["questions"][0]["override"]["score"] == 70
    assert coach.call("PATCH", cohort, json={"name": "Contract 2"}).status_code == 200
    assert asha.call("PATCH", f"/api/memberships/{cohort_id}", json={"share": {"audio": True}}).status_code == 200
    assert asha.call("DELETE", f"/api/memberships/{cohort_id}").status_code == 204
    assert coach.call("DELETE", cohort).status_code == 204


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.parameters("query")], ids=lambda o: o.name)
def test_a_page_that_was_never_given_out_is_refused(watched: House, operation: Operation) -> None:
    if not any(p["name"] == "cursor" for p in operation.parameters("query")):
        assert operation.name == "cohortsAnalytics"
        return
    admin = Person.sign_in(watched, "admin", DEMO_PASSWORD)
    cohort = admin.post("/api/cohorts", {"name": "Pages"}).json()["cohortId"]
    path = operation.path.replace("{cohort_id}", cohort)
    cursors = ["rubbish", "%00", "%F0%9F%92%A5", "a" * 5001, "-", "4oCu", "AAAA"]
    if operation.name != "cohortsQuestions":  # the only one whose rows have names of all kinds
        cursors += ["aW50Xw", "a" * 5000]
    for cursor in cursors:
        reply = admin.get(f"{path}?cursor={cursor}")
        assert (reply.status_code, reply.json()["code"]) == (400, "invalid_input"), cursor
    for limit in ("0", "101", "-1", "1.5", "x", "9" * 40):
        assert admin.get(f"{path}?limit={limit}").status_code == 400, limit


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.parameters("path")], ids=lambda o: o.name)
def test_an_id_that_is_no_such_thing_is_not_there(watched: House, operation: Operation) -> None:
    admin = Person.sign_in(watched, "admin", DEMO_PASSWORD)
    body = operation.told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    for wrong in ("x", "%00", "int_", "..", "%F0%9F%92%A5", "a" * 900, "int_" + "0" * 26, "%27%20OR%201=1--", "%2e"):
        path = operation.path
        for parameter in operation.parameters("path"):
            path = path.replace("{" + parameter["name"] + "}", wrong)
        reply = admin.call(operation.method, path, json=body)
        assert reply.status_code == 404, (wrong, reply.text)
        assert reply.headers["content-type"] == PROBLEM


def test_the_frameworks_own_errors_are_problems(watched: House) -> None:
    def sent_in_pieces() -> Iterator[bytes]:
        yield from (b" " * 100_000 for _ in range(12))

    as_json = {"Content-Type": "application/json"}
    api, token = watched.api, "/api/auth/token"
    replies = {
        404: api.get("/nowhere"),
        405: api.put("/api/me"),
        413: api.post(token, content=sent_in_pieces(), headers=as_json),
        415: api.post(token, content="a=b", headers={"Content-Type": "application/x-www-form-urlencoded"}),
        400: api.post(token, content=b'{"username": ', headers=as_json),
    }
    for status, reply in replies.items():
        assert (reply.status_code, reply.headers["content-type"]) == (status, PROBLEM)
        assert reply.json().keys() >= {"type", "title", "status", "detail", "code", "requestId"}
        assert (reply.json()["status"], reply.json()["requestId"]) == (status, reply.headers["x-request-id"])
    assert set(replies[405].headers["allow"].split(", ")) <= {"GET", "DELETE"}
    assert api.post("/api/webhooks/vapi", content=sent_in_pieces()).status_code == 401


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe", b'"text"', b"[]", b"null", b"1", b'{"username": "\\u0000", "password": "\\ud800"}', b"NaN"]
)
def test_a_body_that_is_no_such_thing_is_refused(watched: House, raw: bytes) -> None:
    reply = watched.api.post("/api/auth/token", content=raw, headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_input")


def test_a_slash_too_many_leads_nowhere(house: House) -> None:
    assert house.api.get("/api/payments/").status_code == 404


def test_answers_are_compressed_and_carry_the_browsers_rules(house: House, asha: Person) -> None:
    headers = {"Authorization": f"Bearer {asha.token}", "Accept-Encoding": "gzip"}
    reply = house.api.get("/api/catalogue", headers=headers)
    assert reply.headers["content-encoding"] == "gzip"
    assert reply.headers["vary"] == "Accept-Encoding"
    assert reply.headers["strict-transport-security"].startswith("max-age=31536000")
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert reply.headers["x-frame-options"] == "DENY"
    assert reply.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "microphone=()" in reply.headers["permissions-policy"]
    assert (reply.headers["x-content-type-options"], reply.headers["cache-control"]) == ("nosniff", "no-store")


def test_the_page_of_documentation_runs_no_eval(house: House) -> None:
    reply = house.api.get("/docs")
    policy = reply.headers["content-security-policy"]
    assert reply.status_code == 200
    assert "unsafe-eval" not in policy
    assert "script-src 'sha256-" in policy
