"""A person at a browser, who notices what goes wrong on the way."""

import base64
import hashlib
import re
from pathlib import Path

import streamlit
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.e2e.product import PASSWORD, ROOT, Product

ARTIFACTS = ROOT / "test-artifacts"
SECONDS = 30_000
WATCH_POLICY = """
addEventListener('securitypolicyviolation', event => event.blockedURI !== 'inline' &&
  console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} at line ${event.lineNumber}`))
"""
"""Inline scripts are reported by the browser itself, with the hash that tells ours from the framework's."""
WCAG_22_AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
FRAMEWORK_404 = re.compile(r"/\w+/_stcore/(health|host-config)$")
"""Streamlit looks for its server under the deep link's own path first, then at the root."""


def _framework_inline_scripts() -> tuple[str, ...]:
    """The hashes of the scripts inside Streamlit's own page; the policy holds them back, which harms nothing."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    return tuple(base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)


FRAMEWORK_SCRIPTS = _framework_inline_scripts()


def violations(page: Page) -> list[str]:
    """What axe finds wrong with what is in the window; what is scrolled away is not looked at."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(options)", {"runOnly": WCAG_22_AA, "resultTypes": ["violations"]})
    told = []
    for violation in found["violations"]:
        places = [f"{node['html'][:160]} {node['failureSummary'][:200]}" for node in violation["nodes"][:4]]
        told.append(f"{violation['id']} ({violation['help']}): {'; '.join(places)}")
    return told


class Visitor:
    def __init__(self, page: Page, product: Product, *, name: str) -> None:
        self.page = page
        self.product = product
        self.name = name
        self.troubles: list[str] = []
        self._tolerated: tuple[str, ...] = ()
        page.set_default_timeout(SECONDS)
        expect.set_options(timeout=SECONDS)
        page.add_init_script(WATCH_POLICY)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.troubles.append(f"uncaught: {error}"))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type != "error" or FRAMEWORK_404.search(message.location.get("url", "")):
            return
        if any(known in message.text for known in (*FRAMEWORK_SCRIPTS, *self._tolerated)):
            return
        self.troubles.append(f"console: {message.text} ({message.location.get('url', '')})")

    def tolerates(self, *texts: str) -> None:
        """What the browser has to complain about in this journey, because the journey brings it about."""
        self._tolerated = texts

    def go(self, path: str) -> None:
        self.page.goto(self.product.app + path)

    def sign_in(self, username: str = "candidate", password: str = PASSWORD) -> None:
        self.page.get_by_role("textbox", name="Username").fill(username)
        self.page.get_by_role("textbox", name="Password").fill(password)
        self.page.get_by_role("button", name="Login").click()

    def sees(self, text: str | re.Pattern[str]) -> Locator:
        found = self.page.get_by_text(text).first
        expect(found).to_be_visible()
        return found

    def heading(self, name: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", name=name).first).to_be_visible()

    def click(self, name: str | re.Pattern[str], role: str = "button") -> None:
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]  # roles are words here
        self.settled()

    def settled(self) -> None:
        """Wait until no script of ours runs."""
        self.page.wait_for_timeout(150)
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()

    def session_id(self) -> str:
        found = re.search(r"session=(int_\w+)", self.page.url)
        assert found, self.page.url
        return found.group(1)

    def keep_picture(self, what: str) -> Path:
        ARTIFACTS.mkdir(exist_ok=True)
        path = ARTIFACTS / f"{self.name}-{what}.png"
        self.page.screenshot(path=path)
        return path

    def look(self, what: str) -> None:
        """Keep a picture of the screen, and hold it against the accessibility rules."""
        self.settled()
        self.keep_picture(what)
        self.troubles += [f"axe on {what}: {violation}" for violation in violations(self.page)]
