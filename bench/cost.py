"""What an interview and a provider's message cost: processor, transactions, log and disk, on a running product.

Postgres's own processor time is not in it: its processes hide their environment, by which the others are found.

`python -m bench.cost` prints the table that docs/scaling.md reckons with.
"""

import argparse
import hashlib
import hmac
import json
import secrets
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import psutil
import psycopg

from bench.chaos import Person
from bench.product import Product, running
from runner.data_folder import DataFolder

KINDS = {
    "api": "webhook_server.main",
    "worker": "worker.py",
    "app": "streamlit",
    "valkey": "valkey-server",
}
WEBHOOK_SECRET = "of-one-run-and-no-longer"  # noqa: S105  of a product that lives for one run
FIGURES = """
    SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, pg_database_size(current_database()),
           (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()),
           (SELECT count(*) FROM webhook_events)
"""
NAMES = ("log bytes", "disk bytes", "transactions", "messages")


@dataclass(frozen=True)
class Reading:
    """Seconds of processor by kind of process, and the database's figures."""

    seconds: Mapping[str, float]
    figures: tuple[int, ...]

    def since(self, before: "Reading", each: int) -> dict[str, float]:
        used = {f"{kind} ms": (self.seconds[kind] - before.seconds[kind]) * 1000 / each for kind in KINDS}
        moved = {name: (b - a) / each for name, a, b in zip(NAMES, before.figures, self.figures, strict=True)}
        return {**used, **moved}


def read(product: Product) -> Reading:
    seconds: defaultdict[str, float] = defaultdict(float)
    for process in psutil.process_iter():
        try:
            if process.environ().get("GREENROOM_DATA_DIR") != str(product.data):
                continue
            command = " ".join(process.cmdline())
            kind = next((kind for kind, word in KINDS.items() if word in command), None)
            if kind:
                spent = process.cpu_times()
                # A child that has ended is counted with its parent.
                seconds[kind] += spent.user + spent.system + spent.children_user + spent.children_system
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    with psycopg.connect(database(product), autocommit=True) as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        row = connection.execute(FIGURES).fetchone()
    return Reading(seconds, tuple(int(value) for value in row or ()))


def database(product: Product) -> str:
    note = DataFolder(product.data).recall()
    password = json.loads((product.data / "secrets.json").read_text())["POSTGRES_PASSWORD"]
    port = note.store_ports["postgres"] if note else 0
    return f"postgresql://greenroom:{password}@127.0.0.1:{port}/greenroom"


def settle(product: Product) -> None:
    """Until no job is left that is due."""
    query = (
        "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') "
        "AND (scheduled_at IS NULL OR scheduled_at < now() + interval '10 s')"
    )
    with psycopg.connect(database(product), autocommit=True) as connection:
        for _ in range(600):
            row = connection.execute(query).fetchone()
            if row == (0,):
                return
            time.sleep(0.1)


def interviews(product: Product, mode: str, count: int) -> None:
    with ThreadPoolExecutor(3) as people:
        list(people.map(lambda _: Person(product).live_through(mode), range(count)))


def messages(product: Product, count: int) -> None:
    """Signed messages that are stored, queued, read and put away."""
    with httpx.Client(base_url=product.api, timeout=30) as client:
        for _ in range(count):
            body = json.dumps({"entity": "event", "event": "payment.downtime.started", "payload": {}}).encode()
            signature = hmac.new(WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
            named = {"X-Razorpay-Signature": signature, "x-razorpay-event-id": secrets.token_hex(9)}
            client.post("/api/webhooks/razorpay", content=body, headers=named).raise_for_status()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interviews", type=int, default=30)
    parser.add_argument("--messages", type=int, default=1000)
    chosen = parser.parse_args()
    costs: dict[str, dict[str, float]] = {}
    acts: list[tuple[str, int, Callable[[Product], None]]] = [
        ("typed interview", chosen.interviews, lambda product: interviews(product, "text", chosen.interviews)),
        ("spoken interview", chosen.interviews, lambda product: interviews(product, "voice", chosen.interviews)),
        ("message", chosen.messages, lambda product: messages(product, chosen.messages)),
    ]
    with running(RAZORPAY_WEBHOOK_SECRET=WEBHOOK_SECRET) as product:
        interviews(product, "text", 4)
        interviews(product, "voice", 4)
        settle(product)
        idle_before, started = read(product), time.monotonic()
        time.sleep(10)
        idle = read(product).since(idle_before, 1)
        idle_seconds = time.monotonic() - started
        for what, count, act in acts:
            before, started = read(product), time.monotonic()
            act(product)
            settle(product)
            found = read(product).since(before, count)
            # What goes on by itself meanwhile is nobody's cost.
            share = (time.monotonic() - started) / idle_seconds / count
            costs[what] = {name: value - idle[name] * share for name, value in found.items()}
    names = list(next(iter(costs.values())))
    sys.stdout.write(f"{'each':18}" + "".join(f"{what:>20}" for what in costs) + "\n")
    for name in names:
        sys.stdout.write(f"{name:18}" + "".join(f"{costs[what][name]:20.1f}" for what in costs) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
