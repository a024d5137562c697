"""People, their finished interviews, and a cohort that one of them is in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import text

from core.accounts.models import User
from core.accounts.types import Actor, Role
from core.analytics.models import InterviewStatistics  # noqa: F401  registers the table with its users
from core.cohorts import (
    rollups,
    service,
)
from core.cohorts.types import Share
from core.db import Uow
from core.errors import Forbidden, NotFound
from core.ids import new_id
from core.interviews.models import InterviewQuestion, InterviewSession, InterviewTranscript
from core.interviews.types import Segment
from core.reports.models import InterviewReport
from core.wiring import Greenroom

TYPES, LEVELS, PARTS = ("technical", "hr"), ("easy", "hard"), ("databases", "apis", "testing")
QUESTIONS = tuple(f"bank:technical.databases.{n}" for n in range(1, 7))


def person(greenroom: Greenroom, role: Role, name: str = "Asha") -> Actor:
    user_id = new_id("usr")
    with greenroom.uow() as uow:
        uow.session.add(
            User(id=user_id, username=user_id, email=f"{user_id}@people.test", name=name, password_hash="x",
                 role=role, locale="en", created_at=uow.now)
        )  # fmt: skip
    return Actor(user_id, user_id, name, role, "ses_test")


def write(greenroom: Greenroom, who: Actor, random: Random, *, score: int | None = None, study: bool = False) -> str:
    """A finished interview with its report, counted wherever it is shared, unless it was for study."""
    session_id = new_id("int")
    overall = random.randint(0, 100) if score is None else score
    with greenroom.uow() as uow:
        at = uow.now - timedelta(days=random.randint(0, 60))
        rollups.hold_learner(uow, who.user_id)
        session = InterviewSession(
            id=session_id, user_id=who.user_id, type=random.choice(TYPES), difficulty=random.choice(LEVELS),
            mode="text", status="completed", attempt=1, created_at=at, updated_at=at, ended_at=at,
            questions_source="question_bank", question_count=3, rubric_hash="x", report_generated=True,
            used_seconds=0, price_amount=0, price_currency="INR", price_lines=[], study=study,
        )  # fmt: skip
        session.configuration = {"durationMinutes": 20, "focusAreas": ["databases"], "language": "en", "role": None}
        session.questions_generated = {}
        uow.session.add(session)
        uow.session.flush()
        for order, source in enumerate(random.sample(QUESTIONS, 3), start=1):
            row = InterviewQuestion(
                id=new_id("qst"), session_id=session_id, user_id=who.user_id, source_id=source, question_order=order,
                competency="databases", difficulty=2, response_score=random.choice([None, 0, 35, 70, 100]),
                follow_up_asked=False,
            )  # fmt: skip
            row.question_text, row.expected_key_points = "Why?", ["because"]
            row.user_response_text = random.choice([None, "Because."])
            uow.session.add(row)
        report = InterviewReport(
            id=new_id("rep"), session_id=session_id, user_id=who.user_id, overall_score=overall,
            interval_low=max(0, overall - 14), interval_high=min(100, overall + 14),
            score_breakdown={part: random.choice([None, 10, 55, 90]) for part in PARTS}, engine="rubric",
            model=None, rubric_version="r1", generated_at=at,
        )  # fmt: skip
        report.strengths = report.weaknesses = report.recommendations = []
        report.report_json = {"sessionId": session_id, "questions": []}
        uow.session.add(report)
        rollups.count_interview(uow, session_id)
    return session_id


def cohort_with(greenroom: Greenroom, coach: Actor) -> tuple[str, str]:
    with greenroom.uow() as uow:
        cohort_id = service.create(uow, coach, "Batch").cohort_id
        return cohort_id, service.invite(uow, coach, cohort_id, app_url="https://app.test").token


@dataclass(frozen=True)
class Class:
    """A cohort of ravi's with asha in it, and one interview of hers."""

    greenroom: Greenroom
    cohort_id: str
    token: str
    session_id: str
    asha: Actor
    ravi: Actor
    meera: Actor

    def can(self, what: Callable[[Uow], Any]) -> bool:
        try:
            with self.greenroom.uow() as uow:
                what(uow)
        except (NotFound, Forbidden):
            return False
        return True

    def does(self, what: Callable[[Uow], Any]) -> Any:
        with self.greenroom.uow() as uow:
            return what(uow)


def class_of_one(greenroom: Greenroom) -> Class:
    ravi, meera = person(greenroom, Role.COACH, "Ravi"), person(greenroom, Role.COACH, "Meera")
    asha = person(greenroom, Role.CANDIDATE, "Asha")
    cohort_id, token = cohort_with(greenroom, ravi)
    session_id = write(greenroom, asha, Random(1))
    with greenroom.uow() as uow:
        row = InterviewTranscript(
            id=new_id("trn"), session_id=session_id, confidence_score=None, recording_key=None, updated_at=uow.now
        )
        row.raw_transcript = "I add an index."
        row.transcript_segments = [
            Segment(id="s1", speaker="candidate", text="I add an index.", start_ms=4200).model_dump()
        ]
        uow.session.add(row)
        uow.session.execute(text("SELECT 1"))
        service.join(uow, asha, token, Share())
    return Class(greenroom, cohort_id, token, session_id, asha, ravi, meera)
