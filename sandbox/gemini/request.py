"""What a generateContent request carries: checked as strictly as Google does, then read."""

import json
import re
from dataclasses import dataclass
from typing import Any

from sandbox.gemini import schema
from sandbox.gemini.errors import Refusal
from sandbox.words import word_set

MODELS = (
    "gemini-3.8-flash",
    "gemini-3.7-flash",
    "gemini-3.6-flash",
    "gemini-3.5-flash",
    "gemini-3.5-flash-lite",
    "gemini-3.1-flash-lite",
    "gemini-3.1-pro-preview",
    "gemini-2.5-flash",
    "gemini-2.5-pro",
)
ALIASES = {"gemini-flash-latest": "gemini-3.8-flash", "gemini-flash-lite-latest": "gemini-3.5-flash-lite"}
TOP = word_set(
    """
    contents systemInstruction generationConfig safetySettings tools toolConfig cachedContent model labels
    """
)
CONFIG = word_set(
    """
    maxOutputTokens responseMimeType responseSchema responseJsonSchema _responseJsonSchema temperature topP topK
    seed candidateCount stopSequences thinkingConfig presencePenalty frequencyPenalty responseModalities
    speechConfig responseLogprobs logprobs mediaResolution enableEnhancedCivicAnswers
    """
)
DEFAULT_MAX_TOKENS = 65_536
CHARS_PER_TOKEN = 4
_MODERN = re.compile(r"gemini-(3\.[6-9]|[4-9])")


@dataclass(frozen=True)
class Request:
    model: str
    schema: dict[str, Any]
    """Empty when no structure was asked for."""
    data: dict[str, Any]
    """The JSON object that the contents carry, empty when there is none."""
    prompt_tokens: int
    max_tokens: int
    shows_thoughts: bool


def model_by_name(name: str, version: str) -> str:
    model = ALIASES.get(name, name) if version == "v1beta" else name
    if model not in MODELS:
        text = f"models/{name} is not found for API version {version}, or is not supported for generateContent."
        raise Refusal(404, f"{text} Call ListModels to see the list of available models and their supported methods.")
    return model


def parse(model: str, body: Any) -> Request:
    """Raises: Refusal for what the real API would not take."""
    if not isinstance(body, dict):
        raise Refusal(400, "Invalid JSON payload received. Expected an object.")
    given = _known(body, TOP, "")
    contents = given.get("contents")
    if not isinstance(contents, list) or not contents:
        raise Refusal(400, "* GenerateContentRequest.contents: contents is not specified\n")
    config = _known(_dict(given.get("generationConfig")), CONFIG, " at 'generation_config'")
    _check(model, contents, config)
    asked = config.get("responseJsonSchema") or config.get("_responseJsonSchema") or config.get("responseSchema")
    thinking = {schema.camel(key): value for key, value in _dict(config.get("thinkingConfig")).items()}
    return Request(
        model=model,
        schema=schema.read(asked) if isinstance(asked, dict) else {},
        data=find_data(_text(contents)),
        prompt_tokens=len(json.dumps(body)) // CHARS_PER_TOKEN,
        max_tokens=int(config.get("maxOutputTokens") or DEFAULT_MAX_TOKENS),
        shows_thoughts=thinking.get("includeThoughts") is True,
    )


def _known(body: dict[str, Any], names: frozenset[str], place: str) -> dict[str, Any]:
    """The body with camel-case keys. A key that is not known refuses the request."""
    given = {key if key in names else schema.camel(key): value for key, value in body.items()}
    for key in given:
        if key not in names:
            raise Refusal(400, f'Invalid JSON payload received. Unknown name "{key}"{place}: Cannot find field.')
    return given


def _check(model: str, contents: list[Any], config: dict[str, Any]) -> None:
    last = contents[-1]
    if isinstance(last, dict) and last.get("role") == "model":
        raise Refusal(400, "Requests ending with a model turn are not supported.")
    modern = bool(_MODERN.match(model))
    if modern and (config.get("candidateCount") or 1) != 1:
        raise Refusal(400, "Multiple candidates is not enabled for this model")
    thinking = {schema.camel(key): value for key, value in _dict(config.get("thinkingConfig")).items()}
    if modern and str(thinking.get("thinkingLevel", "")).lower() == "minimal" and "lite" not in model:
        raise Refusal(400, "Thinking level MINIMAL is not supported for this model.")
    structured = any(config.get(key) for key in ("responseSchema", "responseJsonSchema", "_responseJsonSchema"))
    if structured and config.get("responseMimeType") not in ("application/json", "text/x.enum"):
        raise Refusal(400, "Function calling config or response schema requires response_mime_type application/json.")


def _text(contents: list[Any]) -> str:
    parts = [part for content in contents for part in _dict(content).get("parts") or []]
    return "\n".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def find_data(text: str) -> dict[str, Any]:
    """The object that names a task, wherever it stands in the text; else the largest object there is."""
    decoder = json.JSONDecoder()
    found: list[tuple[int, dict[str, Any]]] = []
    at = text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            at = text.find("{", at + 1)
            continue
        if isinstance(value, dict):
            if isinstance(value.get("task"), str):
                return value
            found.append((end - at, value))
        at = text.find("{", end)
    return max(found, key=lambda pair: pair[0])[1] if found else {}


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
