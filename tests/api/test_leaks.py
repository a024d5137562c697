"""Canaries: what somebody says, and what opens a door, stands in no dump, no object, no cache and no log."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.conftest import ROOT
from tests.api.house import House, Person

DUMP = """
import sys, psycopg, redis
from core.settings import load_settings
settings = load_settings()
with psycopg.connect(settings.database_url.get_secret_value()) as connection:
    tables = connection.execute(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall()
    for (table,) in tables:
        for (row,) in connection.execute(f"SELECT t::text FROM {table} t"):
            sys.stdout.write(f"{table} {row}\\n")
cache = redis.Redis.from_url(settings.redis_url.get_secret_value())
for key in cache.scan_iter():
    sys.stdout.write(f"redis {key!r} {cache.dump(key)!r}\\n")
"""


def canary() -> str:
    return f"canary{secrets.token_hex(6)}"


@dataclass
class Planted:
    said: str
    answered: str
    role: str
    description: str
    resume: str
    password: str
    body: str
    token: str
    refresh: str

    def all(self) -> dict[str, str]:
        return dict(vars(self))


@pytest.fixture(scope="module")
def planted(house: House) -> Planted:
    """Somebody lives through a typed and a spoken interview and makes every mistake there is."""
    person = Person.register(house, f"c{secrets.token_hex(5)}")
    names = ("said", "answered", "role", "description", "resume", "password", "body")
    made = Planted(**{name: canary() for name in names}, **{"token": person.token, "refresh": person.refresh})
    texts = {
        "role": f"Keeper of {made.role}",
        "jobDescription": f"You look after {made.description} and its databases every day.",
        "resumeText": f"I ran {made.resume} for three years, with its databases and its interfaces.",
    }
    spoken = person.ready(**texts)
    person.run(person.start(spoken)["callId"], [f"I would look at {made.said} and the query plan first."] * 6)
    assert person.until(spoken) == "completed"
    # A search that finds nothing elsewhere is no accident: here it is found.
    assert made.said in person.get(f"/api/interviews/{spoken}/transcript").text

    typed = person.ready(mode="text", **texts)
    person.start(typed)
    answer = {"text": f"First I read the query plan of {made.answered}, then I add the index that is missing there."}
    assert person.post(f"/api/interviews/{typed}/answers", answer).status_code == 200
    person.post(f"/api/interviews/{typed}/complete")
    assert person.until(typed) == "completed"
    person.post(f"/api/interviews/{typed}/retries", {"questionOrder": 1, **answer})

    login = {"username": person.username, "password": made.password}
    assert house.api.post("/api/auth/token", json=login).status_code == 401
    assert house.api.post("/api/auth/token", content=made.body).status_code == 415
    assert house.vapi(json.dumps({"message": {"transcript": made.body}}).encode(), secret="wrong").status_code == 401
    assert house.razorpay({"event": "payment.captured", "payload": made.body}).status_code in (200, 400)
    assert person.post("/api/interviews/setup", {"type": made.body}).status_code == 400
    assert person.post(f"/api/interviews/{made.body}/start").status_code == 404
    with_key = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": f"key-{made.body}"}
    house.api.post("/api/interviews/setup", json={"role": made.body}, headers=with_key)
    person.post(
        "/api/payments/interview/verify",
        {"razorpay_order_id": made.body, "razorpay_payment_id": made.body, "razorpay_signature": made.body},
    )
    return made


@pytest.fixture(scope="module")
def dump(house: House, planted: Planted) -> str:
    command = [sys.executable, "-m", "runner", "with", sys.executable, "-c", DUMP]
    env = {**os.environ, "GREENROOM_DATA_DIR": str(house.data)}
    return subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout


def files(house: House, *folders: str) -> Iterator[Path]:
    """Files of the product; the sandbox is the providers' and knows what was said to them."""
    for folder in folders:
        yield from (path for path in (house.data / folder).rglob("*") if path.is_file() and path.stem != "sandbox")


def test_a_dump_of_the_database_and_the_cache_holds_nothing_that_was_said(dump: str, planted: Planted) -> None:
    assert "interview_sessions" in dump
    assert "redis b" in dump
    assert {name: found for name, found in planted.all().items() if found in dump} == {}


def test_no_object_holds_anything_that_was_said(house: House, planted: Planted) -> None:
    kept = [path.read_bytes() for path in files(house, "objects")]
    assert kept
    assert [name for name, found in planted.all().items() if any(found.encode() in raw for raw in kept)] == []
    assert not any(raw.startswith((b"RIFF", b"ID3", b"OggS")) for raw in kept)


def test_no_log_holds_what_was_said_or_what_opens_a_door(house: House, planted: Planted) -> None:
    logs = {path: path.read_text(errors="replace") for path in files(house, "logs")}
    assert any("refused" in text for text in logs.values())
    doors = {
        **planted.all(),
        "webhook secret of Vapi": house.vapi_secret,
        "webhook secret of Razorpay": house.razorpay_secret,
        **kept_secrets(house),
    }
    assert [(path.name, name) for path, text in logs.items() for name, found in doors.items() if found in text] == []


def kept_secrets(house: House) -> dict[str, str]:
    """Every secret that the installation made for itself."""
    script = """
import json, sys
from core.settings import load_settings
settings = load_settings()
told = {name: getattr(settings, name).get_secret_value() for name in settings.secret_fields}
told |= {"database": settings.database_url.get_secret_value()}
sys.stdout.write(json.dumps(told))
"""
    command = [sys.executable, "-m", "runner", "with", sys.executable, "-c", script]
    env = {**os.environ, "GREENROOM_DATA_DIR": str(house.data)}
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    found: dict[str, str] = json.loads(done.stdout)
    assert len(found) > 5
    return found
