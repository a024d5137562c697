"""Faults that a test asks for: how a provider misbehaves, and how often."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

Provider = Literal["gemini", "vapi", "razorpay"]
FaultKind = Literal[
    "http_status",
    "timeout",
    "malformed",
    "truncated",
    "blocked",
    "hallucinated_quotes",
    "score_everything_max",
    "drop_webhook",
    "duplicate_webhook",
    "delay_webhook",
    "reorder_webhooks",
    "forge_signature",
]
PROVIDERS: tuple[Provider, ...] = get_args(Provider)
ONLY_A_MODEL = frozenset({"blocked", "hallucinated_quotes", "score_everything_max"})
ONLY_WEBHOOKS = frozenset({"drop_webhook", "duplicate_webhook", "delay_webhook", "reorder_webhooks", "forge_signature"})
HOLD_MS = 120_000
"""How long `timeout` holds an answer back: longer than any sensible client waits."""
DELAY_MS = 3_000
REORDER_MS = 1_000


class Fault(BaseModel):
    """One kind of misbehaviour of one provider. Without `times` it lasts until it is cleared."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    provider: Provider
    fault: FaultKind
    times: int | None = Field(default=None, ge=1)
    status: int = Field(default=503, ge=300, le=599)
    delay_ms: int | None = Field(default=None, ge=0, le=600_000)

    @model_validator(mode="after")
    def _is_one_of_this_provider(self) -> "Fault":
        if self.provider == "gemini" and self.fault in ONLY_WEBHOOKS:
            raise ValueError("Gemini sends no webhooks")  # noqa: TRY003
        if self.provider != "gemini" and self.fault in ONLY_A_MODEL:
            raise ValueError(f"{self.fault} is a fault of the model: provider must be gemini")  # noqa: TRY003
        return self

    def seconds(self, default_ms: int) -> float:
        return (default_ms if self.delay_ms is None else self.delay_ms) / 1000


class FaultBoard:
    """The faults that are on, in the order in which they were asked for."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.active.append(fault)

    def clear(self) -> None:
        self.active.clear()

    def take(self, provider: Provider, *kinds: FaultKind) -> Fault | None:
        """The first active fault of these kinds; one with a count is used up by being taken."""
        for fault in self.active:
            if fault.provider == provider and fault.fault in kinds:
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times == 0:
                        self.active.remove(fault)
                return fault
        return None
