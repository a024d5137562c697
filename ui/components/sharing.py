"""Showing a report to somebody else by a link that ends, and standing beside an earlier interview."""

from collections.abc import Sequence

import streamlit as st

from core.analytics.progress import STANDARD_ERROR, compares, verdict_on
from core.analytics.service import TrendPoint, up_to
from core.i18n import _
from core.reports import sharing
from core.reports.service import report_view
from core.reports.types import Report
from ui import text, words
from ui.components.choices import tinted
from ui.components.note import note
from ui.components.progress import BETTER_OR_NOT
from ui.guard import PageContext, foreseen
from ui.shared import SHARED

PERIODS = (1, 7, 30)


def share(ctx: PageContext, session_id: str) -> None:
    """Make a link, see those that are open, end one."""
    with st.expander(_("Show this report to somebody"), icon=":material/share:"):
        note(_("Whoever has the link reads the report without an account: not your name, recording or transcript."))
        days = st.segmented_control(
            _("The link works for (days)"),
            list(PERIODS),
            default=7,
            format_func=lambda days: tinted(str(days)),
            required=True,
            key="share.days",
        )
        if st.button(_("Make a link"), icon=":material/link:"):
            with foreseen("report"):
                link, token = ctx.read(sharing.share, session_id, days=int(days or 7))
                st.code(f"{ctx.settings.app_url}/?{SHARED}={token}", language=None, wrap_lines=True)
                note(_("Copy it now: it is shown once. It works until {day}.").format(day=text.day(link.expires_at)))
        for link in ctx.read(sharing.links, session_id):
            with st.container(horizontal=True, vertical_alignment="center", key=f"link-{link.link_id}"):
                st.markdown(_("A link works until {day}").format(day=text.day_and_time(link.expires_at)))
                st.button(
                    _("End this link"),
                    key=f"end-{link.link_id}",
                    icon=":material/link_off:",
                    on_click=_end,
                    args=(ctx, session_id, link.link_id),
                )


def _end(ctx: PageContext, session_id: str, link_id: str) -> None:
    with foreseen("report"):
        ctx.read(sharing.end, session_id, link_id)


def compare(ctx: PageContext, report: Report) -> None:
    """This interview beside an earlier one of the same kind, and whether the difference says anything."""
    points = ctx.look(up_to, report.session_id)
    earlier = [point for point in points[:-1] if compares(point, points[-1])]
    if not earlier:
        return
    with st.expander(_("Compare with an earlier interview"), icon=":material/compare_arrows:"):
        chosen = st.selectbox(_("Earlier interview"), earlier[::-1], format_func=_named, key="compare.with")
        _beside(ctx, points[-1], chosen, report)


def _named(point: TrendPoint) -> str:
    return f"{text.day(point.at)} · {words.interview(point.type, point.difficulty)} · {point.score}"


def _beside(ctx: PageContext, this: TrendPoint, other: TrendPoint, report: Report) -> None:
    with st.grid(2, min_column_width=150):
        st.metric(text.day(other.at), words.score(other.score, other.low, other.high), border=True)
        change = this.score - other.score
        st.metric(text.day(this.at), words.score(this.score, this.low, this.high), delta=change, border=True)
    st.markdown(_(BETTER_OR_NOT[verdict_on(change, STANDARD_ERROR)]))
    before = ctx.look(report_view, other.session_id)
    if before is None:
        return
    rows = _rows(Report.model_validate(before), report)
    if rows:
        st.dataframe(rows, hide_index=True)


def _rows(before: Report, now: Report) -> Sequence[dict[str, object]]:
    """Competencies that were judged in both."""
    both = [name for name in now.score_breakdown if name in before.score_breakdown]
    pairs = [(name, before.score_breakdown[name].score, now.score_breakdown[name].score) for name in both]
    return [
        {_("Competency"): words.area(name), _("Then"): then, _("Now"): today, _("Change"): today - then}
        for name, then, today in pairs
        if then is not None and today is not None
    ]
