"""A running Greenroom and the people in it, over HTTP."""

import hashlib
import hmac
import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

PASSWORD = "Quiet-9-river-Lantern"
SETUP = {
    "type": "technical",
    "difficulty": "medium",
    "focusAreas": ["databases", "apis"],
    "mode": "voice",
    "durationMinutes": 20,
}
ENDED = ("completed", "failed", "cancelled", "expired")


@dataclass
class House:
    api: httpx.Client
    sandbox: httpx.Client
    vapi_secret: str
    razorpay_secret: str
    data: Path

    def vapi(self, message: Mapping[str, Any] | bytes, *, secret: str | None = None) -> httpx.Response:
        raw = message if isinstance(message, bytes) else json.dumps(message).encode()
        signature = hmac.new((secret or self.vapi_secret).encode(), raw, hashlib.sha256).hexdigest()
        return self.api.post("/api/webhooks/vapi", content=raw, headers={"X-Vapi-Signature": signature})

    def razorpay(
        self, message: Mapping[str, Any] | bytes, *, event_id: str | None = None, secret: str | None = None
    ) -> httpx.Response:
        raw = message if isinstance(message, bytes) else json.dumps(message).encode()
        signature = hmac.new((secret or self.razorpay_secret).encode(), raw, hashlib.sha256).hexdigest()
        headers = {"X-Razorpay-Signature": signature, "X-Razorpay-Event-Id": event_id or f"evt_{uuid.uuid4().hex[:14]}"}
        return self.api.post("/api/webhooks/razorpay", content=raw, headers=headers)

    def fault(self, provider: str, fault: str, **more: Any) -> None:
        reply = self.sandbox.post("/_control/faults", json={"provider": provider, "fault": fault, **more})
        assert reply.status_code == 201, reply.text


@dataclass
class Person:
    house: House
    username: str
    token: str
    refresh: str

    @classmethod
    def register(cls, house: House, username: str) -> "Person":
        body = {"username": username, "email": f"{username}@example.com", "name": "Asha", "password": PASSWORD}
        assert house.api.post("/api/auth/register", json=body).status_code == 201
        return cls.sign_in(house, username, PASSWORD)

    @classmethod
    def sign_in(cls, house: House, username: str, password: str) -> "Person":
        reply = house.api.post("/api/auth/token", json={"username": username, "password": password}).json()
        return cls(house, username, reply["accessToken"], reply["refreshToken"])

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.house.api.request(method, path, headers={"Authorization": f"Bearer {self.token}"}, **more)

    def get(self, path: str) -> httpx.Response:
        return self.call("GET", path)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        return self.call("POST", path, json=body or {})

    def set_up(self, **choices: Any) -> str:
        reply = self.post("/api/interviews/setup", {**SETUP, **choices})
        assert reply.status_code == 201, reply.text
        session_id: str = reply.json()["sessionId"]
        return session_id

    def order(self, session_id: str) -> dict[str, Any]:
        reply = self.post("/api/payments/interview/create", {"sessionId": session_id})
        assert reply.status_code == 201, reply.text
        order: dict[str, Any] = reply.json()
        return order

    def pay(self, session_id: str, outcome: str = "captured", **more: Any) -> dict[str, str]:
        order = self.order(session_id)
        reply = self.house.sandbox.post(
            f"/_control/razorpay/orders/{order['orderId']}/pay", json={"outcome": outcome, **more}
        )
        assert reply.status_code == 200, reply.text
        paid: dict[str, str] = reply.json()
        return paid

    def verify(self, paid: Mapping[str, str]) -> httpx.Response:
        return self.post("/api/payments/interview/verify", paid)

    def ready(self, **choices: Any) -> str:
        session_id = self.set_up(**choices)
        assert self.verify(self.pay(session_id)).status_code == 200
        return session_id

    def start(self, session_id: str) -> dict[str, Any]:
        reply = self.post(f"/api/interviews/{session_id}/start")
        assert reply.status_code == 200, reply.text
        started: dict[str, Any] = reply.json()
        return started

    def run(self, call_id: str, answers: Any = "strong", **more: Any) -> None:
        reply = self.house.sandbox.post(f"/_control/vapi/calls/{call_id}/run", json={"answers": answers, **more})
        assert reply.status_code == 202, reply.text

    def interview(self, answers: Any = "strong", **choices: Any) -> str:
        session_id = self.ready(**choices)
        self.run(self.start(session_id)["callId"], answers)
        assert self.until(session_id) == "completed"
        return session_id

    def status(self, session_id: str) -> str:
        status: str = self.get(f"/api/interviews/{session_id}").json()["status"]
        return status

    def until(self, session_id: str, *statuses: str, seconds: float = 40) -> str:
        end = time.monotonic() + seconds
        while (status := self.status(session_id)) not in (statuses or ENDED):
            assert time.monotonic() < end, f"still {status}"
            time.sleep(0.1)
        return status

    def report(self, session_id: str) -> dict[str, Any]:
        reply = self.get(f"/api/interviews/{session_id}/report")
        assert reply.status_code == 200, reply.text
        report: dict[str, Any] = reply.json()
        return report

    def said(self, session_id: str) -> str:
        segments = self.get(f"/api/interviews/{session_id}/transcript").json()["segments"]
        return plain(" ".join(s["text"] for s in segments if s["speaker"] == "candidate"))


def plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def quotes_in(report: Mapping[str, Any]) -> list[str]:
    """Every quote a report shows, wherever it stands."""
    found = [e["quote"] for part in report["scoreBreakdown"].values() for e in part["evidence"]]
    found += [e["quote"] for f in (*report["strengthFindings"], *report["weaknessFindings"]) for e in f["evidence"]]
    for question in report["questions"]:
        found += [e["quote"] for e in question["evidence"]]
        found += [p["quote"] for p in (*question["keyPoints"], *question["criteria"]) if p["quote"]]
    return found
