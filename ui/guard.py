"""What stands between a visitor and every page: who they are, what they may see, and what they see when it fails.

Pages guard themselves: Streamlit can be brought to run a page's file without the main script, and a fragment runs
without its page.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import streamlit as st
import structlog
from opentelemetry.trace import SpanKind

from core import tracing
from core.accounts.types import Actor, Role
from core.acting import acting
from core.db import Uow
from core.errors import AppError, Forbidden, Kind, NotFound
from core.i18n import _
from core.metrics import SCREEN_ERRORS
from core.settings import Settings
from core.wiring import Greenroom, greenroom
from ui import auth, language, login, routes, words
from ui.routes import Screen
from ui.text import plain

log = structlog.get_logger(__name__)
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class PageContext:
    """Whom a screen is drawn for, and the only ways it reaches the core."""

    actor: Actor
    greenroom: Greenroom

    @property
    def settings(self) -> Settings:
        return self.greenroom.settings

    def read(self, verb: Callable[Concatenate[Uow, Actor, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a one-transaction verb on this person's behalf. Raises what the verb raises."""
        with acting(self.actor.user_id), _asked(verb), self.greenroom.uow() as uow:
            return verb(uow, self.actor, *args, **kwargs)

    def look(self, verb: Callable[Concatenate[Uow, Actor, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a verb that only reads and may be some seconds late, though never behind what this person has written.

        Raises what the verb raises.
        """
        with _asked(verb):
            return self.greenroom.uow.look(verb, self.actor, *args, **kwargs)

    def run(self, flow: Callable[Concatenate[Greenroom, Actor, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a flow on this person's behalf. Raises what the flow raises."""
        with acting(self.actor.user_id), _asked(flow):
            return flow(self.greenroom, self.actor, *args, **kwargs)

    def spend(self, action: str) -> None:
        """Count one of this person's actions, as the HTTP interface does. Raises: TooManyRequests."""
        self.greenroom.rates.hit(action, self.actor.user_id)

    def cohort_id(self) -> str:
        """The cohort the address names. Raises: NotFound where it names none."""
        return self._named("cohort")

    def learner_id(self) -> str:
        """The learner the address names. Raises: NotFound where it names none."""
        return self._named("learner")

    def _named(self, what: str) -> str:
        name = st.query_params.get(what)
        if not name:
            raise NotFound(what)
        return name

    def session_id(self) -> str:
        """The interview the address names. Raises: NotFound where it names none."""
        session_id = st.query_params.get("session")
        if not session_id:
            raise NotFound("interview")
        return session_id


@contextmanager
def _asked(verb: Callable[..., object]) -> Iterator[None]:
    """What a screen asks for has an id of its own, as a request has, and is a step of its trace."""
    asked = secrets.token_hex(16)
    name = getattr(verb, "__name__", "verb")
    with tracing.request(asked), tracing.span(f"screen {name}", SpanKind.SERVER):
        yield


def page(*, role: Role = Role.CANDIDATE) -> Callable[[Callable[[PageContext], None]], Callable[[], None]]:
    """Guard a page: signed out shows the login, the wrong role a refusal, a failure its words."""

    def decorate(draw: Callable[[PageContext], None]) -> Callable[[], None]:
        @wraps(draw)
        def guarded() -> None:
            actor = auth.current_actor()
            language.settle(actor)
            if actor is None:
                login.login_screen()
                st.stop()
            with error_frame(draw.__name__):
                draw(_admit(actor, role))

        return guarded

    return decorate


def guarded_fragment(
    *, role: Role = Role.CANDIDATE, run_every: timedelta | float | None = None
) -> Callable[[Callable[Concatenate[PageContext, P], None]], Callable[P, None]]:
    """Guard a part that runs without its page; one that finds nobody signed in has the whole page run again."""

    def decorate(draw: Callable[Concatenate[PageContext, P], None]) -> Callable[P, None]:
        @st.fragment(run_every=run_every)
        @wraps(draw)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
            actor = auth.current_actor()
            language.settle(actor)
            if actor is None:
                st.rerun(scope="app")
            with error_frame(draw.__name__):
                draw(_admit(actor, role), *args, **kwargs)

        return guarded

    return decorate


def _admit(actor: Actor, role: Role) -> PageContext:
    if not routes.allows(actor.role, role):
        raise Forbidden
    return PageContext(actor, greenroom())


@contextmanager
def error_frame(where: str) -> Iterator[None]:
    """Show what is raised inside: a foreseen error in its own words, any other as a reference to what was logged."""
    try:
        yield
    except AppError as error:
        _note(error, where)
        show_problem(error)
        _way_out(error)
    except Exception as error:
        # The outermost place of a screen: nothing catches after it. Streamlit's own signals are no `Exception`.
        reference = secrets.token_hex(4)
        SCREEN_ERRORS.labels(where, "bug").inc()
        log.exception("screen failed", screen=where, reference=reference, error=type(error).__name__)
        st.error(_(words.BROKEN).format(reference=f"`{reference}`"), icon=":material/error:")
        st.button(_("Try again"), key=f"retry.{where}", icon=":material/refresh:")


@contextmanager
def foreseen(where: str) -> Iterator[None]:
    """Show a foreseen error in its place and let the rest of the page stand."""
    try:
        yield
    except AppError as error:
        _note(error, where)
        show_problem(error)


def show_problem(error: AppError) -> None:
    explained = words.explain(error)
    show = st.error if error.alert or error.kind is Kind.PROVIDER_REFUSED else st.warning
    show(f"**{explained.title}.** {plain(explained.detail)}", icon=":material/info:")


def _way_out(error: AppError) -> None:
    with st.container(horizontal=True, key=f"way-out-{error.code}"):
        if words.explain(error).retry:
            st.button(_("Try again"), key=f"retry.{error.code}", icon=":material/refresh:")
        routes.link(Screen.HOME, _("Home"), icon=":material/home:")
        routes.link(Screen.HISTORY, _("Your interviews"), icon=":material/history:")


def _note(error: AppError, where: str) -> None:
    tell = log.error if error.alert or error.kind is Kind.PROVIDER_REFUSED else log.info
    SCREEN_ERRORS.labels(where, error.code).inc()
    tell("screen refused", screen=where, code=error.code, facts=error.facts)
