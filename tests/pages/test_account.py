"""Who one is, and what was paid."""

import pytest

from core.accounts import passwords
from core.accounts.models import User
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


def test_older_payments_are_a_page_further(visit: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.components.payments.SHOWN", 1)
    story.ready(minutes=12)
    story.ready(minutes=30)
    app = visit.open(Screen.ACCOUNT)
    assert said(app).count("· Paid ·") == 1
    assert "₹195.00" not in said(app)

    button(app, "Older").click().run()
    assert "**₹195.00** · Paid · " in said(app)

    button(app, "Newer").click().run()
    assert "₹195.00" not in said(app)


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


@pytest.mark.usefixtures("right")
@pytest.mark.parametrize("again", [("", ""), ("right", "Another-4-copper-Kite")])
def test_a_second_click_does_not_call_a_changed_password_wrong(
    visit: Visitor, monkeypatch: pytest.MonkeyPatch, again: tuple[str, str]
) -> None:
    app = visit.open(Screen.ACCOUNT)

    def change(current: str, new: str) -> None:
        one, other = (field for field in app.text_input if field.label in ("Current password", "New password"))
        one.set_value(current)
        other.set_value(new)
        button(app, "Change the password").click().run()

    change("right", "Another-4-copper-Kite")
    assert "Changed. Every other session" in said(app)
    monkeypatch.setattr("core.accounts.passwords.matches", lambda given, _stored: given == "Another-4-copper-Kite")
    change(*again)
    assert "Changed. Every other session" in said(app)
    assert "is not right" not in said(app)

    change("right", "Third-7-marble-Spoon")
    assert "User name or password is not right" in said(app)
    app.run()
    change("", "")
    assert "User name or password is not right" in said(app)


def test_somebody_without_a_password_is_shown_the_way_to_one(visit: Visitor, story: Story) -> None:
    with story.greenroom.uow() as uow:
        user = uow.session.get_one(User, story.actor.user_id)
        kept, user.password_hash = user.password_hash, passwords.NONE
    try:
        app = visit.open(Screen.ACCOUNT)
        assert button(app, "Delete my account").disabled
        assert "Set a password first" in said(app)
        button(app, "Mail me a link to set one").click().run()
        assert [toast.value for toast in app.toast] == ["The link is on its way."]
    finally:
        with story.greenroom.uow() as uow:
            uow.session.get_one(User, story.actor.user_id).password_hash = kept


def test_who_worked_on_ones_data_is_told_with_how_often(visit: Visitor, story: Story) -> None:
    story.ready(minutes=12)

    told = said(visit.open(Screen.ACCOUNT))

    assert "| Razorpay | takes payments and pays back | 1 |" in told
    assert "| Vapi | carries calls and turns speech into text | 0 |" in told
