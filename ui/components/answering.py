"""The box a typed answer is written in, and what is said of one that cannot be taken."""

from typing import Protocol

import streamlit as st

from core.accounts.types import Actor
from core.db import Uow
from core.errors import FieldProblem, TooManyRequests
from core.i18n import _
from core.interviews.errors import InvalidState
from core.interviews.rules import MAX_ANSWER_CHARS
from ui import state
from ui.guard import PageContext
from ui.text import plain

ANSWER_HEIGHT = 180


class Take(Protocol):
    def __call__(self, uow: Uow, actor: Actor, session_id: str, text: str, /, *, turn: int) -> object: ...


def answer_form(
    ctx: PageContext, session_id: str, turn: int, take: Take, *, label: str, key: str | None = None
) -> None:
    """Draw the box for one turn; what is sent goes to `take`, and the page is drawn anew."""
    with st.form(f"form-{session_id}-{turn}", border=False):
        answer = st.text_area(
            label,
            key=key or state.answer_key(session_id, turn),
            height=ANSWER_HEIGHT,
            max_chars=MAX_ANSWER_CHARS,
            placeholder=_("Answer as you would speak. Ctrl + Enter sends it."),
        )
        problem = st.empty()
        sent = st.form_submit_button(_("Send answer"), type="primary", icon=":material/send:")
    if not sent:
        return
    try:
        ctx.spend("answers")
        ctx.read(take, session_id, answer or "", turn=turn)
    except (FieldProblem, TooManyRequests) as refused:
        problem.error(plain(refused.told), icon=":material/error:")
        return
    except InvalidState:
        # Ended meanwhile, in another tab or by the clock: the state says what follows.
        pass
    state.answer_no_more()
    st.rerun()
