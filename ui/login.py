"""What a visitor who is not signed in sees: signing in, a second factor, an account, a forgotten password.

The form is streamlit-authenticator's; users, sessions and the cookie are ours. The form's success becomes a one-time
ticket, which the browser exchanges for the cookie at `/auth/exchange`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import streamlit as st
import streamlit_authenticator as stauth

from core.accounts import links, second_factor, service
from core.accounts.errors import NotSignedIn, SecondFactorNeeded
from core.errors import AppError, FieldProblem
from core.i18n import _
from core.wiring import greenroom
from ui import federation, language, words
from ui.auth import address
from ui.components.sample import try_two_questions
from ui.identity import EXCHANGE_PATH
from ui.once import once

_TICKET = "auth.ticket"
_PROBLEM = "auth.problem"
_VIEW = "auth.view"
_HALF_IN = "auth.half_in"
_DONE = "auth.done"
_TIME_FOR_A_CODE = timedelta(minutes=5)


class _View(StrEnum):
    LOGIN = "login"
    REGISTER = "register"
    FORGOT = "forgot"


@dataclass(frozen=True)
class _HalfIn:
    """Somebody whose password was right and whose second factor is still to come; it never leaves the server."""

    user_id: str
    at: datetime


_bridge = st.components.v2.component(
    "greenroom_sign_in",
    html="<p role='status'>Signing you in …</p>",
    js="""
export default async function({data, parentElement}) {
  if (window.__greenroomTicket === data.ticket) { return; }
  window.__greenroomTicket = data.ticket;
  const reply = await fetch(data.path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {'X-Requested-With': 'greenroom', 'X-Ticket': data.ticket},
  });
  if (reply.ok) { window.location.reload(); return; }
  parentElement.querySelector('p').textContent = 'Signing in did not work. Please reload the page and try again.';
}
""",
)


class _Users:
    """What the library's form calls when it is sent."""

    def login(self, username: str | None = None, password: str | None = None, *_: Any, **__: Any) -> bool:
        st.session_state.pop(_PROBLEM, None)
        app = greenroom()
        try:
            user = service.check_password(app, username or "", password or "", address=address())
            st.session_state[_HALF_IN] = _HalfIn(user.id, app.clock())
            _admit(user.id, code=None)
        except SecondFactorNeeded:
            return False
        except AppError as exc:
            st.session_state[_PROBLEM] = exc.told
            return False
        return True


class _NoCookie:
    """The library's cookie is set by script and outlives a logout: ours is set by the server."""

    def get_cookie(self) -> None:
        return None

    def set_cookie(self) -> None:
        return None


class _Form(stauth.Authenticate):  # type: ignore[misc]  # the library has no types
    def __init__(self) -> None:
        # The library's own set-up would mount its cookie script; only the form is wanted.
        self.api_key = self.path = None
        self.attrs = {"login_sleep_time": 0}
        self.cookie_controller = _NoCookie()
        self.authentication_controller = _Users()


def _admit(user_id: str, *, code: str | None) -> None:
    """Let in whoever has proven all there is to prove. Raises: SecondFactorNeeded, BadCode, TooManyRequests."""
    app = greenroom()
    second_factor.check(app, user_id, code)
    with app.uow() as uow:
        st.session_state[_TICKET] = service.issue_ticket(uow, user_id)
    st.session_state.pop(_HALF_IN, None)


def login_screen() -> None:
    """The login, or the way to an account. After it the address that was asked for is shown again."""
    language.switch()
    st.title(words.PRODUCT)
    st.write(_(words.WELCOME_LINE))
    if ticket := st.session_state.pop(_TICKET, None):
        _bridge(key="auth.bridge", data={"ticket": ticket, "path": EXCHANGE_PATH})
        return
    _take_proof()
    if token := st.query_params.get("reset"):
        _reset_form(token)
    elif _is_half_in():
        _code_form()
    else:
        _VIEWS[st.session_state.get(_VIEW, _View.LOGIN)]()


def _take_proof() -> None:
    """Let in whom the provider vouches for. One proof is good once: after a sign-out it is silently too old."""
    try:
        user_id = federation.take_proof(greenroom())
        if user_id is None:
            return
        st.session_state[_HALF_IN] = _HalfIn(user_id, greenroom().clock())
        _admit(user_id, code=None)
    except (NotSignedIn, SecondFactorNeeded):
        return
    except AppError as exc:
        _problem(exc)
        return
    st.rerun()


def _is_half_in() -> bool:
    held: _HalfIn | None = st.session_state.get(_HALF_IN)
    return held is not None and greenroom().clock() - held.at < _TIME_FOR_A_CODE


def _show(view: _View) -> None:
    st.session_state.pop(_HALF_IN, None)
    st.session_state[_VIEW] = view


def _way(label: str, view: _View) -> None:
    st.button(label, key=f"auth.to_{view}", on_click=_show, args=(view,), type="tertiary")


def _problem(exc: AppError) -> None:
    told = f"{words.field(exc.field)}: {exc.told}" if isinstance(exc, FieldProblem) else exc.told
    st.error(told, icon=":material/error:")


def _login_form() -> None:
    if done := st.session_state.pop(_DONE, None):
        st.success(done, icon=":material/check:")
    _Form().login(
        key="auth.login",
        fields={
            "Form name": _("Sign in"),
            "Username": _("Username"),
            "Password": _("Password"),
            "Login": _("Login"),
        },
    )
    if _TICKET in st.session_state or _is_half_in():
        st.rerun()
    if problem := st.session_state.pop(_PROBLEM, None):
        st.error(problem, icon=":material/error:")
    federation.sign_in_button(greenroom().settings)
    with st.container(horizontal=True, key="auth-ways"):
        _way(_("Create an account"), _View.REGISTER)
        _way(_("Forgot your password?"), _View.FORGOT)
    try_two_questions(greenroom())


def _code_form() -> None:
    with st.form("auth.code"):
        st.subheader(_("One more step"))
        st.write(_(words.SECOND_FACTOR_ASKED))
        code = st.text_input(_("Code"), max_chars=20, autocomplete="one-time-code")
        sent = st.form_submit_button(_("Sign in"), type="primary")
    if sent:
        try:
            _admit(st.session_state[_HALF_IN].user_id, code=code or " ")
        except AppError as exc:
            _problem(exc)
        else:
            st.rerun()
    _way(_("Back"), _View.LOGIN)


def _register_form() -> None:
    with st.form("auth.register"):
        st.subheader(_("Create an account"))
        name = st.text_input(_("Your name"), max_chars=120, autocomplete="name")
        username = st.text_input(
            _("Username"), max_chars=40, autocomplete="username", help=_("3 to 40 letters, digits, dots or dashes.")
        )
        email = st.text_input(_("E-mail"), max_chars=254, autocomplete="email")
        password = st.text_input(
            _("Password"), type="password", max_chars=72, autocomplete="new-password", help=_("At least 10 characters.")
        )
        sent = st.form_submit_button(_("Create account"), type="primary")
    if sent:
        _register(username, email, name, password)
    _way(_("I have an account"), _View.LOGIN)


def _register(username: str, email: str, name: str, password: str) -> None:
    app = greenroom()
    try:
        app.rates.hit("register_address", address())
        with app.uow() as uow:
            user = links.register(uow, username=username, email=email, name=name, password=password)
            st.session_state[_TICKET] = service.issue_ticket(uow, user.id)
    except AppError as exc:
        _problem(exc)
        return
    st.session_state.pop(_VIEW, None)
    st.rerun()


def _forgot_form() -> None:
    with st.form("auth.forgot"):
        st.subheader(_("Forgot your password?"))
        st.write(_(words.RESET_EXPLAINED))
        email = st.text_input(_("E-mail"), max_chars=254, autocomplete="email")
        sent = st.form_submit_button(_("Send me a link"), type="primary")
    if sent:
        try:
            links.ask_reset(greenroom(), email, address=address())
        except AppError as exc:
            _problem(exc)
        else:
            st.success(_(words.RESET_SENT), icon=":material/mail:")
    _way(_("Back"), _View.LOGIN)


def _reset_form(token: str) -> None:
    with st.form("auth.reset"):
        st.subheader(_("Set a new password"))
        password = st.text_input(
            _("New password"),
            type="password",
            max_chars=72,
            autocomplete="new-password",
            help=_("At least 10 characters."),
        )
        sent = st.form_submit_button(_("Set the password"), type="primary")
    if sent:
        try:
            once("reset", (token, password), lambda: links.reset_password(greenroom(), token, password))
        except AppError as exc:
            _problem(exc)
            st.button(_("Back to the sign in"), on_click=_leave_reset, args=(_View.FORGOT, None), type="tertiary")
        else:
            _leave_reset(_View.LOGIN, _(words.RESET_DONE))
            st.rerun()


def _leave_reset(view: _View, done: str | None) -> None:
    del st.query_params["reset"]
    st.session_state[_VIEW] = view
    if done:
        st.session_state[_DONE] = done


_VIEWS = {_View.LOGIN: _login_form, _View.REGISTER: _register_form, _View.FORGOT: _forgot_form}
