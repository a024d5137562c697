"""How one signs in: the address, and an authenticator for those who see other people's data."""

import streamlit as st

from core.accounts import links, second_factor
from core.accounts.policy import sees_others
from core.accounts.types import AccountView
from core.i18n import _
from ui import words
from ui.guard import PageContext, foreseen

_ENROLMENT = "account.enrolment"
_CONFIRM = "confirm"


def proof_of_address(ctx: PageContext) -> None:
    """Take a mailed link's proof, where the address carries one."""
    if token := st.query_params.get(_CONFIRM):
        with foreseen("account"):
            ctx.run(links.confirm_address, token)
            st.success(_(words.ADDRESS_CONFIRMED), icon=":material/check:")
        del st.query_params[_CONFIRM]


def address_confirmation(ctx: PageContext, seen: AccountView) -> None:
    """Offer another link while the address is not proven."""
    if seen.email_is_confirmed:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="confirm-address"):
        st.markdown(_(words.ADDRESS_NOT_CONFIRMED))
        if st.button(_("Mail me the link again"), icon=":material/mail:"):
            with foreseen("account"):
                ctx.run(links.ask_confirmation)
                st.toast(_(words.LINK_SENT))


def authenticator(ctx: PageContext) -> None:
    """Turn the second factor on or off; candidates have none, their pages show only what is theirs."""
    if not sees_others(ctx.actor):
        return
    is_on = ctx.read(lambda uow, actor: second_factor.is_on(uow, actor.user_id))
    with st.container(border=True, key="second-factor"):
        st.markdown(_("**Authenticator app**"))
        if is_on:
            _on(ctx)
        elif _ENROLMENT in st.session_state:
            _enrolling(ctx, st.session_state[_ENROLMENT])
        else:
            st.markdown(_(words.SECOND_FACTOR_OFF))
            if st.button(_("Set up an authenticator"), icon=":material/qr_code_2:"):
                with foreseen("account"):
                    st.session_state[_ENROLMENT] = ctx.read(second_factor.enrol)
                    st.rerun()


def _on(ctx: PageContext) -> None:
    st.session_state.pop(_ENROLMENT, None)
    st.markdown(_(words.SECOND_FACTOR_ON))
    with st.form("second-factor-off", border=False):
        code = st.text_input(_("A code, to turn it off"), max_chars=20, autocomplete="one-time-code")
        if st.form_submit_button(_("Turn it off")):
            with foreseen("account"):
                ctx.run(second_factor.turn_off, code)
                st.rerun()


def _enrolling(ctx: PageContext, enrolment: second_factor.Enrolment) -> None:
    st.markdown(_(words.SECOND_FACTOR_SCAN))
    st.image(enrolment.picture, width=220, caption=_("QR code for your authenticator app"))
    st.code(enrolment.secret, language=None)
    st.markdown(_(words.RECOVERY_CODES))
    st.code("\n".join(enrolment.recovery_codes), language=None)
    with st.form("second-factor-on", border=False):
        code = st.text_input(_("The code your app shows now"), max_chars=20, autocomplete="one-time-code")
        if st.form_submit_button(_("Turn it on"), type="primary"):
            with foreseen("account"):
                ctx.run(second_factor.confirm, code)
                del st.session_state[_ENROLMENT]
                st.rerun()
