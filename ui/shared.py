"""A report that somebody else was shown a link to: read only, without an account, and without a way any further."""

import streamlit as st

from core.errors import NotFound
from core.i18n import _
from core.reports.pdf import STUDY
from core.reports.sharing import is_of_study, shared
from core.reports.types import Report
from core.wiring import Greenroom
from ui import text, words
from ui.auth import address
from ui.components.feedback import feedback_list
from ui.components.findings import findings
from ui.components.note import note
from ui.components.score import breakdown, cautions, is_estimate, score_display
from ui.guard import error_frame

SHARED = "shared"


def shared_screen(app: Greenroom, token: str) -> None:
    """Draw the report that the link opens, or that it opens none (any more)."""
    with error_frame("shared"):
        app.rates.hit("shared", address())
        try:
            with app.uow() as uow:
                report = Report.model_validate(shared(uow, token))
                study = is_of_study(uow, token)
        except NotFound:
            st.title(_("This link has ended"), anchor=False)
            st.markdown(_("Ask whoever gave it to you for a new one."))
            return
        st.title(_("A report of a practice interview"), anchor=False)
        note(_("Practice predicts no hiring decision. It was shown to you by the person who was interviewed."))
        if study:
            st.info(_(STUDY), icon=":material/school:")
        score_display(report)
        cautions(report)
        breakdown(report)
        findings(report)
        feedback_list(report.questions, bands=is_estimate(report))
        by = report.scored_by
        told = words.scored_by(by.engine, by.model, by.rubric_version)
        note(f"{told}, {text.day_and_time(report.generated_at)}.")
