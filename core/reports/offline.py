"""A judgement by the rubric engine alone: the same shape as a model's, from the offline rater's points."""

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from core.i18n import _
from core.interviews.questions import Question
from core.reports.injection import WITHHELD, without_orders
from core.reports.judgement import (
    CRITERIA,
    CriterionJudgement,
    Judgement,
    PointJudgement,
    Star,
    StarPart,
    Verdict,
    point_id,
)
from core.reports.quotes import as_quote
from core.reports.rater import Rating, rate, rate_points, worth_of
from core.reports.rater.words import sentences, tokens
from core.reports.scoring import STORY_TYPES
from core.reports.segments import Turn

MAX_QUOTE_WORDS = 38
MAX_SPAN_WORDS = 400
"""Of a span that is looked through for a quote; it can be a whole answer of many thousand."""
RESULT_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        result percent increased reduced saved fell grew faster improved finally outcome went
        """,
    )
)
SITUATION_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        when last year team project company customer situation previous
        """,
    )
)
TASK_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        task responsible goal needed asked had supposed target
        """,
    )
)


def rate_answer(question: Question, turns: Sequence[Turn], *, earlier: Sequence[str] = ()) -> Rating:
    """The rater's view of one question's window: key points, each in any of the wordings that are worth the same."""
    said = _in_lines(turns)
    wanted = [p.text for p in question.key_points]
    answer = without_orders(said, rubric=" ".join([question.text, *wanted]))
    if answer == WITHHELD:
        answer = said
    rating = rate(question.text, answer=answer, key_points=wanted, earlier_answers=earlier)
    if answer != said:
        rating = replace(rating, flags=(*rating.flags, "instruction_in_answer"))
    others = [rate_points(question.text, answer=answer, key_points=p.accept_also) for p in question.key_points]
    points = tuple(
        max([mine, *wordings], key=lambda p: (p.verdict != "contradicted", p.coverage))
        for mine, wordings in zip(rating.points, others, strict=True)
    )
    points = tuple(replace(best, text=mine.text) for best, mine in zip(points, rating.points, strict=True))
    made = sum(worth_of(p) for p in points) / (len(points) or 1)
    return replace(rating, score=min(rating.ceiling, made), points=points)


def judge_offline(
    question: Question, turns: Sequence[Turn], *, earlier: Sequence[str] = ()
) -> tuple[Judgement, Rating]:
    """Judge without a model. Verdicts come from coverage, levels from the share of points and the length."""
    said = [t for t in turns if t.speaker == "candidate"]
    answer = _in_lines(said)
    rating = rate_answer(question, turns, earlier=earlier)
    points = [
        PointJudgement(
            id=point_id(place),
            quote=_quotable(point.span, said),
            verdict=Verdict(point.verdict),
        )
        for place, point in enumerate(rating.points)
    ]
    longest = max(sentences(answer), key=len, default=None)
    best = next((p.quote for p in points if p.quote), None) or _quotable(longest, said)
    level = _level(rating, len(tokens(answer)))
    criteria = [
        CriterionJudgement(
            id=name, quote=best, observation=_("Estimated from the key points that were said."), level=level
        )
        for name in CRITERIA
    ]
    judgement = Judgement(
        question_id=question.id,
        answer_summary="",
        key_points=points,
        criteria=criteria,
        star=_star(said) if question.type in STORY_TYPES else None,
        errors=[],
        flags=["no_answer"] if "no_answer" in rating.flags else [],
        confidence="low",
    )
    return judgement, rating


def _level(rating: Rating, words: int) -> int:
    if words == 0 or "no_answer" in rating.flags:
        return 0
    level = round(rating.score * 4.4)
    return max(0, min(4, level if words >= 30 else min(level, 2)))


def _in_lines(turns: Sequence[Turn]) -> str:
    """What the candidate said, a line a turn: a sentence ends with its turn, also where no full stop was written."""
    return "\n".join(t.text for t in turns if t.speaker == "candidate")


def _quotable(span: str | None, said: Sequence[Turn]) -> str | None:
    """What can be quoted of a span: the longest run of its words that stands in one turn. A span may reach over two."""
    words = span.split()[:MAX_SPAN_WORDS] if span else []
    longest = max((_run(words, turn.text.split()) for turn in said), key=len, default=[])
    return as_quote(" ".join(longest[:MAX_QUOTE_WORDS])) or None


def _run(words: Sequence[str], spoken: Sequence[str]) -> Sequence[str]:
    found = SequenceMatcher(None, words, spoken, autojunk=False).find_longest_match()
    return words[found.a : found.a + found.size]


def _star(said: Sequence[Turn]) -> Star:
    parts = sentences(_in_lines(said))

    def first(words: frozenset[str]) -> StarPart:
        found = next((s for s in parts if words & set(tokens(s)) and len(tokens(s)) >= 5), None)
        return StarPart(present=found is not None, quote=_quotable(found, said))

    did = next((s for s in parts if _tells_own_action(s)), None)
    return Star(
        s=first(SITUATION_WORDS),
        t=first(TASK_WORDS),
        a=StarPart(present=did is not None, quote=_quotable(did, said)),
        r=first(RESULT_WORDS),
    )


def _tells_own_action(sentence: str) -> bool:
    words = tokens(sentence)
    return len(words) >= 5 and any(
        a == "i" and b.endswith(("ed", "made", "led", "wrote", "built", "took"))
        for a, b in zip(words, words[1:], strict=False)
    )
