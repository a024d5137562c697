"""How long things are kept. A nightly round erases what is past its time, as its owner could have done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from core.accounts import service as accounts
from core.db import Uow
from core.interviews import erasure
from core.interviews import service as interviews
from core.notifications import service as notifications
from core.webhooks import service as inbox

if TYPE_CHECKING:
    from core.wiring import Greenroom

log = structlog.get_logger(__name__)

BATCH = 100
"""Interviews looked up at once; each is erased in a transaction of its own."""
PART = 5_000
"""Messages, mails or logins that are removed at once."""
LONGEST = timedelta(minutes=2)
"""To find the last of them, all that are left are looked through."""


@dataclass(frozen=True)
class Swept:
    """How many of each were erased."""

    interviews: int
    recordings: int
    events: int
    messages: int
    logins: int


def sweep(greenroom: "Greenroom") -> Swept:
    """One round. Safe to repeat; a round that is cut off is finished by the next. Money is never swept."""
    settings, now = greenroom.settings, greenroom.clock()

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    def erase(session_id: str) -> None:
        with greenroom.uow() as uow:
            erasure.erase_old(uow, session_id)

    swept_interviews = _each(
        greenroom,
        lambda uow: interviews.old_interviews(uow, before(settings.keep_interviews_days), limit=BATCH),
        erase,
    )
    recordings = _each(
        greenroom,
        lambda uow: interviews.old_recordings(uow, before(settings.keep_recordings_days), limit=BATCH),
        lambda session_id: erasure.erase_recording(greenroom, session_id),
    )
    swept = Swept(
        interviews=swept_interviews,
        recordings=recordings,
        events=_in_parts(greenroom, inbox.forget_old, before(settings.keep_events_days)),
        messages=_in_parts(greenroom, notifications.forget_old, before(settings.keep_messages_days)),
        logins=_in_parts(greenroom, accounts.forget_old_logins, before(settings.keep_messages_days)),
    )
    log.info("old data erased", **vars(swept))
    return swept


def _each(greenroom: "Greenroom", find: Callable[[Uow], list[str]], erase: Callable[[str], None]) -> int:
    """Erase what is found until no more is; what would not go is not tried again in this round."""
    tried: set[str] = set()
    while True:
        with greenroom.uow() as uow:
            found = [name for name in find(uow) if name not in tried]
        if not found:
            return len(tried)
        for name in found:
            erase(name)
        tried.update(found)


def _in_parts(greenroom: "Greenroom", forget: Callable[[Uow, datetime, int], int], before: datetime) -> int:
    """Remove what came before a moment, a transaction for each part: a night that was missed is caught up with however
    much it left, and nothing is held for long."""
    gone = 0
    while True:
        with greenroom.uow() as uow:
            uow.allow(LONGEST)
            part = forget(uow, before, PART)
        gone += part
        if part < PART:
            return gone
