"""An interview in a list: what it is, where it stands, and the one step that follows."""

import streamlit as st

from core.i18n import _
from core.interviews.types import HistoryItem, SessionStatus
from ui import routes, text, words
from ui.components.notices import confirmed

RUNNING = (SessionStatus.IN_PROGRESS, SessionStatus.PROCESSING)


def interview_card(item: HistoryItem, *, delete: bool = False) -> bool:
    """Draw one interview. Returns True when its deletion was asked for and confirmed."""
    shown = words.STATUSES[item.status]
    with st.container(border=True, key=f"card-{item.session_id}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{words.TYPE_ICONS[item.type]} {words.interview(item.type, item.difficulty)}**")
            st.badge(_(shown.label), icon=shown.icon, color=shown.color)
        st.markdown(_facts(item))
        row = st.container(horizontal=True)
        urgent = item.status in routes.NEXT_SCREEN
        if row.button(_(shown.action), key=f"open-{item.session_id}", type="primary" if urgent else "secondary"):
            routes.go_on(item.session_id, item.status)
        if not delete or item.status in RUNNING:
            return False
        return confirmed(
            f"delete-{item.session_id}",
            row=row,
            label=_("Delete"),
            icon=":material/delete:",
            warning=_("Its transcript, recording and report are erased for good. The payment stays on your account."),
            yes=_("Delete for good"),
        )


def _facts(item: HistoryItem) -> str:
    facts = [text.day_and_time(item.created_at), words.MODES[item.mode]]
    if item.study:
        facts.append(f"**{words.PURPOSES['study']}**")
    if item.duration_seconds is not None:
        facts.append(text.minutes(item.duration_seconds))
    facts.append(", ".join(words.area(area) for area in item.focus_areas))
    if item.overall_score is not None:
        facts.append(_("**Score {overall_score}**").format(overall_score=item.overall_score))
    return " · ".join(facts)
