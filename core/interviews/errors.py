"""What can be wrong with an interview."""

from core.errors import AppError, Kind
from core.i18n import N_
from core.interviews.types import SessionStatus


class InvalidState(AppError):
    """The session is not where this step can be taken."""

    kind, code = Kind.CONFLICT, "invalid_state"

    def __init__(self, session_id: str, status: SessionStatus, wanted: str) -> None:
        super().__init__(
            N_("This interview is {status}; it cannot be {wanted} now."),
            words={"status": status.value.replace("_", " "), "wanted": wanted},
            session_id=session_id,
            status=status,
        )
        self.status = status


class StudyIsTyped(AppError):
    """A study interview lives on its own screen: no call holds it, and no other way of answering."""

    kind, code = Kind.CONFLICT, "study_is_typed"

    def __init__(self, session_id: str) -> None:
        super().__init__(
            N_("This is a study interview: it is answered by typing on its own page, and cannot be spoken."),
            session_id=session_id,
        )


class NotInStudy(AppError):
    kind, code = Kind.CONFLICT, "not_in_study"

    def __init__(self, session_id: str) -> None:
        super().__init__(
            N_("This interview is held for real: it has no hints, and no question is answered again."),
            session_id=session_id,
        )


class Unpaid(AppError):
    kind, code = Kind.PAYMENT_REQUIRED, "payment_required"

    def __init__(self, session_id: str) -> None:
        super().__init__(N_("This interview has not been paid for yet."), session_id=session_id)


class VoiceUnavailable(AppError):
    """No call can be made just now; the interview stays ready and can be typed instead."""

    kind, code = Kind.PROVIDER_DOWN, "voice_unavailable"

    def __init__(self, session_id: str) -> None:
        super().__init__(
            N_("The voice line is not available right now. Nothing is lost: try again, or continue by typing."),
            session_id=session_id,
            fallback="text",
        )


class CallNotKnownYet(AppError):
    """An event overtook the transaction that stores its call: worth another look in a moment."""

    kind, code = Kind.LIMITED, "call_not_known_yet"

    def __init__(self, call_id: str) -> None:
        super().__init__(N_("The call is not known yet."), call_id=call_id)


class CallStillRunning(AppError):
    """The provider has no report of the call yet: worth asking again in a moment."""

    kind, code = Kind.LIMITED, "call_still_running"

    def __init__(self, call_id: str) -> None:
        super().__init__(N_("The call's report is not ready yet."), call_id=call_id)


class RecordingNotReady(AppError):
    """The call is over and its recording not uploaded yet: worth asking again in a moment."""

    kind, code = Kind.LIMITED, "recording_not_ready"

    def __init__(self, call_id: str) -> None:
        super().__init__(N_("The recording is not ready yet."), call_id=call_id)


class ConsentNeeded(AppError):
    kind, code = Kind.CONFLICT, "consent_needed"

    def __init__(self, session_id: str) -> None:
        super().__init__(
            N_("A voice interview is recorded: agree to that first, or type instead."), session_id=session_id
        )


class AlreadyCorrected(AppError):
    """A transcript is mended once: the report was scored again for it."""

    kind, code = Kind.CONFLICT, "already_corrected"

    def __init__(self, session_id: str) -> None:
        super().__init__(
            N_("This transcript was corrected already, and the report scored again."), session_id=session_id
        )
