"""Gemini: structured output, and every way of failing told apart."""

import base64
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, SecretStr

from core.adapters.gemini import GeminiModel
from core.adapters.gemini_ears import GeminiEars
from core.ports.errors import ModelDown, ModelRefused
from core.settings import Settings


class Shape(BaseModel):
    name: str
    count: int


def ask(settings: Settings, **change: Any) -> Any:
    model = GeminiModel(settings.model_copy(update=change))
    try:
        return model.generate(instruction="Say something.", data={"task": "other", "x": "é"}, schema=Shape)
    finally:
        model.close()


def fault(sandbox: httpx.Client, name: str, **more: Any) -> None:
    sandbox.post("/_control/faults", json={"provider": "gemini", "fault": name, **more})


def test_an_answer_has_the_schemas_shape_and_its_cost(settings: Settings, sandbox: httpx.Client):
    generation = ask(settings)
    assert Shape.model_validate_json(generation.text).count == 0
    assert generation.model == settings.gemini_model
    assert generation.input_tokens > 0
    assert generation.output_tokens > 0


def test_the_wire_carries_no_sampling_and_the_data_fenced(settings: Settings, sandbox: httpx.Client):
    ask(settings)
    [request] = sandbox.get("/_control/requests", params={"provider": "gemini"}).json()["requests"]
    assert request["path"] == f"/gemini/v1beta/models/{settings.gemini_model}:generateContent"
    config = request["body"]["generationConfig"]
    assert not {"temperature", "topP", "topK", "top_p", "top_k"} & set(config)
    text = request["body"]["contents"][0]["parts"][0]["text"]
    assert text.count("DATA-") == 3
    assert '"x": "é"' in text


def test_a_field_called_title_reaches_the_model(settings: Settings, sandbox: httpx.Client):
    class Inner(BaseModel):
        title: str

    class Outer(BaseModel):
        inner: list[Inner]

    model = GeminiModel(settings)
    model.generate(instruction="Say something.", data={"task": "other"}, schema=Outer)
    model.close()
    [request] = sandbox.get("/_control/requests", params={"provider": "gemini"}).json()["requests"]
    schema = request["body"]["generationConfig"]["responseJsonSchema"]
    assert schema["properties"]["inner"]["items"]["properties"] == {"title": {"type": "string"}}


@pytest.mark.parametrize(
    ("name", "more", "error", "reason"),
    [
        ("blocked", {}, ModelRefused, "blocked"),
        ("truncated", {}, ModelRefused, "truncated"),
        ("http_status", {"status": 400}, ModelRefused, "request"),
        ("http_status", {"status": 403}, ModelRefused, "key"),
    ],
)
def test_what_will_not_change_is_refused(settings, sandbox, name, more, error, reason):
    fault(sandbox, name, **more)
    with pytest.raises(error) as raised:
        ask(settings)
    assert raised.value.reason == reason


@pytest.mark.parametrize("status", [429, 500, 503, 504])
def test_what_may_pass_is_down(settings: Settings, sandbox: httpx.Client, status: int):
    fault(sandbox, "http_status", status=status)
    with pytest.raises(ModelDown):
        ask(settings)


def test_the_wait_that_is_asked_for_is_passed_on(settings: Settings, sandbox: httpx.Client):
    fault(sandbox, "http_status", status=429)
    with pytest.raises(ModelDown) as raised:
        ask(settings)
    assert raised.value.retry_after_seconds == 2


def test_a_wrong_key_is_told_apart(settings: Settings, sandbox: httpx.Client):
    with pytest.raises(ModelRefused) as raised:
        ask(settings, gemini_api_key=SecretStr("not-the-key"))
    assert raised.value.reason == "key"


def test_a_retired_model_is_replaced_by_the_second(settings: Settings, sandbox: httpx.Client):
    assert ask(settings, gemini_model="gemini-2.0-flash").model == settings.gemini_fallback_model


def test_a_hanging_model_is_given_up(settings: Settings, sandbox: httpx.Client):
    fault(sandbox, "timeout", delayMs=4000)
    with pytest.raises(ModelDown):
        ask(settings, gemini_timeout_seconds=0.3)


def test_nobody_listening_is_down(settings: Settings):
    with pytest.raises(ModelDown):
        ask(settings, gemini_base_url="http://127.0.0.1:1")


def test_a_recorded_answer_goes_along_in_the_request(settings: Settings, sandbox: httpx.Client) -> None:
    ears = GeminiEars(settings)
    assert not ears.is_on
    heard = ears.transcribe(b"RIFF sound", media_type="audio/wav")
    ears.close()
    assert isinstance(heard, str)
    [request] = sandbox.get("/_control/requests", params={"provider": "gemini"}).json()["requests"]
    [part] = request["body"]["contents"][0]["parts"]
    assert base64.urlsafe_b64decode(part["inlineData"]["data"]) == b"RIFF sound"
    assert "audio/wav" in part["inlineData"].values()


def test_ears_that_get_no_answer_say_so(settings: Settings, sandbox: httpx.Client) -> None:
    ears = GeminiEars(settings)
    fault(sandbox, "http_status", status=503)
    with pytest.raises(ModelDown):
        ears.transcribe(b"RIFF sound", media_type="audio/wav")
    ears.close()
