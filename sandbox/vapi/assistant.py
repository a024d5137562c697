"""Checks a web call's request as Vapi does: one property it does not know refuses the whole call.

Source: Vapi's OpenAPI of 2026-08 (CreateWebCallDTO, CreateAssistantDTO and what hangs from them).
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError
from pydantic.alias_generators import to_camel

from sandbox.vapi.errors import Refusal

ClientMessage = Literal[
    "conversation-update",
    "assistant.speechStarted",
    "function-call",
    "function-call-result",
    "hang",
    "language-changed",
    "metadata",
    "model-output",
    "speech-update",
    "status-update",
    "transcript",
    "tool-calls",
    "tool-calls-result",
    "tool.completed",
    "transfer-update",
    "user-interrupted",
    "voice-input",
    "workflow.node.started",
    "assistant.started",
]
ServerMessage = Literal[
    "assistant.started",
    "assistant.speechStarted",
    "conversation-update",
    "end-of-call-report",
    "function-call",
    "hang",
    "language-changed",
    "language-change-detected",
    "model-output",
    "phone-call-control",
    "speech-update",
    "status-update",
    "transcript",
    'transcript[transcriptType="final"]',
    "tool-calls",
    "transfer-destination-request",
    "handoff-destination-request",
    "transfer-update",
    "user-interrupted",
    "voice-input",
    "chat.created",
    "chat.deleted",
    "session.created",
    "session.updated",
    "session.deleted",
    "call.deleted",
    "call.delete.failed",
    "call.artifact.upload",
]
ModelObject = dict[str, Any]


class Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel)


class Backoff(Part):
    type: Literal["fixed", "exponential"]
    max_retries: float = Field(ge=0, le=10)
    base_delay_seconds: float = Field(ge=0, le=10)
    excluded_status_codes: list[int] = []


class Server(Part):
    url: str | None = None
    timeout_seconds: float = Field(default=20, ge=1, le=300)
    credential_id: str | None = None
    headers: dict[str, str] = {}
    backoff_plan: Backoff | None = None
    static_ip_addresses_enabled: bool = False
    encrypted_paths: list[str] = []


class Message(Part):
    role: Literal["assistant", "function", "user", "system", "tool"]
    content: str = Field(max_length=100_000_000)


class OpenAIModel(Part):
    provider: Literal["openai"]
    model: Annotated[str, Field(pattern=r"^(gpt-|chat|o\d)")]
    messages: list[Message] = []
    tools: list[ModelObject] = []
    tool_ids: list[str] = []
    tool_refs: list[ModelObject] = []
    knowledge_base: ModelObject | None = None
    fallback_models: list[str] = []
    tool_strict_compatibility_mode: str | None = None
    prompt_cache_retention: Literal["in_memory", "24h"] | None = None
    prompt_cache_key: Annotated[str | None, Field(max_length=64)] = None
    reasoning_effort: Literal["minimal", "none", "low", "medium", "high", "xhigh"] | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: float | None = Field(default=None, ge=50, le=10_000)
    emotion_recognition_enabled: bool = False
    num_fast_turns: float | None = Field(default=None, ge=0)


class VapiVoice(Part):
    provider: Literal["vapi"]
    voice_id: str
    version: str | None = None
    caching_enabled: bool = True
    speed: float = Field(default=1, ge=0.25, le=2)
    language: str | None = None
    pronunciation_dictionary: list[ModelObject] = []
    chunk_plan: ModelObject | None = None


class DeepgramTranscriber(Part):
    provider: Literal["deepgram"]
    model: str | None = None
    language: str | None = None
    smart_format: bool = False
    mip_opt_out: bool = False
    numerals: bool = False
    profanity_filter: bool = False
    redaction: list[Literal["pci", "pii", "phi", "numbers"]] = []
    confidence_threshold: float | None = Field(default=None, ge=0, le=1)
    eot_threshold: float | None = Field(default=None, ge=0.5, le=0.9)
    eot_timeout_ms: float | None = Field(default=None, ge=500, le=10_000)
    languages: list[str] = []
    keywords: list[str] = []
    keyterm: list[str] = []
    endpointing: float | None = Field(default=None, ge=10, le=500)
    fallback_plan: ModelObject | None = None


class OtherProvider(BaseModel):
    """A model, voice or transcriber the product does not use: only that it names its provider is checked."""

    model_config = ConfigDict(extra="allow")

    provider: str


def _by_provider(*known: str) -> Discriminator:
    def tag(value: Any) -> str:
        provider = value.get("provider") if isinstance(value, dict) else None
        return provider if provider in known else "other"

    return Discriminator(tag)


Model = Annotated[
    Annotated[OpenAIModel, Tag("openai")] | Annotated[OtherProvider, Tag("other")], _by_provider("openai")
]
Voice = Annotated[Annotated[VapiVoice, Tag("vapi")] | Annotated[OtherProvider, Tag("other")], _by_provider("vapi")]
Transcriber = Annotated[
    Annotated[DeepgramTranscriber, Tag("deepgram")] | Annotated[OtherProvider, Tag("other")], _by_provider("deepgram")
]
_TAGS = frozenset({"openai", "vapi", "deepgram", "other"})


class TranscriptPlan(Part):
    enabled: bool = True
    assistant_name: str | None = None
    user_name: str | None = None


class ArtifactPlan(Part):
    recording_enabled: bool = True
    recording_format: Literal["wav;l16", "mp3"] = "wav;l16"
    recording_use_custom_storage_enabled: bool = True
    video_recording_enabled: bool = False
    full_message_history_enabled: bool = False
    pcap_enabled: bool = True
    pcap_s3_path_prefix: Annotated[str | None, Field(alias="pcapS3PathPrefix")] = None
    pcap_use_custom_storage_enabled: bool = True
    logging_enabled: bool = True
    logging_use_custom_storage_enabled: bool = True
    transcript_plan: TranscriptPlan = TranscriptPlan()
    recording_path: str | None = None
    structured_output_ids: list[str] = []
    structured_outputs: list[ModelObject] = []
    scorecard_ids: list[str] = []
    scorecards: list[ModelObject] = []
    logging_path: str | None = None


class SummaryPlan(Part):
    messages: list[ModelObject] = []
    enabled: bool = True
    timeout_seconds: float = Field(default=5, ge=1, le=60)


class StructuredDataPlan(Part):
    messages: list[ModelObject] = []
    enabled: bool = False
    schema_: Annotated[ModelObject | None, Field(alias="schema")] = None
    timeout_seconds: float = Field(default=5, ge=1, le=60)


class SuccessPlan(Part):
    rubric: str | None = None
    messages: list[ModelObject] = []
    enabled: bool = True
    timeout_seconds: float = Field(default=5, ge=1, le=60)


class AnalysisPlan(Part):
    """Summary and success evaluation are on unless they are switched off."""

    min_messages_threshold: float = Field(default=2, ge=0)
    summary_plan: SummaryPlan = SummaryPlan()
    structured_data_plan: StructuredDataPlan = StructuredDataPlan()
    structured_data_multi_plan: list[ModelObject] = []
    success_evaluation_plan: SuccessPlan = SuccessPlan()
    outcome_ids: list[str] = []


class MonitorPlan(Part):
    listen_enabled: bool = True
    listen_authentication_enabled: bool = False
    control_enabled: bool = True
    control_authentication_enabled: bool = False
    monitor_ids: list[str] = []


class StartSpeakingPlan(Part):
    wait_seconds: float = Field(default=0.4, ge=0, le=5)
    smart_endpointing_enabled: bool | str | None = None
    smart_endpointing_plan: ModelObject | None = None
    custom_endpointing_rules: list[ModelObject] = []
    transcription_endpointing_plan: ModelObject | None = None


class StopSpeakingPlan(Part):
    num_words: float = Field(default=0, ge=0, le=10)
    voice_seconds: float = Field(default=0.2, ge=0, le=0.5)
    backoff_seconds: float = Field(default=1, ge=0, le=10)
    acknowledgement_phrases: list[Annotated[str, Field(max_length=240)]] = []
    interruption_phrases: list[Annotated[str, Field(max_length=240)]] = []


class Assistant(Part):
    """CreateAssistantDTO. What Vapi gives a default has it here."""

    name: str | None = Field(default=None, max_length=40)
    first_message: str | None = None
    first_message_interruptions_enabled: bool = False
    first_message_mode: Literal[
        "assistant-speaks-first",
        "assistant-speaks-first-with-model-generated-message",
        "assistant-waits-for-user",
    ] = "assistant-speaks-first"
    model: Model | None = None
    voice: Voice | None = None
    transcriber: Transcriber | None = None
    voicemail_detection: ModelObject | Literal["off"] | None = None
    client_messages: list[ClientMessage] = [
        "conversation-update",
        "function-call",
        "hang",
        "model-output",
        "speech-update",
        "status-update",
        "transfer-update",
        "transcript",
        "tool-calls",
        "user-interrupted",
        "voice-input",
        "workflow.node.started",
        "assistant.started",
    ]
    server_messages: list[ServerMessage] = [
        "conversation-update",
        "end-of-call-report",
        "function-call",
        "hang",
        "speech-update",
        "status-update",
        "tool-calls",
        "transfer-destination-request",
        "handoff-destination-request",
        "user-interrupted",
        "assistant.started",
    ]
    max_duration_seconds: float = Field(default=600, ge=10, le=43_200)
    background_sound: str | None = None
    model_output_in_messages_enabled: bool = False
    transport_configurations: list[ModelObject] = []
    observability_plan: ModelObject | None = None
    credentials: list[ModelObject] = []
    hooks: list[Any] = []
    voicemail_message: str | None = Field(default=None, max_length=1000)
    end_call_message: str | None = Field(default=None, max_length=1000)
    end_call_phrases: list[Annotated[str, Field(min_length=2, max_length=140)]] = []
    compliance_plan: ModelObject | None = None
    metadata: dict[str, Any] = {}
    background_speech_denoising_plan: ModelObject | None = None
    analysis_plan: AnalysisPlan = AnalysisPlan()
    artifact_plan: ArtifactPlan = ArtifactPlan()
    start_speaking_plan: StartSpeakingPlan = StartSpeakingPlan()
    stop_speaking_plan: StopSpeakingPlan = StopSpeakingPlan()
    monitor_plan: MonitorPlan = MonitorPlan()
    credential_ids: list[str] = []
    server: Server | None = None
    keypad_input_plan: ModelObject | None = None

    @property
    def prompt(self) -> str:
        messages = self.model.messages if isinstance(self.model, OpenAIModel) else _loose_messages(self.model)
        return next((message.content for message in messages if message.role == "system"), "")


def _loose_messages(model: OtherProvider | None) -> list[Message]:
    extra = (model.model_extra or {}) if model else {}
    messages = extra.get("messages")
    return [Message.model_validate(message) for message in messages] if isinstance(messages, list) else []


class WebCallRequest(Part):
    """CreateWebCallDTO."""

    assistant_id: str | None = None
    assistant: Assistant | None = None
    assistant_version: str | None = None
    assistant_overrides: ModelObject | None = None
    squad_id: str | None = None
    squad: ModelObject | None = None
    squad_overrides: ModelObject | None = None
    workflow_id: str | None = None
    workflow: ModelObject | None = None
    workflow_overrides: ModelObject | None = None
    room_delete_on_user_leave_enabled: bool = True


def parse_web_call(body: Any) -> tuple[WebCallRequest, Assistant]:
    """The request and the assistant that takes the call, overrides laid over it.

    Raises: Refusal, with each thing that is wrong.
    """
    try:
        request = WebCallRequest.model_validate(body)
    except ValidationError as exc:
        raise Refusal(400, [_said(error) for error in exc.errors()]) from exc
    if request.assistant is None:
        if request.assistant_id:
            raise Refusal(400, f"Couldn't Get Assistant. `assistantId` {request.assistant_id} Does Not Exist.")
        raise Refusal(400, "Couldn't Start Call. Need Either `assistant`, `assistantId`, `squad`, Or `squadId`.")
    overrides = {
        k: v for k, v in (request.assistant_overrides or {}).items() if k not in ("metadata", "variableValues")
    }
    try:
        return request, Assistant.model_validate({**body["assistant"], **overrides})
    except ValidationError as exc:
        raise Refusal(400, [_said(error, "assistantOverrides") for error in exc.errors()]) from exc


_SAID = {
    "string_too_long": "must be shorter than or equal to {max_length} characters",
    "string_too_short": "must be longer than or equal to {min_length} characters",
    "greater_than_equal": "must not be less than {ge:g}",
    "less_than_equal": "must not be greater than {le:g}",
    "literal_error": "must be one of the following values: {expected}",
    "string_type": "must be a string",
    "bool_type": "must be a boolean value",
    "float_type": "must be a number conforming to the specified constraints",
    "int_type": "must be a number conforming to the specified constraints",
    "list_type": "must be an array",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "missing": "should not be null or undefined",
}


def _said(error: Any, under: str = "") -> str:
    """A finding in the words of class-validator, which Vapi's server uses."""
    place = [str(part) for part in error["loc"] if part not in _TAGS]
    path = ".".join([under, *place] if under else place)
    if error["type"] == "extra_forbidden":
        above, _, name = path.rpartition(".")
        return f"{above}.property {name} should not exist" if above else f"property {name} should not exist"
    words = _SAID.get(error["type"], "is not valid").format(**error.get("ctx", {}))
    return f"{path} {words}".replace("'", "")
