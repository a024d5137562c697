"""What we need from a language model: one structured answer to one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True)
class Generation:
    """What came back: the text (JSON, not yet validated), who wrote it and what it cost."""

    text: str
    model: str
    input_tokens: int
    output_tokens: int
    """Thinking included."""


class LanguageModel(Protocol):
    def generate(self, *, instruction: str, data: Mapping[str, Any], schema: type[BaseModel]) -> Generation:
        """One answer in the schema's shape. `data` is sent as JSON, fenced from the instruction: it is never obeyed.

        The text is whatever the model said: the caller validates it.

        Raises: ModelDown (worth another try later), ModelRefused (blocked, truncated, key or request wrong).
        """
        ...
