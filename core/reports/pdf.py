"""A report as PDF, set by Typst. What people said reaches the typesetter as data, never as markup."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.i18n import N_, _
from core.typeset import pdf

HERE = Path(__file__).resolve().parent
TEMPLATE = HERE / "report.typ"

LABELS: Mapping[str, str] = {
    "title": N_("Mock interview report"),
    "of": N_("of 100"),
    "range": N_("range"),
    "nothing": N_("not enough to judge"),
    "notAsked": N_("not asked"),
    "notAnswered": N_("not answered"),
    "estimate": N_("An estimate from the key points alone: it names a band and no number."),
    "practice": N_("Practice only: this predicts no hiring decision. Accent, pace and fillers do not count."),
    "rests": N_("questions answered, of those planned"),
    "first": N_("Fix this first"),
    "competencies": N_("By competency"),
    "strengths": N_("Strengths"),
    "weaknesses": N_("What held you back"),
    "advice": N_("What to practise"),
    "week": N_("Your next seven days"),
    "day": N_("Day"),
    "minutes": N_("min"),
    "questions": N_("Question by question"),
    "wanted": N_("What a good answer says"),
    "essential": N_("essential"),
    "said": N_("What you said"),
    "better": N_("A better answer"),
    "sum": N_("How the score comes about"),
    "override": N_("Set by"),
    "speech": N_("How you spoke (not part of the score)"),
    "usual": N_("usual"),
    "unmeasured": N_("not measured"),
    "by": N_("Scored by"),
    "gemini": N_("the AI judge"),
    "rubric": N_("the rubric engine"),
    "strong": N_("Strong"),
    "good": N_("Good"),
    "developing": N_("Developing"),
    "early": N_("Early days"),
    "keyPoints": N_("key points"),
    "levels": N_("levels"),
    "star": N_("story"),
    "cap": N_("something essential is missing, so it stops at"),
    "pace": N_("Pace"),
    "latency": N_("Time to the first word"),
    "longestMonologue": N_("Longest turn"),
    "talkShare": N_("Your share of the words"),
    "answerLength": N_("Answer length"),
    "fillers": N_("Fillers"),
    "hedging": N_("Hedging words"),
}
CAUTIONS: Mapping[str, str] = {
    "judges_disagree": N_("The two judges came to different results. Read the score with caution."),
    "low_transcript_quality": N_("The transcript is poor, so the score is provisional."),
    "scored_offline": N_("The AI judge was not available; the rubric engine judged by the key points alone."),
    "transcript_corrected": N_("The candidate corrected the transcript, and it was scored again."),
    "not_enough_evidence": N_("Too little was said to judge the interview as a whole."),
    "instruction_in_answer": N_("An answer addresses the grader. That neither helps nor harms."),
}


STUDY = N_("Study interview: its answers were given with hints, and could be given again.")


def report_pdf(report: dict[str, Any], *, candidate_name: str, study: bool = False) -> bytes:
    """The report (as API.md shapes it) on A4 pages, in the language of whoever is served."""
    plan = [{**day, "drill": _(day["drill"])} for day in report.get("plan", [])]
    data = {
        "report": {**report, "plan": plan},
        "name": candidate_name,
        "words": {name: _(label) for name, label in LABELS.items()},
        "cautions": [
            *([_(STUDY)] if study else []),
            *(_(CAUTIONS[flag]) for flag in report["flags"] if flag in CAUTIONS),
        ],
        "units": {name: _(figure["unit"]) for name, figure in (report["speech"].get("figures") or {}).items()},
    }
    return pdf(TEMPLATE, data)
