"""The words of a set-up that is not sent yet: kept at every change, there again after a reload or on another node."""

from dataclasses import replace

import streamlit as st

from core.errors import FieldProblem
from core.interviews import preferences
from core.interviews.preferences import SetUpDraft
from ui import state
from ui.components.documents import JOB, RESUME, Field, text_of
from ui.guard import PageContext
from ui.state import Key

_FIELDS = {
    Key.ROLE: "role",
    Key.LANGUAGE: "language",
    Key.RESUME_TEXT: "resume_text",
    Key.JOB_TEXT: "job_description",
}
_KEPT = "kept"


def restore(ctx: PageContext) -> None:
    """Fill the fields that this session does not know with what was kept. Call it before they are drawn."""
    held = state.draft()
    if _KEPT not in held:
        held[_KEPT] = ctx.read(preferences.draft)
    for key, name in _FIELDS.items():
        if key not in st.session_state:
            st.session_state[key] = getattr(held[_KEPT], name)


def keep(ctx: PageContext, *, role: str, language: str, resume: bytes | str | None, job: bytes | str | None) -> None:
    """Keep what stands in the form now, of a PDF its words."""
    now = SetUpDraft(role, language, _words(resume, RESUME), _words(job, JOB))
    held = state.draft()
    if now != held[_KEPT]:
        ctx.read(preferences.keep_draft, now)
        held[_KEPT] = now


def forget(ctx: PageContext) -> None:
    """The set-up was sent: its words are the interview's now. The role and the language begin the next one."""
    held = state.draft()
    held[_KEPT] = replace(held[_KEPT], resume_text="", job_description="")
    ctx.read(preferences.keep_draft, held[_KEPT])


def _words(given: bytes | str | None, field: Field) -> str:
    """What is wrong with a document is said when the form is sent; until then nothing of it is kept."""
    if not isinstance(given, bytes):
        return given or ""
    read = state.draft()
    if read.get(field.name, (None, ""))[0] != hash(given):
        try:
            words = text_of(given, field) or ""
        except FieldProblem:
            words = ""
        read[field.name] = (hash(given), words)
    return str(read[field.name][1])
