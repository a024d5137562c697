"""One-transaction verbs on interviews. Each takes the person it acts for: another's session is not found."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from statistics import fmean

from core.accounts.types import Actor
from core.db import Count, Uow
from core.errors import FieldProblem, NotFound
from core.i18n import N_
from core.ids import new_id
from core.interviews import repo, typed
from core.interviews.catalogue import Difficulty, InterviewType, Mode
from core.interviews.errors import InvalidState, StudyIsTyped
from core.interviews.models import InterviewQuestion, InterviewSession, InterviewTranscript
from core.interviews.questions import Question
from core.interviews.rules import MAX_ANSWER_CHARS, MAX_ATTEMPTS, TYPED_GRACE, seconds_left
from core.interviews.states import end_attempt, move
from core.interviews.types import (
    Answered,
    HistoryItem,
    Plan,
    PriceLine,
    Pricing,
    Segment,
    SessionStatus,
    SessionView,
    SetUp,
    SetUpDone,
    TranscriptView,
)
from core.metrics import PROVIDER_DOLLARS
from core.paging import Page, decode_cursor, page_of
from core.reports import scores

WRITE_REPORT = "reports.write_report"
UNPAID_FOR = timedelta(days=7)


def open_session(uow: Uow, actor: Actor, setup: SetUp, plan: Plan, pricing: Pricing) -> SetUpDone:
    """Store the plan and the price, both frozen from here on. A price of nothing needs no payment."""
    status = SessionStatus.AWAITING_PAYMENT if pricing.amount else SessionStatus.READY
    session = InterviewSession(
        id=new_id("int"),
        user_id=actor.user_id,
        type=setup.type,
        difficulty=setup.difficulty,
        mode=setup.mode,
        study=setup.study,
        status=status,
        attempt=1,
        created_at=uow.now,
        updated_at=uow.now,
        questions_source=plan.source,
        question_count=len(plan.questions),
        rubric_hash=plan.rubric_hash,
        report_generated=False,
        used_seconds=0,
        price_amount=pricing.amount,
        price_currency=pricing.currency,
        price_lines=[line.model_dump() for line in pricing.lines],
    )
    session.configuration = {
        "focusAreas": list(setup.focus_areas),
        "durationMinutes": setup.duration_minutes,
        "language": setup.language,
        "role": setup.role,
        "jobDescription": setup.job_description,
        "resumeText": setup.resume_text,
        "patience": setup.patience,
        "extraTime": setup.extra_time,
        "mode": setup.mode,
    }
    session.questions_generated = plan.model_dump(mode="json")
    uow.session.add(session)
    uow.session.flush()
    uow.session.add_all(_question_row(session, order, q) for order, q in enumerate(plan.questions, start=1))
    return SetUpDone(session.id, status, len(plan.questions), plan.source, pricing)


def _question_row(session: InterviewSession, order: int, question: Question) -> InterviewQuestion:
    row = InterviewQuestion(
        id=new_id("qst"),
        session_id=session.id,
        user_id=session.user_id,
        source_id=question.id,
        question_order=order,
        competency=question.competency,
        difficulty=question.difficulty.level,
        follow_up_asked=False,
    )
    row.question_text = question.text
    row.expected_key_points = [point.text for point in question.key_points]
    return row


def hold(uow: Uow, session_id: str) -> None:
    """Lock a session for what follows in this transaction; nothing happens where it is gone."""
    repo.lock_session(uow, session_id)


def mark_paid(uow: Uow, session_id: str) -> SessionStatus | None:
    """`awaiting_payment` → `ready`. Returns the state afterwards, None when the session is gone; safe to repeat."""
    session = repo.lock_session(uow, session_id)
    if session is None:
        return None
    if session.status is SessionStatus.AWAITING_PAYMENT:
        move(uow, session, SessionStatus.READY)
    return session.status


def withdraw(uow: Uow, session_id: str) -> None:
    """Cancel an interview that is ready and whose money went back; one that was held or judged stays as it is."""
    session = repo.lock_session(uow, session_id)
    if session is not None and session.status in (SessionStatus.AWAITING_PAYMENT, SessionStatus.READY):
        move(uow, session, SessionStatus.CANCELLED)


def expire_unpaid(uow: Uow) -> int:
    """Close set-ups that nobody paid for within a week. Money that comes all the same is returned."""
    old = repo.unpaid(uow, since=uow.now - UNPAID_FOR)
    for session_id in old:
        session = repo.lock_session(uow, session_id)
        if session is not None and session.status is SessionStatus.AWAITING_PAYMENT:
            move(uow, session, SessionStatus.EXPIRED)
    return len(old)


def old_interviews(uow: Uow, before: datetime, *, limit: int) -> list[str]:
    """Ids of interviews set up before a moment that nothing is under way with."""
    return list(repo.older_than(uow, before, but=(SessionStatus.IN_PROGRESS, SessionStatus.PROCESSING), limit=limit))


def old_recordings(uow: Uow, before: datetime, *, limit: int) -> list[str]:
    """Ids of interviews held before a moment whose recording is still kept."""
    return list(repo.recordings_older_than(uow, before, limit=limit))


def status_of(uow: Uow, session_id: str) -> SessionStatus:
    """Raises: NotFound."""
    session = repo.session_by_id(uow, session_id)
    if session is None:
        raise NotFound("interview")
    return session.status


def start_typed(uow: Uow, session: InterviewSession) -> None:
    """Ask the first question, or the one that was open when an earlier attempt broke off."""
    transcript = repo.transcript_of(uow, session.id)
    if transcript is None:
        write_transcript(uow, session, [typed.opening(plan_of(session).questions)])
        return
    said = segments_of(transcript)
    if typed.open_question(said) is None:
        left = unasked(session, said)
        order = left[0] if left else session.question_count
        write_transcript(uow, session, [*said, typed.asks_again(plan_of(session).questions, said, order)])


def answer(uow: Uow, actor: Actor, session_id: str, text: str, *, turn: int | None = None) -> Answered:
    """Take one typed answer and say what follows.

    `turn` names the turn the answer was written for: one that is answered already is a second click, and is told what
    is open now instead of being taken twice.

    Raises: NotFound, StudyIsTyped, InvalidState (not typed, or not in progress), FieldProblem (empty or too long).
    """
    words = answer_words(text)
    session = lock_own(uow, actor, session_id)
    if session.study:
        raise StudyIsTyped(session.id)
    transcript = repo.transcript_of(uow, session.id)
    if session.mode is not Mode.TEXT or session.status is not SessionStatus.IN_PROGRESS or transcript is None:
        if turn is not None and session.mode is Mode.TEXT and session.status is SessionStatus.PROCESSING:
            return Answered(None)
        raise InvalidState(session.id, session.status, "answered")
    said = segments_of(transcript)
    asked = typed.open_question(said)
    if asked is None or (turn is not None and turn != asked.turn):
        return Answered(asked)
    said = [*said, *typed.reply(said, plan_of(session).questions, words, time_is_up=time_is_up(uow, session))]
    write_transcript(uow, session, said)
    following = typed.open_question(said)
    if following is None:
        finish(uow, session, reason="all questions answered")
    return Answered(following)


def answer_words(text: str) -> str:
    """What was written, as it is kept. Raises: FieldProblem (empty or too long)."""
    words = text.replace("\x00", "").strip()
    if not words:
        raise FieldProblem("text", N_("Write an answer first."))
    if len(words) > MAX_ANSWER_CHARS:
        raise FieldProblem("text", N_("At most {limit} characters."), words={"limit": MAX_ANSWER_CHARS})
    return words


def finish(uow: Uow, session: InterviewSession, *, reason: str | None) -> None:
    """The interview is over and its transcript stands: have the report written."""
    end_attempt(uow, session, reason=reason)
    if session.started_at and session.ended_at:
        session.duration_seconds = session.used_seconds + int((session.ended_at - session.started_at).total_seconds())
    uow.enqueue(WRITE_REPORT, session_id=session.id)


def add_cost(uow: Uow, session_id: str, dollars: float) -> None:
    """Add what a provider charged for a session."""
    session = repo.lock_session(uow, session_id)
    if session is not None and dollars:
        session.cost_calculated = float(session.cost_calculated or 0) + dollars
        uow.after_commit(lambda: PROVIDER_DOLLARS.inc(dollars))


def lock_own(uow: Uow, actor: Actor, session_id: str) -> InterviewSession:
    """The caller's session under its row lock. Raises: NotFound."""
    session = repo.lock_own_session(uow, actor.user_id, session_id)
    if session is None:
        raise NotFound("interview")
    return session


def own(uow: Uow, actor: Actor, session_id: str) -> InterviewSession:
    """The caller's session. Raises: NotFound."""
    session = repo.own_session(uow, actor.user_id, session_id)
    if session is None:
        raise NotFound("interview")
    return session


def session_view(uow: Uow, actor: Actor, session_id: str) -> SessionView:
    """Raises: NotFound."""
    session = own(uow, actor, session_id)
    running = session.status is SessionStatus.IN_PROGRESS
    transcript = repo.transcript_of(uow, session.id) if running and session.mode is Mode.TEXT else None
    said = segments_of(transcript) if transcript else []
    configuration = session.configuration
    return SessionView(
        session_id=session.id,
        type=session.type,
        difficulty=session.difficulty,
        focus_areas=tuple(configuration["focusAreas"]),
        mode=session.mode,
        duration_minutes=configuration["durationMinutes"],
        allowed_minutes=allowed_minutes(session),
        language=configuration["language"],
        role=configuration["role"],
        status=session.status,
        attempt=session.attempt,
        question_count=session.question_count,
        questions_source=session.questions_source,
        pricing=pricing_of(session),
        call_id=session.vapi_call_id,
        created_at=session.created_at,
        started_at=session.started_at,
        ended_at=session.ended_at,
        duration_seconds=session.duration_seconds,
        ended_reason=session.ended_reason,
        failure=session.failure,
        report_generated=session.report_generated,
        overall_score=scores.overall_by_session(uow, [session.id]).get(session.id),
        seconds_left=_left(uow, session) if running else None,
        asked=tuple(said),
        question=typed.open_question(said),
        may_be_spoken=may_be_spoken(session),
        study=session.study,
    )


def history(
    uow: Uow,
    actor: Actor,
    *,
    limit: int = 20,
    cursor: str | None = None,
    type: InterviewType | None = None,
    statuses: Collection[SessionStatus] = (),
    difficulty: Difficulty | None = None,
    since: datetime | None = None,
) -> Page[HistoryItem]:
    """The caller's interviews, newest first: in one of these states, in any where none is named; `since` by when they
    were set up.

    Raises: FieldProblem for a cursor that is none.
    """
    rows = repo.sessions_page(
        uow,
        actor.user_id,
        limit=limit + 1,
        before_id=decode_cursor(cursor),
        kind=type,
        statuses=statuses,
        difficulty=difficulty,
        since=since,
    )
    overall = scores.overall_by_session(uow, [row.id for row in rows])
    items = [
        HistoryItem(
            session_id=row.id,
            type=row.type,
            difficulty=row.difficulty,
            mode=row.mode,
            status=row.status,
            focus_areas=tuple(row.configuration["focusAreas"]),
            created_at=row.created_at,
            ended_at=row.ended_at,
            duration_seconds=row.duration_seconds,
            overall_score=overall.get(row.id),
            pricing=pricing_of(row),
            study=row.study,
        )
        for row in rows
    ]
    return page_of(items, limit, lambda item: item.session_id)


def has_begun(uow: Uow, actor: Actor) -> bool:
    """Whether the caller has ever set up an interview that is kept."""
    return repo.has_session(uow, actor.user_id)


def calls_made(actor: Actor) -> Count:
    """Counts the calls that the voice provider has had for the caller's interviews."""
    return repo.calls_counted(actor.user_id)


def recordings_kept(actor: Actor) -> Count:
    """Counts the caller's interviews of which the object store holds a recording."""
    return repo.recordings_counted(actor.user_id)


def planned_by_model(actor: Actor) -> Count:
    """Counts the caller's interviews for which the language model wrote questions."""
    return repo.planned_by_model_counted(actor.user_id)


def transcript_view(uow: Uow, actor: Actor, session_id: str) -> TranscriptView:
    """What was said. Raises: NotFound, also while nothing has been said or the call still runs."""
    session = own(uow, actor, session_id)
    transcript = repo.transcript_of(uow, session.id)
    if transcript is None:
        raise NotFound("transcript")
    return TranscriptView(
        segments=tuple(segments_of(transcript)),
        confidence=transcript.confidence_score,
        corrected=transcript.corrected,
        recording_available=transcript.recording_key is not None,
    )


def documents_of(uow: Uow, actor: Actor, session_id: str) -> dict[str, str | None]:
    """What the caller gave along for the questions. Raises: NotFound."""
    configuration = own(uow, actor, session_id).configuration
    return {name: configuration.get(name) for name in ("jobDescription", "resumeText")}


def said_so_far(uow: Uow, actor: Actor, session_id: str) -> list[Segment]:
    """Everything said, also while the interview runs. Raises: NotFound."""
    transcript = repo.transcript_of(uow, own(uow, actor, session_id).id)
    return segments_of(transcript) if transcript else []


def plan_of(session: InterviewSession) -> Plan:
    return Plan.model_validate(session.questions_generated)


def pricing_of(session: InterviewSession) -> Pricing:
    lines = tuple(PriceLine(**line) for line in session.price_lines)
    return Pricing(amount=session.price_amount, currency=session.price_currency, lines=lines)


def price_lines_of(uow: Uow, session_id: str) -> Sequence[PriceLine]:
    """What an interview's price is made of; nothing where the interview is gone."""
    session = repo.session_by_id(uow, session_id)
    return pricing_of(session).lines if session else ()


def segments_of(transcript: InterviewTranscript) -> list[Segment]:
    return [Segment.model_validate(segment) for segment in transcript.transcript_segments]


def may_be_spoken(session: InterviewSession) -> bool:
    """Whether a typed interview may go on by voice: one that was priced as a call, with an attempt left for it."""
    chosen = session.configuration.get("mode", session.mode)
    bought = chosen == Mode.VOICE and not session.study
    return bool(session.mode is Mode.TEXT and bought and session.attempt < MAX_ATTEMPTS)


def unasked(session: InterviewSession, said: Sequence[Segment]) -> list[int]:
    """The questions, by order, that have not been asked and answered yet."""
    answered = {segment.question_order for segment in said if segment.speaker == "candidate"}
    return [order for order in range(1, session.question_count + 1) if order not in answered]


def write_transcript(uow: Uow, session: InterviewSession, said: Sequence[Segment]) -> InterviewTranscript:
    """Replace what stands of the session's one transcript. How sure it is of its words, its spoken turns say."""
    transcript = repo.transcript_of(uow, session.id)
    if transcript is None:
        transcript = InterviewTranscript(
            id=new_id("trn"), session_id=session.id, corrected=False, fillers_kept=False, updated_at=uow.now
        )
        uow.session.add(transcript)
    names = {"interviewer": "Interviewer", "candidate": "Candidate"}
    with uow.session.no_autoflush:
        transcript.raw_transcript = "\n".join(f"{names[segment.speaker]}: {segment.text}" for segment in said)
        transcript.transcript_segments = [segment.model_dump() for segment in said]
    known = [segment.confidence for segment in said if segment.confidence is not None]
    transcript.confidence_score = fmean(known) if known else None
    transcript.updated_at = uow.now
    uow.tell(session.user_id)
    uow.session.flush()
    return transcript


def allowed_minutes(session: InterviewSession) -> int:
    """How long the interview may take: the chosen time with the extra time on top."""
    configuration = session.configuration
    minutes: int = configuration["durationMinutes"]
    extra: int = configuration.get("extraTime", 0)
    return minutes + minutes * extra // 100


def _left(uow: Uow, session: InterviewSession, *, extra: int = 0) -> int:
    if session.started_at is None:
        return allowed_minutes(session) * 60
    return seconds_left(
        session.started_at, uow.now, minutes=allowed_minutes(session), used_before=session.used_seconds - extra
    )


def time_is_up(uow: Uow, session: InterviewSession) -> bool:
    """Whether no further question is typed out: the chosen time is over, and its grace."""
    grace = int(allowed_minutes(session) * 60 * (TYPED_GRACE - 1))
    return _left(uow, session, extra=grace) == 0


def time_left(uow: Uow, session: InterviewSession) -> int:
    """Seconds of the chosen time that remain, over all attempts."""
    if session.started_at is None:
        return max(0, allowed_minutes(session) * 60 - session.used_seconds)
    return _left(uow, session)
