"""Joins what a call brought to what earlier attempts brought: one transcript over all of them."""

from collections.abc import Sequence

from core.interviews.types import Plan, Segment
from core.ports.voice import CallRow
from core.reports.segments import PlannedQuestion, Turn, assign_windows

GAP_MS = 1000
"""Between two attempts, so that times go on rising over the whole transcript."""


def planned_questions(plan: Plan) -> list[PlannedQuestion]:
    return [PlannedQuestion(order=order, question=q) for order, q in enumerate(plan.questions, start=1)]


def merge_call(
    before: Sequence[Segment], rows: Sequence[CallRow], *, attempt: int, questions: Sequence[PlannedQuestion]
) -> list[Segment]:
    """The transcript with a call's rows added and each turn given the question it belongs to.

    An empty row says nothing and is left out. Times of the call follow on those of earlier attempts.
    """
    offset = max((s.end_ms or s.start_ms or 0 for s in before), default=-GAP_MS) + GAP_MS
    turns = [
        Turn(
            id=f"a{attempt}-{index}",
            speaker=row.speaker,
            text=row.text.strip(),
            start_ms=None if row.start_ms is None else row.start_ms + offset,
            end_ms=None if row.end_ms is None else row.end_ms + offset,
            question_order=None,
            confidence=row.confidence,
        )
        for index, row in enumerate(rows)
        if row.text.strip()
    ]
    added = [Segment.model_validate(_fields(turn)) for turn in assign_windows(turns, questions)]
    return [*before, *added]


def turns_of(segments: Sequence[Segment]) -> list[Turn]:
    return [
        Turn(
            id=s.id,
            speaker=s.speaker,
            text=s.text,
            start_ms=s.start_ms,
            end_ms=s.end_ms,
            question_order=s.question_order,
            confidence=s.confidence,
        )
        for s in segments
    ]


def _fields(turn: Turn) -> dict[str, object]:
    return {name: getattr(turn, name) for name in Segment.model_fields if hasattr(turn, name)}
