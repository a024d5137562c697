"""Signing in with an account elsewhere, and out again: a session that was ended opens nothing, at once."""

from playwright.sync_api import expect

from tests.e2e.oidc import PERSON
from tests.e2e.visitor import Visitor


def test_somebody_with_an_account_elsewhere_gets_in_and_stays_out_after_leaving(visitor: Visitor) -> None:
    visitor.go("/")
    visitor.click("Continue with Campus ID")

    visitor.sees("Set up your first interview")
    visitor.go("/account")
    visitor.heading("Account")
    visitor.sees(str(PERSON["name"]))
    visitor.keep_picture("account")

    visitor.click("Sign out")
    expect(visitor.page.get_by_role("textbox", name="Username")).to_be_visible()
    visitor.go("/history")
    expect(visitor.page.get_by_role("textbox", name="Username")).to_be_visible()


def test_a_session_that_is_ended_over_the_interface_is_dead_in_the_browser(visitor: Visitor) -> None:
    visitor.tolerates("401")
    visitor.go("/history")
    visitor.sign_in()
    visitor.heading("Your interviews")
    cookie = next(c for c in visitor.page.context.cookies() if c["name"] == "greenroom_session")
    other = visitor.page.context.browser.new_context()  # type: ignore[union-attr]  # a context of ours has one
    other.add_cookies([cookie])  # type: ignore[list-item]  # what is read is what is written
    stolen = other.new_page()
    stolen.goto(visitor.product.app + "/history")
    expect(stolen.get_by_role("heading", name="Your interviews")).to_be_visible()

    visitor.go("/account")
    visitor.click("Sign out")
    expect(visitor.page.get_by_role("textbox", name="Username")).to_be_visible()
    stolen.get_by_role("link", name="New interview").first.click()
    expect(stolen.get_by_role("textbox", name="Username")).to_be_visible()
    expect(stolen.get_by_role("heading", name="New interview")).to_have_count(0)
    stolen.reload()
    expect(stolen.get_by_role("textbox", name="Username")).to_be_visible()
    other.close()
