"""Pictures of every screen in its states, two widths, both themes: `python -m docs.states`, into test-artifacts."""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from runner.browser import find
from tests.conftest import CHROMIUM_ARGS
from tests.e2e.furnished import Sight, dress, furnish, show, sights, sign_in
from tests.e2e.product import ROOT, Product, temporary_folder

STATES = ROOT / "test-artifacts" / "states"
WIDTHS = {"wide": 1280, "phone": 375}
LOW, ROOM_BELOW = 800, 40
SETTLED_MS = 600
END_OF_CONTENT = "document.querySelector('[data-testid=stMainBlockContainer] > *').getBoundingClientRect().bottom"


def tour(browser: Browser, product: Product, who: str | None, seen: tuple[Sight, ...]) -> None:
    """Every screen of one person in every width and theme."""
    page = browser.new_context(permissions=["microphone"], locale="en-IN").new_page()
    if who:
        sign_in(page, product, who)
    for sight in seen:
        page.set_viewport_size({"width": WIDTHS["wide"], "height": LOW})
        show(page, product, sight)
        for name, width in WIDTHS.items():
            for theme in ("light", "dark"):
                dress(page, width=width, dark=theme == "dark")
                keep(page, width, STATES / f"{sight.name}-{name}-{theme}.png")
    page.context.close()


def keep(page: Page, width: int, path: Path) -> None:
    """The page as far down as there is something on it."""
    page.wait_for_timeout(SETTLED_MS)
    height = max(LOW, page.evaluate(END_OF_CONTENT) + ROOM_BELOW)
    page.screenshot(path=path, clip={"x": 0, "y": 0, "width": width, "height": height})
    sys.stdout.write(f"{path.relative_to(ROOT)}\n")


def main() -> None:
    STATES.mkdir(parents=True, exist_ok=True)
    chromium = find()
    with temporary_folder() as folder, sync_playwright() as playwright:
        product = Product(Path(folder))
        try:
            product.start()
            seen = sights(furnish(product))
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
            for who in dict.fromkeys(sight.who for sight in seen):
                tour(browser, product, who, tuple(sight for sight in seen if sight.who == who))
            browser.close()
        finally:
            product.stop()


if __name__ == "__main__":
    main()
