"""Who may need somebody, by rules that a coach can read. No model, no score: the rule that fired is shown."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from core.i18n import N_, _

SEM = 8.0
"""Standard error of one interview's score until the product has its own."""
QUIET_DAYS = 14
LOW_BAND = 50
SKIPPED_FROM = 0.4
DECLINE_BELOW = -1.28
RULES = {
    "no_session_14_days": N_("No interview for {days} days."),
    "two_low_scores": N_("The last two interviews stayed below {low}, even at the upper end of their range."),
    "many_skipped": N_("At least {share} of the last interview's questions were left without an answer."),
    "declining": N_("Over the last three interviews the score fell by more than chance explains."),
}


def explained(rule: str) -> str:
    """A rule as a coach reads it."""
    return _(RULES[rule]).format(days=QUIET_DAYS, low=LOW_BAND, share=f"{SKIPPED_FROM:.0%}")


class Held(Protocol):
    """One counted interview."""

    @property
    def at(self) -> datetime: ...
    @property
    def score(self) -> int: ...
    @property
    def high(self) -> int: ...
    @property
    def skipped(self) -> float: ...


def reasons(last: Sequence[Held], *, joined_at: datetime, now: datetime) -> tuple[str, ...]:
    """The rules that fire. `last` are the latest three interviews, newest first."""
    found = []
    seen = max((held.at for held in last), default=joined_at)
    if now - max(seen, joined_at) > timedelta(days=QUIET_DAYS):
        found.append("no_session_14_days")
    if len(last) >= 2 and all(held.high < LOW_BAND for held in last[:2]):
        found.append("two_low_scores")
    if last and last[0].skipped >= SKIPPED_FROM:
        found.append("many_skipped")
    if len(last) >= 3 and reliable_change(last[2].score, last[0].score) < DECLINE_BELOW:
        found.append("declining")
    return tuple(found)


def reliable_change(before: float, after: float, *, sem: float = SEM) -> float:
    """Jacobson and Truax's index: the difference over the standard error of a difference."""
    return (after - before) / (2**0.5 * sem)
