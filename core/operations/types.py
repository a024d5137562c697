"""What an operator sees."""

from dataclasses import dataclass
from datetime import datetime

from core.interviews.catalogue import InterviewType
from core.interviews.types import SessionStatus
from core.ledger.proving import Balance
from core.notifications.models import Channel, MessageStatus
from core.payments.types import PaymentStatus
from core.webhooks.models import EventStatus


@dataclass(frozen=True)
class EventView:
    """A provider's message, without what it says."""

    event_id: str
    source: str
    type: str
    status: EventStatus
    attempts: int
    outcome: str | None
    session_id: str | None
    received_at: datetime
    handled_at: datetime | None


@dataclass(frozen=True)
class StuckSession:
    session_id: str
    status: SessionStatus
    attempt: int
    since: datetime
    call_id: str | None


@dataclass(frozen=True)
class StuckPayment:
    payment_id: str
    status: PaymentStatus
    amount: int
    currency: str
    since: datetime
    refund_due: bool


@dataclass(frozen=True)
class MessageView:
    message_id: str
    channel: Channel
    kind: str
    status: MessageStatus
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class Margin:
    """Delivered interviews of one type. Amounts in minor units; `cost` is what the providers charged."""

    type: InterviewType
    interviews: int
    earned: int
    cost: int

    @property
    def margin(self) -> int:
        return self.earned - self.cost

    @property
    def cost_each(self) -> int:
        return round(self.cost / self.interviews) if self.interviews else 0


@dataclass(frozen=True)
class Overview:
    """What should be zero."""

    dead_events: int
    failed_jobs: int
    stuck: int
    """Sessions and payments."""
    unsent_messages: int
    differences: tuple[str, ...]
    """Where ledger and payments disagree; empty when it adds up."""
    proven_long_ago: datetime | None
    """When all books were last proven, where that is nights ago."""


@dataclass(frozen=True)
class Stuck:
    """How many, and of each the first hundred."""

    number: int
    sessions: tuple[StuckSession, ...]
    payments: tuple[StuckPayment, ...]


@dataclass(frozen=True)
class MoneyView:
    balances: tuple[Balance, ...]
    margins: tuple[Margin, ...]
