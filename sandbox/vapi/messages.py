"""The bodies that describe a call: what the API answers, what the server is sent, what the browser hears.

Oddities of the real ones are kept: `duration` is in milliseconds, the call inside a message is a stale snapshot, the
first row is the system prompt. Source: Vapi's OpenAPI of 2026-08 and captured payloads.
"""

import time
from typing import Any

from sandbox.dice import between
from sandbox.vapi import recording
from sandbox.vapi.assistant import AnalysisPlan, Assistant
from sandbox.vapi.call import MILLISECONDS, Call, Row, epoch_ms, iso

ORG_ID = "6f0d3a6e-9a51-4a5e-8f6d-2f4f3c1b9a10"
SYSTEM_LEAD_SECONDS = 1.6
"""Real rows count from a little before the first word."""
VAPI_A_MINUTE, TRANSCRIBER_A_MINUTE, VOICE_A_CHARACTER, TOKEN = 0.05, 0.0109, 0.000055, 0.0000025
CHARS_PER_TOKEN = 4
SHARPEST, DULLEST = 0.995, 0.86


def created(call: Call) -> dict[str, Any]:
    limits = {"concurrencyBlocked": False, "concurrencyLimit": 10, "remainingConcurrentCalls": 9}
    return {"subscriptionLimits": limits, **_snapshot(call)}


def _snapshot(call: Call) -> dict[str, Any]:
    """The call as it was when it was made: every message carries this, whatever has happened since."""
    control = f"{call.base_url}/vapi/monitor/{call.id}"
    room = f"{call.base_url}/vapi/room/{call.room}"
    body: dict[str, Any] = {
        "id": call.id,
        "orgId": ORG_ID,
        "createdAt": iso(call.created_at),
        "updatedAt": iso(call.created_at),
        "type": "webCall",
        "cost": 0,
        "monitor": {
            "listenUrl": f"{control}/listen".replace("http", "ws", 1),
            "controlUrl": f"{control}/control",
        },
        "transport": {
            "conversationType": "voice",
            "provider": "daily",
            "videoRecordingEnabled": False,
            "assistantVideoEnabled": False,
            "roomDeleteOnUserLeaveEnabled": True,
            "callUrl": room,
        },
        "webCallUrl": room,
        "status": "queued",
        "assistant": call.assistant,
    }
    if call.overrides is not None:
        body["assistantOverrides"] = call.overrides
    return body


def fetched(call: Call, secret: str) -> dict[str, Any]:
    """GET /call/{id}: the same data as the report's, without the wrapper."""
    body = {**_snapshot(call), "updatedAt": iso(call.updated_at), "status": call.status}
    if call.started_at is not None:
        body["startedAt"] = iso(call.started_at)
    if call.status == "ended":
        body |= _ending(call, secret)
        body["messages"] = body["artifact"]["messages"]
    return body


def server_message(call: Call, kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "message": {
            "timestamp": int(time.time() * MILLISECONDS),
            "type": kind,
            **fields,
            "call": _snapshot(call),
            "assistant": call.assistant,
            "artifact": {"messages": rows(call), "messagesOpenAIFormatted": openai_rows(call)},
        }
    }


def report(call: Call, secret: str) -> dict[str, Any]:
    """The end-of-call-report."""
    ending = _ending(call, secret)
    seconds = _seconds(call)
    extra = {
        "durationMs": round(seconds * MILLISECONDS),
        "durationSeconds": round(seconds, 3),
        "durationMinutes": round(seconds / 60, 4),
        "summary": ending["analysis"].get("summary", ""),
        "transcript": ending["artifact"]["transcript"],
        "messages": ending["artifact"]["messages"],
        "assistantVersion": None,
    }
    body = server_message(call, "end-of-call-report", **ending, **extra)
    body["message"]["artifact"] = ending["artifact"]
    for name in ("recordingUrl", "stereoRecordingUrl"):
        if name in ending["artifact"]:
            body["message"][name] = ending["artifact"][name]
    return body


def _ending(call: Call, secret: str) -> dict[str, Any]:
    ending: dict[str, Any] = {
        "endedReason": call.ended_reason,
        "analysis": _analysis(call),
        "artifact": _artifact(call, secret),
    }
    if call.started_at is not None and call.ended_at is not None:
        # A call that nobody joined has neither.
        ending |= {"startedAt": iso(call.started_at), "endedAt": iso(call.ended_at)}
    return {**ending, **_costs(call)}


def rows(call: Call) -> list[dict[str, Any]]:
    """What was said, after the prompt; nothing for a call that has not begun."""
    if call.started_at is None:
        return []
    prompt = Assistant.model_validate(call.assistant).prompt
    system = {"role": "system", "message": prompt, "time": epoch_ms(call.started), "secondsFromStart": 0}
    return [system, *(_row(call, row, at) for at, row in enumerate(call.rows))]


def _row(call: Call, row: Row, at: int) -> dict[str, Any]:
    start = row.start + SYSTEM_LEAD_SECONDS
    body: dict[str, Any] = {
        "role": row.role,
        "message": row.text,
        "time": epoch_ms(call.at(row.start)),
        "endTime": epoch_ms(call.at(row.end)),
        "secondsFromStart": round(start, 3),
        "duration": round(row.seconds * MILLISECONDS, 3),
    }
    if row.role == "bot":
        return {**body, "source": ""}
    return {**body, "metadata": {"wordLevelMetadata": _word_confidence(call, row, at)}}


def _word_confidence(call: Call, row: Row, at: int) -> list[dict[str, Any]]:
    words = row.text.split()
    step = row.seconds / max(1, len(words))
    start = row.start + SYSTEM_LEAD_SECONDS
    return [
        {
            "word": word,
            "start": round(start + place * step, 3),
            "end": round(start + (place + 1) * step, 3),
            "confidence": round(between(DULLEST, SHARPEST, call.id, at, place), 4),
        }
        for place, word in enumerate(words)
    ]


def openai_rows(call: Call) -> list[dict[str, str]]:
    if not call.rows:
        return []
    names = {"bot": "assistant", "user": "user"}
    prompt = {"role": "system", "content": Assistant.model_validate(call.assistant).prompt}
    return [prompt, *({"role": names[row.role], "content": row.text} for row in call.rows)]


def transcript(call: Call) -> str:
    plan = (call.assistant.get("artifactPlan") or {}).get("transcriptPlan") or {}
    names = {"bot": plan.get("assistantName") or "AI", "user": plan.get("userName") or "User"}
    return "".join(f"{names[row.role]}: {row.text}\n" for row in call.rows)


def _artifact(call: Call, secret: str) -> dict[str, Any]:
    return {
        "messages": rows(call),
        "messagesOpenAIFormatted": openai_rows(call),
        "transcript": transcript(call),
        "nodes": [],
        "variables": {},
        "variableValues": {},
        "transfers": [],
        "performanceMetrics": {"turnLatencies": [], "numAssistantInterrupted": 0, "numUserInterrupted": 0},
        **recording.links(call, secret),
    }


def _analysis(call: Call) -> dict[str, Any]:
    """Summary and success evaluation come unless they were switched off."""
    plan = AnalysisPlan.model_validate(call.assistant.get("analysisPlan") or {})
    analysis: dict[str, Any] = {}
    answers = sum(row.role == "user" for row in call.rows)
    if plan.summary_plan.enabled and call.rows:
        analysis["summary"] = f"A mock interview in which the candidate spoke {answers} times."
    if plan.success_evaluation_plan.enabled and call.rows:
        analysis["successEvaluation"] = "true" if answers else "false"
    return analysis


def _seconds(call: Call) -> float:
    return (call.ended_at - call.started_at).total_seconds() if call.started_at and call.ended_at else 0.0


def _costs(call: Call) -> dict[str, Any]:
    """US dollars, at about what a real call costs."""
    minutes = round(_seconds(call) / 60, 4)
    said = sum(len(row.text) for row in call.rows if row.role == "bot")
    prompt = sum(len(row["content"]) for row in openai_rows(call)) // CHARS_PER_TOKEN * max(1, len(call.rows) // 2)
    transcriber, voice = round(minutes * TRANSCRIBER_A_MINUTE, 4), round(said * VOICE_A_CHARACTER, 4)
    model, platform = round(prompt * TOKEN, 4), round(minutes * VAPI_A_MINUTE, 4)
    total = round(transcriber + voice + model + platform, 4)
    assistant = call.assistant
    return {
        "cost": total,
        "costs": [
            {"type": "transport", "provider": "daily", "minutes": minutes, "cost": 0},
            {
                "type": "transcriber",
                "transcriber": assistant.get("transcriber"),
                "minutes": minutes,
                "cost": transcriber,
            },
            {
                "type": "model",
                "model": {key: (assistant.get("model") or {}).get(key) for key in ("provider", "model")},
                "promptTokens": prompt,
                "completionTokens": said // CHARS_PER_TOKEN,
                "cachedPromptTokens": 0,
                "cost": model,
            },
            {"type": "voice", "voice": assistant.get("voice"), "characters": said, "cost": voice},
            {"type": "vapi", "subType": "normal", "minutes": minutes, "cost": platform},
        ],
        "costBreakdown": {
            "stt": transcriber,
            "llm": model,
            "tts": voice,
            "vapi": platform,
            "chat": 0,
            "transport": 0,
            "total": total,
            "llmPromptTokens": prompt,
            "llmCompletionTokens": said // CHARS_PER_TOKEN,
            "ttsCharacters": said,
        },
    }
