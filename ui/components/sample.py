"""What a visitor without an account may try: two questions, typed, with what a report would say."""

import streamlit as st

from core.errors import AppError
from core.i18n import _
from core.interviews.questions import Question
from core.reports import sample
from core.wiring import Greenroom
from ui import words
from ui.auth import address
from ui.components.note import note
from ui.text import plain


def try_two_questions(app: Greenroom) -> None:
    with st.expander(_("Try two questions now: no account, no payment"), icon=":material/play_circle:"):
        for number, question in enumerate(sample.questions(), start=1):
            _question(app, number, question)
        note(_("Nothing you write here is kept. In an interview a voice asks, follows up, and quotes you as proof."))


def _question(app: Greenroom, number: int, question: Question) -> None:
    with st.container(border=True, key=f"sample-{number}"):
        st.markdown(f"**{number}. {plain(question.text)}**")
        answer = st.text_area(
            _("Your answer to question {number}").format(number=number),
            key=f"sample.answer.{number}",
            max_chars=sample.MAX_ANSWER_CHARS,
            placeholder=_("In your own words, as you would say it"),
        )
        if not st.button(_("See how question {number} went").format(number=number), icon=":material/fact_check:"):
            return
        try:
            seen = sample.judge(app, question.id, answer, address=address())
        except AppError as error:
            st.error(plain(words.explain(error).detail), icon=":material/error:")
            return
        _glimpse(seen)


def _glimpse(seen: sample.Glimpse) -> None:
    st.badge(words.band(seen.band), icon=":material/insights:")
    for point in seen.points:
        icon, verdict = words.VERDICTS[point.verdict]
        st.markdown(f"{icon} **{_(verdict)}**: {plain(point.text)}")
