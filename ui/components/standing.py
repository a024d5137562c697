"""Where somebody stands: the last score with its range, and the way there."""

from collections.abc import Sequence

import streamlit as st

from core.analytics.service import TREND_POINTS, Statistics, TrendPoint
from core.i18n import _
from ui import charts, routes, text, words
from ui.components.note import note
from ui.routes import Screen

MIN_TREND_POINTS = 2
MIN_COMPARABLE = 4
"""Fewer comparable interviews than this show no direction: one score alone may be off by many points."""


def standing(figures: Statistics) -> None:
    """Draw the figures of somebody who has at least one interview behind them."""
    last = figures.trend[-1] if figures.trend else None
    with st.grid(3, min_column_width=200):
        st.metric(_("Last score"), words.score(last.score, last.low, last.high) if last else words.TO, border=True)
        st.metric(_("Completed interviews"), figures.total_interviews, border=True)
        average = words.TO if figures.average_score is None else f"{figures.average_score:g}"
        st.metric(_("Average score"), average, border=True)
    if last:
        routes.link(
            Screen.REPORT,
            # Short enough for a phone: Streamlit cuts a link's label off.
            _("Last report, {day}").format(day=text.day(last.at)),
            icon=":material/analytics:",
            session=last.session_id,
        )
    if len(figures.trend) >= MIN_TREND_POINTS:
        trend_chart(figures.trend, key="home-trend")


def trend_chart(points: Sequence[TrendPoint], *, key: str) -> None:
    charts.trend(points, key=key)
    if len(points) >= TREND_POINTS:
        note(_("Shown here: the latest {count} scored interviews.").format(count=TREND_POINTS))
    message = _("The bar behind each score is its range: a difference inside it may be chance.")
    if len(points) < MIN_COMPARABLE:
        message += _(
            " With fewer than {min_comparable} interviews of one kind there is no trend to speak of yet."
        ).format(min_comparable=MIN_COMPARABLE)
    note(message)
