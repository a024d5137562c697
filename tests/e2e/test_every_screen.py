"""Every screen in its states, whole, held against the accessibility rules: both themes, on a desk and on a phone."""

import re

import pytest

from tests.e2e.furnished import ADMIN, COACH, NEW, PRACTISING, VIEWS, Furnished, dress, show, sights
from tests.e2e.visitor import Visitor, violations
from ui.components.cohort import View
from ui.routes import Screen

DESK, PHONE = 1280, 375
LOOKS = ((DESK, False), (DESK, True), (PHONE, True), (PHONE, False))
"""Width, and whether the theme is dark: from one to the next a single thing changes."""
WIDEST = """() => Math.max(
  document.documentElement.scrollWidth, document.querySelector("[data-testid=stMain]").scrollWidth)"""


@pytest.mark.parametrize("who", [None, NEW, PRACTISING, COACH, ADMIN], ids=lambda who: who or "nobody")
def test_every_screen_can_be_used_by_everybody(visitor: Visitor, furnished: Furnished, who: str | None) -> None:
    page = visitor.page
    if who:
        visitor.go("/")
        visitor.sign_in(who)
        page.locator("header").get_by_role("link", name="Account").wait_for()
    looks = LOOKS
    for sight in [sight for sight in sights(furnished) if sight.who == who]:
        show(page, visitor.product, sight)
        for width, dark in looks:
            dress(page, width=width, dark=dark)
            where = f"{sight.name}, {width} wide, {'dark' if dark else 'light'}"
            visitor.troubles += [f"axe on {where}: {violation}" for violation in violations(page)]
            if (widest := page.evaluate(WIDEST)) > width:
                visitor.troubles.append(f"{where}: {widest} pixels are to be scrolled sideways")
        looks = looks[::-1]


def test_no_screen_is_left_out(furnished: Furnished) -> None:
    shown = {found[1] for sight in sights(furnished) if (found := re.match(r"/(\w+)", sight.path))}
    assert {*shown, Screen.HOME} == set(Screen)
    assert set(VIEWS) == set(View)
