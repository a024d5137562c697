"""JSON on the wire: camelCase outside, snake_case inside."""

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True, extra="ignore")


class RequestBody(Wire):
    """What a client sends. NUL stands in no text that people write, and Postgres keeps none."""

    @field_validator("*", mode="after")
    @classmethod
    def _holds_no_nul(cls, value: Any) -> Any:
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and "\x00" in text for text in texts):
            raise ValueError("NUL characters cannot be taken")
        return value
