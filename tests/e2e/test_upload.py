"""A résumé given as a file: it passes the server's door for whoever is signed in, and is read."""

import typst
from playwright.sync_api import expect

from tests.e2e.visitor import Visitor

RESUME = "I ran the payments service of a bookshop for three years and moved its reports to read replicas."


def test_a_resume_is_taken_as_a_pdf(visitor: Visitor) -> None:
    visitor.go("/setup?type=Technical&focus_technical=Databases&mode=Typed&minutes=15")
    visitor.sign_in()
    visitor.heading("New interview")
    visitor.settled()
    visitor.page.get_by_text("Make it about you").click()
    visitor.settled()
    content = typst.compile(RESUME.encode())
    assert isinstance(content, bytes)
    file = {"name": "resume.pdf", "mimeType": "application/pdf", "buffer": content}
    visitor.page.locator("input[type=file]").first.set_input_files(file)  # type: ignore[arg-type]  # a file as a dict
    visitor.sees("resume.pdf")
    visitor.settled()

    visitor.click("Continue to payment")

    expect(visitor.page.get_by_role("heading", name="Payment")).to_be_visible()
