"""Sending a set-up: checked by the rules, planned by the core, once however often it is clicked."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import FieldProblem
from core.i18n import _
from core.interviews import flows
from core.interviews.rules import price_of, validate_setup
from core.interviews.types import Pricing, SetUp
from ui import routes
from ui.components import drafting
from ui.components.documents import JOB, RESUME, text_of
from ui.guard import PageContext
from ui.once import once
from ui.routes import Screen
from ui.text import plain


def priced(ctx: PageContext, chosen: SetUp) -> Pricing:
    """What this would cost, as the core will price it."""
    settings = ctx.settings
    return price_of(
        chosen,
        base=settings.price_base,
        voice_minute=settings.price_voice_minute,
        text_minute=settings.price_text_minute,
        currency=settings.currency,
    )


@contextmanager
def beside_fields(slots: Mapping[str, DeltaGenerator]) -> Iterator[None]:
    """Show what is wrong with an input beside it."""
    try:
        yield
    except FieldProblem as problem:
        if problem.field not in slots:
            raise
        slots[problem.field].error(plain(problem.told), icon=":material/error:")


def send(ctx: PageContext, chosen: SetUp, *, resume: bytes | str | None, job: bytes | str | None) -> NoReturn:
    """Plan the interview and go on to its payment.

    Raises: FieldProblem. A second click finds the first one's interview and goes there.
    """

    def planned() -> str:
        documents = {"resume_text": text_of(resume, RESUME), "job_description": text_of(job, JOB)}
        checked = validate_setup({**asdict(chosen), **documents})
        ctx.spend("setup")
        return ctx.run(flows.set_up, checked).session_id

    with st.spinner(_("Writing your questions. This can take up to a minute…")):
        session_id = once("setup", (chosen, resume, job), planned)
    drafting.forget(ctx)
    routes.go(Screen.PAYMENT, session=session_id)
