"""How providers fail, in our words."""

from core.errors import AppError, Kind, ProviderDown, ProviderRefused
from core.i18n import N_


class VoiceDown(ProviderDown):
    code = "voice_unavailable"


class VoiceRefused(ProviderRefused):
    code = "voice_refused"


class PaymentsDown(ProviderDown):
    code = "payments_unavailable"


class PaymentsRefused(ProviderRefused):
    code = "payments_refused"


class ModelDown(ProviderDown):
    code = "model_unavailable"


class ModelRefused(ProviderRefused):
    """`reason` is one of blocked, truncated, empty, key, quota, request, model."""

    code = "model_refused"

    def __init__(self, message: str, *, reason: str, **facts: object) -> None:
        super().__init__("gemini", message, reason=reason, **facts)
        self.reason = reason


class BadSignature(AppError):
    kind, code = Kind.UNAUTHENTICATED, "bad_signature"

    def __init__(self, provider: str) -> None:
        super().__init__(N_("The message does not carry a valid signature."), provider=provider)


class MalformedMessage(AppError):
    kind, code = Kind.INVALID, "malformed_message"

    def __init__(self, provider: str, reason: str) -> None:
        super().__init__(
            N_("This is no message of {provider}: {reason}."),
            words={"provider": provider, "reason": reason},
            provider=provider,
        )


class MessagesDown(ProviderDown):
    code = "messages_unavailable"


class MessagesRefused(ProviderRefused):
    code = "messages_refused"
