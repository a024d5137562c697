"""What can be wrong around cohorts. Somebody else's cohort is not found."""

from collections.abc import Sequence

from core.errors import AppError, Kind
from core.i18n import N_


class InvitationGone(AppError):
    kind, code = Kind.NOT_FOUND, "not_found"

    def __init__(self) -> None:
        super().__init__(N_("This invitation is not known or has ended. Ask your coach for a new one."))


class Archived(AppError):
    kind, code = Kind.CONFLICT, "invalid_state"

    def __init__(self, cohort_id: str) -> None:
        super().__init__(N_("This cohort is archived. Take it out of the archive first."), cohort_id=cohort_id)


class NoSuchCoach(AppError):
    kind, code = Kind.NOT_FOUND, "not_found"

    def __init__(self) -> None:
        super().__init__(N_("No coach has this address. Ask them to have a coach's account opened first."))


class LastCoach(AppError):
    kind, code = Kind.CONFLICT, "invalid_state"

    def __init__(self, cohort_id: str) -> None:
        super().__init__(
            N_("A cohort keeps at least one coach. Add another one first, or archive it."), cohort_id=cohort_id
        )


class NotSponsored(AppError):
    kind, code = Kind.CONFLICT, "invalid_state"

    def __init__(self, cohort_id: str) -> None:
        super().__init__(N_("This cohort does not pay for another interview of yours."), cohort_id=cohort_id)


class NotProven(AppError):
    """Told to operators, as a job that failed: the next night tries again."""

    code, alert = "figures_not_proven", True

    def __init__(self, cohort_ids: Sequence[str]) -> None:
        super().__init__(N_("The figures of some cohorts could not be checked."), cohort_ids=cohort_ids)
