"""Whether somebody has become better, and at what: said only where interviews compare, and only beyond chance."""

from collections.abc import Sequence

import streamlit as st

from core.analytics.competencies import CompetencyTrend
from core.analytics.progress import MIN_COMPARABLE, Progress
from core.i18n import N_, _
from ui import words
from ui.components.note import note

BETTER_OR_NOT = {
    "improved": N_("Better, beyond what chance explains."),
    "probably_improved": N_("Probably better; chance alone could still explain it."),
    "no_clear_change": N_("No clear change: two interviews of the same person differ that much by chance."),
    "probably_declined": N_("Probably lower; chance alone could still explain it."),
    "declined": N_("Lower, beyond what chance explains."),
}


def progress_by_kind(kinds: Sequence[Progress]) -> None:
    """One line for each kind of interview: what its interviews say together, or how many are still missing."""
    with st.container(border=True, key="progress", gap="xsmall"):
        st.markdown(_("**Are you getting better?**"))
        for kind in kinds:
            st.markdown(f"{words.TYPE_ICONS[kind.type]} {words.interview(kind.type, kind.difficulty)}: {_said(kind)}")
        note(
            _("Interviews of one type compare with those at most one step easier or harder. From {least} on the first "
              "two are set against the last two.").format(least=MIN_COMPARABLE)
        )  # fmt: skip


def _said(kind: Progress) -> str:
    if kind.verdict is None:
        return _("{held} of {least} interviews that it takes to tell.").format(
            held=len(kind.points), least=MIN_COMPARABLE
        )
    from_to = _("{before} at first, {now} of late.").format(before=kind.before, now=kind.now)
    return f"{_(BETTER_OR_NOT[kind.verdict])} {from_to}"


def competencies_over_time(trends: Sequence[CompetencyTrend]) -> None:
    """A row for each competency with its scores as a line, the lowest of late first: that is where to begin."""
    with st.expander(_("By competency"), icon=":material/analytics:"):
        st.dataframe(
            [
                {
                    _("Competency"): words.area(one.competency),
                    _("Type"): words.TYPES[one.type],
                    _("Interviews"): len(one.scores),
                    _("Last score"): one.scores[-1],
                    _("Over time"): list(one.scores),
                }
                for one in sorted(trends, key=lambda one: one.scores[-1])
            ],
            column_config={_("Over time"): st.column_config.LineChartColumn(y_min=0, y_max=100)},
            hide_index=True,
        )
        note(_("One competency in one interview rests on few answers: look at the line, not at the last point."))
