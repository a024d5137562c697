"""A study interview in a browser: a hint, a critique, the answer given again, the next question, the report."""

import re

from playwright.sync_api import Locator, expect

from tests.e2e.test_every_screen import DESK, hold
from tests.e2e.test_typed_journey import order_of
from tests.e2e.visitor import Visitor

FIRST = "Our releases kept failing on Fridays, so I spoke with each of the four people who had to repair them."
AGAIN = f"{FIRST} We agreed to release on Tuesdays, and in two months nobody was called at night any more."
SECOND = "I told a colleague in private that the review had hurt, and we agreed to talk before we write next time."


def test_two_questions_in_study(visitor: Visitor) -> None:
    choose_study_and_pay(visitor)
    take_a_hint(visitor)
    send(visitor, FIRST)
    answer_again_after_the_critique(visitor)
    go_on_to_the_second(visitor)
    read_a_report_that_says_study(visitor)


def choose_study_and_pay(visitor: Visitor) -> None:
    visitor.go("/")
    visitor.sign_in()
    visitor.page.locator("header").get_by_role("link", name="Account").wait_for()
    visitor.go("/setup")
    visitor.click("Teamwork")
    expect(visitor.page.get_by_role("radio", name="Study")).to_have_count(0)
    visitor.click("Typed", role="radio")
    visitor.click("Study", role="radio")
    visitor.sees("it does not count in your trends")
    visitor.page.reload()
    visitor.sees("it does not count in your trends")
    hold(visitor, "set-up for study")
    visitor.click("Continue to payment")
    expect(visitor.page.get_by_role("button", name=re.compile("^Pay ₹"))).to_be_visible()
    visitor.product.pay(order_of(visitor))
    visitor.page.get_by_role("button", name="Start the interview").wait_for()
    hold(visitor, "lobby in study")
    visitor.click("Start the interview")


def take_a_hint(visitor: Visitor) -> None:
    visitor.sees(re.compile("Question 1 of 5.*Study"))
    box = visitor.page.get_by_role("textbox", name="Your answer")
    box.fill("Begun already")
    visitor.click("Hint")
    expect(box).to_have_value("Begun already")
    expect(visitor.page.get_by_test_id("stAlert")).to_have_count(1)
    hold(visitor, "question with its hint")


def send(visitor: Visitor, answer: str) -> None:
    visitor.page.get_by_role("textbox", name=re.compile("answer")).fill(answer)
    visitor.page.get_by_role("button", name="Send answer").dblclick()
    visitor.sees("Short critique")
    visitor.settled()
    expect(said(visitor, answer)).to_have_count(1)


def said(visitor: Visitor, answer: str) -> Locator:
    """Turns of the room with just these words; what stands in a box does not count."""
    return visitor.page.get_by_text(answer, exact=True).and_(visitor.page.locator("[data-testid=stText] *"))


def answer_again_after_the_critique(visitor: Visitor) -> None:
    visitor.sees("points were made")
    hold(visitor, "critique")
    visitor.click("Answer again")
    expect(visitor.page.get_by_role("textbox", name="Your new answer")).to_have_value(FIRST)
    hold(visitor, "answering again")
    send(visitor, AGAIN)
    visitor.page.reload()
    visitor.sees("Short critique")
    expect(said(visitor, AGAIN)).to_have_count(1)
    expect(said(visitor, FIRST)).to_have_count(0)


def go_on_to_the_second(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Next question").dblclick()
    visitor.sees(re.compile("Question 2 of 5.*Study"))
    visitor.settled()
    send(visitor, SECOND)
    visitor.sees(re.compile("Question 2 of 5.*Study"))
    visitor.click("End interview")
    visitor.click("End and get my report")


def read_a_report_that_says_study(visitor: Visitor) -> None:
    visitor.page.set_viewport_size({"width": DESK, "height": 1000})
    visitor.sees("Overall score")
    visitor.sees(re.compile("Typed · Study"))
    visitor.look("report")
    visitor.go("/history")
    visitor.sees(re.compile("Typed · Study"))
