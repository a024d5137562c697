"""Who else worked on somebody's data, on our behalf, and how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from core.accounts.types import Actor
from core.db import Count, Uow
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


def processed(uow: Uow, actor: Actor) -> list[Processing]:
    """What each provider has worked on for the caller, those that had nothing included."""
    counts: dict[Processor, Sequence[Count]] = {
        Processor.VOICE: [interviews.calls_made(actor)],
        Processor.RECORDINGS: [interviews.recordings_kept(actor)],
        Processor.MODEL: [interviews.planned_by_model(actor), reports.judged_by_model(actor)],
        Processor.PAYMENTS: [payments.orders_made(actor)],
        Processor.MAIL: [notifications.messages_sent(actor, Channel.MAIL)],
        Processor.SMS: [notifications.messages_sent(actor, Channel.SMS)],
    }
    each = [query.scalar_subquery() for queries in counts.values() for query in queries]
    found = iter(uow.session.execute(select(*each)).one())
    return [Processing(processor, sum(next(found) for _ in queries)) for processor, queries in counts.items()]
