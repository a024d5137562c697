"""A report is scored again when the model is back, and once for a mended transcript; what stood before is kept."""

import dataclasses
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel
from sqlalchemy import delete, select, text

from core.accounts.types import Actor, Role
from core.analytics import service as analytics
from core.cohorts import service as cohorts
from core.cohorts.types import Share
from core.db import Transactions, Uow
from core.errors import FieldProblem, Forbidden, NotFound
from core.ids import new_id
from core.interviews import corrections, flows, service
from core.interviews.catalogue import Difficulty, InterviewType, Mode
from core.interviews.errors import AlreadyCorrected
from core.interviews.repo import lock_session
from core.interviews.states import begin_attempt
from core.interviews.types import Segment, SessionStatus, SetUp
from core.ports.errors import ModelDown
from core.ports.language_model import Generation
from core.privacy.export import write_export
from core.reports import practice, rescoring, retrying, reviews
from core.reports.errors import AlreadyAsked, AlreadyReviewed, NothingToRescore
from core.reports.flows import write_report
from core.reports.judgement import Judgement
from core.reports.models import InterviewReport, PracticeItem, ReportReview, ReportRevision
from core.reports.service import report_view
from core.reports.states import RescoreReason, ReviewKind
from core.settings import Settings
from core.wiring import Greenroom, build
from tests.integration.played import NoModel
from tests.integration.test_rollups import person

HEARD = "I would read the execution plan of the worry first and then look at the lock waits in the statistics view."
KEPT = ("judgement", "earlier-reports", "reviews", "practice", "corrections")
MENDED = HEARD.replace("worry", "query")


class Judge:
    """A model that is fair to nobody: every answer is worth level two, by its own first words."""

    def generate(self, *, instruction: str, data: Mapping[str, Any], schema: type[BaseModel]) -> Generation:
        if schema is not Judgement:
            raise ModelDown("gemini", "The model is down.")
        said = next(t["text"] for t in data["turns"] if t["speaker"] == "candidate")
        quote = " ".join(said.split()[:12])
        question = data["question"]
        judgement = {
            "question_id": question["id"],
            "answer_summary": "",
            "key_points": [
                {"id": p["id"], "quote": quote, "quote_turn": None, "verdict": "partial"}
                for p in question["key_points"]
            ],
            "criteria": [
                {"id": name, "quote": quote, "observation": "Shows part.", "level": 2}
                for name in ("correctness", "depth", "reasoning", "structure", "relevance")
            ],
            "star": None,
            "errors": [],
            "flags": [],
            "confidence": "medium",
        }
        return Generation(json.dumps(judgement), "judge-of-the-test", 10, 10)


@pytest.fixture
def greenroom(settings: Settings) -> Iterator[Greenroom]:
    real = build(settings)
    yield dataclasses.replace(real, model=NoModel())
    real.engine.dispose()


@pytest.fixture
def asha(greenroom: Greenroom) -> Actor:
    return person(greenroom, Role.CANDIDATE)


def held(greenroom: Greenroom, who: Actor, *, words: str = HEARD) -> str:
    """An interview by voice that was held to the end, with its report."""
    setup = SetUp(InterviewType.TECHNICAL, Difficulty.MEDIUM, ("databases", "apis"), Mode.TEXT, 12)
    session_id = flows.set_up(greenroom, who, setup).session_id
    with greenroom.uow() as uow:
        session = lock_session(uow, session_id)
        assert session is not None
        session.status = SessionStatus.READY
        begin_attempt(uow, session)
        said = []
        for order, question in enumerate(service.plan_of(session).questions, start=1):
            said += [
                _turn("interviewer", order, question.text, order * 60_000),
                _turn("candidate", order, f"{words} Case {order}.", order * 60_000 + 6000),
            ]
        service.write_transcript(uow, session, said, confidence=0.9)
        service.finish(uow, session, reason="finished")
    write_report(greenroom, session_id)
    return session_id


def _turn(speaker: Literal["interviewer", "candidate"], order: int, words: str, at: int) -> Segment:
    name = f"a1-{order}{speaker[0]}"
    return Segment(id=name, speaker=speaker, text=words, start_ms=at, end_ms=at + 5000, question_order=order,
                   confidence=0.9)  # fmt: skip


def report_of(greenroom: Greenroom, who: Actor, session_id: str) -> dict[str, Any]:
    with greenroom.uow() as uow:
        report = report_view(uow, who, session_id)
    assert report is not None
    return report


def revisions(greenroom: Greenroom, session_id: str) -> list[ReportRevision]:
    with greenroom.uow() as uow:
        return list(uow.session.scalars(select(ReportRevision).where(ReportRevision.session_id == session_id)))


def with_judge(greenroom: Greenroom) -> Greenroom:
    return dataclasses.replace(greenroom, model=Judge())


def test_when_the_model_is_back_one_click_scores_again_and_figures_follow(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(greenroom, asha)
    before = report_of(greenroom, asha, session_id)
    assert before["scoredBy"]["engine"] == "rubric"
    with greenroom.uow() as uow:
        rescoring.ask(uow, asha, session_id)
        rescoring.ask(uow, asha, session_id)
        assert rescoring.under_way(uow, asha, session_id)

    rescoring.rescore(with_judge(greenroom), session_id, 1, RescoreReason.MODEL_BACK)
    rescoring.rescore(with_judge(greenroom), session_id, 1, RescoreReason.MODEL_BACK)

    after = report_of(greenroom, asha, session_id)
    assert (after["reportId"], after["revision"], after["scoredBy"]["engine"]) == (before["reportId"], 2, "gemini")
    assert after["overallScore"] == 50
    (kept,) = revisions(greenroom, session_id)
    assert (kept.revision, kept.overall_score, kept.report_json) == (1, before["overallScore"], before)
    with greenroom.uow() as uow:
        assert not rescoring.under_way(uow, asha, session_id)
        assert analytics.statistics(uow, asha).average_score == 50
        with pytest.raises(NothingToRescore):
            rescoring.ask(uow, asha, session_id)


def test_a_model_that_is_still_away_leaves_the_report_as_it_was(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(greenroom, asha)
    before = report_of(greenroom, asha, session_id)
    with greenroom.uow() as uow:
        rescoring.ask(uow, asha, session_id)

    rescoring.rescore(greenroom, session_id, 1, RescoreReason.MODEL_BACK)

    assert report_of(greenroom, asha, session_id) == before
    assert revisions(greenroom, session_id) == []
    with greenroom.uow() as uow:
        assert not rescoring.under_way(uow, asha, session_id)


def test_a_mended_transcript_is_logged_and_judged_again_once(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(greenroom, asha)
    with greenroom.uow() as uow:
        rescoring.correct(uow, asha, session_id, {"a1-1c": f"{MENDED} Case 1.", "a1-2c": f"{HEARD} Case 2."})

    rescoring.rescore(greenroom, session_id, 1, RescoreReason.CORRECTED)

    after = report_of(greenroom, asha, session_id)
    assert after["questions"][0]["answer"] == f"{MENDED} Case 1."
    assert after["questions"][1]["answer"] == f"{HEARD} Case 2."
    assert "transcript_corrected" in after["flags"]
    with greenroom.uow() as uow:
        (logged,) = corrections.corrections(uow, asha, session_id)
        assert (logged.heard, logged.said) == (f"{HEARD} Case 1.", f"{MENDED} Case 1.")
        assert service.transcript_view(uow, asha, session_id).corrected
        with pytest.raises(AlreadyCorrected):
            rescoring.correct(uow, asha, session_id, {"a1-2c": f"{MENDED} Case 2."})


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("nothing changed", {"a1-1c": f"{HEARD} Case 1."}),
        ("another answer", {"a1-1c": "An index keeps keys sorted, so a lookup reads few pages and each write pays."}),
        ("much more", {"a1-1c": f"{HEARD} " * 3}),
        ("the interviewer's words", {"a1-1i": "What is your name, and where were you born?"}),
        ("no such turn", {"a9-9c": "words"}),
        ("empty", {"a1-1c": " "}),
    ],
)
def test_only_what_was_misheard_can_be_mended(
    greenroom: Greenroom, asha: Actor, what: str, changes: dict[str, str]
) -> None:
    session_id = held(greenroom, asha)
    with pytest.raises(FieldProblem), greenroom.uow() as uow:
        rescoring.correct(uow, asha, session_id, changes)
    with greenroom.uow() as uow:
        assert not service.transcript_view(uow, asha, session_id).corrected, what
        assert corrections.corrections(uow, asha, session_id) == []


def test_somebody_elses_report_is_not_there(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(greenroom, asha)
    meera = person(greenroom, Role.CANDIDATE, "Meera")
    verbs: list[Callable[[Uow], object]] = [
        lambda uow: rescoring.ask(uow, meera, session_id),
        lambda uow: rescoring.correct(uow, meera, session_id, {"a1-1c": MENDED}),
        lambda uow: reviews.ask(uow, meera, session_id, "Look at this."),
        lambda uow: reviews.requested(uow, meera, session_id),
    ]
    for verb in verbs:
        with pytest.raises(NotFound), greenroom.uow() as uow:
            verb(uow)


def coach_of(greenroom: Greenroom, learner: Actor, *, share: Share) -> Actor:
    ravi = person(greenroom, Role.COACH, "Ravi")
    with greenroom.uow() as uow:
        cohort = cohorts.create(uow, ravi, "Batch")
        token = cohorts.invite(uow, ravi, cohort.cohort_id, app_url="https://app.test").token
    with greenroom.uow() as uow:
        cohorts.join(uow, learner, token, share)
    return ravi


def waiting(greenroom: Greenroom, who: Actor) -> list[str]:
    with greenroom.uow() as uow:
        return [item.review_id for item in reviews.queue(uow, who, limit=100).items]


def test_a_learner_asks_and_their_coach_answers(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(greenroom, asha)
    ravi = coach_of(greenroom, asha, share=Share(reports=True))
    stranger = person(greenroom, Role.COACH, "Dev")
    with greenroom.uow() as uow:
        reviews.ask(uow, asha, session_id, "I did name the lock waits.")
    with pytest.raises(AlreadyAsked), greenroom.uow() as uow:
        reviews.ask(uow, asha, session_id, "Again.")
    (review_id,) = waiting(greenroom, ravi)
    assert waiting(greenroom, stranger) == []
    with pytest.raises(NotFound), greenroom.uow() as uow:
        reviews.case(uow, stranger, review_id)
    with pytest.raises(Forbidden), greenroom.uow() as uow:
        reviews.queue(uow, asha)
    with greenroom.uow() as uow:
        case = reviews.case(uow, ravi, review_id)
    first = case.questions[0]
    assert first.score is not None
    human = (first.score + 20) % 101

    with greenroom.uow() as uow:
        reviews.finish(uow, ravi, review_id, ratings={first.order: human}, remark="You did, in other words.")

    report = report_of(greenroom, asha, session_id)
    assert report["questions"][0]["override"]["score"] == human
    with greenroom.uow() as uow:
        seen = reviews.requested(uow, asha, session_id)
    assert seen is not None
    assert (seen.reviewer, seen.remark) == ("Ravi", "You did, in other words.")
    assert waiting(greenroom, ravi) == []
    with pytest.raises(AlreadyReviewed), greenroom.uow() as uow:
        reviews.finish(uow, ravi, review_id, ratings={first.order: 1}, remark="Again.")


def test_what_is_not_shared_is_not_reviewed_by_a_coach(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(greenroom, asha)
    ravi = coach_of(greenroom, asha, share=Share(reports=False))
    with greenroom.uow() as uow:
        reviews.ask(uow, asha, session_id, "Please look.")
    assert waiting(greenroom, ravi) == []
    admin = person(greenroom, Role.ADMIN, "Root")
    with greenroom.uow() as uow:
        asked = [
            row.id for row in uow.session.scalars(select(ReportReview).where(ReportReview.session_id == session_id))
        ]
    assert set(asked) <= set(waiting(greenroom, admin))


def test_a_sample_hides_the_judges_scores_and_changes_no_report(greenroom: Greenroom, asha: Actor) -> None:
    with greenroom.engine.begin() as connection:
        connection.execute(text("TRUNCATE users, cohorts CASCADE"))
    asha = person(greenroom, Role.CANDIDATE)
    session_id = held(greenroom, asha)
    ravi = coach_of(greenroom, asha, share=Share(reports=True))
    with greenroom.uow() as uow:
        assert reviews.draw_sample(uow) == 1
        assert reviews.draw_sample(uow) == 0
    (review_id,) = waiting(greenroom, ravi)
    with greenroom.uow() as uow:
        case = reviews.case(uow, ravi, review_id)
    assert case.kind is ReviewKind.SAMPLE
    assert {question.score for question in case.questions} == {None}
    before = report_of(greenroom, asha, session_id)

    with greenroom.uow() as uow:
        reviews.finish(uow, ravi, review_id, ratings={1: 40, 2: 50}, remark="")

    assert report_of(greenroom, asha, session_id) == before
    with greenroom.uow() as uow:
        row = uow.session.get(ReportReview, review_id)
        assert row is not None
        assert row.ratings == [
            {"order": order, "human": human, "model": before["questions"][order - 1]["score"]}
            for order, human in ((1, 40), (2, 50))
        ]


def test_every_due_question_of_a_report_is_counted_and_the_longest_overdue_report_comes_first(
    greenroom: Greenroom, asha: Actor
) -> None:
    reports = [held(greenroom, asha, words="No idea at all, sorry for that, it is long ago.") for _ in range(4)]
    with greenroom.uow() as uow:
        uow.session.execute(delete(PracticeItem))
        for place, session_id in enumerate(reports):
            # One question of each is due long since, the more the later the report; the others since now.
            for order in range(1, 13):
                days = 10 + place if order == 12 else 0
                item = PracticeItem(
                    id=new_id("prc"), user_id=asha.user_id, session_id=session_id, question_order=order,
                    competency="apis", interval_days=1, repetitions=0, last_score=order,
                    due_at=uow.now - timedelta(days=days),
                )  # fmt: skip
                uow.session.add(item)
        uow.session.flush()
        found = practice.due(uow, asha)
    assert [report.session_id for report in found] == [reports[3], reports[2], reports[1]]
    assert [[item.question_order for item in report.items] for report in found] == [list(range(1, 13))] * 3


def test_weak_answers_fall_due_and_wait_longer_once_they_hold(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(greenroom, asha, words="I am not sure about that, maybe it depends on many things, sorry for it.")
    later = in_days(greenroom, 2)
    with greenroom.uow() as uow:
        assert practice.due(uow, asha) == []
    with later.uow() as uow:
        [report] = practice.due(uow, asha)
        assert report.session_id == session_id
        first, *_others = report.items
        assert practice.by_need(uow, asha.user_id, ("testing", "databases"))[0] == "databases"
        practice.note_retry(uow, session_id, first.question_order, 85)
    with later.uow() as uow:
        assert first.question_order not in [item.question_order for item in practice.due(uow, asha)[0].items]
        practice.note_retry(uow, session_id, first.question_order, 30)
    with in_days(greenroom, 4).uow() as uow:
        again = next(i for i in practice.due(uow, asha)[0].items if i.question_order == first.question_order)
    assert (again.last_score, again.repetitions) == (30, 0)


def in_days(greenroom: Greenroom, days: int) -> Greenroom:
    then = datetime.now(UTC) + timedelta(days=days)
    return dataclasses.replace(greenroom, uow=Transactions(greenroom.engine, lambda: then))


def test_what_the_judges_said_is_kept_and_sealed(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(with_judge(greenroom), asha)
    with greenroom.uow() as uow:
        row = uow.session.scalars(select(InterviewReport).where(InterviewReport.session_id == session_id)).one()
        kept = row.judgement
        stored = uow.session.scalar(
            text("SELECT judgement::text FROM interview_reports WHERE session_id = :id"), {"id": session_id}
        )
    assert kept is not None
    assert json.loads(kept["questions"][0]["said"][0])["criteria"][0]["level"] == 2
    assert kept["versions"]["model"] == "judge-of-the-test"
    assert kept["versions"]["rubric_hash"]
    assert "execution plan" not in str(stored)


def test_the_export_holds_everything_of_it(greenroom: Greenroom, asha: Actor, tmp_path: Path) -> None:
    session_id = held(greenroom, asha)
    with greenroom.uow() as uow:
        rescoring.correct(uow, asha, session_id, {"a1-1c": f"{MENDED} Case 1."})
        reviews.ask(uow, asha, session_id, "I did name the lock waits.")
    rescoring.rescore(greenroom, session_id, 1, RescoreReason.CORRECTED)

    write_export(greenroom, asha, tmp_path / "export.zip")

    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        folder = f"interviews/{session_id}"
        files = {name: json.loads(archive.read(f"{folder}/{name}.json")) for name in KEPT}
    assert files["corrections"][0]["heard"] == f"{HEARD} Case 1."
    assert files["earlier-reports"][0]["report"]["revision"] == 1
    assert files["reviews"][0]["note"] == "I did name the lock waits."
    assert files["judgement"]["versions"]["engine"] == "rubric"
    assert [item["questionOrder"] for item in files["practice"]] == [1, 2, 3]


def test_deleting_the_interview_takes_all_of_it(greenroom: Greenroom, asha: Actor) -> None:
    from core.interviews import erasure

    session_id = held(greenroom, asha)
    with greenroom.uow() as uow:
        rescoring.correct(uow, asha, session_id, {"a1-1c": f"{MENDED} Case 1."})
        reviews.ask(uow, asha, session_id, "Please look.")
    rescoring.rescore(greenroom, session_id, 1, RescoreReason.CORRECTED)

    erasure.delete(greenroom, asha, session_id)

    tables = ("report_revisions", "report_reviews", "practice_items", "transcript_corrections", "interview_reports")
    with greenroom.uow() as uow:
        for table in tables:
            query = text(f"SELECT count(*) FROM {table} WHERE session_id = :id")  # noqa: S608  names of ours
            assert uow.session.scalar(query, {"id": session_id}) == 0, table


class Ears:
    """Hears what a test says."""

    is_on = True

    def __init__(self, heard: str) -> None:
        self._heard = heard

    def transcribe(self, sound: bytes, *, media_type: str) -> str:
        return self._heard


def test_a_spoken_answer_becomes_words_of_the_owners_alone(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(greenroom, asha)
    meera = person(greenroom, Role.CANDIDATE, "Meera")
    hearing = dataclasses.replace(greenroom, ears=Ears("I read the plan, um, first."))
    heard = retrying.transcribe(hearing, asha, session_id, b"sound", media_type="audio/wav")
    assert heard == "I read the plan, um, first."
    with pytest.raises(NotFound):
        retrying.transcribe(hearing, meera, session_id, b"sound", media_type="audio/wav")
    with pytest.raises(FieldProblem):
        retrying.transcribe(hearing, asha, session_id, b"s" * (retrying.MAX_SOUND_BYTES + 1), media_type="audio/wav")
    with pytest.raises(FieldProblem):
        retrying.transcribe(
            dataclasses.replace(greenroom, ears=Ears("")), asha, session_id, b"s", media_type="audio/wav"
        )


def test_the_areas_that_are_due_come_first_in_the_next_plan(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(greenroom, asha, words="I am not sure about that, maybe it depends on many things, sorry for it.")
    with greenroom.uow() as uow:
        query = text("UPDATE practice_items SET due_at = :past, competency = 'apis' WHERE session_id = :id")
        uow.session.execute(query, {"past": uow.now - timedelta(hours=1), "id": session_id})
    setup = SetUp(InterviewType.TECHNICAL, Difficulty.MEDIUM, ("databases", "apis"), Mode.TEXT, 12)
    following = flows.set_up(greenroom, asha, setup).session_id
    with greenroom.uow() as uow:
        session = lock_session(uow, following)
        assert session is not None
        areas = [q.competency for q in service.plan_of(session).questions]
        assert areas == ["apis", "databases", "apis"]
        assert session.configuration["focusAreas"] == ["databases", "apis"]
