"""Who one is, and what was paid."""

import pytest

from core.accounts.service import email_of
from tests.pages.support import Story, Visitor, button, said
from ui.routes import Screen


def test_name_address_and_role_are_shown(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.ACCOUNT)

    shown = [text.value for text in app.text]
    assert shown == ["Asha", story.actor.username, f"{story.actor.username}@people.test", "Candidate"]
    assert "You have not paid for anything yet" in said(app)


def test_payments_are_listed_with_amount_and_state(visit: Visitor, story: Story) -> None:
    story.ready(minutes=12)

    app = visit.open(Screen.ACCOUNT)

    assert "**₹195.00** · Paid · " in said(app)


def test_signing_out_is_done_by_the_accounts(visit: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr("ui.auth.sign_out", lambda: done.append("out"))
    app = visit.open(Screen.ACCOUNT)

    button(app, "Sign out").click().run()

    assert done == ["out"]


@pytest.fixture
def right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asha's password is the word "right"."""
    monkeypatch.setattr("core.accounts.passwords.matches", lambda given, _stored: given == "right")


@pytest.mark.usefixtures("right")
def test_a_wrong_password_erases_nothing(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.ACCOUNT)
    button(app, "Delete my account").click().run()
    assert "Tick that you understand" in said(app)

    app.checkbox[-1].check()
    app.text_input[-1].set_value("not the password")
    button(app, "Delete my account").click().run()

    assert "User name or password is not right" in said(app)
    with story.greenroom.uow() as uow:
        assert email_of(uow, story.actor.user_id)


@pytest.mark.usefixtures("right")
def test_a_password_that_is_too_short_is_refused(visit: Visitor) -> None:
    app = visit.open(Screen.ACCOUNT)
    current, new = (field for field in app.text_input if "password" in field.label and field.label != "Your password")
    current.set_value("right")
    new.set_value("short")
    button(app, "Change the password").click().run()
    assert "At least 10 characters" in said(app)
