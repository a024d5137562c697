"""Each fault a provider can have ends in a report, a free redo or a refund; a person has to do nothing."""

from typing import Any

import pytest

from tests.api.house import House, Person, plain, quotes_in
from tests.waiting import until

MODEL = [
    ("http_status", {"status": 503}),
    ("http_status", {"status": 429}),
    ("http_status", {"status": 400}),
    ("timeout", {"delayMs": 2000, "times": 1}),
    ("malformed", {}),
    ("truncated", {}),
    ("blocked", {}),
    ("score_everything_max", {}),
]
DELIVERY = [
    ("duplicate_webhook", {}),
    ("delay_webhook", {"delayMs": 800}),
    ("reorder_webhooks", {}),
    ("forge_signature", {}),
]


def assert_reported(asha: Person, session_id: str) -> None:
    assert asha.until(session_id) == "completed"
    report = asha.report(session_id)
    assert report["overallScore"] is not None
    assert [q for q in quotes_in(report) if plain(q) not in asha.said(session_id)] == []


@pytest.mark.parametrize(("fault", "more"), MODEL)
def test_a_model_that_fails_still_leaves_a_report(house: House, asha: Person, fault: str, more: dict[str, Any]) -> None:
    session_id = asha.ready()
    call_id = asha.start(session_id)["callId"]
    house.fault("gemini", fault, **more)
    asha.run(call_id, "strong")
    assert_reported(asha, session_id)


@pytest.mark.parametrize(("fault", "more"), DELIVERY)
def test_news_of_a_call_that_come_badly_still_leave_a_report(
    house: House, asha: Person, fault: str, more: dict[str, Any]
) -> None:
    session_id = asha.ready()
    house.fault("vapi", fault, **more)
    asha.run(asha.start(session_id)["callId"], "strong")
    assert_reported(asha, session_id)


@pytest.mark.parametrize(("fault", "more"), DELIVERY)
def test_news_of_a_payment_that_come_badly_still_open_the_interview(
    house: House, asha: Person, fault: str, more: dict[str, Any]
) -> None:
    session_id = asha.set_up()
    house.fault("razorpay", fault, **more)
    asha.pay(session_id)
    until(lambda: asha.status(session_id) == "ready")
    assert [p["status"] for p in asha.get("/api/payments").json()["items"]] == ["paid"]


@pytest.mark.parametrize(("fault", "more"), [("http_status", {"status": 503}), ("malformed", {}), ("truncated", {})])
def test_a_call_that_cannot_be_made_leaves_the_interview_to_be_typed(
    house: House, asha: Person, fault: str, more: dict[str, Any]
) -> None:
    session_id = asha.ready()
    house.fault("vapi", fault, **more)
    reply = asha.post(f"/api/interviews/{session_id}/start")
    assert (reply.status_code, reply.json()["code"]) == (503, "voice_unavailable")
    assert reply.json()["fallback"] == "text"
    assert asha.status(session_id) == "ready"


@pytest.mark.parametrize(
    "reason",
    ["pipeline-error-openai-voice-failed", "call.in-progress.error-vapifault-worker-died", "silence-timed-out"],
)
def test_a_call_that_ends_before_anything_is_said_costs_nothing(asha: Person, reason: str) -> None:
    """A call in which no question was put is a free redo, whatever it ended by."""
    session_id = asha.ready()
    asha.run(asha.start(session_id)["callId"], "strong", dropAfter=0, endedReason=reason)
    assert asha.until(session_id, "ready", "completed") == "ready"


def test_money_without_an_interview_goes_back(asha: Person) -> None:
    session_id = asha.ready()
    assert asha.call("DELETE", f"/api/interviews/{session_id}").status_code == 204
    until(lambda: asha.get("/api/payments").json()["items"][0]["status"] == "refunded")
    kinds = [notice["kind"] for notice in asha.get("/api/notifications").json()["items"]]
    assert kinds[0] == "refund"
