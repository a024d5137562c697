"""A report is scored again when the model is back, and once for a mended transcript; what stood before is kept."""

import dataclasses
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import select, text

from core.accounts.types import Actor, Role
from core.analytics import service as analytics
from core.db import Uow
from core.errors import FieldProblem, NotFound
from core.interviews import corrections, service
from core.interviews.errors import AlreadyCorrected
from core.ports.errors import ModelDown
from core.ports.language_model import Generation
from core.privacy.export import write_export
from core.reports import rescoring, retrying, reviews
from core.reports.errors import NothingToRescore
from core.reports.judgement import Judgement
from core.reports.models import InterviewReport, ReportRevision
from core.reports.states import RescoreReason
from core.wiring import Greenroom
from tests.integration.cohorts import person
from tests.integration.judged import HEARD, held, report_of

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
