"""Judges each question's window: by the model where it can be had, always by the offline rater beside it."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from typing import Any

import structlog

from core.errors import ProviderDown, ProviderRefused
from core.interviews.questions import Question
from core.metrics import FALLBACKS
from core.ports.language_model import Generation, LanguageModel
from core.reports.errors import JudgementUnusable
from core.reports.judgement import Judgement, Verdict, validate_judgement
from core.reports.offline import judge_offline
from core.reports.prompts import JUDGE_INSTRUCTION, judge_data
from core.reports.rater import Rating
from core.reports.rater.words import tokens
from core.reports.scoring import VerifiedJudgement, question_score, verify
from core.reports.segments import PlannedQuestion, Turn, asked_orders, candidate_turns

log = structlog.get_logger(__name__)

PARALLEL_CALLS = 4
DISAGREE_FROM = 30
"""Points between model and rater from which a reader should know."""
HARDLY_ANYTHING = 25
"""Points of the offline rater up to which a flawless judgement is not believed."""


@dataclass(frozen=True)
class Window:
    """One question with what was said about it. `turns` include the interviewer's."""

    order: int
    question: Question
    asked: bool
    turns: tuple[Turn, ...]

    @property
    def answer(self) -> str:
        return " ".join(t.text for t in self.turns if t.speaker == "candidate")

    @property
    def words(self) -> int:
        return len(tokens(self.answer))


@dataclass(frozen=True)
class Judged:
    """A window with its verdicts. `score` is None where the question was never asked."""

    window: Window
    verified: VerifiedJudgement | None
    score: int | None
    offline_score: int | None
    rating: Rating | None
    said: tuple[str, ...] = ()
    """What the model answered, word for word, the repair last."""

    @property
    def judges_disagree(self) -> bool:
        if self.score is None or self.offline_score is None:
            return False
        return abs(self.score - self.offline_score) > DISAGREE_FROM


@dataclass(frozen=True)
class Judging:
    judged: tuple[Judged, ...]
    engine: str
    """`gemini` or `rubric`: one engine for the whole report, so that its parts compare."""
    model: str | None
    input_tokens: int = 0
    output_tokens: int = 0


def windows_of(turns: Sequence[Turn], questions: Sequence[PlannedQuestion]) -> list[Window]:
    asked = asked_orders(turns)
    return [
        Window(
            order=planned.order,
            question=planned.question,
            asked=planned.order in asked,
            turns=tuple(t for t in turns if t.question_order == planned.order),
        )
        for planned in questions
    ]


def judge_all(
    windows: Sequence[Window], model: LanguageModel, *, note: Callable[[int, int], None] = lambda _done, _of: None
) -> Judging:
    """Judge every answered window; unanswered ones need nobody. The whole falls to the rubric engine if one does.

    `note` is told how many answers of how many are judged, each time one is.
    """
    answered = [w for w in windows if w.asked and w.words]
    note(0, len(answered))
    try:
        with ThreadPoolExecutor(PARALLEL_CALLS) as pool:
            calls_of = {w.order: pool.submit(_by_model, w, model) for w in answered}
            offline = _offline(windows)  # while the model thinks
            for done, call in enumerate(as_completed(calls_of.values()), start=1):
                call.result()
                note(done, len(answered))
            found = {order: call.result() for order, call in calls_of.items()}
        _doubt_flawless(offline, found)
    except (ProviderDown, ProviderRefused, JudgementUnusable) as exc:
        log.warning("the rubric engine judges", error=exc.code, **exc.facts)
        FALLBACKS.labels("rubric engine").inc()
        return Judging(tuple(offline), "rubric", None)
    judged = tuple(_with_model(o, *found[o.window.order]) if o.window.order in found else o for o in offline)
    calls = [generation for _, generations in found.values() for generation in generations]
    return Judging(
        judged,
        "gemini" if calls else "rubric",
        calls[0].model if calls else None,
        sum(g.input_tokens for g in calls),
        sum(g.output_tokens for g in calls),
    )


def _doubt_flawless(offline: Sequence[Judged], found: Mapping[int, tuple[VerifiedJudgement, Any]]) -> None:
    """Raises: JudgementUnusable where the model sees no fault in what the second judge finds hardly anything in."""
    for second in offline:
        verified, _ = found.get(second.window.order, (None, ()))
        if verified and _is_flawless(verified) and (second.offline_score or 0) <= HARDLY_ANYTHING:
            raise JudgementUnusable(["flawless, for an answer in which the second judge finds hardly anything"])


def _offline(windows: Sequence[Window]) -> list[Judged]:
    judged: list[Judged] = []
    earlier: list[str] = []
    for window in windows:
        if not window.asked:
            judged.append(Judged(window, None, None, None, None))
            continue
        judgement, rating = judge_offline(window.question, window.turns, earlier=earlier)
        verified = verify(judgement, window.question, window.turns)
        score = question_score(verified, window.question, answered=bool(window.words))
        judged.append(Judged(window, verified, score, score, rating))
        if window.words:
            earlier.append(window.answer)
    return judged


def _with_model(offline: Judged, verified: VerifiedJudgement, calls: Sequence[Generation]) -> Judged:
    score = question_score(verified, offline.window.question, answered=True)
    return replace(offline, verified=verified, score=score, said=tuple(call.text for call in calls))


def _by_model(window: Window, model: LanguageModel) -> tuple[VerifiedJudgement, list[Generation]]:
    """One call, and one repair where the answer cannot be read or quotes what nobody said.

    Raises: ModelDown, ModelRefused, JudgementUnusable.
    """
    verified, calls = _verified(window, model)
    if len(verified.dropped) > len(verified.quotes):
        raise JudgementUnusable(["most quotes are made up"])
    return verified, calls


def _is_flawless(verified: VerifiedJudgement) -> bool:
    return all(p.verdict is Verdict.COVERED for p in verified.points) and all(c.level == 4 for c in verified.criteria)


def _verified(window: Window, model: LanguageModel) -> tuple[VerifiedJudgement, list[Generation]]:
    turns = candidate_turns(window.turns, window.order)
    first = _ask(window, model)
    try:
        verified = verify(validate_judgement(first.text, window.question), window.question, turns)
        if not verified.dropped:
            return verified, [first]
        rejected: tuple[str, ...] = verified.dropped
    except JudgementUnusable:
        second = _ask(window, model)
        return verify(validate_judgement(second.text, window.question), window.question, turns), [first, second]
    second = _ask(window, model, rejected=rejected)
    repaired = _read_or_none(second, window.question)
    if repaired is None:
        return verified, [first, second]
    again = verify(repaired, window.question, turns)
    return (again if len(again.dropped) <= len(verified.dropped) else verified), [first, second]


def _read_or_none(generation: Generation, question: Question) -> Judgement | None:
    try:
        return validate_judgement(generation.text, question)
    except JudgementUnusable:
        return None


def _ask(window: Window, model: LanguageModel, *, rejected: Sequence[str] = ()) -> Generation:
    data = judge_data(window.question, window.turns, rejected=rejected)
    return model.generate(instruction=JUDGE_INSTRUCTION, data=data, schema=Judgement)


def record(judging: Judging) -> dict[str, Any]:
    """What is kept beside the report, so that every number of it can be gone over again."""
    return {
        "engine": judging.engine,
        "model": judging.model,
        "questions": [_recorded(judged) for judged in judging.judged if judged.verified is not None],
    }


def _recorded(judged: Judged) -> dict[str, Any]:
    return {
        "order": judged.window.order,
        "questionId": judged.window.question.id,
        "score": judged.score,
        "secondScore": judged.offline_score,
        "verified": asdict(judged.verified) if judged.verified else None,
        "rating": asdict(judged.rating) if judged.rating else None,
        "said": list(judged.said),
    }


__all__ = ["Judged", "Judging", "Window", "judge_all", "record", "windows_of"]
