"""The trend of somebody's scores holds the latest interviews of what is asked for, however many came since."""

from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from core.accounts.types import Role
from core.analytics import service as analytics
from core.analytics.competencies import competency_trends
from core.interviews.catalogue import Difficulty, InterviewType
from core.wiring import Greenroom
from tests.integration.cohorts import person, write

pytestmark = pytest.mark.usefixtures("nobody_yet")


def test_what_is_asked_for_is_looked_for_beyond_the_latest(
    greenroom: Greenroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analytics, "TREND_POINTS", 2)
    asha, written = person(greenroom, Role.CANDIDATE, "Asha"), []
    kinds = [("hr", "easy"), ("hr", "easy"), ("hr", "hard"), ("coding", "easy"), ("coding", "easy")]
    for number, (kind, level) in enumerate(kinds):
        session_id = write(greenroom, asha, Random(number), score=10 * number)
        written.append(session_id)
        with greenroom.uow() as uow:
            uow.session.execute(
                text("UPDATE interview_sessions SET type = :kind, difficulty = :level, "
                     "created_at = now() - make_interval(days => :days) WHERE id = :id"),
                {"kind": kind, "level": level, "days": 10 - number, "id": session_id},
            )  # fmt: skip
            uow.session.execute(
                text("UPDATE interview_reports SET score_breakdown = jsonb_build_object('apis', overall_score) "
                     "WHERE session_id = :id"), {"id": session_id},
            )  # fmt: skip
    with greenroom.uow() as uow:
        # As if it was scored again: it is no new interview.
        uow.session.execute(text("UPDATE interview_reports SET generated_at = now() WHERE overall_score = 0"))

    def scores(**asked: Any) -> list[int]:
        trend = [point.score for point in greenroom.uow.look(analytics.trend, asha, **asked)]
        by_competency = greenroom.uow.look(competency_trends, asha, **asked)
        assert [score for one in by_competency[::-1] for score in one.scores] == trend
        return trend

    assert scores() == [30, 40]
    assert scores(type=InterviewType.HR) == [10, 20]
    assert scores(type=InterviewType.HR, difficulty=Difficulty.EASY) == [0, 10]
    assert scores(type=InterviewType.HR, since=greenroom.clock().replace(year=2100)) == []

    def before(session_id: str) -> list[int]:
        return [point.score for point in greenroom.uow.look(analytics.up_to, asha, session_id)]

    assert [before(session_id) for session_id in written] == [[0], [0, 10], [10, 20], [30], [30, 40]]
    meera = person(greenroom, Role.CANDIDATE, "Meera")
    assert greenroom.uow.look(analytics.up_to, meera, written[0]) == ()
