"""What the environment tells the sandbox. The names are those of the product, so that both hold the same secrets."""

import base64
import binascii
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
FERNET_KEY_BYTES = 32


class SandboxSettings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra="ignore", case_sensitive=False, env_ignore_empty=True)

    vapi_public_key: SecretStr = Field(default=SecretStr(""), description="makes web calls and controls them")
    vapi_private_key: SecretStr = Field(default=SecretStr(""), description="reads and deletes calls")
    vapi_webhook_secret: SecretStr = Field(default=SecretStr(""), description="signs Vapi's messages")
    razorpay_key_id: str = ""
    razorpay_key_secret: SecretStr = Field(default=SecretStr(""), description="authenticates requests, signs checkouts")
    razorpay_webhook_secret: SecretStr = Field(default=SecretStr(""), description="signs Razorpay's events")
    gemini_api_key: SecretStr = SecretStr("")
    sandbox_razorpay_webhook_url: str | None = Field(
        default=None, description="where Razorpay's events go; nowhere when empty"
    )
    sandbox_state_file: Path | None = Field(default=None, description="SQLite file that outlives a restart")
    sandbox_state_key: SecretStr | None = Field(default=None, description="Fernet key of everything in the file")
    question_bank: Path = Field(default=ROOT / "question_bank", validation_alias="SANDBOX_QUESTION_BANK")

    @model_validator(mode="after")
    def _key_is_a_fernet_key(self) -> Self:
        if self.sandbox_state_key is None:
            return self
        try:
            raw = base64.urlsafe_b64decode(self.sandbox_state_key.get_secret_value())
        except (binascii.Error, ValueError):
            raw = b""
        if len(raw) != FERNET_KEY_BYTES:
            raise ValueError("SANDBOX_STATE_KEY: 32 bytes in URL-safe base64")  # noqa: TRY003
        return self

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret, for masking what is shown."""
        held = (
            self.vapi_public_key,
            self.vapi_private_key,
            self.vapi_webhook_secret,
            self.razorpay_key_secret,
            self.razorpay_webhook_secret,
            self.gemini_api_key,
        )
        return tuple(value for secret in held if (value := secret.get_secret_value()))
