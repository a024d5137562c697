"""Takes the pictures of the README: `python -m docs.pictures`. It starts a product of its own and throws it away."""

import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from runner.browser import find
from tests.conftest import CHROMIUM_ARGS
from tests.e2e.candidate import Candidate
from tests.e2e.product import PASSWORD, Product, temporary_folder

PICTURES = Path(__file__).resolve().parent / "pictures"
SIZE = {"width": 1280, "height": 860}
COLOURS = 128
WEAK = {"answers": "weak"}


def strong_until(question: int) -> dict[str, Any]:
    """Good answers up to a question, at which the line breaks."""
    return {"answers": "strong", "dropAfter": question, "endedReason": "pipeline-error-line-broke"}


def take(page: Page, product: Product, candidate: Candidate) -> None:
    page.goto(product.app)
    page.get_by_role("textbox", name="Username").fill("candidate")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Login").click()
    page.get_by_role("heading", name="Welcome").wait_for()
    candidate.hold(strong_until(2), WEAK, areas=("databases", "apis"))
    candidate.hold(strong_until(3), WEAK, kind="behavioral", areas=("teamwork", "ownership"))
    reported = candidate.hold(strong_until(3), WEAK, areas=("databases", "apis"))
    candidate.hold(strong_until(4), WEAK, areas=("databases", "apis"))

    page.goto(f"{product.app}/report?session={reported}")
    page.get_by_text("Question by question").wait_for()
    keep(page, "report")
    page.goto(f"{product.app}/history")
    page.get_by_text("Open report").first.wait_for()
    keep(page, "history")
    page.goto(f"{product.app}/interview?session={candidate.ready(kind='technical', areas=('databases', 'apis'))}")
    page.get_by_text("I agree that this call").click()
    page.get_by_role("button", name="Start the interview").click()
    page.get_by_text("Interviewer:").first.wait_for()
    page.get_by_label("Your answer").fill("Yes, I am ready.")
    page.get_by_role("button", name="Say it").click()
    page.get_by_text("Interviewer:").nth(1).wait_for()
    page.get_by_role("button", name="Hide").click()
    keep(page, "interview")


def keep(page: Page, name: str) -> None:
    """A picture of few colours, so that the repository stays small."""
    page.wait_for_timeout(1200)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as full:
        full.convert("P", palette=Image.Palette.ADAPTIVE, colors=COLOURS).save(path, optimize=True)
    sys.stdout.write(f"{path} ({path.stat().st_size // 1024} kB)\n")


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    chromium = find()
    with temporary_folder() as folder, sync_playwright() as playwright:
        product = Product(Path(folder))
        try:
            product.start()
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
            page = browser.new_page(viewport=SIZE, permissions=["microphone"], locale="en-IN")  # type: ignore[arg-type]
            take(page, product, Candidate(product))
            browser.close()
        finally:
            product.stop()


if __name__ == "__main__":
    main()
