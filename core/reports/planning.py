"""The seven days after an interview: what to practise when, for whatever was lowest, each day with a drill."""

from collections.abc import Sequence
from statistics import mean

from core.i18n import N_
from core.reports.judging import Judged
from core.reports.types import PlanDay

CRITERION_DRILLS = {
    "correctness": N_(
        "Write down the key points of a question from memory, check them against a source, say them aloud."
    ),
    "depth": N_("Take one sentence of your answer and go three levels deeper: why, how exactly, what happens if not."),
    "reasoning": N_("Answer again with a “because” behind every decision; name one alternative and why you left it."),
    "structure": N_("Speak for 90 seconds from three bullet words: the conclusion first, then two reasons."),
    "relevance": N_("Repeat the question in one sentence, answer it in the next, and only then explain."),
}
STORY_DRILL = N_("Tell a story of your own in two minutes: two sentences of situation, what you did, then a number.")
COMPETENCY_DRILL = N_("Explain this topic to somebody for three minutes, then read up on what you could not explain.")
RETRY_DRILL = N_("Answer this question again in this report, without looking at the better answer, and compare.")
RECALL_DRILL = N_("Say the missing points of this question from memory, then answer it aloud once more.")
INTERVIEW_DRILL = N_("Hold a short interview on the two lowest topics and compare the ranges, not the numbers.")
MINUTES_DRILL, MINUTES_INTERVIEW = 10, 15


def seven_days(judged: Sequence[Judged], competencies: dict[str, int | None]) -> list[PlanDay]:
    """A day each for the two lowest criteria, the two weakest answers and the lowest topic, then both once more.

    Nothing is planned where nothing was answered. Where no topic has a score, that of the weakest answer is taken.
    """
    answered = [j for j in judged if j.verified is not None and j.window.words]
    if not answered:
        return []
    first, second = _lowest_criteria(answered)
    weakest = sorted((j for j in judged if j.score is not None), key=lambda j: (j.score or 0, j.window.order))
    weak, other = weakest[0].window.order, weakest[min(1, len(weakest) - 1)].window.order
    topic = min((name for name, score in competencies.items() if score is not None),
                default=weakest[0].window.question.competency, key=lambda name: competencies[name] or 0)  # fmt: skip
    story = any(j.verified and j.verified.star is not None and not all(j.verified.star.values()) for j in answered)
    return [
        _criterion(1, first),
        _question(2, weak, RETRY_DRILL),
        PlanDay(day=3, focus="story", kind="criterion", drill=STORY_DRILL, minutes=MINUTES_DRILL)
        if story
        else _criterion(3, second),
        PlanDay(day=4, focus=topic, kind="competency", drill=COMPETENCY_DRILL, minutes=MINUTES_DRILL),
        _question(5, other, RECALL_DRILL),
        _criterion(6, first),
        PlanDay(day=7, focus=topic, kind="interview", drill=INTERVIEW_DRILL, minutes=MINUTES_INTERVIEW),
    ]


def _lowest_criteria(answered: Sequence[Judged]) -> tuple[str, str]:
    """The order of the drills decides between equals: what is known comes before how it is put."""
    names = list(CRITERION_DRILLS)
    levels = {
        name: mean(c.level for j in answered if j.verified for c in j.verified.criteria if c.id == name)
        for name in names
    }
    ordered = sorted(names, key=lambda name: (levels[name], names.index(name)))
    return ordered[0], ordered[1]


def _criterion(day: int, name: str) -> PlanDay:
    return PlanDay(day=day, focus=name, kind="criterion", drill=CRITERION_DRILLS[name], minutes=MINUTES_DRILL)


def _question(day: int, order: int, drill: str) -> PlanDay:
    return PlanDay(
        day=day, focus=f"question {order}", kind="question", drill=drill, minutes=MINUTES_DRILL, question_order=order
    )
