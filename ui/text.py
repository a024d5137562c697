"""Foreign words on a screen that reads Markdown, and dates, money and durations as people write them."""

import re
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st
from babel.dates import format_date, format_datetime

from core.i18n import ngettext, region
from core.money import Money

WORD_JOINER = "\u2060"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_LINK_STARTS = re.compile(r"\\:|\\@|www(?=\\\.)", re.IGNORECASE)
_LINE_BREAKS = re.compile(r"\s*[\r\n\u2028\u2029]+\s*")


def plain(text: str) -> str:
    """Foreign words for a Markdown label or sentence: shown as they are, on one line.

    Every punctuation mark is escaped, so no link, image, heading, formula or colour comes of it. Bare addresses,
    emoji and icon names are recognised after escaping; an invisible word joiner breaks those up.
    """
    escaped = _PUNCTUATION.sub(r"\\\1", _LINE_BREAKS.sub(" ", text))
    return _LINK_STARTS.sub(lambda found: found.group() + WORD_JOINER, escaped)


def shortened(text: str, limit: int = 90) -> str:
    """The beginning of a text, cut between words. Not escaped."""
    words = " ".join(text.split())
    if len(words) <= limit:
        return words
    return words[:limit].rsplit(" ", 1)[0] + "…"


def money(amount: int, currency: str) -> str:
    """Minor units as a price: 49900 INR is ₹499.00."""
    return Money(amount, currency).formatted()


def day(moment: datetime) -> str:
    """The date in the visitor's time zone."""
    return _written(_local(moment).date(), "medium", region())


def day_and_time(moment: datetime) -> str:
    return format_datetime(_local(moment), format="d MMM y, HH:mm", locale=region())


def short_day(moment: datetime) -> str:
    return _written(_local(moment).date(), "d MMM", region())


def week(monday: date) -> str:
    """A week by its first day, without the year. A plain date is the same in every time zone."""
    return _written(monday, "d MMM", region())


def month(first: date) -> str:
    """A month with its year."""
    return _written(first, "MMM y", region())


def short_month(first: date) -> str:
    """A month with the last two digits of its year, for an axis."""
    return _written(first, "MMM yy", region())


@lru_cache(maxsize=4096)
def _written(day: date, pattern: str, locale: str) -> str:
    """A list or a trend names the same few days over and over, and Babel takes a pattern apart each time."""
    return format_date(day, format=pattern, locale=locale)


def minutes(seconds: int) -> str:
    """A duration to the nearest minute, never less than one."""
    count = max(1, round(seconds / 60))
    return ngettext("{count} minute", "{count} minutes", count).format(count=count)


def clock(milliseconds: int) -> str:
    """A place in a recording: 3:07."""
    seconds = milliseconds // 1000
    return f"{seconds // 60}:{seconds % 60:02d}"


def _local(moment: datetime) -> datetime:
    return moment.astimezone(_zone())


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        # The browser names its own zone; one this machine does not know shows the server's.
        return ZoneInfo("UTC")
