"""What can be wrong with a report."""

from core.errors import AppError, Kind
from core.i18n import N_


class NoReport(AppError):
    """The interview ended without anything to report."""

    kind, code = Kind.CONFLICT, "no_report"

    def __init__(self, session_id: str, status: str) -> None:
        super().__init__(
            N_("This interview is {status}; there is no report for it."),
            words={"status": status.replace("_", " ")},
            session_id=session_id,
        )


class JudgementUnusable(AppError):
    """What the model said of an answer cannot be used, also not after a repair."""

    kind, code = Kind.PROVIDER_REFUSED, "judgement_unusable"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(N_("The model's judgement could not be used."), reasons=reasons[:5])


class NothingToRescore(AppError):
    """The model has judged already: scoring again would change nothing but chance."""

    kind, code = Kind.CONFLICT, "nothing_to_rescore"

    def __init__(self, session_id: str) -> None:
        super().__init__(N_("This report was scored by the AI judge already."), session_id=session_id)


class AlreadyAsked(AppError):
    """A review was asked for before."""

    kind, code = Kind.CONFLICT, "already_asked"

    def __init__(self, session_id: str) -> None:
        super().__init__(N_("You have asked for a review of this report already."), session_id=session_id)


class AlreadyReviewed(AppError):
    """Somebody else was faster."""

    kind, code = Kind.CONFLICT, "already_reviewed"

    def __init__(self, review_id: str) -> None:
        super().__init__(N_("This review is done already."), review_id=review_id)
