"""A report says what it rests on: disagreement lowers the band, an estimate its own, and claims bring their words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core.reports.coaching import coach
from core.reports.judging import Judging, judge_all, record
from core.reports.types import Report
from core.reports.writing import write
from tests.unit.reports.material import SENTENCES, Judge, fair, flawless, window

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MEDIUM = f"{SENTENCES[0]} {SENTENCES[3]} {SENTENCES[4]}"


def written(judging: Judging, *, confidence: float | None = None) -> Report:
    turns = [turn for judged in judging.judged for turn in judged.window.turns]
    return write(
        report_id="rep_1", session_id="int_1", judging=judging, coaching=coach(judging.judged, None).coaching,
        turns=turns, follow_ups_asked=frozenset(), confidence=confidence, fillers_kept=False, rubric_hash="x", now=NOW,
    )  # fmt: skip


def judged_by(judge: Any, *answers: str) -> Judging:
    return judge_all([window(answer, order=at) for at, answer in enumerate(answers, 1)], Judge(judge))


def test_where_the_judges_disagree_the_lower_one_names_the_band_and_the_range_reaches_it() -> None:
    judging = judged_by(flawless, MEDIUM, MEDIUM, MEDIUM)
    report = written(judging)
    assert (report.scored_by.engine, report.overall_score) == ("gemini", 100)
    second = judging.judged[0].offline_score
    assert second is not None
    assert second < 70
    assert "judges_disagree" in report.flags
    assert report.band != "strong"
    assert report.confidence.interval is not None
    assert report.confidence.interval[0] <= second


def test_parts_add_up_to_the_whole() -> None:
    report = written(judged_by(fair, " ".join(SENTENCES), MEDIUM, SENTENCES[4]))
    assert report.arithmetic is not None
    scores = [q.score for q in report.questions if q.score is not None]
    assert (report.arithmetic.total, report.arithmetic.count) == (sum(scores), 3)
    assert report.overall_score == round(report.arithmetic.mean)
    for question in report.questions:
        made = question.arithmetic
        assert made is not None
        assert abs(sum(part.points for part in made.parts) - made.sum) <= 0.2
        expected = made.sum if made.capped_at is None else made.capped_at
        assert abs((question.score or 0) - expected) <= 0.6


def test_every_claim_brings_words_that_were_said() -> None:
    report = written(judged_by(fair, " ".join(SENTENCES), MEDIUM, SENTENCES[4]))
    claims = [*report.strength_findings, *report.weakness_findings]
    assert claims
    for claim in claims:
        assert claim.evidence
        assert all(e.quote in " ".join(SENTENCES) or e.quote in MEDIUM for e in claim.evidence)


def test_silence_is_no_weakness_and_counts_nowhere() -> None:
    report = written(judged_by(fair, "", "", ""))
    assert (report.overall_score, report.counts, report.too_little) == (None, False, "silence")
    assert report.weaknesses == []
    assert [r.title for r in report.recommendations] == ["Hold it once more"]
    assert report.plan == []


def test_the_week_begins_with_the_lowest_criterion_and_the_weakest_answer() -> None:
    def unclear(data: Mapping[str, Any]) -> dict[str, Any]:
        judged = fair(data)
        levels = {"structure": 0}
        return {
            **judged,
            "criteria": [{**c, "level": levels.get(c["id"], max(1, c["level"]))} for c in judged["criteria"]],
        }

    report = written(judged_by(unclear, " ".join(SENTENCES), SENTENCES[4], MEDIUM))
    days = report.plan
    assert [day.day for day in days] == [1, 2, 3, 4, 5, 6, 7]
    assert (days[0].focus, days[1].question_order) == ("structure", 2)
    assert all(day.drill and day.minutes for day in days)


def test_the_week_names_a_topic_where_one_answer_is_too_little_for_a_score_of_its_own() -> None:
    days = written(judged_by(fair, MEDIUM)).plan
    assert [(day.kind, day.focus) for day in days if day.kind in ("competency", "interview")] == [
        ("competency", "databases"),
        ("interview", "databases"),
    ]


def test_what_is_kept_says_who_judged_what() -> None:
    judging = judged_by(fair, MEDIUM, MEDIUM)
    kept = record(judging)
    assert [q["order"] for q in kept["questions"]] == [1, 2]
    assert all(len(q["said"]) == 1 and q["secondScore"] is not None for q in kept["questions"])
