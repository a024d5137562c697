"""The whole way to a report without a mouse, and the same screens in Hindi held against the accessibility rules."""

import re

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor

STEPS = 60
FOCUSED = """() => {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  if (!at) return ''
  const labels = at.labels ? [...at.labels].map(label => label.innerText) : []
  const inside = at.matches('button, a, [role=radio], summary') ? at.innerText : ''
  return [...labels, at.getAttribute('aria-label') ?? '', inside].join(' ').trim()
}"""
FOCUSED_VALUE = """() => {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  return at?.value
}"""
ANSWER = "I told the team what I had seen, and we agreed on one change; reopened tickets fell from nine to two."


def tab_to(visitor: Visitor, name: str) -> None:
    """Press Tab until what has the focus is called so."""
    passed = []
    for _step in range(STEPS):
        visitor.page.keyboard.press("Tab")
        focused = visitor.page.evaluate(FOCUSED)
        if re.search(name, focused):
            return
        passed.append(focused[:30])
    raise AssertionError(f"Tab never came to {name!r}, only to {passed}")


def press(visitor: Visitor, name: str, key: str = "Enter") -> None:
    tab_to(visitor, name)
    visitor.page.keyboard.press(key)
    visitor.settled()


def write(visitor: Visitor, name: str, text: str) -> None:
    """Fill a field, and look that it is filled: a person sees at once when a key was not taken."""
    tab_to(visitor, name)
    for _attempt in range(3):
        visitor.page.keyboard.press("ControlOrMeta+a")
        visitor.page.keyboard.type(text, delay=10)
        if visitor.page.evaluate(FOCUSED_VALUE) == text:
            return
    raise AssertionError(f"{name!r} does not take what is typed")


def test_from_the_login_to_a_report_by_keys_alone(visitor: Visitor) -> None:
    visitor.go("/")
    visitor.heading("Greenroom")
    visitor.settled()
    open_an_account(visitor)
    set_up(visitor)
    pay(visitor)
    answer_and_end(visitor)
    visitor.sees("Overall score")


def open_an_account(visitor: Visitor) -> None:
    press(visitor, "^Create an account")
    for field, text in (
        ("^Your name", "Kiran Rao"),
        ("^Username", "kiran.rao"),
        ("^E-mail", "kiran@people.example.com"),
        ("^Password", "Quiet-7-valley-Lantern-hums"),
    ):
        write(visitor, field, text)
    press(visitor, "^Create account")
    visitor.heading("Welcome, Kiran Rao")
    visitor.settled()


def set_up(visitor: Visitor) -> None:
    press(visitor, "Set up your first interview")
    visitor.heading("New interview")
    visitor.settled()
    press(visitor, "Teamwork", "Space")
    tab_to(visitor, "Voice|Typed")
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.keyboard.press("Space")
    visitor.settled()
    visitor.sees("The same questions and the same scoring, in writing.")
    press(visitor, "Continue to payment")
    visitor.heading("Payment")
    visitor.settled()


def pay(visitor: Visitor) -> None:
    press(visitor, "^Pay ₹")
    visitor.page.get_by_role("button", name="Pay by UPI").wait_for()
    tab_to(visitor, "^Pay by UPI|^Pay ")
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_role("button", name="Start the interview").wait_for()
    visitor.settled()


def answer_and_end(visitor: Visitor) -> None:
    press(visitor, "Start the interview")
    visitor.sees(re.compile("Question 1 of"))
    write(visitor, "^Your answer", ANSWER)
    press(visitor, "Send answer")
    visitor.sees(ANSWER)
    press(visitor, "End interview")
    visitor.sees("End now?")
    press(visitor, "End and get my report")


def test_in_hindi_the_screens_pass_the_same_rules(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("/?lang=hi")
    page.get_by_role("button", name="खाता बनाएँ").wait_for()
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    visitor.look("login")
    page.get_by_role("textbox", name="यूज़रनेम").fill("candidate")
    page.get_by_role("textbox", name="पासवर्ड").fill("Plum-teapot-walks-7")
    page.get_by_role("button", name="लॉग इन").click()
    page.get_by_role("heading", name=re.compile("Welcome|Hello")).wait_for()
    visitor.go("/account")
    page.get_by_role("radio", name="हिन्दी").click()
    page.get_by_role("heading", name="खाता").wait_for()
    visitor.look("account")
    visitor.go("/setup")
    page.get_by_role("heading", name="नया इंटरव्यू").wait_for()
    visitor.look("setup")
    fonts = page.evaluate("[...document.fonts].filter(font => font.status === 'loaded').map(font => font.family)")
    assert {"Inter", "Noto Sans Devanagari"} <= {font.strip('"') for font in fonts}
    visitor.go("/account")
    page.get_by_role("radio", name="English").click()
    page.get_by_role("heading", name="Account").wait_for()
    expect(page.locator("html")).to_have_attribute("lang", "en")
