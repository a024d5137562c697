"""How far coaches and the model agree."""

import streamlit as st

from core.cohorts import agreement
from core.cohorts.agreement import Agreement, Drift, Overridden
from core.cohorts.types import CohortView
from core.i18n import _
from ui import cohort_charts, routes, words
from ui.components.note import note
from ui.guard import PageContext
from ui.routes import Screen


def agreeing(ctx: PageContext, seen: CohortView) -> None:
    """Agreement as a whole, by criterion and by month, with the alarm."""
    panel = ctx.look(agreement.panel, seen.cohort_id)
    _overridden(panel.overridden)
    if panel.whole is None:
        st.markdown(
            _(
                "Each week a small sample of shared reports is drawn. Rate the answers without seeing the model's "
                "scores, and this panel shows how far the two agree."
            )
        )
        routes.link(Screen.REVIEW, _("To the reviews that wait"), icon=":material/rate_review:")
        return
    _alarm(panel.drift)
    with st.grid(3, min_column_width=150):
        st.metric(_("Bias (model minus coach)"), f"{panel.whole.bias:+.1f}", border=True)
        st.metric(_("Mean difference"), f"{panel.whole.error:.1f}", border=True)
        st.metric(_("Weighted kappa"), _kappa(panel.whole), border=True)
    note(_("n = {n} answers, rated without the model's score being seen.").format(n=panel.whole.n))
    if panel.cut:
        note(_("Counted are the latest {n} answers; older ones are not.").format(n=panel.whole.n))
    st.subheader(_("By criterion"), anchor=False)
    st.dataframe(
        [
            {
                _("Criterion"): words.area(part.criterion or ""),
                "n": part.n,
                _("Bias"): f"{part.bias:+.1f}",
                _("Mean difference"): f"{part.error:.1f}",
                _("Weighted kappa"): _kappa(part),
            }
            for part in panel.criteria
        ],
        hide_index=True,
    )
    note(
        _(
            "Kappa is quadratic-weighted over five levels, with its 95 % interval; nothing is said below ten answers. "
            "From 0.6 on agreement is good, below 0.4 the model's scores of this criterion are not to be relied on."
        )
    )
    if len(panel.months) > 1:
        st.subheader(_("Over time"), anchor=False)
        cohort_charts.bias_by_month(panel.months, key="bias")
    routes.link(Screen.REVIEW, _("To the reviews that wait"), icon=":material/rate_review:")


def _overridden(found: Overridden | None) -> None:
    if found is not None:
        said = _(
            "Coaches set n = {n} scores of their own, where the model stood {bias:+.1f} points off on average (mean "
            "difference {error:.1f}). They are not counted below: whoever overrides has seen the model's score."
        )
        note(said.format(n=found.n, bias=found.bias, error=found.error))


def _kappa(part: Agreement) -> str:
    if part.kappa is None:
        return words.TO
    return f"{part.kappa:.2f}" + (f" ({part.interval[0]:.2f} … {part.interval[1]:.2f})" if part.interval else "")


def _alarm(drift: Drift) -> None:
    facts = {"recent": drift.recent, "earlier": drift.earlier, "change": drift.change}
    if drift.alarm:
        said = _(
            "The model judges otherwise than before: its bias moved by {change:+.1f} points in the last four weeks "
            "(n = {recent} against {earlier}). Look at its scores with care."
        )
        st.error(said.format(**facts), icon=":material/crisis_alert:")
    elif drift.change is not None:
        said = _("No drift: the bias moved by {change:+.1f} points (n = {recent} against {earlier}).")
        st.success(said.format(**facts), icon=":material/check:")
    else:
        note(_("Drift is watched from twenty answers on, in the last four weeks and before."))
