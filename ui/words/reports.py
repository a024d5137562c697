"""Reports: scores, verdicts and what to be careful about."""

from collections.abc import Mapping

from core.i18n import N_, Worded, _
from ui.words.product import TO

_CRITERIA: Mapping[str, str] = Worded(
    {
        "correctness": N_("Correctness"),
        "depth": N_("Depth"),
        "reasoning": N_("Reasoning"),
        "structure": N_("Structure"),
        "relevance": N_("Relevance"),
    }
)
BANDS: Mapping[str, str] = Worded(
    {
        "strong": N_("Strong"),
        "good": N_("Good"),
        "developing": N_("Developing"),
        "early": N_("Early days"),
    }
)
LEVELS = (N_("not shown"), N_("beginning"), N_("partly"), N_("well"), N_("fully"))
"""Of a criterion, 0 to 4."""
VERDICTS: Mapping[str, tuple[str, str]] = {
    "covered": (":material/check_circle:", N_("Covered")),
    "partial": (":material/timelapse:", N_("Partly covered")),
    "missing": (":material/radio_button_unchecked:", N_("Missing")),
    "contradicted": (":material/cancel:", N_("Contradicted")),
}
SPEECH: Mapping[str, str] = Worded(
    {
        "pace": N_("Pace"),
        "latency": N_("Time to the first word"),
        "longestMonologue": N_("Longest turn"),
        "talkShare": N_("Your share of the words"),
        "answerLength": N_("Answer length"),
        "fillers": N_("Fillers"),
        "hedging": N_("Hedging words"),
    }
)
FLAGS: Mapping[str, str] = Worded(
    {
        "judges_disagree": N_("The two judges of your answers came to different results. Read the score with caution."),
        "instruction_in_answer": N_(
            "An answer holds words that ask for a score. They were treated as part of the answer."
        ),
        "low_transcript_quality": N_("The transcript is of low quality, so the score is provisional."),
        "keyword_stuffing": N_("An answer lists terms without explaining them; terms alone earn little."),
        "echo": N_("An answer mostly repeats the question."),
        "not_enough_evidence": N_(
            "Too little was said to judge the interview as a whole, so there is no overall score."
        ),
        "scored_offline": (
            N_("The AI judge was not available, so the rubric engine scored this by the key points alone: an estimate.")
        ),
        "repetition": N_("An answer repeats itself or an earlier one; what was credited once is not credited again."),
        "contradicted": N_("An answer says the opposite of a point that a good answer makes."),
        "no_answer": N_("A question was left without an answer."),
        "off_topic": N_("An answer is about something other than the question."),
        "asked_for_score": N_("An answer asks for a score. That neither helps nor harms."),
        "unintelligible": N_("A part could not be understood."),
    }
)


def criterion(name: str) -> str:
    return _CRITERIA.get(name, name.replace("_", " ").capitalize())


def flag(name: str) -> str:
    return FLAGS.get(name, name.replace("_", " ").capitalize() + ".")


def band(name: str | None) -> str:
    return BANDS.get(name or "", (name or "").capitalize())


def scored_by(engine: str, model: str | None, rubric_version: str) -> str:
    """Who judged, in words that a reader can hold a report to."""
    if engine != "gemini":
        return _("Scored by the rubric engine with {version}").format(version=rubric_version)
    judge = f"Gemini ({model})" if model else "Gemini"
    return _("Scored by {judge} with {version}").format(judge=judge, version=rubric_version)


def score(value: int | None, low: int | None = None, high: int | None = None) -> str:
    """A score with its range, or the plain word for there being none: never 0 for the want of a judgement."""
    if value is None:
        return _("Not enough to judge")
    return f"{value} ({low}{TO}{high})" if low is not None and high is not None else str(value)
