"""Gemini's HTTP interface: generateContent, its streaming twin, countTokens and the list of models."""

import hmac
import json
import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.responses import Response

from sandbox.dice import share
from sandbox.gemini import coach, judge, questions, schema
from sandbox.gemini import request as requests
from sandbox.gemini.errors import Refusal, invalid_key, no_key
from sandbox.world import World, world_of

router = APIRouter(prefix="/gemini")
THOUGHT = "I read what is given, keep to the schema, and base each statement on the words that are there."
PLAIN_ANSWER = "This is the sandbox's stand-in for Gemini. It answers requests that name a task and a schema."


def keyed(
    world: Annotated[World, Depends(world_of)], x_goog_api_key: Annotated[str, Header()] = "", key: str = ""
) -> World:
    given = x_goog_api_key or key
    if not given:
        raise no_key()
    if not hmac.compare_digest(given.encode(), world.settings.gemini_api_key.get_secret_value().encode()):
        raise invalid_key()
    return world


Keyed = Annotated[World, Depends(keyed)]
Version = Annotated[Literal["v1", "v1beta"], Path()]


async def _body(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError as exc:
        raise Refusal(400, "Invalid JSON payload received. Unexpected token.") from exc


Body = Annotated[Any, Depends(_body)]


@router.get("/{version}/models")
async def list_models(_: Keyed, version: Version) -> dict[str, Any]:
    return {"models": [_model(name) for name in requests.MODELS]}


@router.get("/{version}/models/{name}")
async def fetch_model(_: Keyed, version: Version, name: str) -> dict[str, Any]:
    return _model(requests.model_by_name(name, version))


def _model(name: str) -> dict[str, Any]:
    return {
        "name": f"models/{name}",
        "version": name.removeprefix("gemini-"),
        "displayName": name.replace("-", " ").title(),
        "description": "Sandbox stand-in.",
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": requests.DEFAULT_MAX_TOKENS,
        "supportedGenerationMethods": ["generateContent", "countTokens"],
        "thinking": True,
    }


@router.post("/{version}/models/{call}")
async def call_model(world: Keyed, version: Version, call: str, body: Body) -> Response:
    name, _, method = call.rpartition(":")
    model = requests.model_by_name(name, version)
    if method == "countTokens":
        content = body.get("generateContentRequest", body) if isinstance(body, dict) else {}
        return _json({"totalTokens": len(json.dumps(content)) // requests.CHARS_PER_TOKEN})
    if method not in ("generateContent", "streamGenerateContent"):
        raise Refusal(404, f"{method} is not a method of models/{name}.")
    reply = _reply(world, requests.parse(model, body))
    if method == "streamGenerateContent":
        return Response(f"data: {json.dumps(reply, ensure_ascii=False)}\r\n\r\n", media_type="text/event-stream")
    return _json(reply)


def _json(body: Any) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), media_type="application/json; charset=UTF-8")


def _reply(world: World, asked: requests.Request) -> dict[str, Any]:
    faults = world.faults
    if faults.take("gemini", "blocked"):
        return {
            "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
            "usageMetadata": {"promptTokenCount": asked.prompt_tokens, "totalTokenCount": asked.prompt_tokens},
            "modelVersion": asked.model,
            "responseId": secrets.token_urlsafe(16),
        }
    text = _text(world, asked)
    if faults.take("gemini", "malformed"):
        text = f"Sure! Here is the JSON you asked for:\n\n```json\n{text[: len(text) * 2 // 3]}\n```\nLet me know if"
    finish = "STOP"
    thoughts = 80 + int(share(text, "thoughts") * 400)
    if faults.take("gemini", "truncated"):
        text, finish = text[: len(text) // 2], "MAX_TOKENS"
    elif len(text) // requests.CHARS_PER_TOKEN + thoughts > asked.max_tokens:
        # Thinking is paid from the same budget: a small one leaves nothing to say.
        text, finish = text[: max(0, asked.max_tokens - thoughts) * requests.CHARS_PER_TOKEN], "MAX_TOKENS"
    return _envelope(asked, text, finish, thoughts)


def _envelope(asked: requests.Request, text: str, finish: str, thoughts: int) -> dict[str, Any]:
    said = len(text) // requests.CHARS_PER_TOKEN
    candidate: dict[str, Any] = {"content": {"role": "model"}, "finishReason": finish, "index": 0}
    if text:
        candidate["content"]["parts"] = _parts(text, thought=asked.shows_thoughts or share(text, "thought") > 0.7)
    return {
        "candidates": [candidate],
        "usageMetadata": {
            "promptTokenCount": asked.prompt_tokens,
            "candidatesTokenCount": said,
            "thoughtsTokenCount": thoughts,
            "totalTokenCount": asked.prompt_tokens + said + thoughts,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": asked.prompt_tokens}],
            "serviceTier": "standard",
        },
        "modelVersion": asked.model,
        "responseId": secrets.token_urlsafe(16),
    }


def _parts(text: str, *, thought: bool) -> list[dict[str, Any]]:
    """The text in one part or in two, sometimes after a thought: all of it is seen of the real model."""
    parts: list[dict[str, Any]] = [{"text": THOUGHT, "thought": True}] if thought else []
    if share(text, "split") > 0.6:
        middle = len(text) // 2
        return [*parts, {"text": text[:middle]}, {"text": text[middle:], "thoughtSignature": "CiQB0e2Kb3wz"}]
    return [*parts, {"text": text}]


def _text(world: World, asked: requests.Request) -> str:
    if not asked.schema:
        return PLAIN_ANSWER
    return json.dumps(schema.conform(_answer(world, asked), asked.schema), ensure_ascii=False)


def _answer(world: World, asked: requests.Request) -> Any:
    """What the task asks for, else nothing: the schema then makes of it the smallest thing it takes."""
    data, wanted, faults = asked.data, schema.properties(asked.schema), world.faults
    task = data.get("task")
    if task == "generate_questions" or (task is None and "questions" in wanted):
        written = questions.write(data)
        for question in written:
            world.rubrics.remember(question, data.get("type"))
        return {"questions": written}
    if task == "judge_answer" or (task is None and {"key_points", "criteria"} <= wanted):
        generous = faults.take("gemini", "score_everything_max") is not None
        invents = faults.take("gemini", "hallucinated_quotes") is not None
        return judge.judge(data, generous=generous, invents=invents)
    if task == "coach" or (task is None and {"strengths", "weaknesses"} <= wanted):
        return coach.write(data)
    return None
