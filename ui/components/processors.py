"""Who worked on somebody's data on our behalf."""

import streamlit as st

from core.i18n import N_, _
from core.privacy.processors import Processor, processed
from ui.guard import PageContext

_ROWS = {
    Processor.VOICE: ("Vapi", N_("carries calls and turns speech into text")),
    Processor.MODEL: ("Google Gemini", N_("writes questions and judges answers")),
    Processor.RECORDINGS: ("Amazon S3", N_("keeps recordings, encrypted by us")),
    Processor.PAYMENTS: ("Razorpay", N_("takes payments and pays back")),
    Processor.MAIL: ("Amazon SES", N_("delivers mail")),
    Processor.SMS: ("Amazon SNS", N_("delivers text messages")),
}


def processors(ctx: PageContext) -> None:
    """Each provider with what it does and how often it did it for this person."""
    with st.container(border=True, key="processors"):
        st.markdown(_("**Who works on your data for us**"))
        titles = (_("Provider"), _("What it does"), _("How often for you"))
        rows = ["| {} | {} | {} |".format(*titles), "| --- | --- | ---: |"]
        rows += [_row(one.processor, one.times) for one in ctx.look(processed)]
        st.markdown("\n".join(rows))
        st.markdown(
            _(
                "Each gets what its task needs. Deleting an interview erases its call and recording there too; "
                "Razorpay keeps its own record of payments."
            )
        )


def _row(processor: Processor, times: int) -> str:
    name, task = _ROWS[processor]
    return f"| {name} | {_(task)} | {times} |"
