"""What providers are known to trip over people with, where no other contract test names it."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from core.adapters.gemini import GeminiModel
from core.adapters.razorpay import RazorpayPayments
from core.adapters.vapi import VapiVoice
from core.adapters.vapi_messages import read_message
from core.money import Money
from core.ports.errors import BadSignature
from core.ports.payments import ProviderPayment
from core.ports.voice import CallReport
from core.settings import Settings
from tests.contract.test_vapi import HOOK, PLAN, sent_assistant

PAID = {"id": "pay_1", "order_id": "order_1", "amount": 39900, "currency": "INR", "status": "captured"}


class Shape(BaseModel):
    text: str = ""
    count: int = 0


def requests_of(sandbox: httpx.Client, provider: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.get("/_control/requests", params={"provider": provider}).json()["requests"]
    return found


def test_a_key_in_the_environment_does_not_take_the_place_of_ours(
    settings: Settings, sandbox: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "somebody-elses-key")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    model = GeminiModel(settings)
    generation = model.generate(instruction="Say.", data={"task": "other"}, schema=Shape)
    model.close()

    assert generation.text
    [request] = requests_of(sandbox, "gemini")
    assert request["path"].endswith(f"{settings.gemini_model}:generateContent")


def test_every_call_of_vapi_names_its_caller(settings: Settings, sandbox: httpx.Client) -> None:
    """Without it the network in front of Vapi answers 1010."""
    voice = VapiVoice(settings)
    voice.create_call(PLAN, webhook_url=HOOK)
    voice.close()
    assert all("greenroom" in r["headers"]["user-agent"].lower() for r in requests_of(sandbox, "vapi"))


def test_an_assistant_carries_nothing_that_vapi_may_not_know_and_ends_by_an_unusual_sentence(
    settings: Settings, sandbox: httpx.Client
) -> None:
    voice = VapiVoice(settings)
    voice.create_call(PLAN, webhook_url=HOOK)
    voice.close()
    assistant = sent_assistant(sandbox)
    assert not {"silenceTimeoutSeconds", "customerJoinTimeoutSeconds"} & set(assistant)
    assert "secret" not in assistant["server"]
    assert assistant["monitorPlan"]["controlAuthenticationEnabled"] is True
    assert all(len(phrase.split()) >= 4 for phrase in assistant["endCallPhrases"])
    assert assistant["maxDurationSeconds"] != 600


def test_the_status_inside_a_message_is_stale_and_milliseconds_are_no_seconds() -> None:
    message = {
        "type": "end-of-call-report",
        "call": {"id": "c1", "status": "queued"},
        "endedReason": "customer-ended-call",
        "startedAt": "2026-11-24T10:00:00.000Z",
        "endedAt": "2026-11-24T10:01:00.000Z",
        "artifact": {
            "messages": [
                {"role": "system", "message": "the prompt", "secondsFromStart": 0},
                {"role": "bot", "message": "AI: User: why?", "secondsFromStart": 1, "duration": 2500},
                {"role": "user", "message": "User: AI: because", "secondsFromStart": 4, "duration": 1500},
            ]
        },
    }
    read = read_message({"message": message})
    assert isinstance(read, CallReport)
    assert [row.text for row in read.rows] == ["AI: User: why?", "User: AI: because"]
    assert [row.speaker for row in read.rows] == ["interviewer", "candidate"]
    first = read.rows[0]
    assert first.start_ms is not None
    assert first.end_ms is None or first.end_ms - first.start_ms < 60_000


@pytest.mark.parametrize(
    "odd", [{"notes": []}, {"notes": None}, {"email": None, "contact": None}, {"email": "void@razorpay.com"}]
)
def test_odd_but_documented_fields_of_a_payment_change_nothing(settings: Settings, odd: dict[str, Any]) -> None:
    message = {"event": "payment.captured", "payload": {"payment": {"entity": {**PAID, **odd}}}}
    read = RazorpayPayments(settings).read(message)
    assert read == ProviderPayment("pay_1", "order_1", Money(39900), "captured", None)


def test_during_a_rotation_both_of_razorpays_secrets_open_and_no_third(settings: Settings) -> None:
    raw = b'{"event": "x"}'
    secret = type(settings.razorpay_webhook_secret)
    payments = RazorpayPayments(
        settings.model_copy(
            update={
                "razorpay_webhook_secret": secret("the-new-secret-of-ours"),
                "razorpay_webhook_previous_secret": secret("the-old-secret-of-ours"),
            }
        )
    )
    for known in ("the-new-secret-of-ours", "the-old-secret-of-ours"):
        payments.authenticate(raw, signed(raw, known))
    with pytest.raises(BadSignature):
        payments.authenticate(raw, signed(raw, "another"))
    with pytest.raises(BadSignature):
        payments.authenticate(json.dumps(json.loads(raw), indent=1).encode(), signed(raw, "the-new-secret-of-ours"))


def signed(raw: bytes, secret: str) -> dict[str, str]:
    return {"X-Razorpay-Signature": hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}
