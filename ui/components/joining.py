"""Joining a cohort by consent, and taking it back."""

import streamlit as st

from core.cohorts import service
from core.cohorts.types import Membership, Share
from core.i18n import _
from ui import state, text
from ui.components.note import note
from ui.components.notices import confirmed
from ui.guard import PageContext, foreseen
from ui.text import plain


def invitation(ctx: PageContext) -> None:
    """What the address invites to, with the choice of what is shown."""
    token = st.query_params.get("join")
    if not token:
        return
    with foreseen("account"):
        cohort = ctx.read(lambda uow, _: service.invited_to(uow, token))
        with st.form("join", border=True):
            st.subheader(_("Join {name}").format(name=plain(cohort.name)), anchor=False)
            st.markdown(_("You choose what your coach sees. You can change it or withdraw at any time."))
            share = _choices(Share(), "join")
            if st.form_submit_button(_("Join the cohort"), type="primary", icon=":material/group_add:"):
                ctx.read(service.join, token, share)
                del st.query_params["join"]
                st.rerun()


def memberships(ctx: PageContext) -> None:
    """Every cohort one belongs to."""
    held = ctx.read(service.memberships)
    if not held:
        return
    st.subheader(_("Who sees your results"), anchor=False)
    for membership in held:
        _membership(ctx, membership)


def _membership(ctx: PageContext, held: Membership) -> None:
    with st.container(border=True, key=f"membership-{held.cohort_id}"):
        st.markdown(f"**{plain(held.name)}**")
        note(
            _("Joined {day}").format(day=text.day(held.joined_at))
            + (_(" · aggregates only") if held.feedback_only else "")
        )
        with st.form(f"share-{held.cohort_id}", border=False):
            share = _choices(held.share, held.cohort_id)
            if st.form_submit_button(_("Save what is shown")):
                with foreseen("account"):
                    ctx.read(service.set_share, held.cohort_id, share)
                    st.success(_("Saved."), icon=":material/check:")
        left = confirmed(
            f"withdraw-{held.cohort_id}",
            row=st.container(horizontal=True, key=f"leave-{held.cohort_id}"),
            label=_("Withdraw"),
            icon=":material/logout:",
            warning=_("Your coach sees nothing of you any more from then on, and no figure counts you."),
            yes=_("Withdraw from the cohort"),
        )
        if left:
            with foreseen("account"):
                ctx.read(service.withdraw, held.cohort_id)
                state.stop_asking()
                st.rerun()


def _choices(now: Share, key: str) -> Share:
    return Share(
        scores=st.checkbox(_("My scores"), value=now.scores, key=f"scores-{key}"),
        reports=st.checkbox(_("My reports, with everything I said"), value=now.reports, key=f"reports-{key}"),
        audio=st.checkbox(_("My recordings"), value=now.audio, key=f"audio-{key}"),
    )
