"""A coach's notes about a learner, and comments pinned to moments of a transcript."""

import streamlit as st

from core.cohorts import remarks
from core.cohorts.remarks import CommentView
from core.i18n import _
from core.interviews.types import Segment
from ui import state, text
from ui.components import browse
from ui.components.listening import Listening
from ui.components.note import note
from ui.guard import PageContext, foreseen
from ui.text import plain, shortened


def notes(ctx: PageContext, cohort_id: str, user_id: str) -> None:
    """The coaches' notes, with a form for another."""
    st.subheader(_("Notes"), anchor=False)
    visited = state.cursors(f"notes.{cohort_id}.{user_id}")
    listed = ctx.read(remarks.notes, cohort_id, user_id, cursor=visited[-1] if visited else None)
    for one in listed.items:
        with st.container(border=True, key=f"note-{one.note_id}", gap="xsmall"):
            st.text(one.body)
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                note(f"{plain(one.by)} · {text.day_and_time(one.at)}")
                if st.button(_("Delete"), key=f"drop-{one.note_id}", type="tertiary", icon=":material/delete:"):
                    with foreseen("learner"):
                        ctx.read(remarks.delete_note, cohort_id, user_id, one.note_id)
                        st.rerun()
    browse.turn_pages(visited, listed.next_cursor, key="notes")
    with st.form("note", border=True, clear_on_submit=True):
        body = st.text_area(_("A note for this cohort's coaches"), max_chars=remarks.MAX_CHARS)
        note(
            _("The learner does not see it here, but finds it in the export of their data. It goes when they withdraw.")
        )
        if st.form_submit_button(_("Keep the note"), icon=":material/sticky_note_2:"):
            with foreseen("learner"):
                ctx.read(remarks.write_note, cohort_id, user_id, body)
                visited.clear()  # It stands first.
                st.rerun()


def commented_transcript(ctx: PageContext, cohort_id: str, user_id: str, listening: Listening) -> None:
    """What was said, to be heard where that is shared, with comments at their moments and a form for another."""
    session_id = listening.session_id
    said = ctx.read(remarks.shared_transcript, cohort_id, user_id, session_id)
    if not said:
        return
    given = ctx.read(remarks.comments, cohort_id, user_id, session_id)
    with st.expander(_("Transcript and comments"), icon=":material/notes:", expanded=bool(given)):
        for segment in said:
            _turn(segment, given, listening)
        with st.form("comment", border=True, clear_on_submit=True):
            turn = st.selectbox(_("The moment"), said, format_func=_moment)
            body = st.text_area(_("Your comment"), max_chars=remarks.MAX_CHARS)
            note(_("The learner is told, and reads it beside this moment of the transcript."))
            if st.form_submit_button(_("Pin the comment"), icon=":material/push_pin:"):
                with foreseen("learner"):
                    ctx.read(remarks.comment, cohort_id, user_id, session_id, segment_id=turn.id, body=body)
                    st.rerun()


def _moment(segment: Segment) -> str:
    place = f"{text.clock(segment.start_ms)} · " if segment.start_ms is not None else ""
    return place + shortened(segment.text)


def _turn(segment: Segment, given: list[CommentView], listening: Listening) -> None:
    place = f" · {text.clock(segment.start_ms)}" if segment.start_ms is not None else ""
    speaker = _("Interviewer") if segment.speaker == "interviewer" else _("Learner")
    with st.container(gap=None):
        st.markdown(f"**{speaker}**{place}")
        st.text(segment.text)
        listening.button(segment.id, segment.start_ms, key=f"turn-{segment.id}")
        pinned(segment.id, given)


def pinned(segment_id: str, given: list[CommentView]) -> None:
    """The comments at one turn, for whoever may read them."""
    for one in given:
        if one.segment_id == segment_id:
            with st.container(border=True, key=f"comment-{one.comment_id}", gap="xsmall"):
                st.markdown(f":material/push_pin: **{plain(one.by)}** · {text.day(one.at)}")
                st.text(one.body)
