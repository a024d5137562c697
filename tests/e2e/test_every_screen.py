"""Every screen in its states, whole, held against the accessibility rules: both themes, on a desk and on a phone."""

import re
from collections.abc import Sequence

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
FAINT = """() => {
  const rgb = color => color.match(/[\\d.]+/g).map(Number)
  const light = color => rgb(color).slice(0, 3).map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0) + 0.05
  const page = light(getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor)
  const stands = text => {
    const { x, y, width, height } = text.getBoundingClientRect()
    const below = document.elementsFromPoint(x + width / 2, y + height / 2)
    return below.some(shape => shape.matches("path, rect") && !/none|, 0\\)/.test(getComputedStyle(shape).fill))
  }
  const colored = text => [text, getComputedStyle(text)[text.matches("text") ? "fill" : "color"]]
  const tabs = [...document.querySelectorAll("[role=tab] p")].map(tab => tab.querySelector("span") ?? tab)
  const chart = [...document.querySelectorAll("svg text")].filter(text => !stands(text))
  const letters = [...tabs, ...chart].map(colored)
  const pale = letters.filter(([, color]) => Math.max(light(color), page) / Math.min(light(color), page) < 4.5)
    .map(([text, color]) => `${text.textContent} in ${color} is too pale`)
  const guessed = chart.filter(text => text.getAttribute("fill") !== "currentColor")
    .map(text => `${text.textContent} in ${text.getAttribute("fill")} does not follow the theme`)
  return [...pale, ...guessed]
}"""
"""Letters of tabs and charts that stand on the page itself, below 4.5 to 1: axe leaves them undecided. A colour that
the chart library guessed stays that of the former theme for a moment, or longer."""


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
        hold(visitor, sight.name, looks)
        looks = looks[::-1]


def hold(visitor: Visitor, what: str, looks: Sequence[tuple[int, bool]] = LOOKS) -> None:
    """Note what is wrong with the screen that stands, in each of these widths and themes."""
    page = visitor.page
    for width, dark in looks:
        dress(page, width=width, dark=dark)
        where = f"{what}, {width} wide, {'dark' if dark else 'light'}"
        visitor.troubles += [f"axe on {where}: {violation}" for violation in violations(page)]
        visitor.troubles += [f"{where}: {letters}" for letters in page.evaluate(FAINT)]
        if (widest := page.evaluate(WIDEST)) > width:
            visitor.troubles.append(f"{where}: {widest} pixels are to be scrolled sideways")


def test_no_screen_is_left_out(furnished: Furnished) -> None:
    shown = {found[1] for sight in sights(furnished) if (found := re.match(r"/(\w+)", sight.path))}
    assert {*shown, Screen.HOME} == set(Screen)
    assert set(VIEWS) == set(View)
