"""A candidate by voice: from the login to the report, with a reload in the middle of the call."""

import re

from playwright.sync_api import expect

from core.interviews.marks import marks_of, word_mark, words_of
from tests.e2e.product import ROOT
from tests.e2e.visitor import Visitor

ANSWER = (
    "I would begin with the numbers, because without them it is only a feeling. An index is a sorted structure beside "
    "the table, so lookups and range scans on the indexed columns avoid reading every row, and each insert, update and "
    "delete must maintain it too. We tried it on six services and measured before and after."
)


def test_by_voice_from_login_to_report(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/setup?type=Technical")
    visitor.sign_in()
    set_up(visitor)
    pay_at_the_second_try(visitor)
    start_the_call(visitor)

    the_browser_marks_words_as_the_server(visitor)
    page.reload()
    visitor.sees("Connected")
    numbers = answer_until_the_end(visitor)
    total = int(numbers[0].rsplit(" ", 1)[1])
    assert list(dict.fromkeys(numbers)) == [f"Question {order} of {total}" for order in range(1, total + 1)]

    visitor.sees("Overall score")
    expect(page).to_have_url(re.compile("/report"))
    visitor.look("report")
    the_report_proves_its_claims(visitor)
    the_history_shows_the_score(visitor)


def set_up(visitor: Visitor) -> None:
    visitor.heading("New interview")
    assert "/setup" in visitor.page.url
    visitor.look("setup")
    visitor.click("Continue to payment")
    visitor.sees("Choose 1 to 5 focus areas.")
    visitor.click("Databases")
    visitor.page.get_by_role("textbox", name="Role you are preparing for").fill("Backend engineer")
    visitor.sees("₹399.00")
    visitor.click("Continue to payment")


def pay_at_the_second_try(visitor: Visitor) -> None:
    visitor.heading("Payment")
    visitor.sees("Sandbox: no real money")
    visitor.look("payment")
    visitor.click(re.compile("^Pay ₹399"))
    visitor.page.get_by_role("button", name="Close without paying").click()
    visitor.sees("The payment window was closed. Nothing was taken.")
    visitor.click(re.compile("^Pay ₹399"))
    visitor.page.get_by_role("button", name="Let the payment fail").click()
    visitor.sees("You can try another way to pay")
    visitor.page.get_by_role("button", name="Pay by UPI").click()


def start_the_call(visitor: Visitor) -> None:
    agree = visitor.sees("I agree that this call is recorded and transcribed.")
    visitor.look("lobby")
    expect(visitor.page.get_by_role("button", name="Start the interview")).to_be_disabled()
    try_everything_out(visitor)
    visitor.look("lobby-checked")
    agree.click()
    visitor.settled()
    visitor.click("Start the interview")
    visitor.sees("Connected")
    expect(visitor.page.get_by_role("log", name="What is said appears here.")).to_contain_text("Interviewer:")
    visitor.click("Let me think")
    expect(visitor.page.get_by_role("log", name="What is said appears here.")).to_contain_text("take your time")
    expect(visitor.page.get_by_role("button", name="Take your time")).to_be_disabled()
    visitor.look("call")


def the_browser_marks_words_as_the_server(visitor: Visitor) -> None:
    script = (ROOT / "ui/components/question_number.js").read_text("utf-8")
    text = "What's an INDEX for, in PostgreSQL 17? ﬁle Ⅳ डेटाबेस का इंडेक्स क्यों? Ünïcödé"
    marks = visitor.page.evaluate(f"text => {{ {script}; return wordsOf(text).map(w => [w, wordMark(w)]) }}", text)
    assert marks == [[word, word_mark(word)] for word in words_of(text)]
    asked = f"([marks, said, before]) => {{ {script}; return questionAsked(marks, said, before) }}"
    questions = ["What does an index cost in a database?", "What does a cache cost in a busy system?"]
    marks = [list(marks_of(question)) for question in questions]
    for said, before, expected in [
        ("Great. What does an index cost you in a database?", 0, 1),
        ("All right. What does a cache cost in a busy system?", 1, 2),
        ("What does an index cost in a database?", 2, 2),
        ("And how would you measure that?", 1, 1),
    ]:
        assert visitor.page.evaluate(asked, [marks, said, before]) == expected, said


def try_everything_out(visitor: Visitor) -> None:
    visitor.click("Check everything")
    visitor.sees("Do you hear a short tone?")
    visitor.page.get_by_role("button", name="Yes").click()
    visitor.sees("Record this sentence")
    visitor.page.get_by_role("button", name="Record five seconds").click()
    visitor.sees("Do you hear yourself?")
    visitor.page.get_by_role("button", name="Yes").click()
    visitor.sees("All is well: you can talk.")


def answer_until_the_end(visitor: Visitor) -> list[str]:
    """Returns which question the room said was open, after each turn of the interviewer."""
    page = visitor.page
    said = page.get_by_role("log", name="What is said appears here.")
    number = page.locator(".question")
    expect(number).to_have_attribute("aria-live", "polite")
    numbers: list[str] = []
    for turn in range(1, 20):
        box = page.get_by_label("Your answer")
        box.or_(page.get_by_text("Overall score")).first.wait_for()
        if not box.count():
            break
        numbers += number.all_text_contents()
        before = said.get_by_text("Interviewer:").count()
        box.fill(f"{ANSWER} That is my answer number {turn}.")
        page.get_by_role("button", name="Say it").click()
        following = said.get_by_text("Interviewer:").nth(before)
        following.or_(page.get_by_text("Interview ended")).or_(page.get_by_text("Overall score")).first.wait_for()
        if not following.count():
            break
        numbers += number.all_text_contents()
    return [shown for shown in numbers if shown]


def the_report_proves_its_claims(visitor: Visitor) -> None:
    page = visitor.page
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(re.compile(r"^\d+ \(\d+\u2013\d+\)$"))
    page.get_by_text("Transcript", exact=True).click()
    visitor.sees("number 1.")
    said = re.sub(r"\s+", " ", page.locator(".st-key-transcript").inner_text())
    shown = page.locator("li", has_text="\u201c").all_text_contents()
    quotes = [re.sub(r"\s+", " ", item).split("\u201c", 1)[1].rsplit("\u201d", 1)[0] for item in shown]
    assert quotes
    assert [quote for quote in quotes if quote not in said] == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


def the_history_shows_the_score(visitor: Visitor) -> None:
    score = visitor.page.get_by_test_id("stMetricValue").first.inner_text().split(" ")[0]
    visitor.click("History", role="link")
    visitor.sees(f"Score {score}")
    visitor.look("history")
    visitor.click("Home", role="link")
    visitor.heading(re.compile("^Hello"))
    visitor.look("home")
