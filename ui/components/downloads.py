"""Taking the report along, as a PDF or as data."""

import json
from typing import Any

import streamlit as st

from core.i18n import _
from core.interviews.types import SessionView
from core.reports.pdf import report_pdf
from ui.guard import PageContext


def downloads(ctx: PageContext, view: SessionView, shaped: dict[str, Any]) -> None:
    """Two buttons. The PDF is set when it is asked for, not with every view of the page."""
    with st.container(horizontal=True, key="downloads"):
        st.download_button(
            _("Download PDF"),
            lambda: report_pdf(shaped, candidate_name=ctx.actor.name, study=view.study),
            file_name=f"greenroom-{view.session_id}.pdf",
            mime="application/pdf",
            icon=":material/picture_as_pdf:",
            on_click="ignore",
        )
        st.download_button(
            _("Download data (JSON)"),
            json.dumps(shaped, ensure_ascii=False, indent=2),
            file_name=f"greenroom-{view.session_id}.json",
            mime="application/json",
            icon=":material/data_object:",
            on_click="ignore",
        )
