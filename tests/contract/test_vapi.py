"""Vapi: what we send, what we read, what we believe."""

import base64
import hashlib
import hmac
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.adapters.vapi import VapiVoice
from core.adapters.vapi_messages import ended_by, identify, read_call, read_message, recognise
from core.adapters.vapi_signature import authenticate
from core.interviews.types import EndedBy
from core.ports.errors import BadSignature, MalformedMessage, VoiceDown, VoiceRefused
from core.ports.voice import CallConnected, CallEnded, CallPlan, CallReport, NotForUs, SpokenQuestion
from core.settings import Settings
from tests.waiting import until

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PLAN = CallPlan(
    session_id="int_1",
    attempt=1,
    candidate_name="Asha Rao",
    interview_title="medium technical interview",
    language="en",
    questions=[
        SpokenQuestion(1, "When would you add an index to a table?", ["What does it cost?"]),
        SpokenQuestion(2, "How do you find out why a query is slow?"),
    ],
)
BROKEN = [{"fault": "http_status", "status": 503}, {"fault": "malformed"}, {"fault": "truncated"}]
HOOK = "http://127.0.0.1:1/api/webhooks/vapi"


@pytest.fixture
def voice(settings: Settings, sandbox: httpx.Client) -> Iterator[VapiVoice]:
    adapter = VapiVoice(settings)
    yield adapter
    adapter.close()


def sent_assistant(sandbox: httpx.Client) -> dict[str, Any]:
    requests = sandbox.get("/_control/requests", params={"provider": "vapi"}).json()["requests"]
    assistant: dict[str, Any] = next(r["body"]["assistant"] for r in requests if r["path"] == "/vapi/call/web")
    return assistant


def test_a_call_is_made_with_everything_said_explicitly(voice: VapiVoice, sandbox: httpx.Client):
    call = voice.create_call(PLAN, webhook_url=HOOK)
    assert call.web_call_url.startswith("http://127.0.0.1:")
    assistant = sent_assistant(sandbox)
    assert assistant["clientMessages"] == ["status-update", "speech-update", "transcript"]
    assert assistant["server"]["backoffPlan"]["maxRetries"] > 0
    assert assistant["monitorPlan"]["listenEnabled"] is False
    assert not any(plan["enabled"] for plan in assistant["analysisPlan"].values())
    assert assistant["metadata"] == {"session_id": "int_1", "attempt": 1}
    assert len(assistant["name"]) <= 40
    prompt = assistant["model"]["messages"][0]["content"]
    assert "QUESTION 2: How do you find out why a query is slow?" in prompt


def test_a_call_that_was_played_reads_the_same_by_look_up(voice: VapiVoice, sandbox: httpx.Client):
    call = voice.create_call(PLAN, webhook_url=HOOK)
    assert voice.fetch_call(call.call_id).status == "waiting"
    answer = "I read the execution plan first, and then I look at the locks."
    sandbox.post(f"/_control/vapi/calls/{call.call_id}/run", json={"answers": [answer, answer]})
    state = voice.fetch_call(call.call_id)
    while state.report is None:
        state = voice.fetch_call(call.call_id)
    assert (state.status, state.report.ended_by) == ("ended", EndedBy.FINISHED)
    assert [row.text for row in state.report.rows if row.text == answer] == [answer, answer]
    recording = voice.fetch_recording(state.report)
    assert recording is not None
    assert recording.media_type.startswith("audio/")
    assert len(recording.content) > 100


def test_a_running_call_is_hung_up_and_a_deleted_one_is_gone(voice: VapiVoice, sandbox: httpx.Client):
    call = voice.create_call(PLAN, webhook_url=HOOK)
    assert call.control_url is not None
    sandbox.post(f"/_control/vapi/calls/{call.call_id}/run", json={"answers": "strong", "realtime": True})
    until(lambda: voice.fetch_call(call.call_id).status == "in_progress")
    voice.hang_up(call.call_id, call.control_url)
    voice.hang_up(call.call_id, call.control_url)
    until(lambda: voice.fetch_call(call.call_id).status == "ended")
    voice.delete_call(call.call_id)
    voice.delete_call(call.call_id)
    assert voice.fetch_call(call.call_id).status == "gone"


def test_our_key_goes_to_vapi_alone(voice: VapiVoice):
    with pytest.raises(VoiceRefused, match="not Vapi's"):
        voice.hang_up("c", "https://evil.example/control")


def test_the_private_key_makes_no_web_call(settings: Settings, sandbox: httpx.Client):
    wrong = settings.model_copy(update={"vapi_web_call_key": settings.vapi_private_key})
    adapter = VapiVoice(wrong)
    with pytest.raises(VoiceRefused) as refused:
        adapter.create_call(PLAN, webhook_url=HOOK)
    adapter.close()
    assert refused.value.facts["status"] == 401


@pytest.mark.parametrize(
    "fault", [{"fault": "http_status", "status": 503}, {"fault": "malformed"}, {"fault": "truncated"}]
)
def test_a_provider_that_fails_is_down(voice: VapiVoice, sandbox: httpx.Client, fault: dict[str, Any]):
    sandbox.post("/_control/faults", json={"provider": "vapi", **fault})
    with pytest.raises(VoiceDown):
        voice.create_call(PLAN, webhook_url=HOOK)


def test_one_failure_is_tried_again(voice: VapiVoice, sandbox: httpx.Client):
    sandbox.post("/_control/faults", json={"provider": "vapi", "fault": "http_status", "status": 503, "times": 1})
    assert voice.create_call(PLAN, webhook_url=HOOK).call_id


def bot(text: str, at: float, **more: Any) -> dict[str, Any]:
    return {"role": "bot", "message": text, "time": at, "endTime": at + 900, **more}


def user(text: str, at: float, **more: Any) -> dict[str, Any]:
    return {"role": "user", "message": text, "time": at, "endTime": at + 900, **more}


ROWS = [
    {"role": "system", "message": "You are …", "time": 0, "secondsFromStart": 0},
    bot("Hello.", 1000.5),
    user("Yes,", 2500),
    user("ready.", 3450),
    {"role": "tool_calls", "toolCalls": [], "time": 3500},
    bot("Why?", 5000),
    user("Because.", 6000, metadata={"wordLevelMetadata": [{"confidence": 0.9}, {"confidence": 0.7}, {}]}),
]
READ = [("interviewer", "Hello."), ("candidate", "Yes, ready."), ("interviewer", "Why?"), ("candidate", "Because.")]
OPENAI = [{"role": "assistant" if speaker == "interviewer" else "user", "content": text} for speaker, text in READ]
FLAT = "AI: Hello.\nUser: Yes, ready.\nAI: Why?\nUser: Because.\n"


def report(**fields: Any) -> CallReport:
    body = {"message": {"type": "end-of-call-report", "call": {"id": "c1", "status": "queued"}, **fields}}
    event = read_message(body)
    assert isinstance(event, CallReport)
    return event


@pytest.mark.parametrize(
    "fields",
    [
        {"artifact": {"messages": ROWS}},
        {"artifact": {"messages": []}, "messages": ROWS},
        {"artifact": {"messagesOpenAIFormatted": OPENAI}},
        {"artifact": {"transcript": FLAT}},
        {"transcript": FLAT},
    ],
    ids=["current", "legacy", "openai", "flat in artifact", "flat"],
)
def test_a_transcript_is_read_in_every_shape(fields: dict[str, Any]):
    assert [(row.speaker, row.text) for row in report(**fields).rows] == READ


def test_times_count_from_the_first_row_and_confidence_is_the_words_mean():
    rows = report(artifact={"messages": ROWS}).rows
    assert (rows[0].start_ms, rows[1].start_ms, rows[1].end_ms) == (0, 1500, 3350)
    assert rows[3].confidence == pytest.approx(0.8)
    assert rows[0].confidence is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"artifact": None, "analysis": [], "cost": "much", "startedAt": 5, "endedAt": "yesterday"},
        {"artifact": {"messages": "none"}, "cost": math.nan},
        {
            "artifact": {
                "messages": [
                    None,
                    1,
                    {"role": "bot"},
                    {"role": "alien", "message": "x"},
                    {"role": "user", "message": 5},
                ]
            }
        },
        {
            "artifact": {
                "messages": [{"role": "user", "message": "Hi", "time": "2026-11-24T10:00:00Z", "endTime": math.inf}]
            }
        },
    ],
)
def test_odd_fields_break_nothing(fields: dict[str, Any]):
    assert report(**fields).call_id == "c1"


def test_what_a_message_is_and_whose():
    assert (
        identify({"message": {"type": "end-of-call-report", "call": {"id": "c1"}, "timestamp": 1}}).key
        == "c1:end-of-call-report"
    )
    one = identify({"message": {"type": "status-update", "status": "ended", "call": {"id": "c1"}, "timestamp": 1}})
    other = identify({"message": {"type": "status-update", "status": "ended", "call": {"id": "c1"}, "timestamp": 2}})
    assert one.key == other.key
    assert read_message(
        {"message": {"type": "status-update", "status": "in-progress", "call": {"id": "c1"}}}
    ) == CallConnected("c1")
    ended = read_message(
        {
            "message": {
                "type": "status-update",
                "status": "ended",
                "endedReason": "customer-ended-call",
                "call": {"id": "c1"},
            }
        }
    )
    assert ended == CallEnded("c1", "customer-ended-call", EndedBy.CANDIDATE_LEFT)
    assert read_message({"message": {"type": "hang", "call": {"id": "c1"}}}) == NotForUs("hang", "c1")


IDS = st.one_of(st.none(), st.text(max_size=70), st.integers(), st.just("c1"))
KINDS = st.sampled_from(["end-of-call-report", "status-update", "transcript", "", None, 5])
STATUSES = st.one_of(st.none(), st.sampled_from(["in-progress", "ended"]), st.text(max_size=5), st.integers())
CALLS: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.just([]), st.fixed_dictionaries({}, optional={"id": IDS, "cost": st.floats()})
)
MESSAGES = st.fixed_dictionaries(
    {}, optional={"type": KINDS, "call": CALLS, "callId": IDS, "status": STATUSES, "transcript": st.text(max_size=9)}
)


@given(st.fixed_dictionaries({"message": MESSAGES}))
def test_whatever_is_recognised_by_a_look_is_what_a_whole_reading_says(body: dict[str, Any]):
    seen = recognise(json.dumps(body).encode())
    assert seen is None or seen == identify(body)


@pytest.mark.parametrize("kind", ["end-of-call-report", "status-update"])
def test_the_usual_messages_are_recognised_by_a_look(kind: str):
    body = {"message": {"type": kind, "status": "ended", "call": {"id": "c1"}, "artifact": {"messages": [1, {}]}}}
    assert recognise(json.dumps(body).encode()) == identify(body)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"message": {"type": "status-update", "call": {"id": "c1"}, "call": {"id": "c2"}}}',
        b'{"message": {"type": "status-update", "call": {"id": "c1"}, "cost": NaN}}',
        b'{"message": {"type": "status-update", "call": {"id": "c1"}, "transcript": "\\ud83d"}}',
        '{"message": {"type": "status-update", "call": {"id": "c\u00e91"}}}'.encode("utf-16"),
    ],
)
def test_odd_json_is_not_recognised_as_something_else(raw: bytes):
    assert recognise(raw) in (None, identify(json.loads(raw)))


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"message": {"type": "status-update", "call": {"id": "c1"}}} x'])
def test_what_is_no_json_object_is_not_recognised(raw: bytes):
    assert recognise(raw) is None


@pytest.mark.parametrize("body", [{}, {"message": None}, {"message": {"call": {}}}, {"message": {"type": 5}}])
def test_what_is_no_message_is_refused(body: dict[str, Any]):
    with pytest.raises(MalformedMessage):
        identify(body)


@pytest.mark.parametrize(
    ("reason", "group"),
    [
        ("assistant-said-end-call-phrase", EndedBy.FINISHED),
        ("assistant-ended-call-with-hangup-task", EndedBy.FINISHED),
        ("customer-ended-call", EndedBy.CANDIDATE_LEFT),
        ("exceeded-max-duration", EndedBy.TIME),
        ("silence-timed-out", EndedBy.TIME),
        ("customer-did-not-give-microphone-permission", EndedBy.NEVER_CONNECTED),
        ("call.start.error-subscription-concurrency-limit-reached", EndedBy.NEVER_CONNECTED),
        ("assistant-request-failed", EndedBy.NEVER_CONNECTED),
        ("pipeline-error-openai-llm-failed", EndedBy.OUR_FAULT),
        ("call.in-progress.error-vapifault-worker-died", EndedBy.OUR_FAULT),
        ("something-invented-tomorrow", EndedBy.OUR_FAULT),
        (None, EndedBy.OUR_FAULT),
    ],
)
def test_reasons_are_grouped_by_prefix(reason: str | None, group: EndedBy):
    assert ended_by(reason) is group


OVER = {"status": "ended", "startedAt": "2026-11-24T12:00:00Z", "endedAt": "2026-11-24T12:03:00Z"}


@pytest.mark.parametrize(
    "reason", ["customer-ended-call", "pipeline-error-openai-llm-failed", "invented-tomorrow", None]
)
@pytest.mark.parametrize("artifact", [{}, {"artifact": None}, {"artifact": {"messages": []}}])
def test_an_ended_call_without_its_transcript_is_waited_for(reason: str | None, artifact: dict[str, Any]):
    state = read_call("c1", {**OVER, "endedReason": reason, **artifact})
    assert (state.status, state.report) == ("ended", None)


@pytest.mark.parametrize(
    "body",
    [
        {**OVER, "endedReason": "call.start.error-get-org"},
        {
            **OVER,
            "endedReason": "customer-ended-call",
            "artifact": {"messages": [{"role": "system", "message": "Ask."}]},
        },
        {"status": "ended", "endedReason": "customer-ended-call", "artifact": {"messages": []}},
        {"status": "ended", "endedReason": "something-invented-tomorrow"},
    ],
    ids=["never connected", "nothing was said", "never began", "never began, for a reason nobody knows"],
)
def test_an_ended_call_of_which_no_words_are_to_come_is_reported(body: dict[str, Any]):
    report = read_call("c1", body).report
    assert report is not None
    assert report.rows == ()


RAW = b'{"message": {"type": "hang"}}'


def signed(settings: Settings, payload: bytes, algorithm: str = "sha256", key: bytes | None = None) -> bytes:
    secret = key or settings.vapi_webhook_secret.get_secret_value().encode()
    return hmac.new(secret, payload, getattr(hashlib, algorithm)).digest()


def stamped(settings: Settings, at: str) -> dict[str, str]:
    return {"X-Timestamp": at, "X-Vapi-Signature": signed(settings, f"{at}.".encode() + RAW).hex()}


@pytest.mark.parametrize(
    ("change", "headers"),
    [
        ({}, lambda s: {"X-Vapi-Signature": signed(s, RAW).hex()}),
        (
            {"vapi_signature_header": "x-signature", "vapi_signature_prefix": "sha256="},
            lambda s: {"X-Signature": "sha256=" + signed(s, RAW).hex()},
        ),
        (
            {"vapi_signature_algorithm": "sha512", "vapi_signature_encoding": "base64"},
            lambda s: {"x-vapi-signature": base64.b64encode(signed(s, RAW, "sha512")).decode()},
        ),
        (
            {"vapi_timestamp_header": "x-timestamp", "vapi_payload_format": "{timestamp}.{body}"},
            lambda s: stamped(s, "1795521600"),
        ),
        (
            {"vapi_timestamp_header": "x-timestamp", "vapi_payload_format": "{timestamp}.{body}"},
            lambda s: stamped(s, "1795521600000"),
        ),
        ({"vapi_webhook_mode": "secret"}, lambda s: {"X-Vapi-Secret": s.vapi_webhook_secret.get_secret_value()}),
    ],
    ids=["plain", "prefix", "sha512 base64", "seconds", "milliseconds", "secret"],
)
def test_each_way_of_signing_is_taken(settings: Settings, change: dict[str, Any], headers: Any):
    authenticate(RAW, headers(settings), NOW, settings.model_copy(update=change))


@pytest.mark.parametrize(
    ("change", "headers"),
    [
        ({}, lambda s: {}),
        ({}, lambda s: {"X-Vapi-Signature": ""}),
        ({}, lambda s: {"X-Vapi-Signature": "é" * 64}),
        ({}, lambda s: {"X-Vapi-Signature": signed(s, RAW + b" ").hex()}),
        ({"vapi_signature_prefix": "sha256="}, lambda s: {"X-Vapi-Signature": signed(s, RAW).hex()}),
        ({"vapi_timestamp_header": "x-timestamp"}, lambda s: {"X-Vapi-Signature": signed(s, RAW).hex()}),
        (
            {"vapi_timestamp_header": "x-timestamp", "vapi_payload_format": "{timestamp}.{body}"},
            lambda s: stamped(s, "1795520000"),
        ),
        (
            {"vapi_timestamp_header": "x-timestamp", "vapi_payload_format": "{timestamp}.{body}"},
            lambda s: stamped(s, "nan"),
        ),
        ({"vapi_webhook_mode": "secret"}, lambda s: {"X-Vapi-Secret": "another"}),
        ({"vapi_webhook_mode": "secret"}, lambda s: {"X-Vapi-Signature": signed(s, RAW).hex()}),
    ],
)
def test_what_is_not_signed_is_refused(settings: Settings, change: dict[str, Any], headers: Any):
    with pytest.raises(BadSignature):
        authenticate(RAW, headers(settings), NOW, settings.model_copy(update=change))


def test_during_a_rotation_both_secrets_open(settings: Settings):
    old, new = settings.vapi_webhook_secret, settings.jwt_secret
    rotating = settings.model_copy(update={"vapi_webhook_secret": new, "vapi_webhook_previous_secret": old})
    for secret in (old, new):
        digest = signed(settings, RAW, key=secret.get_secret_value().encode()).hex()
        authenticate(RAW, {"X-Vapi-Signature": digest}, NOW, rotating)


def test_messages_are_json_of_any_kind():
    message = json.loads('{"message": {"type": "chat.created", "chat": {"callId": "c9"}}}')
    assert read_message(message) == NotForUs("chat.created", "c9")
