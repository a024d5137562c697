"""A running sandbox and what stands around it: a receiver of its webhooks and an assistant to call."""

import contextlib
import hashlib
import hmac
import json
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import uvicorn

from sandbox.main import create_app
from sandbox.settings import SandboxSettings
from tests.waiting import until

PUBLIC, PRIVATE = "public-key-of-the-tests", "private-key-of-the-tests-00000000"
VAPI_SECRET, RAZORPAY_SECRET = "vapi-secret-of-the-tests", "razorpay-hook-secret-of-the-tests"
KEY_ID, KEY_SECRET = "rzp_test_OfTheTests01", "razorpay-key-secret-of-the-tests"
GEMINI_KEY = "gemini-key-of-the-tests"
END_PHRASE = "this concludes your mock interview for today"
INDEX = "When does an index help a query, and what is its price?"
CONFLICT = "Tell me about a disagreement with a colleague; how did it end?"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Hook:
    path: str
    headers: dict[str, str]
    raw: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def kind(self) -> str:
        """`payment.captured`, or `status-update:ended`."""
        if "event" in self.json:
            return str(self.json["event"])
        message = self.json["message"]
        return f"{message['type']}:{message['status']}" if "status" in message else str(message["type"])

    def is_signed(self) -> bool:
        vapi = "message" in self.json
        secret = VAPI_SECRET if vapi else RAZORPAY_SECRET
        given = self.headers["x-vapi-signature" if vapi else "x-razorpay-signature"]
        return hmac.compare_digest(given, hmac.new(secret.encode(), self.raw, hashlib.sha256).hexdigest())


class Counting(ThreadingHTTPServer):
    """Knows how many requests it has taken on and not yet finished."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.busy: set[Any] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.busy.add(client_address)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.busy.discard(client_address)


class Receiver:
    """Takes webhooks as the product would; those that name `about` are given `statuses` first, then 200."""

    def __init__(self) -> None:
        self.hooks: list[Hook] = []
        self.statuses: list[int] = []
        self.about = ""
        self.slow_seconds = 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 2
            """Seconds after which a line is let go that a sender opened and, told to forget, sent nothing on."""

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.hooks.append(Hook(self.path, headers, raw))
                time.sleep(receiver.slow_seconds)
                # A sender that was told to forget does not wait for the answer.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    refused = receiver.statuses and receiver.about in raw.decode()
                    self.send_response(receiver.statuses.pop(0) if refused else 200)
                    self.send_header("Content-Length", "2")
                    self.end_headers()
                    self.wfile.write(b"{}")

            def log_message(self, *_: object) -> None:
                pass

        self.server = Counting(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def clear(self) -> None:
        """Forget, once what a sender that has been stopped left on the line has come in."""
        self.slow_seconds = 0.0
        httpx.post(f"{self.address}/fence", json={"event": "fence"})
        until(lambda: not self.server.busy)
        self.hooks.clear()
        self.statuses.clear()
        self.about = ""

    def refuse(self, about: str, *statuses: int) -> None:
        """Answer what names `about` with these, then take it."""
        self.about, self.statuses = about, list(statuses)

    def tries(self, about: str, count: int) -> list[Hook]:
        """What came about something, once it came so often."""

        def came() -> list[Hook]:
            return [hook for hook in list(self.hooks) if about in hook.raw.decode()]

        until(lambda: len(came()) >= count)
        return came()

    def kinds(self) -> list[str]:
        return [hook.kind for hook in self.hooks]

    def wait(self, kind: str, count: int = 1) -> Hook:
        def enough() -> list[Hook]:
            found = [hook for hook in list(self.hooks) if hook.kind == kind]
            return found if len(found) >= count else []

        return until(enough)[-1]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def settings_for(receiver: Receiver, **more: Any) -> SandboxSettings:
    return SandboxSettings.model_validate(
        {
            "vapi_public_key": PUBLIC,
            "vapi_private_key": PRIVATE,
            "vapi_webhook_secret": VAPI_SECRET,
            "razorpay_key_id": KEY_ID,
            "razorpay_key_secret": KEY_SECRET,
            "razorpay_webhook_secret": RAZORPAY_SECRET,
            "gemini_api_key": GEMINI_KEY,
            "sandbox_razorpay_webhook_url": f"{receiver.address}/razorpay",
            **more,
        }
    )


class Running:
    """A sandbox in this process, on a port of its own."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.app = create_app(settings)
        config = uvicorn.Config(self.app, host="127.0.0.1", port=self.port, log_level="warning", ws="websockets-sansio")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until(lambda: self._server.started)
        self.http = httpx.Client(base_url=self.url, timeout=30)

    def stop(self) -> None:
        self.http.close()
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()

    # --- what tests do again and again
    def control(self, path: str, body: Any = None) -> httpx.Response:
        return self.http.post(f"/_control/{path}", json=body)

    def fault(self, provider: str, fault: str, **more: Any) -> None:
        reply = self.control("faults", {"provider": provider, "fault": fault, **more})
        assert reply.status_code == 201, reply.text

    def order(self, **more: Any) -> Any:
        body = {"amount": 49_900, "currency": "INR", "receipt": "mi-1", **more}
        reply = self.http.post("/razorpay/v1/orders", json=body, auth=(KEY_ID, KEY_SECRET))
        assert reply.status_code == 200, reply.text
        return reply.json()

    def pay(self, order_id: str, outcome: str = "captured", **more: Any) -> Any:
        reply = self.control(f"razorpay/orders/{order_id}/pay", {"outcome": outcome, **more})
        assert reply.status_code == 200, reply.text
        return reply.json()

    def razorpay(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.http.request(method, f"/razorpay/v1/{path}", auth=(KEY_ID, KEY_SECRET), **options)

    def create(self, assistant: dict[str, Any]) -> Any:
        reply = self.create_reply(assistant)
        assert reply.status_code == 201, reply.text
        return reply.json()

    def create_reply(self, assistant: dict[str, Any], key: str = PUBLIC) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"}
        return self.http.post("/vapi/call/web", json={"assistant": assistant}, headers=headers)

    def call(self, call_id: str, key: str = PRIVATE, method: str = "GET") -> httpx.Response:
        return self.http.request(method, f"/vapi/call/{call_id}", headers={"Authorization": f"Bearer {key}"})

    def run(self, call_id: str, **wanted: Any) -> None:
        reply = self.control(f"vapi/calls/{call_id}/run", wanted)
        assert reply.status_code == 202, reply.text


def assistant(receiver: Receiver, **more: Any) -> dict[str, Any]:
    """An interviewer with two questions, as the product makes one."""
    prompt = (
        f"You are a friendly interviewer.\n\nALREADY ASKED: What is a process?\nQUESTION 1: {INDEX}\n"
        f"FOLLOW-UP 1: How do you find out whether it is used?\nQUESTION 2: {CONFLICT}\n"
    )
    return {
        "name": "Greenroom interviewer",
        "firstMessage": "Hello Asha, welcome. Shall we begin?",
        "model": {
            "provider": "openai",
            "model": "gpt-4o",
            "temperature": 0.3,
            "messages": [{"role": "system", "content": prompt}],
        },
        "voice": {"provider": "vapi", "voiceId": "Elliot"},
        "transcriber": {"provider": "deepgram", "model": "nova-3", "language": "en-IN"},
        "clientMessages": ["status-update", "speech-update", "transcript"],
        "serverMessages": ["status-update", "end-of-call-report"],
        "server": {
            "url": f"{receiver.address}/vapi",
            "backoffPlan": {"type": "fixed", "maxRetries": 2, "baseDelaySeconds": 0.2},
        },
        "maxDurationSeconds": 1800,
        "endCallPhrases": [END_PHRASE],
        "artifactPlan": {"recordingFormat": "mp3"},
        "analysisPlan": {"summaryPlan": {"enabled": False}, "successEvaluationPlan": {"enabled": False}},
        "monitorPlan": {"listenEnabled": False, "controlEnabled": True, "controlAuthenticationEnabled": True},
        "metadata": {"session_id": "int_1"},
        **more,
    }
