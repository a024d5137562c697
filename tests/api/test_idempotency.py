"""A creating call that is repeated with its key creates nothing more."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.api.conftest import DEMO_PASSWORD
from tests.api.house import SETUP, House, Person


def send(person: Person, path: str, body: dict[str, Any], key: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": key}
    return person.house.api.post(path, json=body, headers=headers)


def set_ups(person: Person) -> int:
    return len(person.get("/api/interviews/history").json()["items"])


def test_a_repeated_set_up_is_the_same_interview(asha: Person) -> None:
    key = str(uuid.uuid4())
    first, again = (send(asha, "/api/interviews/setup", SETUP, key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert again.headers["content-type"] == first.headers["content-type"]
    assert set_ups(asha) == 1


def test_a_key_is_for_one_body_and_one_call(asha: Person) -> None:
    key = str(uuid.uuid4())
    session_id = send(asha, "/api/interviews/setup", SETUP, key).json()["sessionId"]
    other = send(asha, "/api/interviews/setup", {**SETUP, "durationMinutes": 30}, key)
    assert (other.status_code, other.json()["code"]) == (400, "idempotency_key_reused")
    elsewhere = send(asha, "/api/payments/interview/create", {"sessionId": session_id}, key)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (400, "idempotency_key_reused")
    assert set_ups(asha) == 1


def test_ten_at_once_create_one(asha: Person) -> None:
    key = str(uuid.uuid4())
    with ThreadPoolExecutor(10) as threads:
        replies = list(threads.map(lambda _: send(asha, "/api/interviews/setup", SETUP, key), range(10)))
    assert {r.status_code for r in replies} == {201}
    assert len({r.json()["sessionId"] for r in replies}) == 1
    assert sum("idempotency-replayed" not in r.headers for r in replies) == 1
    assert set_ups(asha) == 1


def test_two_people_may_choose_the_same_key(asha: Person, meera: Person) -> None:
    key = str(uuid.uuid4())
    ids = {send(p, "/api/interviews/setup", SETUP, key).json()["sessionId"] for p in (asha, meera)}
    assert len(ids) == 2


def test_a_failure_is_no_answer_to_keep(asha: Person) -> None:
    key = str(uuid.uuid4())
    wrong = send(asha, "/api/interviews/setup", {**SETUP, "focusAreas": ["astrology"]}, key)
    assert wrong.status_code == 400
    assert send(asha, "/api/interviews/setup", SETUP, key).status_code == 201


def test_an_order_is_answered_again_after_it_was_paid(asha: Person) -> None:
    session_id, key = asha.set_up(), str(uuid.uuid4())
    body = {"sessionId": session_id}
    first = send(asha, "/api/payments/interview/create", body, key)
    asha.verify(asha.pay(session_id))
    again = send(asha, "/api/payments/interview/create", body, key)
    assert (again.status_code, again.json()) == (201, first.json())
    fresh = send(asha, "/api/payments/interview/create", body, str(uuid.uuid4()))
    assert (fresh.status_code, fresh.json()["code"]) == (409, "already_paid")


def test_without_a_token_a_key_opens_nothing(house: House, asha: Person) -> None:
    key = str(uuid.uuid4())
    send(asha, "/api/interviews/setup", SETUP, key)
    assert house.api.post("/api/interviews/setup", json=SETUP, headers={"Idempotency-Key": key}).status_code == 401


@pytest.mark.parametrize("key", ["", "x" * 256, "two words"])
def test_a_key_that_cannot_be_is_refused(asha: Person, key: str) -> None:
    reply = send(asha, "/api/interviews/setup", SETUP, key)
    assert (reply.status_code, reply.json()["errors"][0]["field"]) == (400, "Idempotency-Key")


def test_neither_words_nor_keys_stand_in_the_stores(house: House, asha: Person) -> None:
    """What somebody wrote in a set-up is in no file of the stores, the kept answers included."""
    words = f"velvet-{uuid.uuid4().hex}"
    assert send(asha, "/api/interviews/setup", {**SETUP, "resumeText": words}, words).status_code == 201
    house_files = (f for f in house.data.rglob("*") if f.is_file() and not f.name.endswith(".log"))
    assert [str(f) for f in house_files if words.encode() in f.read_bytes()] == []


def test_a_repeat_after_a_deletion_tells_what_was_done_and_brings_nothing_back(house: House) -> None:
    ravi = Person.sign_in(house, "coach", DEMO_PASSWORD)
    key, body = str(uuid.uuid4()), {"name": "Batch of 2027"}
    first = send(ravi, "/api/cohorts", body, key)
    place = f"/api/cohorts/{first.json()['cohortId']}"
    assert ravi.call("DELETE", place).status_code == 204
    again = send(ravi, "/api/cohorts", body, key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert ravi.get(place).status_code == 404
