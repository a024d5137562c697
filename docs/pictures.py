"""Takes the pictures of the README and the guides: `python -m docs.pictures`.

It starts a product of its own, has people practise in it, and throws it away.
"""

import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from runner.browser import find
from tests.conftest import CHROMIUM_ARGS
from tests.e2e.candidate import Caller, Candidate
from tests.e2e.furnished import ADMIN, COACH, sign_in, still
from tests.e2e.product import Product, temporary_folder

PICTURES = Path(__file__).resolve().parent / "pictures"
WIDTH, HEIGHT = 1280, 860
COLOURS = 128
SETTLED_MS = 1200
BROKEN_LINE = "pipeline-error-line-broke"
AREAS = ("databases", "apis")
WEAK = {"answers": "weak"}
LEARNERS = (
    ("anika.rao", "Anika Rao", (1, 2, 3)),
    ("dev.menon", "Dev Menon", (2, 3, 4)),
    ("farah.ali", "Farah Ali", (3, 2, 4)),
    ("ishaan.roy", "Ishaan Roy", (1, 1)),
    ("leela.nair", "Leela Nair", (4, 4, 4)),
    ("tomas.paul", "Tomas Paul", (2, 1)),
)
"""Who practises in the cohort, and how many good answers each gives in one interview after the other."""


def answers(good: int) -> tuple[dict[str, object], ...]:
    """Good answers up to a question, at which the line breaks; weak ones when it is joined again."""
    return {"answers": "strong", "dropAfter": good, "endedReason": BROKEN_LINE}, WEAK


def practise(product: Product) -> tuple[Candidate, str]:
    """The demo candidate's interviews; returns one of them that shows what a report can say."""
    candidate = Candidate(product)
    candidate.hold(*answers(2), areas=AREAS)
    candidate.hold(*answers(3), kind="behavioral", areas=("teamwork", "ownership"))
    reported = candidate.hold(*answers(3), areas=AREAS)
    candidate.hold(*answers(4), areas=AREAS)
    return candidate, reported


def gather(product: Product) -> str:
    """A cohort whose learners have practised; returns its id."""
    coach = Caller(product, COACH)
    cohort: str = coach.api("POST", "/cohorts", {"name": "Backend, autumn"})["cohortId"]
    token = coach.api("POST", f"/cohorts/{cohort}/invitations", {})["token"]
    for username, name, held in LEARNERS:
        learner = Candidate(product, username, name=name)
        learner.api("POST", "/cohorts/join", {"token": token, "share": {"scores": True, "reports": True}})
        for good in held:
            learner.hold(*answers(good), areas=AREAS)
    return cohort


def candidates(page: Page, product: Product, candidate: Candidate, reported: str) -> None:
    sign_in(page, product, candidate.username)
    open_(page, f"{product.app}/report?session={reported}", "Question by question")
    keep(page, "report")
    open_(page, f"{product.app}/history", "Open report")
    keep(page, "history")
    open_(page, f"{product.app}/interview?session={candidate.ready(kind='technical', areas=AREAS)}", "I agree that")
    page.get_by_text("I agree that this call").click()
    page.get_by_role("button", name="Start the interview").click()
    page.get_by_text("Interviewer:").first.wait_for()
    page.get_by_label("Your answer").fill("Yes, I am ready.")
    page.get_by_role("button", name="Say it").click()
    page.get_by_text("Interviewer:").nth(1).wait_for()
    page.get_by_role("button", name="Hide").click()
    keep(page, "interview")


def coachs(page: Page, product: Product, cohort: str) -> None:
    sign_in(page, product, COACH)
    for view, shows in (("overview", "Scores"), ("competencies", "Competencies"), ("learners", "Anika Rao")):
        open_(page, f"{product.app}/cohort?cohort={cohort}&view={view}", shows)
        keep(page, f"cohort-{view}")


def operators(page: Page, product: Product) -> None:
    sign_in(page, product, ADMIN)
    open_(page, f"{product.app}/operations", "Operations")
    keep(page, "operations")
    page.get_by_role("tab", name="Money").click()
    still(page)
    keep(page, "operations-money")


def open_(page: Page, address: str, shows: str) -> None:
    page.goto(address)
    page.get_by_text(shows).filter(visible=True).first.wait_for()
    still(page)


def keep(page: Page, name: str) -> None:
    """A picture of few colours, so that the repository stays small."""
    page.wait_for_timeout(SETTLED_MS)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as full:
        full.convert("P", palette=Image.Palette.ADAPTIVE, colors=COLOURS).save(path, optimize=True)
    sys.stdout.write(f"{path.name} ({path.stat().st_size // 1024} kB)\n")


def window(browser: Browser) -> Page:
    return browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, permissions=["microphone"], locale="en-IN"
    ).new_page()


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    chromium = find()
    with temporary_folder() as folder, sync_playwright() as playwright:
        product = Product(Path(folder))
        try:
            product.start()
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
            candidates(window(browser), product, *practise(product))
            coachs(window(browser), product, gather(product))
            operators(window(browser), product)
            browser.close()
        finally:
            product.stop()


if __name__ == "__main__":
    main()
