"""Study: a typed interview with a hint for each question, a short critique of each answer, and answers given again.

Nothing of it reaches a trend or a cohort's figures. A question is followed by the next one only when the candidate asks
for it; an answer given again takes the place of the earlier one, which is kept among the transcript's corrections.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.accounts.types import Actor
from core.db import Uow
from core.i18n import _
from core.interviews import repo, service, typed
from core.interviews.corrections import log_change
from core.interviews.errors import InvalidState, NotInStudy
from core.interviews.models import InterviewSession
from core.interviews.questions import KeyPoint, Question
from core.interviews.types import Segment, SessionStatus
from core.reports.offline import rate_answer
from core.reports.rater.words import content_stems
from core.reports.segments import Turn


@dataclass(frozen=True)
class PointSeen:
    text: str
    verdict: str
    """covered, partial, missing or contradicted."""


@dataclass(frozen=True)
class Critique:
    """What the rubric engine finds in the last answer, point by point; no score."""

    order: int
    turn: int
    """The candidate's turn, counted from 0, that it is about."""
    answer: str
    points: tuple[PointSeen, ...]
    flags: tuple[str, ...]
    is_last: bool
    """No question follows."""

    @property
    def made(self) -> int:
        return sum(point.verdict in ("covered", "partial") for point in self.points)

    @property
    def open(self) -> tuple[PointSeen, ...]:
        """Those that are not fully made, in the order of the rubric."""
        return tuple(point for point in self.points if point.verdict != "covered")


def hint(uow: Uow, actor: Actor, session_id: str, *, turn: int) -> str | None:
    """What the open question's most important point is about; None where another question is open by now.

    Raises: NotFound, NotInStudy, InvalidState.
    """
    session = _running(service.own(uow, actor, session_id))
    asked = typed.open_question(_said(uow, session))
    if asked is None or asked.turn != turn:
        return None
    return hint_for(service.plan_of(session).questions[asked.order - 1])


def hint_for(question: Question) -> str:
    """The follow-up nearest to the most important key point: it asks for the point and does not say it."""
    first = max(question.key_points, key=lambda point: (point.must_have, point.weight))
    if question.follow_ups:
        return max(question.follow_ups, key=lambda asks: _shared_words(asks, first))
    return _(
        "A good answer makes {count} points. Begin with the one that you would leave out last, and say why it matters."
    ).format(count=len(question.key_points))


def _shared_words(asks: str, point: KeyPoint) -> int:
    wordings = " ".join((point.text, *point.accept_also))
    return len(set(content_stems(asks)) & set(content_stems(wordings)))


def answer(uow: Uow, actor: Actor, session_id: str, text: str, *, turn: int) -> None:
    """Take the answer to the open question and ask nothing further yet. A repeat, or a stale page's, changes nothing.

    Raises: FieldProblem (empty or too long), NotFound, NotInStudy, InvalidState.
    """
    words = service.answer_words(text)
    session = _running(service.lock_own(uow, actor, session_id))
    said = _said(uow, session)
    asked = typed.open_question(said)
    if asked is not None and asked.turn == turn:
        service.write_transcript(uow, session, [*said, typed.answers(asked, words)])


def answer_again(uow: Uow, actor: Actor, session_id: str, text: str, *, turn: int) -> None:
    """Put another answer in the place of the last one, which stays among the corrections.

    Only until the next question is asked: what comes later, or twice, changes nothing.

    Raises: FieldProblem (empty or too long), NotFound, NotInStudy, InvalidState.
    """
    words = service.answer_words(text)
    session = _running(service.lock_own(uow, actor, session_id))
    said = _said(uow, session)
    last = typed.last_answer(said)
    if last is None or last.turn != turn or last.segment.text == words:
        return
    log_change(uow, session.id, last.segment, words)
    again = last.segment.model_copy(update={"text": words})
    service.write_transcript(uow, session, [*said[:-1], again])


def go_on(uow: Uow, actor: Actor, session_id: str, *, turn: int) -> None:
    """Leave the answer of this turn as it stands: ask the next question, or end where none follows.

    A second click, or one of a stale page, changes nothing. Raises: NotFound, NotInStudy, InvalidState.
    """
    session = _running(service.lock_own(uow, actor, session_id))
    said = _said(uow, session)
    last = typed.last_answer(said)
    if last is None or last.turn != turn:
        return
    if _is_last(uow, session, last):
        service.finish(uow, session, reason="all questions answered")
        return
    following = typed.asks_again(service.plan_of(session).questions, said, last.order + 1)
    service.write_transcript(uow, session, [*said, following])


def critique(uow: Uow, actor: Actor, session_id: str) -> Critique | None:
    """What to make of the answer that was given last; None while a question is open, or nothing was said.

    Raises: NotFound, NotInStudy, InvalidState.
    """
    session = _running(service.own(uow, actor, session_id))
    last = typed.last_answer(_said(uow, session))
    if last is None:
        return None
    said = Turn(id=last.segment.id, speaker="candidate", text=last.segment.text, question_order=last.order)
    rating = rate_answer(service.plan_of(session).questions[last.order - 1], [said])
    return Critique(
        order=last.order,
        turn=last.turn,
        answer=last.segment.text,
        points=tuple(PointSeen(point.text, point.verdict) for point in rating.points),
        flags=rating.flags,
        is_last=_is_last(uow, session, last),
    )


def _is_last(uow: Uow, session: InterviewSession, last: typed.LastAnswer) -> bool:
    return last.order >= session.question_count or service.time_is_up(uow, session)


def _said(uow: Uow, session: InterviewSession) -> Sequence[Segment]:
    transcript = repo.transcript_of(uow, session.id)
    return service.segments_of(transcript) if transcript else []


def _running(session: InterviewSession) -> InterviewSession:
    if not session.study:
        raise NotInStudy(session.id)
    if session.status is not SessionStatus.IN_PROGRESS:
        raise InvalidState(session.id, session.status, "answered")
    return session
