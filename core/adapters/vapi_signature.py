"""Authenticating Vapi's messages: an HMAC over the raw body with all of Vapi's options, or a shared secret."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import SecretStr

from core.ports.errors import BadSignature
from core.settings import Settings

MILLISECONDS_FROM = 1e11
"""Vapi does not say in which unit its timestamp is: larger than this is milliseconds."""


def authenticate(raw: bytes, headers: Mapping[str, str], now: datetime, settings: Settings) -> None:
    """Raises: BadSignature. Both the current and the previous secret open the door while they are rotated."""
    given = {name.lower(): value for name, value in headers.items()}
    secrets = [s.get_secret_value() for s in _secrets(settings) if s.get_secret_value()]
    if settings.vapi_webhook_mode == "secret":
        sent = given.get("x-vapi-secret", "")
        if not sent or not any(_same(sent, secret) for secret in secrets):
            raise BadSignature("vapi")
        return
    sent = given.get(settings.vapi_signature_header.lower(), "")
    prefix = settings.vapi_signature_prefix
    if not sent or not sent.startswith(prefix):
        raise BadSignature("vapi")
    timestamp = _fresh_timestamp(given, now, settings)
    signed = _payload(raw, timestamp, settings)
    if not any(_same(sent[len(prefix) :], _signature(signed, secret, settings)) for secret in secrets):
        raise BadSignature("vapi")


def _secrets(settings: Settings) -> list[SecretStr]:
    return [s for s in (settings.vapi_webhook_secret, settings.vapi_webhook_previous_secret) if s is not None]


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))


def _fresh_timestamp(given: Mapping[str, str], now: datetime, settings: Settings) -> str:
    if not settings.vapi_timestamp_header:
        return ""
    text = given.get(settings.vapi_timestamp_header.lower(), "")
    try:
        value = float(text)
        at = datetime.fromtimestamp(value / 1000 if value > MILLISECONDS_FROM else value, UTC)
    except (ValueError, OverflowError, OSError) as exc:
        raise BadSignature("vapi") from exc
    if abs((now - at).total_seconds()) > settings.vapi_replay_window_seconds:
        raise BadSignature("vapi")
    return text


def _payload(raw: bytes, timestamp: str, settings: Settings) -> bytes:
    before, found, after = settings.vapi_payload_format.partition("{body}")
    fill = {"{timestamp}": timestamp, "{method}": "POST", "{url}": f"{settings.api_url}/api/webhooks/vapi"}
    for mark, value in fill.items():
        before, after = before.replace(mark, value), after.replace(mark, value)
    return before.encode() + (raw if found else b"") + after.encode()


def _signature(signed: bytes, secret: str, settings: Settings) -> str:
    try:
        key = base64.b64decode(secret, validate=True) if settings.vapi_secret_is_base64 else secret.encode()
    except binascii.Error as exc:
        raise BadSignature("vapi") from exc
    digest = hmac.digest(key, signed, settings.vapi_signature_algorithm)
    return base64.b64encode(digest).decode() if settings.vapi_signature_encoding == "base64" else digest.hex()
