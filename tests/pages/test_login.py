"""What a visitor sees who is not signed in."""

import dataclasses
import re
from collections.abc import Callable

import pyotp
import pytest
from streamlit.testing.v1 import AppTest

from core.accounts import links, second_factor, service
from core.accounts.types import Actor, Role
from core.ids import new_id
from core.notifications import flows as notifications
from core.notifications.models import OutgoingMessage
from core.ports.messages import Mail
from core.wiring import Greenroom
from tests.pages.support import Visitor, button, said
from ui.routes import Screen

PASSWORD, OTHER = "Quiet-9-river-Lantern", "Another-4-copper-Kite"
TICKET = "auth.ticket"


@pytest.fixture
def nobody(visit: Visitor, greenroom: Greenroom, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    visit.actor = None
    monkeypatch.setattr("ui.login.address", lambda: new_id("usr"))
    monkeypatch.setattr("ui.login._bridge", lambda **given: _signed_in(given["data"]["ticket"]))
    return visit


def _signed_in(ticket: str) -> None:
    import streamlit as st

    st.write(f"ticket of {len(ticket)} characters")


@pytest.fixture
def account(greenroom: Greenroom) -> Callable[..., Actor]:
    def make(role: Role = Role.CANDIDATE) -> Actor:
        name = new_id("usr")
        with greenroom.uow() as uow:
            user = service.register(
                uow, username=name, email=f"{name}@people.test", name="Asha", password=PASSWORD, role=role
            )
        return Actor(user.id, user.username, user.name, role, "ses_test")

    return make


def field(app: AppTest, label: str, value: str) -> None:
    next(item for item in app.text_input if item.label == label).set_value(value)


def sign_in(app: AppTest, username: str, password: str) -> AppTest:
    field(app, "Username", username)
    field(app, "Password", password)
    return button(app, "Login").click().run()


def test_the_right_password_lets_in(nobody: Visitor, account: Callable[..., Actor]) -> None:
    app = sign_in(nobody.open(Screen.HOME), account().username, PASSWORD)
    assert "ticket of" in said(app)


def test_unknown_and_known_users_are_refused_in_the_same_words(nobody: Visitor, account: Callable[..., Actor]) -> None:
    told = [
        said(sign_in(nobody.open(Screen.HOME), username, "not the password"))
        for username in (account().username, "nobody.at.all")
    ]
    assert told[0] == told[1]
    assert "User name or password is not right" in told[0]


def test_a_second_factor_is_asked_for_after_the_password(
    nobody: Visitor, account: Callable[..., Actor], greenroom: Greenroom
) -> None:
    ravi = account(Role.COACH)
    with greenroom.uow() as uow:
        enrolment = second_factor.enrol(uow, ravi)
    second_factor.confirm(greenroom, ravi, pyotp.TOTP(enrolment.secret).now())

    app = sign_in(nobody.open(Screen.HOME), ravi.username, PASSWORD)
    assert "Enter the six digits" in said(app)
    assert TICKET not in app.session_state

    field(app, "Code", "000000")
    button(app, "Sign in").click().run()
    assert "This code is not right" in said(app)
    assert TICKET not in app.session_state

    field(app, "Code", enrolment.recovery_codes[0])
    button(app, "Sign in").click().run()
    assert "ticket of" in said(app)


def test_a_forgotten_password_reads_the_same_for_every_address(
    nobody: Visitor, account: Callable[..., Actor], greenroom: Greenroom
) -> None:
    asha = account()
    told = []
    for address in (f"{asha.username}@people.test", "nobody@people.test"):
        app = nobody.open(Screen.HOME)
        button(app, "Forgot your password?").click().run()
        field(app, "E-mail", address)
        told.append(said(button(app, "Send me a link").click().run()))
    assert told[0] == told[1]
    assert "If an account has this address" in told[0]


def test_a_mailed_link_sets_a_new_password(
    nobody: Visitor, account: Callable[..., Actor], greenroom: Greenroom
) -> None:
    asha = account()
    token = mailed(greenroom, asha)

    app = nobody.open(Screen.ACCOUNT, reset=token)
    field(app, "New password", "short")
    button(app, "Set the password").click().run()
    assert "At least 10 characters" in said(app)
    field(app, "New password", OTHER)
    button(app, "Set the password").click().run()
    assert "Your new password is set" in said(app)

    app = sign_in(app, asha.username, OTHER)
    assert "ticket of" in said(app)

    app = nobody.open(Screen.ACCOUNT, reset=token)
    field(app, "New password", PASSWORD)
    button(app, "Set the password").click().run()
    assert "has been used or is too old" in said(app)


def test_a_second_click_while_a_new_password_is_being_set_does_not_call_the_link_spent(
    nobody: Visitor, account: Callable[..., Actor], greenroom: Greenroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    asha = account()
    app = nobody.open(Screen.ACCOUNT, reset=mailed(greenroom, asha))
    field(app, "New password", OTHER)
    with monkeypatch.context() as cut_off:
        # The first run is cut off before it can leave, as a second click does to it.
        cut_off.setattr("ui.login._leave_reset", lambda _view, _done: None)
        button(app, "Set the password").click().run()
    button(app, "Set the password").click().run()

    assert "has been used or is too old" not in said(app)
    assert "Your new password is set" in said(app)
    assert "ticket of" in said(sign_in(app, asha.username, OTHER))


def mailed(greenroom: Greenroom, actor: Actor) -> str:
    """The token of a reset link, as its mail carries it."""
    sent: list[Mail] = []

    class Post:
        is_on = True

        def send_mail(self, mail: Mail) -> str:
            sent.append(mail)
            return "m-1"

    links.send_reset(greenroom, actor.user_id)
    with greenroom.uow() as uow:
        message = uow.session.query(OutgoingMessage).filter_by(user_id=actor.user_id).one()
    notifications.deliver(dataclasses.replace(greenroom, mail=Post()), message.id)
    found = re.search(r"reset=(\S+)", sent[0].text)
    assert found
    return found.group(1)
