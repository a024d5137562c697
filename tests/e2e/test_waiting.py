"""Waiting for a report: the page is told how far it is, and goes on by itself."""

import re

from playwright.sync_api import WebSocket, expect

from tests.e2e.candidate import Candidate
from tests.e2e.product import Product
from tests.e2e.visitor import Visitor

ANSWERS = (
    "I told the team what I had seen, and we agreed on one change; reopened tickets fell from nine to two.",
    "I asked both of them apart what they needed, and wrote down what they agreed on, so that nobody forgot it.",
)
SLOW_MS = 2000
"""How long the model takes for each answer of its own: long enough that every stage is seen."""


def test_whoever_waits_is_told_each_stage_and_then_shown_the_report(visitor: Visitor, product: Product) -> None:
    told: list[str | bytes] = []

    def listen(line: WebSocket) -> None:
        if line.url.endswith("/live"):
            line.on("framereceived", lambda message: told.append(message))

    visitor.page.on("websocket", listen)
    waiting = Candidate(product, "sana.mir", name="Sana Mir")
    session_id = waiting.ready(kind="behavioral", areas=("teamwork",), mode="text")
    waiting.start(session_id)
    for answer in ANSWERS * 2:
        waiting.api("POST", f"/interviews/{session_id}/answers", {"text": answer})
    visitor.go("/")
    visitor.sign_in(waiting.username)
    visitor.heading("Hello, Sana Mir")

    with product.fault(provider="gemini", fault="timeout", delayMs=SLOW_MS):
        waiting.api("POST", f"/interviews/{session_id}/complete")
        visitor.go(f"/report?session={session_id}")
        visitor.page.evaluate("window.sameDocument = true")
        visitor.sees(re.compile("^0 of 2 answers judged"))
        visitor.look("judging")
        visitor.sees("Advice and better answers are written")
        expect(visitor.page.get_by_text("answers judged")).to_have_count(0)
        visitor.sees("Overall score")

    assert visitor.page.evaluate("window.sameDocument")
    assert {str(message) for message in told} == {"changed"}
    assert len(told) > len(ANSWERS)
