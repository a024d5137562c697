"""Kills processes of a running Greenroom at random while people are in the middle of interviews.

`make chaos ARGS="--kills 50"` prints a table and exits with 1 if an interview was lost or anything was doubled.
"""

import argparse
import os
import random
import secrets
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from bench.product import Product, running

ROOT = Path(__file__).resolve().parent.parent
VICTIMS = {
    "api": "webhook_server.main:app",
    "worker": "worker.py",
    "app": "streamlit",
    "postgres": "bin/postgres",
    "valkey": "valkey-server",
}
PATIENCE_SECONDS = 240
PASSWORD = "Quiet-9-river-Lantern"  # noqa: S105  of people who live for one run
CHOICES = {"type": "technical", "difficulty": "medium", "focusAreas": ["databases"], "durationMinutes": 20}


class Lost(AssertionError):
    """Something that was promised did not come."""


@dataclass
class Person:
    """Somebody who presses again when nothing comes back, and signs in again when asked to."""

    product: Product
    name: str = field(default_factory=lambda: f"c{secrets.token_hex(5)}")
    token: str = ""

    def insist(self, ask: Callable[[], httpx.Response], *, fine: tuple[int, ...] = ()) -> httpx.Response:
        end = time.monotonic() + PATIENCE_SECONDS
        said = "nothing"
        while time.monotonic() < end:
            try:
                reply = ask()
            except httpx.HTTPError as exc:
                said = type(exc).__name__
            else:
                if reply.is_success or reply.status_code in fine:
                    return reply
                said = f"{reply.status_code} {reply.text[:120]}"
                if reply.status_code == 401 and self.token:
                    self.sign_in()
            time.sleep(0.3)
        raise Lost(f"{self.name} gave up: {said}")

    def call(self, method: str, path: str, body: Any = None, *, fine: tuple[int, ...] = ()) -> httpx.Response:
        def ask() -> httpx.Response:
            headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            return httpx.request(method, self.product.api + path, json=body, headers=headers, timeout=40)

        return self.insist(ask, fine=fine)

    def sandbox(self, path: str, body: Any) -> httpx.Response:
        return self.insist(lambda: httpx.post(f"{self.product.sandbox}/_control/{path}", json=body, timeout=20))

    def sign_in(self) -> None:
        self.token = ""
        reply = self.call("POST", "/api/auth/token", {"username": self.name, "password": PASSWORD})
        self.token = reply.json()["accessToken"]

    def live_through(self, mode: str) -> str:
        """Register, set up, pay, be interviewed, read the report. Returns the session's id. Raises: Lost."""
        session_id = self.be_interviewed(mode)
        self.wait_for_report(session_id)
        return session_id

    def sign_up(self) -> None:
        """Raises: Lost."""
        who = {"username": self.name, "email": f"{self.name}@example.com", "name": "Asha", "password": PASSWORD}
        self.call("POST", "/api/auth/register", who, fine=(409,))
        self.sign_in()

    def be_interviewed(self, mode: str) -> str:
        """All of it up to the last answer, or to the call that begins to be played. Raises: Lost."""
        self.sign_up()
        session_id: str = self.call("POST", "/api/interviews/setup", {**CHOICES, "mode": mode}).json()["sessionId"]
        order = self.call("POST", "/api/payments/interview/create", {"sessionId": session_id}, fine=(409,))
        if order.status_code != 409:
            paid = self.sandbox(f"razorpay/orders/{order.json()['orderId']}/pay", {"outcome": "captured"}).json()
            self.call("POST", "/api/payments/interview/verify", paid)
        started = self.call("POST", f"/api/interviews/{session_id}/start").json()
        if mode == "voice":
            self.sandbox(f"vapi/calls/{started['callId']}/run", {"answers": "strong"})
        else:
            self.type_answers(session_id)
        return session_id

    def type_answers(self, session_id: str) -> None:
        for at in range(60):
            words = f"I measured first, found two queries without an index, and fixed them; part {at}."
            reply = self.call("POST", f"/api/interviews/{session_id}/answers", {"text": words}, fine=(409,))
            if reply.status_code == 409 or reply.json()["done"]:
                return
            time.sleep(0.05)

    def wait_for_report(self, session_id: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            reply = self.call("GET", f"/api/interviews/{session_id}/report", fine=(404, 409))
            if reply.status_code == 200:
                return
            time.sleep(0.3)
        raise Lost(f"{session_id} has no report")


class Killer(threading.Thread):
    """Ends one process after another with SIGKILL, whatever it is in the middle of."""

    def __init__(self, product: Product, kills: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.product, self.kills, self.dice = product, kills, random.Random(seed)  # noqa: S311  which dies is no secret
        self.done: Counter[str] = Counter()

    def run(self) -> None:
        turns: list[str] = []
        while self.done.total() < self.kills:
            time.sleep(self.dice.uniform(0.4, 1.6))
            turns = turns or self.dice.sample(list(VICTIMS), len(VICTIMS))
            name = turns.pop()
            victims = [p for p in self._ours() if VICTIMS[name] in p[1]]
            if victims:
                pid, _ = min(victims)
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
                self.done[name] += 1

    def _ours(self) -> list[tuple[int, str]]:
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("GREENROOM_DATA_DIR") == str(self.product.data):
                    command = " ".join(process.cmdline())
                    if "-m runner" not in command:
                        found.append((process.pid, command))
            except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                continue
        return found


@dataclass
class Tally:
    sessions: list[tuple[Person, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def _live(product: Product, stop: threading.Event, tally: Tally, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  which mode is no secret
    while not stop.is_set():
        person = Person(product)
        try:
            tally.sessions.append((person, person.live_through(dice.choice(["voice", "voice", "text"]))))
        except Lost as exc:
            tally.lost.append(str(exc))


def _doubled(tally: Tally) -> list[str]:
    """Each person lived through one interview: one report, one payment, counted once."""
    wrong = []
    for person, session_id in tally.sessions:
        statistics = person.call("GET", "/api/statistics/me").json()
        payments = [p for p in person.call("GET", "/api/payments").json()["items"] if p["sessionId"] == session_id]
        if len(payments) != 1 or payments[0]["status"] != "paid":
            wrong.append(f"{session_id}: payments {payments}")
        if statistics["totalInterviews"] != 1:
            wrong.append(f"{session_id}: counted {statistics['totalInterviews']} times")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--people", type=int, default=3, help="how many are in interviews at any time")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    tally, stop = Tally(), threading.Event()
    with running() as product:
        people = [
            threading.Thread(target=_live, args=(product, stop, tally, chosen.seed + at)) for at in range(chosen.people)
        ]
        killer = Killer(product, chosen.kills, chosen.seed)
        for thread in (*people, killer):
            thread.start()
        killer.join()
        stop.set()
        for thread in people:
            thread.join(PATIENCE_SECONDS * 2)
        doubled = _doubled(tally)
    rows = {
        "interviews delivered": len(tally.sessions),
        **{f"kills of {name}": count for name, count in sorted(killer.done.items())},
        "lost": len(tally.lost),
        "doubled": len(doubled),
    }
    for name, count in rows.items():
        sys.stdout.write(f"{name:24} {count:5}\n")
    for line in (*tally.lost, *doubled):
        sys.stdout.write(f"  {line}\n")
    return 1 if tally.lost or doubled or not tally.sessions else 0


if __name__ == "__main__":
    sys.exit(main())
