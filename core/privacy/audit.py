"""What coaches and admins saw and changed, and what people had erased: written once, never changed.

Entries name ids alone. `note` stands in the transaction of what it is about.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.accounts.types import Actor
from core.db import Base, Uow, primary_id, word_of
from core.ids import new_id


class Action(StrEnum):
    REPORT_SEEN = "report.seen"
    RECORDING_HEARD = "recording.heard"
    LEARNER_SEEN = "learner.seen"
    COHORT_EXPORTED = "cohort.exported"
    COHORT_CHANGED = "cohort.changed"
    COHORT_DELETED = "cohort.deleted"
    MEMBER_REMOVED = "member.removed"
    REPORT_REVIEWED = "report.reviewed"
    TRANSCRIPT_CORRECTED = "transcript.corrected"
    SCORE_OVERRIDDEN = "score.overridden"
    COACH_ADDED = "coach.added"
    COACH_REMOVED = "coach.removed"
    NOTE_WRITTEN = "note.written"
    ANSWER_COMMENTED = "answer.commented"
    CREDIT_GRANTED = "credit.granted"
    EVENT_REPLAYED = "event.replayed"
    MESSAGE_SENT_AGAIN = "message.sent_again"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105  the name of an action
    PASSWORD_RESET = "password.reset"  # noqa: S105  the name of an action
    SECOND_FACTOR_ON = "second_factor.on"
    SECOND_FACTOR_OFF = "second_factor.off"
    DATA_EXPORTED = "data.exported"
    ACCOUNT_DELETED = "account.deleted"


class AuditEntry(Base):
    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_actor_id", "actor_id", "id"),
        Index("ix_audit_log_subject_id", "subject_id", "id"),
    )

    id: Mapped[str] = primary_id()
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(String(40))
    """No reference: an entry outlives the account, as an id that leads to nobody."""
    actor_role: Mapped[str] = mapped_column(String(20))
    action: Mapped[Action] = mapped_column(word_of(Action, 40))
    subject_id: Mapped[str | None] = mapped_column(String(40))


def note(uow: Uow, actor: Actor, action: Action, subject_id: str | None = None) -> None:
    """Write an entry. It is kept or lost with the transaction."""
    uow.session.add(
        AuditEntry(
            id=new_id("aud"),
            at=uow.now,
            actor_id=actor.user_id,
            actor_role=actor.role,
            action=action,
            subject_id=subject_id,
        )
    )
