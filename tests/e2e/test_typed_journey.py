"""A new candidate in writing: an account, money that arrives without the page, a reload, an early end, a deletion."""

import re

from playwright.sync_api import ViewportSize, expect

from tests.e2e.visitor import Visitor

ANSWERS = (
    "I told the team what I had seen, listened to what they saw, and we agreed on one change to try for two weeks.",
    "Afterwards we measured it: reopened tickets fell from nine to two in a month, so we kept the change for good.",
)
PHONE: ViewportSize = {"width": 375, "height": 800}


def test_in_writing_from_account_to_deletion(visitor: Visitor) -> None:
    visitor.page.set_viewport_size(PHONE)
    open_an_account(visitor)
    set_up_typed(visitor)
    session_id = money_arrives_without_the_page(visitor)
    answer_with_a_reload_between(visitor)
    end_early_after_asking_twice(visitor)
    read_the_report(visitor)
    delete_it(visitor, session_id)
    sign_out(visitor)


def open_an_account(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/")
    visitor.click("Create an account")
    page.get_by_role("textbox", name="Your name").fill("Meera Iyer")
    page.get_by_role("textbox", name="Username").fill("meera.iyer")
    page.get_by_role("textbox", name="E-mail").fill("meera@people.example.com")
    page.get_by_role("textbox", name="Password").fill("Quiet-9-river-Lantern-sings")
    page.get_by_role("button", name="Create account").click()
    visitor.heading("Welcome, Meera Iyer")
    visitor.look("welcome")


def set_up_typed(visitor: Visitor) -> None:
    visitor.click("Set up your first interview")
    visitor.heading("New interview")
    visitor.click("Teamwork")
    visitor.page.get_by_role("radio", name="Typed").click()
    visitor.sees("₹259.00")
    visitor.page.get_by_role("button", name="Continue to payment").dblclick()
    visitor.heading("Payment")


def money_arrives_without_the_page(visitor: Visitor) -> str:
    """The customer pays and the browser never hears of it: the provider's own message moves the page on."""
    expect(visitor.page.get_by_role("button", name=re.compile("^Pay ₹259"))).to_be_visible()
    session_id, order_id = visitor.session_id(), order_of(visitor)
    visitor.page.reload()
    expect(visitor.page.get_by_role("button", name=re.compile("^Pay ₹259"))).to_be_visible()
    assert order_of(visitor) == order_id
    visitor.product.pay(order_id)
    expect(visitor.page.get_by_role("button", name="Start the interview")).to_be_visible()
    assert visitor.session_id() == session_id
    return session_id


def order_of(visitor: Visitor) -> str:
    """The order on the page: coming back must find the same one."""
    marked = visitor.page.locator("[class*='st-key-checkout-order_']").first.get_attribute("class") or ""
    found = re.search(r"st-key-checkout-(order_\w+)", marked)
    assert found, marked
    return found.group(1)


def answer_with_a_reload_between(visitor: Visitor) -> None:
    page = visitor.page
    visitor.click("Start the interview")
    visitor.sees(re.compile("Question 1 of 5"))
    visitor.look("question")
    visitor.click("Send answer")
    visitor.sees("Write an answer first.")
    send(visitor, ANSWERS[0])
    page.reload()
    visitor.sees(ANSWERS[0])
    send(visitor, ANSWERS[1])
    visitor.sees(ANSWERS[1])


def send(visitor: Visitor, answer: str) -> None:
    box = visitor.page.get_by_role("textbox", name="Your answer")
    box.fill(answer)
    visitor.page.get_by_role("button", name="Send answer").dblclick()
    expect(
        visitor.page.get_by_text(answer, exact=True).and_(visitor.page.locator("[data-testid=stText] *"))
    ).to_have_count(1)
    visitor.settled()


def end_early_after_asking_twice(visitor: Visitor) -> None:
    visitor.click("End interview")
    visitor.sees("End now?")
    visitor.click("Keep going")
    visitor.click("End interview")
    visitor.click("End and get my report")


def read_the_report(visitor: Visitor) -> None:
    visitor.sees("Overall score")
    expect(visitor.page).to_have_url(re.compile("/report"))
    visitor.sees("Question by question")
    visitor.look("report")


def delete_it(visitor: Visitor, session_id: str) -> None:
    visitor.go("/history")
    visitor.sees("Completed")
    visitor.click("Delete")
    visitor.sees("erased for good")
    visitor.look("delete")
    visitor.click("Delete for good")
    visitor.sees("Your interviews will be listed here")
    visitor.go(f"/report?session={session_id}")
    visitor.sees("We could not find that interview")


def sign_out(visitor: Visitor) -> None:
    visitor.go("/account")
    visitor.sees("meera@people.example.com")
    visitor.look("account")
    visitor.click("Sign out")
    expect(visitor.page.get_by_role("textbox", name="Username")).to_be_visible()
    visitor.go("/history")
    expect(visitor.page.get_by_role("textbox", name="Username")).to_be_visible()
    expect(visitor.page.get_by_text("Your interviews")).to_have_count(0)
