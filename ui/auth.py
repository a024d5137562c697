"""Who is signed in on this page, by our own sessions."""

import streamlit as st

from core.accounts import service
from core.accounts.types import Actor
from core.ratelimit import normal_address
from core.wiring import greenroom
from ui.identity import COOKIE


def address() -> str:
    """Where the browser calls from, for counting attempts.

    Behind the balancer that is what it says of its caller; the server takes its word where FORWARDED_ALLOW_IPS does.
    """
    return normal_address(st.context.ip_address or "unknown")


def current_actor() -> Actor | None:
    """Who is signed in on this page, looked up in the sessions' table at each call."""
    cookie = st.context.cookies.get(COOKIE)
    if not isinstance(cookie, str) or not cookie:
        return None
    with greenroom().uow() as uow:
        return service.actor_of_cookie(uow, cookie)


def sign_out() -> None:
    """End this session everywhere and show the login."""
    actor = current_actor()
    if actor is not None:
        with greenroom().uow() as uow:
            service.sign_out(uow, actor.session_id)
    st.rerun(scope="app")
