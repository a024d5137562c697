"""An interview that was held to the end, with its report."""

from typing import Any, Literal

from core.accounts.types import Actor
from core.interviews import flows, service
from core.interviews.catalogue import Difficulty, InterviewType, Mode
from core.interviews.repo import lock_session
from core.interviews.states import begin_attempt
from core.interviews.types import Segment, SessionStatus, SetUp
from core.reports.flows import write_report
from core.reports.service import report_view
from core.wiring import Greenroom

HEARD = "I would read the execution plan of the worry first and then look at the lock waits in the statistics view."


def held(greenroom: Greenroom, who: Actor, *, words: str = HEARD) -> str:
    """An interview by voice that was held to the end, with its report."""
    setup = SetUp(InterviewType.TECHNICAL, Difficulty.MEDIUM, ("databases", "apis"), Mode.TEXT, 12)
    session_id = flows.set_up(greenroom, who, setup).session_id
    with greenroom.uow() as uow:
        session = lock_session(uow, session_id)
        assert session is not None
        session.status = SessionStatus.READY
        begin_attempt(uow, session)
        said = []
        for order, question in enumerate(service.plan_of(session).questions, start=1):
            said += [
                _turn("interviewer", order, question.text, order * 60_000),
                _turn("candidate", order, f"{words} Case {order}.", order * 60_000 + 6000),
            ]
        service.write_transcript(uow, session, said)
        service.finish(uow, session, reason="finished")
    write_report(greenroom, session_id)
    return session_id


def _turn(speaker: Literal["interviewer", "candidate"], order: int, words: str, at: int) -> Segment:
    name = f"a1-{order}{speaker[0]}"
    return Segment(id=name, speaker=speaker, text=words, start_ms=at, end_ms=at + 5000, question_order=order,
                   confidence=0.9)  # fmt: skip


def report_of(greenroom: Greenroom, who: Actor, session_id: str) -> dict[str, Any]:
    with greenroom.uow() as uow:
        report = report_view(uow, who, session_id)
    assert report is not None
    return report
