"""Strengths, weaknesses and what to practise, each with the words it rests on, and the plan for a week."""

from collections.abc import Sequence

import streamlit as st

from core.i18n import _
from core.reports.types import Finding, PlanDay, Recommendation, Report
from ui import words
from ui.components.feedback import quoted
from ui.text import plain


def findings(report: Report) -> None:
    both = bool(report.strength_findings and report.weakness_findings)
    with st.grid(2 if both else 1, min_column_width=280, key="findings"):
        _group(_("Strengths"), ":material/thumb_up:", report.strength_findings)
        _group(_("What held you back"), ":material/trending_down:", report.weakness_findings)


def _group(title: str, icon: str, found: Sequence[Finding]) -> None:
    if not found:
        return
    with st.container():
        st.subheader(title, anchor=False)
        for finding in found:
            proof = "".join(f"\n\n{quoted(evidence.quote)}" for evidence in finding.evidence)
            st.markdown(f"{icon} {plain(finding.text)}{proof}")


def recommendations(items: Sequence[Recommendation]) -> None:
    if not items:
        return
    st.subheader(_("What to practise"), anchor=False)
    with st.grid(2, min_column_width=260):
        for item in items:
            recommendation_card(item)


def recommendation_card(item: Recommendation) -> None:
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{plain(item.title)}**")
        st.markdown(plain(item.detail))
        st.markdown(f":material/fitness_center: {plain(item.practice)}")


def week(days: Sequence[PlanDay]) -> None:
    """Seven days, each tied to something that was low."""
    if not days:
        return
    st.subheader(_("Your next seven days"), anchor=False)
    with st.grid(2, min_column_width=280, key="week"):
        for day in days:
            with st.container(border=True, height="stretch", gap="xsmall", key=f"day-{day.day}"):
                st.markdown(f"**{_title(day)}** · {_('{count} min').format(count=day.minutes)}")
                st.markdown(_(day.drill))


def _title(day: PlanDay) -> str:
    name = _("Day {number}").format(number=day.day)
    return f"{name}: {_focus(day)}"


def _focus(day: PlanDay) -> str:
    if day.kind == "question":
        return _("Question {number} again").format(number=day.question_order)
    if day.kind == "interview":
        return _("A short interview")
    if day.kind == "criterion":
        return words.criterion(day.focus)
    return words.area(day.focus)
