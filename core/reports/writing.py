"""Puts a report together from what was judged, scored and coached. Pure: the same input gives the same report."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from core.reports.coaching import judgement_id
from core.reports.injection import asks_for_score
from core.reports.judgement import Verdict
from core.reports.judging import Judged, Judging
from core.reports.planning import seven_days
from core.reports.prompts import COACH_VERSION, JUDGE_VERSION, Advice, CitedText, Coaching
from core.reports.quotes import VerifiedQuote
from core.reports.scoring import (
    LOW_CONFIDENCE,
    MUST_HAVE_CAP,
    RUBRIC_VERSION,
    Overall,
    Scored,
    band,
    overall,
    question_sum,
)
from core.reports.segments import Turn
from core.reports.speech import panel
from core.reports.types import (
    Arithmetic,
    CompetencyScore,
    Confidence,
    Coverage,
    CriterionLevel,
    Evidence,
    Finding,
    Moment,
    PointCovered,
    QuestionReport,
    Recommendation,
    Report,
    ScoredBy,
    Summand,
    WholeArithmetic,
)

MAX_EVIDENCE = 3
BEGINNING_WORDS = 25
AGAIN = Advice(
    title="Hold it once more",
    detail="There was too little to judge, so no answer is marked down. Everything else is as it was.",
    practice="Check the microphone in the lobby first, or choose the typed interview: it is judged the same way.",
    judgement_ids=[],
)


def write(
    *,
    report_id: str,
    session_id: str,
    judging: Judging,
    coaching: Coaching,
    turns: Sequence[Turn],
    follow_ups_asked: frozenset[int],
    confidence: float | None,
    fillers_kept: bool,
    rubric_hash: str,
    corrected: bool = False,
    revision: int = 1,
    now: datetime,
) -> Report:
    """The report. Parts add up to the whole; every claim carries words that were found in the transcript."""
    judged = judging.judged
    poor = confidence is not None and confidence < LOW_CONFIDENCE
    second = _second_opinion(judging)
    strengths = [f for i in coaching.strengths if (f := _finding(judged, i)).evidence]
    weaknesses = [f for i in coaching.weaknesses if (f := _finding(judged, i)).evidence]
    whole = overall(_scored(judged), confidence=confidence, second=second)
    return Report(
        report_id=report_id,
        session_id=session_id,
        overall_score=whole.score,
        band=band(whole.score if whole.score is None or second is None else min(whole.score, second)),
        score_breakdown={
            name: CompetencyScore(
                score=part.score,
                standard_error=part.standard_error,
                interval=part.interval,
                evidence=_evidence_of_competency(judged, name),
                questions=[j.window.order for j in judged if j.window.question.competency == name],
            )
            for name, part in whole.competencies.items()
        },
        questions=[_question(j, coaching, j.window.order in follow_ups_asked) for j in judged],
        strengths=[item.text for item in strengths],
        weaknesses=[item.text for item in weaknesses],
        strength_findings=strengths,
        weakness_findings=weaknesses,
        recommendations=[
            Recommendation(title=a.title, detail=a.detail, practice=a.practice)
            for a in (coaching.recommendations if whole.too_little is None else [AGAIN])
        ],
        one_thing_first=coaching.one_thing_first if whole.score is not None else None,
        plan=seven_days(judged, {name: part.score for name, part in whole.competencies.items()}),
        arithmetic=_whole_sum(whole, judged),
        counts=whole.score is not None,
        too_little=whole.too_little,
        revision=revision,
        speech=panel(
            turns,
            fillers_kept=fillers_kept,
            star={j.window.order: j.verified.star for j in judged if j.verified and j.verified.star and j.window.words},
        ),
        confidence=Confidence(standard_error=whole.standard_error, interval=whole.interval, transcript=confidence),
        coverage=Coverage(
            planned=len(judged),
            asked=sum(j.window.asked for j in judged),
            answered=sum(j.window.words > 0 for j in judged),
        ),
        flags=_flags(judging, poor=poor, enough=whole.score is not None, corrected=corrected),
        scored_by=ScoredBy(
            engine="gemini" if judging.engine == "gemini" else "rubric",
            model=judging.model,
            rubric_version=RUBRIC_VERSION,
            prompt_version=f"{JUDGE_VERSION}, {COACH_VERSION}" if judging.engine == "gemini" else None,
            rubric_hash=rubric_hash,
        ),
        generated_at=now,
    )


def _scored(judged: Sequence[Judged]) -> list[Scored]:
    return [Scored(j.window.order, j.window.question.competency, j.score, j.window.words) for j in judged]


def _second_opinion(judging: Judging) -> int | None:
    """The offline rater's overall score where it and the model disagree on an answer."""
    if judging.engine != "gemini" or not any(j.judges_disagree for j in judging.judged):
        return None
    return overall(_scored([replace(j, score=j.offline_score) for j in judging.judged])).score


def _whole_sum(whole: Overall, judged: Sequence[Judged]) -> WholeArithmetic | None:
    count = sum(j.score is not None for j in judged)
    if whole.total is None or not count:
        return None
    return WholeArithmetic(total=whole.total, count=count, mean=round(whole.total / count, 2))


def _flags(judging: Judging, *, poor: bool, enough: bool, corrected: bool) -> list[str]:
    answers = [j.window.answer for j in judging.judged if j.window.words]
    raised = {flag for j in judging.judged if j.rating for flag in j.rating.flags}
    found = {
        "not_enough_evidence": not enough,
        "judges_disagree": judging.engine == "gemini" and any(j.judges_disagree for j in judging.judged),
        "instruction_in_answer": any(asks_for_score(text) for text in answers),
        "low_transcript_quality": poor,
        "keyword_stuffing": "keyword_stuffing" in raised,
        "echo": "echo" in raised,
        "repetition": "repetition" in raised,
        "transcript_corrected": corrected,
        "scored_offline": judging.engine == "rubric" and bool(answers),
    }
    return [name for name, is_so in found.items() if is_so]


def _question(judged: Judged, coaching: Coaching, follow_up_asked: bool) -> QuestionReport:
    window, verified = judged.window, judged.verified
    question = window.question
    points = verified.points if verified else ()
    feedback = {item.question_id: item.text for item in coaching.feedback}
    better = {item.question_id: item.text for item in coaching.better_answers}
    return QuestionReport(
        order=window.order,
        text=question.text,
        competency=question.competency,
        difficulty=question.difficulty,
        asked=window.asked,
        score=judged.score,
        band=band(judged.score),
        key_points=[
            PointCovered(
                text=wanted.text,
                covered=bool(at < len(points) and points[at].verdict is Verdict.COVERED),
                verdict=points[at].verdict.value if at < len(points) else "missing",
                must_have=wanted.must_have,
                weight=wanted.weight,
                quote=_text(points[at].quote) if at < len(points) else None,
                turn_id=_turn(points[at].quote) if at < len(points) else None,
            )
            for at, wanted in enumerate(question.key_points)
        ],
        criteria=[
            CriterionLevel(criterion=c.id, level=c.level, observation=c.observation, quote=_text(c.quote))
            for c in (verified.criteria if verified and window.words else ())
        ],
        answer=window.answer or None,
        answer_at=_answer_at(judged),
        follow_up_asked=follow_up_asked,
        feedback=feedback.get(question.id, "This question was not asked."),
        better_answer=better.get(question.id),
        evidence=_evidence(judged),
        second_score=judged.offline_score,
        arithmetic=_sum(judged),
    )


def _sum(judged: Judged) -> Arithmetic | None:
    if judged.verified is None:
        return None
    made = question_sum(judged.verified, judged.window.question, answered=bool(judged.window.words))
    parts = [
        Summand.model_validate(
            {**asdict(part), "share": round(part.share, 3), "points": round(100 * part.share * part.weight, 1)}
        )
        for part in made.parts
    ]
    whole = round(sum(100 * part.share * part.weight for part in made.parts), 1)
    return Arithmetic(parts=parts, sum=whole, capped_at=round(100 * MUST_HAVE_CAP) if made.capped else None)


def _turn(quote: VerifiedQuote | None) -> str | None:
    return quote.turn_id if quote else None


def _text(quote: VerifiedQuote | None) -> str | None:
    return quote.text if quote else None


def _evidence(judged: Judged) -> list[Evidence]:
    quotes = judged.verified.quotes if judged.verified else []
    return [
        Evidence(quote=q.text, question_order=judged.window.order, turn_id=q.turn_id, start_ms=q.start_ms)
        for q in quotes[:MAX_EVIDENCE]
    ]


def _evidence_of_competency(judged: Sequence[Judged], name: str) -> list[Evidence]:
    return [e for j in judged if j.window.question.competency == name for e in _evidence(j)][:MAX_EVIDENCE]


def _finding(judged: Sequence[Judged], item: CitedText) -> Finding:
    """A claim with the words it rests on: verified quotes, or the beginning of what was said instead."""
    cited = [j for j in judged if judgement_id(j) in item.judgement_ids]
    quoted = [e for j in cited for e in _evidence(j)[:1]]
    return Finding(text=item.text, evidence=quoted or [e for j in cited for e in _beginning(j)])


def _first_said(judged: Judged) -> Turn | None:
    return next((t for t in judged.window.turns if t.speaker == "candidate" and t.text.strip()), None)


def _answer_at(judged: Judged) -> Moment | None:
    said = _first_said(judged)
    return None if said is None else Moment(turn_id=said.id, start_ms=said.start_ms)


def _beginning(judged: Judged) -> list[Evidence]:
    said = _first_said(judged)
    if said is None:
        return []
    words = said.text.split()
    quote = " ".join(words[:BEGINNING_WORDS])
    return [Evidence(quote=quote, question_order=judged.window.order, turn_id=said.id, start_ms=said.start_ms)]
