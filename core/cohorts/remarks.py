"""What coaches write about a learner: notes for coaches alone, and comments the learner reads in the transcript."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.accounts.types import Actor
from core.cohorts import repo
from core.cohorts.models import Cohort, CohortComment, CohortNote
from core.cohorts.service import own, shared_report
from core.db import Uow
from core.errors import FieldProblem, NotFound
from core.i18n import N_
from core.ids import new_id
from core.interviews import service as interviews
from core.interviews.reporting import said_in
from core.interviews.types import Segment
from core.notifications import service as notifications
from core.paging import Page, decode_cursor, page_of
from core.privacy.audit import Action, note

MAX_CHARS = 2000


@dataclass(frozen=True)
class NoteView:
    note_id: str
    by: str
    at: datetime
    body: str


@dataclass(frozen=True)
class CommentView:
    """`segment_id` is the turn of the transcript it is pinned to, `at_ms` where that begins in the call."""

    comment_id: str
    segment_id: str
    at_ms: int | None
    by: str
    at: datetime
    body: str


def notes(
    uow: Uow, actor: Actor, cohort_id: str, user_id: str, *, limit: int = 10, cursor: str | None = None
) -> Page[NoteView]:
    """What the cohort's coaches noted about a member, newest first. Raises: Forbidden, NotFound, FieldProblem."""
    _noted_member(uow, actor, cohort_id, user_id)
    query = select(CohortNote).where(CohortNote.cohort_id == cohort_id, CohortNote.user_id == user_id)
    if before := decode_cursor(cursor):
        query = query.where(CohortNote.id < before)
    rows = uow.session.scalars(query.order_by(CohortNote.id.desc()).limit(limit + 1))
    return page_of([_noted(row) for row in rows], limit, lambda item: item.note_id)


def _noted_member(uow: Uow, actor: Actor, cohort_id: str, user_id: str) -> Cohort:
    found = own(uow, actor, cohort_id)
    if repo.member(uow, cohort_id, user_id) is None:
        raise NotFound("member")
    return found


def write_note(uow: Uow, actor: Actor, cohort_id: str, user_id: str, body: str) -> None:
    """Note something about a member. It goes with the membership. Raises: Forbidden, NotFound, FieldProblem."""
    _noted_member(uow, actor, cohort_id, user_id)
    row = CohortNote(
        id=new_id("nte"),
        cohort_id=cohort_id,
        user_id=user_id,
        coach_id=actor.user_id,
        coach_name=actor.name,
        created_at=uow.now,
    )
    row.body = _words("note", body)
    uow.session.add(row)
    note(uow, actor, Action.NOTE_WRITTEN, user_id)


def delete_note(uow: Uow, actor: Actor, cohort_id: str, user_id: str, note_id: str) -> None:
    """Raises: Forbidden, NotFound."""
    _noted_member(uow, actor, cohort_id, user_id)
    row = uow.session.get(CohortNote, note_id)
    if row is None or (row.cohort_id, row.user_id) != (cohort_id, user_id):
        raise NotFound("note")
    uow.session.delete(row)


def notes_about(uow: Uow, actor: Actor) -> list[NoteView]:
    """Everything coaches noted about the caller, for their own export."""
    query = select(CohortNote).where(CohortNote.user_id == actor.user_id).order_by(CohortNote.id)
    return [_noted(row) for row in uow.session.scalars(query)]


def shared_transcript(uow: Uow, actor: Actor, cohort_id: str, user_id: str, session_id: str) -> list[Segment]:
    """What was said in a member's interview, where the report is shared. Raises: Forbidden, NotFound."""
    shared_report(uow, actor, cohort_id, user_id, session_id)
    return said_in(uow, session_id)


def comment(
    uow: Uow, actor: Actor, cohort_id: str, user_id: str, session_id: str, *, segment_id: str, body: str
) -> None:
    """Pin words to a turn of a member's transcript; the learner is told.

    Raises: Forbidden, NotFound, FieldProblem.
    """
    said = shared_transcript(uow, actor, cohort_id, user_id, session_id)
    turn = next((segment for segment in said if segment.id == segment_id), None)
    if turn is None:
        raise FieldProblem("segmentId", N_("Nothing was said at this place."))
    row = CohortComment(
        id=new_id("nte"),
        session_id=session_id,
        cohort_id=cohort_id,
        coach_id=actor.user_id,
        coach_name=actor.name,
        segment_id=segment_id,
        at_ms=turn.start_ms,
        created_at=uow.now,
    )
    row.body = _words("comment", body)
    uow.session.add(row)
    note(uow, actor, Action.ANSWER_COMMENTED, session_id)
    notifications.tell(uow, user_id, "comment", row.id, {"sessionId": session_id})


def comments(uow: Uow, actor: Actor, cohort_id: str, user_id: str, session_id: str) -> list[CommentView]:
    """What this cohort's coaches pinned to a shared interview. Raises: Forbidden, NotFound."""
    shared_report(uow, actor, cohort_id, user_id, session_id)
    return [view for view, pinned_in in _comments(uow, session_id) if pinned_in == cohort_id]


def own_comments(uow: Uow, actor: Actor, session_id: str) -> list[CommentView]:
    """What coaches pinned to the caller's interview; it stays theirs after withdrawing. Raises: NotFound."""
    interviews.own(uow, actor, session_id)
    return [view for view, _pinned_in in _comments(uow, session_id)]


def _comments(uow: Uow, session_id: str) -> list[tuple[CommentView, str | None]]:
    query = select(CohortComment).where(CohortComment.session_id == session_id).order_by(CohortComment.id)
    return [
        (CommentView(row.id, row.segment_id, row.at_ms, row.coach_name, row.created_at, row.body), row.cohort_id)
        for row in uow.session.scalars(query)
    ]


def _noted(row: CohortNote) -> NoteView:
    return NoteView(row.id, row.coach_name, row.created_at, row.body)


def _words(field: str, text: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words or len(words) > MAX_CHARS:
        raise FieldProblem(field, N_("Write 1 to {limit} characters."), words={"limit": MAX_CHARS})
    return words
