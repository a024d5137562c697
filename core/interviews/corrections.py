"""Mending what the transcriber misheard: the learner's right, once for each interview, with what was heard kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from core.accounts.types import Actor
from core.db import Uow
from core.errors import FieldProblem, NotFound
from core.i18n import _
from core.ids import new_id
from core.interviews import repo, service
from core.interviews.errors import AlreadyCorrected, InvalidState
from core.interviews.models import InterviewSession, TranscriptCorrection
from core.interviews.rules import MAX_ANSWER_CHARS
from core.interviews.types import Segment, SessionStatus

ALIKE_FROM = 0.5
"""Share of words that stay: even a poor transcriber gets half of them right, so that less is another answer."""
GROWS_BY, GROWS_WORDS = 1.3, 5


@dataclass(frozen=True)
class Correction:
    segment_id: str
    heard: str
    said: str
    at: datetime


def may_correct(segment: Segment) -> bool:
    """What the candidate was heard to say; what was typed stands as it was typed."""
    return segment.speaker == "candidate" and segment.start_ms is not None


def correct(uow: Uow, actor: Actor, session_id: str, changes: Mapping[str, str]) -> InterviewSession:
    """Put other words into turns of the caller's, by segment id; turns that stay as they are may be among them.

    Raises: NotFound, InvalidState (no report yet), AlreadyCorrected, FieldProblem (nothing changed, not a spoken turn
    of the candidate's, or more than was misheard).
    """
    session = service.lock_own(uow, actor, session_id)
    if session.status is not SessionStatus.COMPLETED:
        raise InvalidState(session.id, session.status, "corrected")
    transcript = repo.transcript_of(uow, session_id)
    if transcript is None:
        raise NotFound("transcript")
    if transcript.corrected:
        raise AlreadyCorrected(session_id)
    said = service.segments_of(transcript)
    mended = {s.id: text for s in said if (text := _mended(s, changes)) is not None}
    if not mended or not set(changes) <= {s.id for s in said}:
        raise FieldProblem("text", _("Change at least one of your turns first."))
    for segment in said:
        if segment.id in mended:
            log_change(uow, session_id, segment, mended[segment.id])
    after = [s.model_copy(update={"text": mended.get(s.id, s.text)}) for s in said]
    service.write_transcript(uow, session, after).corrected = True
    return session


def _mended(segment: Segment, changes: Mapping[str, str]) -> str | None:
    text = " ".join(changes.get(segment.id, segment.text).replace("\x00", "").split())
    if text == " ".join(segment.text.split()):
        return None
    if not may_correct(segment):
        raise FieldProblem("text", _("Only what you said yourself can be corrected."))
    if not text:
        raise FieldProblem("text", _("A turn cannot be emptied: something was said in it."))
    if len(text) > MAX_ANSWER_CHARS:
        raise FieldProblem("text", _("At most {limit} characters.").format(limit=MAX_ANSWER_CHARS))
    if not is_mishearing(segment.text, text):
        raise FieldProblem(
            "text",
            _("Correct the words that were misheard; to answer anew, try the question again in the report."),
        )
    return text


def is_mishearing(heard: str, said: str) -> bool:
    """Whether one text can be the other misheard: half of the words stay, and hardly any are added."""
    before, after = heard.lower().split(), said.lower().split()
    if len(after) > GROWS_BY * len(before) + GROWS_WORDS:
        return False
    return SequenceMatcher(None, before, after, autojunk=False).ratio() >= ALIKE_FROM


def log_change(uow: Uow, session_id: str, segment: Segment, said: str) -> None:
    """Keep what stood in a turn and what stands in it now."""
    row = TranscriptCorrection(id=new_id("cor"), session_id=session_id, segment_id=segment.id, created_at=uow.now)
    row.heard, row.said = segment.text, said
    uow.session.add(row)


def corrections(uow: Uow, actor: Actor, session_id: str) -> Sequence[Correction]:
    """What the caller mended, or answered again in study, oldest first. Raises: NotFound."""
    service.own(uow, actor, session_id)
    return [Correction(r.segment_id, r.heard, r.said, r.created_at) for r in repo.corrections_of(uow, session_id)]
