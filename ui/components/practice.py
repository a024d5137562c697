"""What is due: questions whose answers lacked something, to be answered again in their report."""

import streamlit as st

from core.i18n import _, ngettext
from core.reports.practice import DueReport, due
from ui import routes, words
from ui.components.note import note
from ui.guard import PageContext
from ui.routes import Screen


def due_practice(ctx: PageContext) -> None:
    """The reports with questions that are due, the longest overdue first. Draws nothing where nothing is due."""
    waiting = ctx.look(due)
    if not waiting:
        return
    st.subheader(_("Due for practice"), anchor=False)
    for report in waiting:
        _report(report)


def _report(report: DueReport) -> None:
    areas = dict.fromkeys(words.area(item.competency) for item in report.items)
    with st.container(border=True, key=f"due-{report.session_id}", gap="xsmall"):
        count = ngettext("{count} question to answer again", "{count} questions to answer again", len(report.items))
        st.markdown(f"**{count.format(count=len(report.items))}** · {', '.join(areas)}")
        scores = ", ".join(words.score(item.last_score) for item in report.items)
        note(_("Scores so far: {scores}. A few minutes each; your report stays what it was.").format(scores=scores))
        routes.link(Screen.REPORT, _("Practise now"), icon=":material/fitness_center:", session=report.session_id)
