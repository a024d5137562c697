"""Who is let in, what is refused, and how: the same for everybody who may not."""

import time

import pytest

from tests.api.house import PASSWORD, SETUP, House, Person
from tests.waiting import until

OTHERS = ("", "/report", "/report.pdf", "/transcript")


def test_what_is_not_yours_reads_like_what_is_not_there(asha: Person, meera: Person) -> None:
    session_id = asha.set_up()
    for path in OTHERS:
        mine = meera.get(f"/api/interviews/{session_id}{path}")
        nobody = meera.get(f"/api/interviews/int_{'0' * 26}{path}")
        assert (mine.status_code, mine.json()["detail"]) == (404, nobody.json()["detail"])
    for path in ("start", "complete", "answers"):
        assert meera.post(f"/api/interviews/{session_id}/{path}", {"text": "x"}).status_code == 404
    assert meera.call("DELETE", f"/api/interviews/{session_id}").status_code == 404
    assert meera.post("/api/payments/interview/create", {"sessionId": session_id}).status_code == 404


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/api/me", "GET"),
        ("/api/interviews/history", "GET"),
        ("/api/interviews/setup", "POST"),
        ("/api/payments", "GET"),
        ("/api/statistics/me", "GET"),
        ("/api/catalogue", "GET"),
    ],
)
def test_without_a_token_nothing_opens(house: House, path: str, method: str) -> None:
    body = SETUP if method == "POST" else None
    reply = house.api.request(method, path, json=body, headers={"Cookie": "greenroom_session=anything"})
    assert reply.status_code == 401
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "astrology"),
        ("difficulty", "impossible"),
        ("focusAreas", []),
        ("focusAreas", ["astrology"]),
        ("mode", "smoke"),
        ("durationMinutes", 9),
        ("durationMinutes", 61),
        ("durationMinutes", "20"),
        ("durationMinutes", None),
        ("role", "x" * 500),
        ("language", "xx"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_by_its_name(asha: Person, field: str, value: object) -> None:
    reply = asha.post("/api/interviews/setup", {**SETUP, field: value})
    assert reply.status_code == 400
    assert [e["field"] for e in reply.json()["errors"]] == [field]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=rubbish", "cursor=%00", "type=x", "status=x"])
def test_a_page_that_cannot_be_is_refused(asha: Person, query: str) -> None:
    assert asha.get(f"/api/interviews/history?{query}").status_code == 400


def test_every_answer_carries_a_request_id(house: House, asha: Person) -> None:
    assert asha.get("/api/me").headers["x-request-id"]
    lost = house.api.get("/nowhere")
    assert (lost.status_code, lost.json()["requestId"]) == (404, lost.headers["x-request-id"])
    assert house.api.put("/api/me").status_code == 405


def test_bodies_are_json_and_not_too_large(house: House, asha: Person) -> None:
    headers = {"Authorization": f"Bearer {asha.token}"}
    as_form = house.api.post("/api/interviews/setup", data={"type": "technical"}, headers=headers)
    assert as_form.status_code == 415
    large = house.api.post("/api/auth/token", json={"username": "x" * 2_000_000, "password": "y"})
    assert large.status_code == 413
    broken = house.api.post("/api/auth/token", content=b'{"username": ', headers={"Content-Type": "application/json"})
    assert broken.status_code == 400


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"username": "ab"}, 400),
        ({"email": "nonsense"}, 400),
        ({"password": "short"}, 400),
        ({"password": "p" * 80}, 400),
        ({"name": " "}, 400),
    ],
)
def test_an_account_that_cannot_be_is_refused(house: House, change: dict[str, str], status: int) -> None:
    unique = f"q{time.time_ns():x}"
    body = {"username": unique, "email": f"{unique}@example.com", "name": "Q", "password": PASSWORD, **change}
    assert house.api.post("/api/auth/register", json=body).status_code == status


def test_a_taken_name_and_a_taken_address_read_the_same(house: House, asha: Person) -> None:
    body = {"username": asha.username, "email": f"new-{asha.username}@example.com", "name": "Q", "password": PASSWORD}
    name = house.api.post("/api/auth/register", json=body)
    body = {
        "username": f"new{asha.username}",
        "email": f"{asha.username}@example.com",
        "name": "Q",
        "password": PASSWORD,
    }
    address = house.api.post("/api/auth/register", json=body)
    assert name.status_code == address.status_code == 409
    assert name.json()["detail"] == address.json()["detail"]


def test_a_wrong_password_and_an_unknown_user_read_the_same(house: House, asha: Person) -> None:
    wrong = house.api.post("/api/auth/token", json={"username": asha.username, "password": "not-the-one-1"})
    unknown = house.api.post("/api/auth/token", json={"username": "nobody.here", "password": "not-the-one-1"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["detail"] == unknown.json()["detail"]


def test_a_logout_ends_the_session_at_once(asha: Person) -> None:
    assert asha.post("/api/auth/logout").status_code == 204
    assert asha.get("/api/me").status_code == 401
    assert asha.house.api.post("/api/auth/refresh", json={"refreshToken": asha.refresh}).status_code == 401


def test_a_refresh_token_shown_twice_ends_its_family(asha: Person) -> None:
    refresh = asha.house.api.post("/api/auth/refresh", json={"refreshToken": asha.refresh})
    assert refresh.status_code == 200
    assert asha.house.api.post("/api/auth/refresh", json={"refreshToken": asha.refresh}).status_code == 401
    newer = refresh.json()
    assert asha.house.api.post("/api/auth/refresh", json={"refreshToken": newer["refreshToken"]}).status_code == 401
    headers = {"Authorization": f"Bearer {newer['accessToken']}"}
    assert asha.house.api.get("/api/me", headers=headers).status_code == 401


def test_no_interview_starts_unpaid(asha: Person) -> None:
    session_id = asha.set_up()
    reply = asha.post(f"/api/interviews/{session_id}/start")
    assert (reply.status_code, reply.json()["code"]) == (402, "payment_required")


def test_a_signature_for_another_order_pays_nothing(asha: Person) -> None:
    cheap, dear = asha.set_up(durationMinutes=10), asha.set_up(durationMinutes=60)
    paid, order = asha.pay(cheap), asha.order(dear)
    forged = {**paid, "razorpay_order_id": order["orderId"]}
    reply = asha.verify(forged)
    assert (reply.status_code, reply.json()["code"]) == (400, "bad_signature")
    assert asha.status(dear) == "awaiting_payment"


def test_another_persons_payment_is_not_verified(asha: Person, meera: Person) -> None:
    paid = asha.pay(asha.set_up())
    assert meera.verify(paid).status_code == 400


def test_paying_twice_is_refused_and_verifying_twice_is_not(asha: Person) -> None:
    session_id = asha.set_up()
    paid = asha.pay(session_id)
    first, second = asha.verify(paid), asha.verify(paid)
    assert first.json() == second.json()
    again = asha.post("/api/payments/interview/create", {"sessionId": session_id})
    assert (again.status_code, again.json()["code"]) == (409, "already_paid")


def test_a_failed_payment_can_be_followed_by_one_that_holds(asha: Person) -> None:
    session_id = asha.set_up()
    failed = asha.pay(session_id, "failed")
    assert asha.verify(failed).status_code == 402
    assert asha.verify(asha.pay(session_id)).json()["sessionStatus"] == "ready"


def test_an_authorised_payment_is_captured(asha: Person) -> None:
    session_id = asha.set_up()
    asha.pay(session_id, "authorized")
    until(lambda: asha.status(session_id) == "ready")


def test_a_wrong_amount_grants_nothing_and_goes_back(house: House, asha: Person) -> None:
    session_id = asha.set_up()
    paid = asha.pay(session_id, amount=100)
    assert asha.verify(paid).status_code == 409

    def is_returned() -> bool:
        sent = house.sandbox.get("/_control/requests", params={"provider": "razorpay"}).json()["requests"]
        return any(r["path"].endswith(f"/payments/{paid['razorpay_payment_id']}/refund") for r in sent)

    until(is_returned)
    assert asha.status(session_id) == "awaiting_payment"


@pytest.mark.parametrize("source", ["vapi", "razorpay"])
def test_a_forged_or_unsigned_event_is_turned_away(house: House, source: str) -> None:
    send = house.vapi if source == "vapi" else house.razorpay
    body = {"message": {"type": "hang", "call": {"id": "c"}}, "event": "payment.captured", "payload": {}}
    assert send(body, secret="another-secret-altogether").status_code == 401
    assert house.api.post(f"/api/webhooks/{source}", json=body).status_code == 401
    assert send(body).json() == {"received": True}
    assert send(b"[1, 2]").status_code == 400
    assert send(b"not json").status_code == 400


def test_an_unknown_event_is_kept_and_a_repeated_one_changes_nothing(house: House) -> None:
    body = {"entity": "event", "event": "payment.dispute.created", "payload": {}}
    assert house.razorpay(body, event_id="evt_same").status_code == 200
    assert house.razorpay(body, event_id="evt_same").status_code == 200
    assert house.vapi({"message": {"type": "something-new", "call": {"id": "c1"}}}).status_code == 200


def test_the_server_says_how_it_is(house: House) -> None:
    assert house.api.get("/health/live").json() == {"status": "ok"}
    assert house.api.get("/health/ready").json() == {"status": "ok", "cache": "ok"}
