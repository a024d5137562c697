"""Who is signed in on this page, by our own sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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


_known: ContextVar[list[Actor | None] | None] = ContextVar("known_actor", default=None)


@contextmanager
def looked_up_once() -> Iterator[None]:
    """Within the block, a single run of the script, who is signed in is looked up at the first call alone. Whatever
    runs without the block, as a fragment does, looks for itself."""
    token = _known.set([])
    try:
        yield
    finally:
        _known.reset(token)


def current_actor() -> Actor | None:
    """Who is signed in on this page, by the sessions' table."""
    known = _known.get()
    if known:
        return known[0]
    found = _look_up()
    if known is not None:
        known.append(found)
    return found


def _look_up() -> Actor | None:
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
