"""A language model that counts what it took, whoever asks it."""

import threading
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from core.ports.language_model import Generation, LanguageModel


class MeteredModel:
    """The language model port over another one. Calls may come from several threads."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._lock = threading.Lock()
        self.input_tokens = 0
        self.output_tokens = 0

    def generate(self, *, instruction: str, data: Mapping[str, Any], schema: type[BaseModel]) -> Generation:
        made = self._model.generate(instruction=instruction, data=data, schema=schema)
        with self._lock:
            self.input_tokens += made.input_tokens
            self.output_tokens += made.output_tokens
        return made

    def dollars(self, *, input_price: float, output_price: float) -> float:
        """What it cost so far; prices in US dollars a million tokens."""
        return (self.input_tokens * input_price + self.output_tokens * output_price) / 1_000_000
