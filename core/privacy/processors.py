"""Who else worked on somebody's data, on our behalf, and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.accounts.types import Actor
from core.db import Uow
from core.interviews import service as interviews
from core.notifications import service as notifications
from core.notifications.models import Channel
from core.payments import service as payments
from core.reports import service as reports


class Processor(StrEnum):
    """A provider, by what it is there for."""

    VOICE = "voice"
    RECORDINGS = "recordings"
    MODEL = "model"
    PAYMENTS = "payments"
    MAIL = "mail"
    SMS = "sms"


@dataclass(frozen=True)
class Processing:
    processor: Processor
    times: int
    """Calls, recordings, sets of questions and reports, payments or messages it worked on, of those that are kept."""


_COUNTS: dict[Processor, Callable[[Uow, Actor], int]] = {
    Processor.VOICE: interviews.calls_made,
    Processor.RECORDINGS: interviews.recordings_kept,
    Processor.MODEL: lambda uow, actor: interviews.planned_by_model(uow, actor) + reports.judged_by_model(uow, actor),
    Processor.PAYMENTS: payments.orders_made,
    Processor.MAIL: lambda uow, actor: notifications.messages_sent(uow, actor, Channel.MAIL),
    Processor.SMS: lambda uow, actor: notifications.messages_sent(uow, actor, Channel.SMS),
}


def processed(uow: Uow, actor: Actor) -> list[Processing]:
    """What each provider has worked on for the caller, those that had nothing included."""
    return [Processing(processor, count(uow, actor)) for processor, count in _COUNTS.items()]
