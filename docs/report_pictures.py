"""Pictures of the report: strong, weak, silent, injected and judged without a model, on a desk and on a phone.

`python -m docs.report_pictures` starts a product of its own, holds the interviews and throws it away. The pictures are
in test-artifacts.
"""

import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from runner.browser import find
from tests.conftest import CHROMIUM_ARGS
from tests.e2e.candidate import Candidate
from tests.e2e.product import PASSWORD, ROOT, Product, temporary_folder

REPORTS = ROOT / "test-artifacts" / "reports"
SIZES = {"desk": (1280, 900), "phone": (375, 800)}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
KINDS = ("strong", "weak", "silent", "injection", "fallback")
AREAS = ("databases", "apis", "testing")


def interviews(product: Product) -> dict[str, str]:
    """One interview of each kind, by the kind's name."""
    candidate = Candidate(product)
    held = {kind: candidate.hold({"answers": kind}, areas=AREAS) for kind in KINDS[:-1]}
    held["story"] = candidate.hold({"answers": "strong"}, kind="behavioral", areas=("teamwork", "ownership"))
    with product.fault(provider="gemini", fault="http_status", status=503):
        held["fallback"] = candidate.hold({"answers": "strong"}, areas=AREAS)
    return held


def take(browser: Browser, product: Product, held: dict[str, str], folder: Path) -> None:
    for theme in THEMES:
        context = browser.new_context(color_scheme=theme, locale="en-IN")
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(product.app)
        page.get_by_role("textbox", name="Username").fill("candidate")
        page.get_by_role("textbox", name="Password").fill(PASSWORD)
        page.get_by_role("button", name="Login").click()
        page.get_by_role("heading", name="Welcome").or_(page.get_by_role("heading", name="Hello")).first.wait_for()
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for kind, session_id in held.items():
                page.goto(f"{product.app}/report?session={session_id}")
                page.get_by_text("Question by question").wait_for()
                _open(page)
                _keep(page, folder / f"{kind}-{size}-{theme}.png", width)
        if theme == THEMES[0]:
            page.set_viewport_size({"width": 1280, "height": 900})
            _object(page, product, held["weak"])
            _keep(page, folder / "listening-desk-light.png", 1280)
            sound = page.evaluate("fetch(document.querySelector('audio').src).then(r => r.status)")
            sys.stdout.write(f"the player's sound answers {sound}\n")
        context.close()


def review(page: Page, product: Product, folder: Path) -> None:
    """The reviewers' screen, with a request of the candidate's, as an admin sees it."""
    page.set_default_timeout(60_000)
    page.goto(f"{product.app}/review")
    page.get_by_role("textbox", name="Username").fill("admin")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Login").click()
    page.get_by_role("heading", name="Review").wait_for()
    page.get_by_text("Asked for by the learner").wait_for()
    _keep(page, folder / "queue-desk-light.png", 1280)
    page.get_by_role("button", name="Review", exact=True).first.click()
    page.get_by_role("button", name="Finish the review").wait_for()
    _keep(page, folder / "case-desk-light.png", 1280)
    page.set_viewport_size({"width": 375, "height": 800})
    page.wait_for_timeout(800)
    _keep(page, folder / "case-phone-light.png", 375)


def _object(page: Page, product: Product, session_id: str) -> None:
    """Have the candidate ask for a review, and hear a moment."""
    page.goto(f"{product.app}/report?session={session_id}")
    page.get_by_text("Something is wrong with this report").click()
    page.get_by_label("What do you think is wrong?").fill("I did name the essential point, in other words.")
    page.get_by_role("button", name="Ask for a review").click()
    page.get_by_text("You asked on").wait_for()
    page.locator(".st-key-question-1 summary").click()
    page.get_by_role("button", name="Listen at").first.click()
    page.locator("audio").wait_for()


def _open(page: Page) -> None:
    """The first question, and how it was spoken."""
    page.locator(".st-key-question-1 summary").click()
    speech = page.get_by_text("How you spoke")
    if speech.count():
        speech.click()
    page.wait_for_timeout(1500)


def _keep(page: Page, path: Path, width: int) -> None:
    """The whole page: Streamlit scrolls inside, so the window is made as high as what is in it."""
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": int(height) + 40})
    page.wait_for_timeout(700)
    page.screenshot(path=path)
    page.set_viewport_size({"width": width, "height": 900})
    sys.stdout.write(f"{path}\n")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    chromium = find()
    with temporary_folder() as stores, sync_playwright() as playwright:
        product = Product(Path(stores))
        try:
            product.start()
            held = interviews(product)
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
            take(browser, product, held, folder)
            page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-IN")
            review(page, product, folder)
            for kind, session_id in held.items():
                (folder / f"{kind}.pdf").write_bytes(Candidate(product).document(session_id))
            browser.close()
        finally:
            product.stop()


if __name__ == "__main__":
    main(REPORTS)
