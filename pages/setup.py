"""Choosing an interview, with its price beside it."""

import streamlit as st

from core.i18n import _
from core.interviews.catalogue import Mode
from core.interviews.preferences import pace
from core.interviews.rules import MAX_ROLE_CHARS
from core.interviews.types import SetUp
from ui.components import drafting, selectors
from ui.components.documents import JOB, RESUME, document_input
from ui.components.note import note
from ui.components.preflight import preflight_before_money
from ui.components.price import price_lines
from ui.components.setup import beside_fields, priced, send
from ui.guard import PageContext, page
from ui.once import forget
from ui.state import Key


@page()
def setup(ctx: PageContext) -> None:
    st.title(_("New interview"), anchor=False)
    slots = {}
    drafting.restore(ctx)
    wanted = ctx.read(pace)
    kind = selectors.type_selector()
    focus = selectors.focus_selector(kind)
    slots["focusAreas"] = st.empty()
    difficulty = selectors.difficulty_selector()
    mode = selectors.mode_selector()
    study = selectors.study_selector(mode)
    if mode is Mode.VOICE:
        preflight_before_money()
    minutes = selectors.length_selector()
    with st.grid(2, min_column_width=220):
        role = st.text_input(_("Role you are preparing for (optional)"), key=Key.ROLE, max_chars=MAX_ROLE_CHARS)
        language = selectors.language_selector()
    slots["role"] = st.empty()
    with st.expander(_("At your own pace (optional)"), icon=":material/hourglass_empty:"):
        patience = selectors.patience_selector(wanted.patience)
        extra_time = selectors.extra_time_selector(wanted.extra_time)
        note(_("Neither changes the price, and neither is seen by whoever judges the answers."))
    slots["extraTime"] = st.empty()
    with st.expander(_("Make it about you: résumé and job description (optional)"), icon=":material/description:"):
        st.markdown(_("Questions are then written about your own work. Both are stored encrypted."))
        resume = document_input(RESUME)
        slots["resumeText"] = st.empty()
        job = document_input(JOB)
        slots["jobDescription"] = st.empty()

    chosen = SetUp(
        kind,
        difficulty,
        tuple(focus),
        mode,
        minutes,
        language,
        role or None,
        patience=patience,
        extra_time=extra_time,
        study=study,
    )
    drafting.keep(ctx, role=role, language=language, resume=resume, job=job)
    price_lines(priced(ctx, chosen))
    if st.button(_("Continue to payment"), type="primary", icon=":material/arrow_forward:"):
        with beside_fields(slots):
            send(ctx, chosen, resume=resume, job=job)
    else:
        forget("setup")


setup()
