"""How somebody does at each competency over time, over interviews that compare."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.accounts.types import Actor
from core.analytics.service import latest_scored
from core.db import Uow
from core.interviews.catalogue import Difficulty, InterviewType
from core.interviews.models import InterviewSession
from core.reports.models import InterviewReport


@dataclass(frozen=True)
class CompetencyTrend:
    """Scores of one competency, 0-100, oldest first; only interviews in which it could be judged."""

    competency: str
    type: InterviewType
    scores: tuple[int, ...]


def competency_trends(
    uow: Uow,
    actor: Actor,
    *,
    type: InterviewType | None = None,
    difficulty: Difficulty | None = None,
    since: datetime | None = None,
) -> list[CompetencyTrend]:
    """The caller's competencies by what they are asked in, those of the last interview first; the last 100 reports."""
    query = select(InterviewSession.type, InterviewReport.score_breakdown)
    rows = uow.session.execute(latest_scored(query, actor, type=type, difficulty=difficulty, since=since)).all()
    return _by_competency([(InterviewType(kind), parts) for kind, parts in rows])


def _by_competency(newest_first: Sequence[tuple[InterviewType, dict[str, int | None]]]) -> list[CompetencyTrend]:
    found: dict[tuple[InterviewType, str], list[int]] = {}
    for kind, parts in newest_first:
        for competency, score in parts.items():
            if score is not None:
                found.setdefault((kind, competency), []).append(score)
    return [CompetencyTrend(competency, kind, tuple(scores[::-1])) for (kind, competency), scores in found.items()]
