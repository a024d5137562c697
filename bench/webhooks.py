"""Webhooks: durable acknowledgements against an empty route, the plain version, and Postgres alone."""

import hmac
import itertools
import json
import os
import secrets
import subprocess
import tempfile
import uuid
from pathlib import Path

import psycopg

from bench.load import Seen, closed, opened, request
from bench.stores import Server, Stores
from bench.table import Row
from runner.postgres import binaries

CONNECTIONS = 32
TURN_SECONDS = 1.0
PGBENCH_SECONDS = "4"
OURS, PLAIN, EMPTY = "/api/webhooks/vapi", "/api/webhooks/bench/plain", "/api/webhooks/bench/empty"
TURN = {"role": "assistant", "message": "Tell me how you would find a query that has become slow.", "time": 1.7e12}
BODY_BYTES = 8_000
_CALL = b"(the call)"
_BODY = json.dumps(
    {
        "message": {
            "type": "status-update",
            "status": "in-progress",
            "call": {"id": _CALL.decode()},
            "artifact": {"messages": [TURN] * (BODY_BYTES // len(json.dumps(TURN)))},
        }
    }
).encode()
"""Made once: what a client does for each request is taken from the machine that the server runs on."""
_numbers = itertools.count()


def message() -> bytes:
    """A status of a call that nobody knows, as large as the provider's with a transcript so far."""
    return _BODY.replace(_CALL, str(uuid.UUID(int=next(_numbers) + (1 << 100))).encode())


def signed(path: str, secret: str) -> bytes:
    """A request whose body no other has."""
    raw = message()
    signature = hmac.digest(secret.encode(), raw, "sha256").hex()
    return request("POST", path, headers={"X-Vapi-Signature": signature, "Content-Type": "application/json"}, body=raw)


def measure(given: Stores, server: Server, *, rounds: int, rush_seconds: float) -> list[Row]:
    """In turns of a second: a machine that others share runs at half its speed for some seconds, which in longer turns
    falls on one side alone."""
    secret = given.environment["VAPI_WEBHOOK_SECRET"]
    seen = {path: Seen() for path in (EMPTY, OURS, PLAIN)}
    for path in seen:
        _turn(server, path, secret, TURN_SECONDS)
    before = _stored(given)
    for _ in range(rounds):
        for path, sums in seen.items():
            sums.add(_turn(server, path, secret, TURN_SECONDS))
    acknowledged = seen[OURS].statuses[200] + seen[PLAIN].statuses[200]
    lost = acknowledged - (_stored(given) - before)
    rush, rush_lost = _rush(given, server.port, secret, rate=2 * seen[OURS].rate, seconds=rush_seconds)
    alone = _pgbench(given)
    ours, plain, empty = seen[OURS], seen[PLAIN], seen[EMPTY]
    return [
        Row("webhooks", "durable answers / an empty route", ours.rate / empty.rate, 0.6, "at least"),
        Row("webhooks", "durable answers / one transaction each", ours.rate / plain.rate, 2.0, "at least"),
        Row("webhooks", "processor time, one transaction each / ours", plain.cpu_each / ours.cpu_each, 2.0, "at least"),
        Row("webhooks", "processor time, an empty route / ours", empty.cpu_each / ours.cpu_each, None),
        Row("webhooks", "durable answers / pgbench, same row", ours.rate / alone, None),
        Row("webhooks", "p99 of an answer, 32 connections (ms)", ours.percentile(0.99), 100, "at most"),
        Row("webhooks", "answered but not stored", float(lost), 0, "at most"),
        Row("webhooks", "twice the load: durable answers / at its own pace", rush.rate / ours.rate, None),
        Row("webhooks", "twice the load: share told to come back", rush.statuses[503] / rush.statuses.total(), None),
        Row("webhooks", "twice the load: any other status", float(_others(rush)), 0, "at most"),
        Row("webhooks", "twice the load: answered but not stored", float(rush_lost), 0, "at most"),
    ]


def _turn(server: Server, path: str, secret: str, seconds: float) -> Seen:
    used = server.cpu_seconds()
    seen = closed(server.port, lambda: signed(path, secret), connections=CONNECTIONS, seconds=seconds)
    seen.cpu_seconds = server.cpu_seconds() - used
    return seen


def _rush(given: Stores, port: int, secret: str, *, rate: float, seconds: float) -> tuple[Seen, int]:
    """Twice what it can: whatever was answered 200 must be there."""
    before = _stored(given)
    seen = opened(port, lambda: signed(OURS, secret), each_second=rate, connections=600, seconds=seconds)
    return seen, seen.statuses[200] - (_stored(given) - before)


def _others(seen: Seen) -> int:
    return seen.statuses.total() - seen.statuses[200] - seen.statuses[503]


def _stored(given: Stores) -> int:
    """Events that have their job."""
    query = """SELECT count(*) FROM webhook_events e
               JOIN procrastinate_jobs j ON j.args ->> 'event_id' = e.id"""
    with psycopg.connect(given.postgres_url) as connection:
        found = connection.execute(query).fetchone()
    assert found is not None
    return int(found[0])


def _pgbench(given: Stores) -> float:
    """Rows of the same size that Postgres alone takes from as many connections, one transaction each, a second."""
    statement = (
        "INSERT INTO webhook_events (id, source, event_key, type, payload, status, attempts, received_at) VALUES "
        f"('evt_' || gen_random_uuid(), 'vapi', gen_random_uuid()::text, 'bench', decode('{secrets.token_hex(8200)}', "
        "'hex'), 'handled', 0, now());\n"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(statement)
        script.flush()
        Path(script.name).chmod(0o644)
        command = [str(binaries() / "pgbench"), "-n", "-f", script.name, "-c", str(CONNECTIONS), "-j", "2"]
        done = subprocess.run(
            [*command, "-T", PGBENCH_SECONDS, given.postgres_url],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ},
        )
    told = next(line for line in done.stdout.splitlines() if line.startswith("tps = "))
    return float(told.split()[2])
