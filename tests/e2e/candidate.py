"""Somebody who holds interviews over HTTP, so that there is something to look at."""

import json
import time
import urllib.request
from collections.abc import Sequence
from typing import Any

from tests.e2e.product import PASSWORD, Product

MINUTES = 20
WAIT_SECONDS = 90


class Caller:
    """Somebody with an account who uses the product over HTTP."""

    def __init__(self, product: Product, username: str, *, name: str | None = None) -> None:
        """With a `name` the account is opened first."""
        self._product = product
        self.username = username
        if name:
            account = {"username": username, "email": f"{username}@people.example.com", "name": name}
            _call("POST", f"{product.api}/api/auth/register", {**account, "password": PASSWORD})
        answer = _call("POST", f"{product.api}/api/auth/token", {"username": username, "password": PASSWORD})
        self._token = answer["accessToken"]

    def api(self, method: str, path: str, body: Any = None) -> Any:
        return _call(method, f"{self._product.api}/api{path}", body, Authorization=f"Bearer {self._token}")


class Candidate(Caller):
    """Somebody who holds interviews over HTTP, so that there is something to show."""

    def __init__(self, product: Product, username: str = "candidate", *, name: str | None = None) -> None:
        super().__init__(product, username, name=name)

    def set_up(self, *, kind: str, areas: Sequence[str], mode: str = "voice") -> str:
        """Choose an interview; returns its id. It waits for its payment."""
        chosen = {"type": kind, "difficulty": "medium", "focusAreas": list(areas), "mode": mode}
        session_id: str = self.api("POST", "/interviews/setup", {**chosen, "durationMinutes": MINUTES})["sessionId"]
        return session_id

    def ready(self, *, kind: str, areas: Sequence[str], mode: str = "voice") -> str:
        """Choose an interview and pay for it; returns its id."""
        session_id = self.set_up(kind=kind, areas=areas, mode=mode)
        order = self.api("POST", "/payments/interview/create", {"sessionId": session_id})
        paid = self._product.pay(order["orderId"])
        self.api("POST", "/payments/interview/verify", paid)
        return session_id

    def start(self, session_id: str) -> str | None:
        """Begin an interview; returns the id of its call, None where it is typed."""
        call_id: str | None = self.api("POST", f"/interviews/{session_id}/start").get("callId")
        return call_id

    def hold(self, *parts: dict[str, Any], kind: str = "technical", areas: Sequence[str]) -> str:
        """Hold an interview to the end; returns its id once the report is there.

        Each part is one call: a part that drops is given back, and the next one goes on where it broke off.
        """
        session_id = self.ready(kind=kind, areas=areas)
        for part in parts:
            call_id = self.start(session_id)
            _call("POST", f"{self._product.sandbox}/_control/vapi/calls/{call_id}/run", part)
            self._wait(session_id, "ready" if "dropAfter" in part else "completed")
        return session_id

    def document(self, session_id: str) -> bytes:
        """The report as PDF."""
        url = f"{self._product.api}/api/interviews/{session_id}/report.pdf"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {self._token}"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
            content: bytes = reply.read()
        return content

    def _wait(self, session_id: str, status: str) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while self.api("GET", f"/interviews/{session_id}")["status"] != status:
            if time.monotonic() > deadline:
                raise SystemExit(f"{session_id} did not become {status}:\n{self._product.logs()}")
            time.sleep(0.3)


def _call(method: str, url: str, body: Any = None, **headers: str) -> Any:
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310  our own loopback address
        url, content, {"Content-Type": "application/json", **headers}, method=method
    )
    with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
        return json.load(reply)
