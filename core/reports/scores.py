"""The numbers of reports that other domains show beside their own rows."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from core.db import Uow
from core.reports.models import InterviewReport


def overall_by_session(uow: Uow, session_ids: Sequence[str]) -> Mapping[str, int | None]:
    """Overall scores (0-100, None where there was too little to judge) of those sessions that have a report."""
    if not session_ids:
        return {}
    query = select(InterviewReport.session_id, InterviewReport.overall_score).where(
        InterviewReport.session_id.in_(session_ids)
    )
    return {row.session_id: row.overall_score for row in uow.session.execute(query)}
