"""What a candidate does with an interview, in several steps around a provider: set up, start, switch, end, cancel.

No transaction is open while a provider is asked. Each flow may be killed between two steps and run again.
"""

import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from core.accounts.types import Actor
from core.db import Uow
from core.errors import ProviderDown, ProviderRefused
from core.interviews import calls, repo, rules, service, typed
from core.interviews.bank import load_bank
from core.interviews.catalogue import Mode
from core.interviews.errors import ConsentNeeded, InvalidState, StudyIsTyped, Unpaid, VoiceUnavailable
from core.interviews.marks import marks_of
from core.interviews.models import InterviewCall, InterviewSession
from core.interviews.planner import write_plan
from core.interviews.states import begin_attempt, end_attempt, give_back, move
from core.interviews.types import Patience, SessionStatus, SetUp, SetUpDone, Started
from core.metrics import FALLBACKS
from core.payments import service as payments
from core.ports.metered import MeteredModel
from core.ports.voice import CallPlan, CreatedCall, SpokenQuestion
from core.reports import practice

if TYPE_CHECKING:
    from core.wiring import Greenroom

STARTING_SECONDS = 30
"""How long one start may take to make its call before another start may try."""
WAIT_STEP_SECONDS = 0.2
EXTRA_CALL_SECONDS = 60
"""A call may run this much over the chosen time, for greeting and closing words."""
MIN_CALL_SECONDS = 120
ENDED = (SessionStatus.PROCESSING, SessionStatus.COMPLETED)


def set_up(greenroom: "Greenroom", actor: Actor, setup: SetUp) -> SetUpDone:
    """Plan the questions, price the interview and store both.

    Raises: nothing of the model's: what it does not deliver comes from the bank.
    """
    with greenroom.uow() as uow:
        earlier = repo.earlier_questions(uow, actor.user_id)
        by_need = replace(setup, focus_areas=practice.by_need(uow, actor.user_id, setup.focus_areas))
        texts, ids = [row.question_text for row in earlier], [row.source_id for row in earlier]
    model = MeteredModel(greenroom.model)
    plan = write_plan(
        by_need, model=model, bank=load_bank(), cache=greenroom.cache, earlier_texts=texts, earlier_ids=ids
    )
    settings = greenroom.settings
    pricing = rules.price_of(
        setup,
        base=settings.price_base,
        voice_minute=settings.price_voice_minute,
        text_minute=settings.price_text_minute,
        currency=settings.currency,
    )
    with greenroom.uow() as uow:
        done = service.open_session(uow, actor, setup, plan, pricing)
        dollars = model.dollars(input_price=settings.gemini_input_price, output_price=settings.gemini_output_price)
        service.add_cost(uow, done.session_id, dollars)
        return done


def start(greenroom: "Greenroom", actor: Actor, session_id: str, *, consents: bool) -> Started:
    """Begin the interview, or come back to the one that is running: a second start gives the same call.

    `consents` says that the candidate agrees to being recorded: without it no call is made, and typing needs none.

    Raises: NotFound, Unpaid, InvalidState, ConsentNeeded, VoiceUnavailable (the session stays ready and can be typed).
    """
    deadline = time.monotonic() + STARTING_SECONDS
    while True:
        with greenroom.uow() as uow:
            session = service.lock_own(uow, actor, session_id)
            running = _running(uow, session)
            if running:
                return running
            if session.mode is Mode.TEXT:
                begin_attempt(uow, session)
                service.start_typed(uow, session)
                uow.session.flush()
                return _started(uow, session)
            if not consents:
                raise ConsentNeeded(session_id)
            claimed = session.starting_until is None or session.starting_until <= uow.now
            if claimed:
                session.starting_until = uow.now + timedelta(seconds=STARTING_SECONDS)
                plan = _call_plan(uow, session, actor)
        if claimed:
            return _make_call(greenroom, actor, session_id, plan)
        if time.monotonic() > deadline:
            raise VoiceUnavailable(session_id)
        time.sleep(WAIT_STEP_SECONDS)


def _running(uow: Uow, session: InterviewSession) -> Started | None:
    if session.status is SessionStatus.IN_PROGRESS:
        return _started(uow, session)
    if session.status is SessionStatus.AWAITING_PAYMENT:
        raise Unpaid(session.id)
    if session.status is not SessionStatus.READY:
        raise InvalidState(session.id, session.status, "started")
    return None


def _started(uow: Uow, session: InterviewSession) -> Started:
    call = repo.call_by_id(uow, session.vapi_call_id) if session.vapi_call_id else None
    transcript = repo.transcript_of(uow, session.id) if session.mode is Mode.TEXT else None
    said = service.segments_of(transcript) if transcript else []
    spoken = service.plan_of(session).questions if call else ()
    return Started(
        status=session.status,
        mode=session.mode,
        call_id=call.id if call else f"{session.id}.{session.attempt}",
        seconds_left=service.time_left(uow, session),
        web_call_url=call.web_call_url if call else None,
        question_marks=tuple(marks_of(question.text) for question in spoken),
        first_question=typed.open_question(said),
    )


def _call_plan(uow: Uow, session: InterviewSession, actor: Actor) -> CallPlan:
    transcript = repo.transcript_of(uow, session.id)
    said = service.segments_of(transcript) if transcript else []
    left = set(service.unasked(session, said))
    spoken = [
        SpokenQuestion(order, question.text, question.follow_ups)
        for order, question in enumerate(service.plan_of(session).questions, start=1)
    ]
    configuration = session.configuration
    role = f" for {configuration['role']}" if configuration["role"] else ""
    return CallPlan(
        session_id=session.id,
        attempt=session.attempt,
        candidate_name=actor.name,
        interview_title=f"{session.difficulty.value} {session.type.value.replace('_', ' ')} interview{role}",
        language=configuration["language"],
        questions=[q for q in spoken if q.order in left] or spoken[-1:],
        already_asked=[q for q in spoken if q.order not in left],
        patience=Patience(configuration.get("patience", Patience.NORMAL)),
        max_seconds=max(MIN_CALL_SECONDS, service.time_left(uow, session) + EXTRA_CALL_SECONDS),
    )


def _make_call(greenroom: "Greenroom", actor: Actor, session_id: str, plan: CallPlan) -> Started:
    try:
        call = greenroom.voice.create_call(plan, webhook_url=f"{greenroom.settings.api_url}/api/webhooks/vapi")
    except (ProviderDown, ProviderRefused) as exc:
        with greenroom.uow() as uow:
            session = service.lock_own(uow, actor, session_id)
            session.starting_until = None
        FALLBACKS.labels("typing").inc()
        raise VoiceUnavailable(session_id) from exc
    with greenroom.uow() as uow:
        session = service.lock_own(uow, actor, session_id)
        if session.status is SessionStatus.READY and session.attempt == plan.attempt and session.mode is Mode.VOICE:
            _keep_call(uow, session, call)
            return _started(uow, session)
    calls.hang_up_quietly(greenroom, call.call_id, call.control_url)
    with greenroom.uow() as uow:
        session = service.lock_own(uow, actor, session_id)
        running = _running(uow, session)
        if running is None:
            raise VoiceUnavailable(session_id)
        return running


def _keep_call(uow: Uow, session: InterviewSession, call: CreatedCall) -> None:
    uow.session.add(
        InterviewCall(
            id=call.call_id,
            session_id=session.id,
            attempt=session.attempt,
            web_call_url=call.web_call_url,
            control_url=call.control_url,
            created_at=uow.now,
            consented_at=uow.now,
        )
    )
    session.vapi_call_id = call.call_id
    begin_attempt(uow, session)
    uow.session.flush()


def switch_to_text(greenroom: "Greenroom", actor: Actor, session_id: str) -> SessionStatus:
    """Go on by typing: before the call or in the middle of it. What was said stays; nothing is paid again.

    Raises: NotFound, InvalidState.
    """
    call: InterviewCall | None = None
    with greenroom.uow() as uow:
        session = service.lock_own(uow, actor, session_id)
        if session.mode is Mode.TEXT:
            return session.status
        if session.status not in (SessionStatus.AWAITING_PAYMENT, SessionStatus.READY, SessionStatus.IN_PROGRESS):
            raise InvalidState(session.id, session.status, "typed")
        if session.status is SessionStatus.IN_PROGRESS:
            _check_is_paid(uow, session, "typed")
            call = repo.call_by_id(uow, session.vapi_call_id) if session.vapi_call_id else None
            if call is not None:
                calls.leave_for_typing(uow, session, call)
            give_back(uow, session, reason="continued by typing")
        session.mode = Mode.TEXT
        session.starting_until = None
        session.updated_at = uow.now
        status = session.status
    if call is not None:
        calls.hang_up_quietly(greenroom, call.id, call.control_url)
        calls.take_over_words(greenroom, call.id)
    return status


def switch_to_voice(greenroom: "Greenroom", actor: Actor, session_id: str) -> SessionStatus:
    """Go on by voice with what was bought as a call: what was typed stays, and the call asks what is left.

    The call itself is started from the lobby, by consent. Raises: NotFound, StudyIsTyped, InvalidState.
    """
    with greenroom.uow() as uow:
        session = service.lock_own(uow, actor, session_id)
        if session.study:
            raise StudyIsTyped(session.id)
        if session.mode is Mode.VOICE:
            return session.status
        going_on = (SessionStatus.AWAITING_PAYMENT, SessionStatus.READY, SessionStatus.IN_PROGRESS)
        if session.status not in going_on or not service.may_be_spoken(session):
            raise InvalidState(session.id, session.status, "spoken")
        if session.status is SessionStatus.IN_PROGRESS:
            _check_is_paid(uow, session, "spoken")
            give_back(uow, session, reason="continued by voice")
        session.mode = Mode.VOICE
        session.updated_at = uow.now
        return session.status


def _check_is_paid(uow: Uow, session: InterviewSession, wanted: str) -> None:
    """An interview whose money went back by hand while it is held goes on as it is, and is not begun another time.

    Raises: InvalidState.
    """
    if payments.was_returned(uow, session.id):
        raise InvalidState(session.id, session.status, wanted)


def complete(greenroom: "Greenroom", actor: Actor, session_id: str) -> SessionStatus:
    """The candidate is done. Safe to repeat. A running call is hung up and its report waited for.

    Raises: NotFound, InvalidState.
    """
    with greenroom.uow() as uow:
        session = service.lock_own(uow, actor, session_id)
        if session.status in ENDED:
            return session.status
        if session.status is not SessionStatus.IN_PROGRESS:
            raise InvalidState(session.id, session.status, "completed")
        if session.mode is Mode.TEXT:
            service.finish(uow, session, reason="ended by the candidate")
        else:
            end_attempt(uow, session, reason="ended by the candidate")
            uow.enqueue("interviews.hang_up", session_id=session.id)
            calls.expect_report(uow, session.vapi_call_id)
        return session.status


def cancel(greenroom: "Greenroom", actor: Actor, session_id: str) -> SessionStatus:
    """The candidate asks for the money back instead of holding the interview, before it or after it broke off.

    Safe to repeat. What was said stays until it is deleted. Raises: NotFound, InvalidState once it runs or is judged.
    """
    with greenroom.uow() as uow:
        session = service.lock_own(uow, actor, session_id)
        if session.status is SessionStatus.CANCELLED:
            return session.status
        if session.status not in (SessionStatus.AWAITING_PAYMENT, SessionStatus.READY):
            raise InvalidState(session.id, session.status, "cancelled")
        move(uow, session, SessionStatus.CANCELLED)
        payments.give_back(uow, session.id)
        return session.status
