"""A report that seems wrong: hear the moment again, mend what was misheard, have a person look, read what they say."""

import re

from playwright.sync_api import expect

from tests.e2e.candidate import Candidate
from tests.e2e.product import PASSWORD, Product
from tests.e2e.visitor import Visitor

ANSWER = (
    "I read the execution plan with explain analyze first, then I look for lock waits of other transactions and "
    "refresh the statistics before I add an index to the table."
)


def test_a_report_is_heard_mended_and_reviewed(visitor: Visitor, product: Product) -> None:
    session_id = Candidate(product).hold({"answers": [ANSWER] * 9}, areas=("databases", "apis"))
    visitor.go(f"/report?session={session_id}")
    visitor.sign_in()
    visitor.sees("Overall score")
    score_is_explained(visitor)
    moment_is_heard(visitor)
    what_was_misheard_is_mended(visitor)
    person_is_asked(visitor)

    visitor.page.context.clear_cookies()
    visitor.go("/review")
    visitor.sign_in("admin", PASSWORD)
    reviewer_answers(visitor)

    visitor.page.context.clear_cookies()
    visitor.go(f"/report?session={session_id}")
    visitor.sign_in()
    visitor.sees("Question by question")
    visitor.page.get_by_text("Something is wrong with this report").click()
    visitor.sees(re.compile("looked at it on .*: You did say it"))


def score_is_explained(visitor: Visitor) -> None:
    visitor.page.locator(".st-key-score").get_by_role("button", name=re.compile("^Why|^How this")).click()
    visitor.sees(re.compile(r"points over \d questions that were asked"))
    visitor.page.keyboard.press("Escape")
    visitor.settled()


def moment_is_heard(visitor: Visitor) -> None:
    page = visitor.page
    page.locator(".st-key-question-1 summary").click()
    visitor.settled()
    listen = page.locator(".st-key-question-1").get_by_role("button", name="Listen at").first
    listen.scroll_into_view_if_needed()
    listen.click()
    visitor.settled()
    page.locator("audio").wait_for()
    # The player's own requests: the whole with its length, and a part from the middle.
    heard = page.evaluate(
        """async () => {
            const source = document.querySelector('audio').src;
            const part = await fetch(source, {headers: {Range: 'bytes=4-7'}});
            return [part.status, (await part.arrayBuffer()).byteLength];
        }"""
    )
    assert heard == [206, 4]
    visitor.look("report-opened")


def what_was_misheard_is_mended(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_text("Something is wrong with this report").click()
    first = page.get_by_role("textbox", name=re.compile(r"^Question 1, at")).first
    expect(first).to_have_value(re.compile("lock waits"))
    first.fill(first.input_value().replace("lock waits", "locks waits"))
    page.get_by_role("button", name="Correct and score again").click()
    visitor.sees("You have corrected this transcript")
    expect(page.get_by_text("Your answers are being scored again.")).to_have_count(0)


def person_is_asked(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_label("What do you think is wrong?").fill("I did name the lock waits.")
    page.get_by_role("button", name="Ask for a review").click()
    visitor.sees("You asked on")
    visitor.look("objection")


def reviewer_answers(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sees("Asked for by the learner")
    visitor.look("queue")
    page.get_by_role("button", name="Review", exact=True).click()
    visitor.sees("I did name the lock waits.")
    page.reload()
    visitor.sees("I did name the lock waits.")
    visitor.look("case")
    page.get_by_label("Your score for question 1").fill("81")
    page.get_by_role("textbox", name="Your remark").fill("You did say it.")
    page.get_by_role("button", name="Finish the review").click()
    visitor.sees("Nothing waits for you.")
