"""Pictures of the screens and their states, two widths, both themes: `python -m docs.states`, into test-artifacts."""

import sys
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from runner.browser import find
from tests.conftest import CHROMIUM_ARGS
from tests.e2e.candidate import Candidate
from tests.e2e.product import PASSWORD, ROOT, Product, temporary_folder

STATES = ROOT / "test-artifacts" / "states"
WIDTHS: dict[str, ViewportSize] = {"wide": {"width": 1280, "height": 1000}, "phone": {"width": 375, "height": 800}}
STRONG = {"answers": "strong", "dropAfter": 3, "endedReason": "pipeline-error-line-broke"}
WEAK = {"answers": "weak"}


def sign_in(browser: Browser, product: Product, username: str) -> BrowserContext:
    context = browser.new_context(locale="en-IN")
    page = context.new_page()
    page.goto(product.app)
    page.get_by_role("textbox", name="Username").fill(username)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Login").click()
    page.get_by_role("heading", name="Welcome").wait_for()
    return context


def states_of(candidate: Candidate) -> dict[str, str]:
    """Where each state of a candidate's screens is to be seen."""
    reported = candidate.hold(STRONG, WEAK, areas=("databases", "apis"))
    ready = candidate.ready(kind="technical", areas=("databases",))
    return {
        "home": "/",
        "setup": "/setup",
        "lobby": f"/interview?session={ready}",
        "report": f"/report?session={reported}",
        "history": "/history",
        "history-nothing-found": "/history?kind=hr",
        "account": "/account",
        "missing": "/report?session=int_nothing",
        "denied": "/operations",
    }


def keep(page: Page, name: str) -> None:
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(1500)
    path = STATES / f"{name}.png"
    page.screenshot(path=path)
    sys.stdout.write(f"{path}\n")


def tour(browser: Browser, product: Product, who: BrowserContext | None, screens: dict[str, str]) -> None:
    """Every screen in every width and theme."""
    session = who.storage_state() if who else None
    for width, viewport in WIDTHS.items():
        for theme in ("light", "dark"):
            context = browser.new_context(
                viewport=viewport,
                color_scheme="dark" if theme == "dark" else "light",
                locale="en-IN",
                storage_state=session,
            )
            page = context.new_page()
            for name, path in screens.items():
                page.goto(product.app + path)
                page.locator("[data-testid=stMain] p").first.wait_for()
                keep(page, f"{name}-{width}-{theme}")
            context.close()


def main() -> None:
    chromium = find()
    STATES.mkdir(parents=True, exist_ok=True)
    with temporary_folder() as folder, sync_playwright() as playwright:
        product = Product(Path(folder))
        try:
            product.start()
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
            tour(browser, product, None, {"login": "/", "login-hindi": "/?lang=hi"})
            candidate = sign_in(browser, product, "candidate")
            tour(browser, product, candidate, {"home-first-visit": "/", "history-empty": "/history"})
            tour(browser, product, candidate, states_of(Candidate(product)))
            coach = sign_in(browser, product, "coach")
            tour(browser, product, coach, {"cohorts": "/cohorts", "review": "/review"})
            admin = sign_in(browser, product, "admin")
            tour(browser, product, admin, {"operations": "/operations"})
            browser.close()
        finally:
            product.stop()


if __name__ == "__main__":
    main()
