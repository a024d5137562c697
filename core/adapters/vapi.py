"""Vapi over HTTP. Its SDK has no method for web calls, so requests are made by httpx.

Sources: Vapi's OpenAPI of 2026-08, `@vapi-ai/web` 2.7.1, captured payloads.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from core.adapters.resilience import Guard
from core.adapters.vapi_assistant import assistant_for
from core.adapters.vapi_messages import identify, read_call, read_message, recognise
from core.adapters.vapi_signature import authenticate
from core.i18n import N_
from core.ports.errors import VoiceDown, VoiceRefused
from core.ports.voice import CallPlan, CallReport, CallState, CreatedCall, Incoming, Recording, VoiceEvent
from core.settings import Settings

USER_AGENT = "Greenroom/1.0"
"""Without one, the network in front of Vapi answers 403."""
AT_RISK = (
    "hooks",
    "startSpeakingPlan",
    "stopSpeakingPlan",
    "credentialId",
    "keyterm",
    "controlAuthenticationEnabled",
    "patience",
)
"""Properties that come and go in Vapi's schema: dropped and tried once more when a 400 names one."""
MAX_RECORDING_BYTES = 100 * 1024 * 1024
RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


class VapiVoice:
    """The voice port over Vapi."""

    def __init__(self, settings: Settings, client: httpx.Client | None = None) -> None:
        self._settings = settings
        self._guard = Guard("vapi", VoiceDown)
        self._client = client or httpx.Client(
            headers={"User-Agent": USER_AGENT}, timeout=httpx.Timeout(settings.vapi_timeout_seconds, connect=5.0)
        )

    @property
    def state(self) -> str:
        return self._guard.state

    def close(self) -> None:
        self._client.close()

    def create_call(self, plan: CallPlan, *, webhook_url: str) -> CreatedCall:
        assistant = assistant_for(plan, self._settings, webhook_url=webhook_url)
        try:
            body = self._create(assistant)
        except VoiceRefused as exc:
            slimmer = _without_named(assistant, str(exc.facts.get("reason", "")))
            if slimmer == assistant:
                raise
            body = self._create(slimmer)
        if _dict(body.get("subscriptionLimits")).get("concurrencyBlocked"):
            raise VoiceDown("vapi", N_("All voice lines are taken."))
        url = body.get("webCallUrl") or _dict(body.get("transport")).get("callUrl")
        if not isinstance(body.get("id"), str) or not isinstance(url, str):
            raise VoiceDown("vapi", N_("The answer names no call."))
        control = _dict(body.get("monitor")).get("controlUrl")
        return CreatedCall(body["id"], url, control if isinstance(control, str) else None)

    def _create(self, assistant: dict[str, Any]) -> dict[str, Any]:
        request = {"assistant": assistant, "roomDeleteOnUserLeaveEnabled": True}
        # A second call for one attempt is harmless (nobody joins it), so creation may be retried.
        return self._json("create_call", "POST", "/call/web", key=self._settings.web_call_key, body=request, attempts=2)

    def fetch_call(self, call_id: str) -> CallState:
        try:
            body = self._json("fetch_call", "GET", f"/call/{call_id}", attempts=3)
        except VoiceRefused as exc:
            if exc.facts.get("status") == 404:
                return CallState(call_id, "gone", None)
            raise
        return read_call(call_id, body)

    def hang_up(self, call_id: str, control_url: str) -> None:
        self._check_control_url(control_url)
        try:
            self._send(
                "hang_up", "POST", control_url, key=self._settings.web_call_key, body={"type": "end-call"}, attempts=3
            )
        except VoiceRefused as exc:
            if exc.facts.get("status") not in (400, 404, 409, 410):
                raise

    def delete_call(self, call_id: str) -> None:
        try:
            self._send("delete_call", "DELETE", f"{self._base}/call/{call_id}", attempts=3)
        except VoiceRefused as exc:
            if exc.facts.get("status") != 404:
                raise

    def fetch_recording(self, report: CallReport) -> Recording | None:
        if report.recording_url is None:
            return None
        try:
            reply = self._send(
                "fetch_recording", "GET", f"{self._base}/call/{report.call_id}/mono-recording", attempts=2
            )
        except VoiceRefused as exc:
            if exc.facts.get("status") == 404:
                return None
            raise
        if len(reply.content) > MAX_RECORDING_BYTES:
            raise VoiceRefused("vapi", N_("The recording is too large."), size=len(reply.content))
        return Recording(reply.content, reply.headers.get("content-type", "audio/mpeg"))

    def authenticate(self, raw: bytes, headers: Mapping[str, str], now: datetime) -> None:
        authenticate(raw, headers, now, self._settings)

    def recognise(self, raw: bytes) -> Incoming | None:
        return recognise(raw)

    def identify(self, message: Mapping[str, Any]) -> Incoming:
        return identify(message)

    def read(self, message: Mapping[str, Any]) -> VoiceEvent:
        return read_message(message)

    @property
    def _base(self) -> str:
        return self._settings.vapi_base_url.rstrip("/")

    def _check_control_url(self, url: str) -> None:
        """Our key goes only to Vapi, whatever a stored row says."""
        host = urlsplit(url).hostname or ""
        own = urlsplit(self._base).hostname or ""
        if host != own and not host.endswith(".vapi.ai"):
            raise VoiceRefused("vapi", N_("The control address is not Vapi's."), host=host)

    def _json(self, operation: str, method: str, path: str, **options: Any) -> dict[str, Any]:
        reply = self._send(operation, method, f"{self._base}{path}", **options)
        try:
            body = reply.json()
        except ValueError as exc:
            raise VoiceDown("vapi", N_("The answer is no JSON."), status=reply.status_code) from exc
        if not isinstance(body, dict):
            raise VoiceDown("vapi", N_("The answer is no object."), status=reply.status_code)
        return body

    def _send(
        self, operation: str, method: str, url: str, *, key: str | None = None, body: Any = None, attempts: int = 1
    ) -> httpx.Response:
        bearer = key or self._settings.vapi_private_key.get_secret_value()

        def attempt() -> httpx.Response:
            try:
                reply = self._client.request(
                    method,
                    url,
                    json=body,
                    headers={"Authorization": f"Bearer {bearer}"},
                    follow_redirects=method == "GET",
                )
            except httpx.TimeoutException as exc:
                raise VoiceDown("vapi", N_("Vapi did not answer in time.")) from exc
            except httpx.HTTPError as exc:
                raise VoiceDown("vapi", N_("Vapi cannot be reached."), error=type(exc).__name__) from exc
            return _checked(reply)

        return self._guard.call(operation, attempt, attempts=attempts)


def _checked(reply: httpx.Response) -> httpx.Response:
    if reply.is_success:
        return reply
    if reply.status_code in RETRIED_STATUSES:
        wait = reply.headers.get("retry-after", "")
        raise VoiceDown(
            "vapi",
            N_("Vapi did not take the request."),
            status=reply.status_code,
            retry_after_seconds=float(wait) if wait.isdigit() else None,
        )
    try:
        reason = reply.json().get("message")
    except (ValueError, AttributeError):
        reason = reply.text[:200]
    raise VoiceRefused("vapi", N_("Vapi refused the request."), status=reply.status_code, reason=str(reason)[:500])


def _without_named(assistant: dict[str, Any], reason: str) -> dict[str, Any]:
    """The assistant without the properties at risk that the refusal names."""
    named = {word for word in AT_RISK if word in reason}

    def slim(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: slim(v) for k, v in value.items() if k not in named}
        return value

    return slim(assistant) if named else assistant


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
