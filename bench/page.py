"""Puts what was measured into docs/performance.md, between two marks, and the charts beside it."""

import platform
from datetime import UTC, datetime

import psutil

from bench.product import ROOT
from bench.table import Findings, markdown, markdown_of

PAGE = ROOT / "docs" / "performance.md"
CHARTS = ROOT / "docs" / "charts"
BEGIN, END = "<!-- figures of `make bench` -->", "<!-- end of figures -->"


class NoPlace(RuntimeError):
    """The page has lost its marks."""


def write(found: Findings) -> None:
    """Raises: NoPlace."""
    page = PAGE.read_text()
    before, mark, rest = page.partition(BEGIN)
    _old, closing, after = rest.partition(END)
    if not (mark and closing):
        raise NoPlace(f"{PAGE} has no place for figures between {BEGIN} and {END}")
    CHARTS.mkdir(exist_ok=True)
    for name, drawn in found.charts.items():
        (CHARTS / f"{name}.svg").write_text(drawn)
    PAGE.write_text(f"{before}{BEGIN}\n{told(found)}\n{END}{after}")


def told(found: Findings) -> str:
    lines = [f"Taken {datetime.now(UTC):%d %B %Y} on {machine()}.", "", *markdown(found.rows)]
    for detail in found.details:
        lines += ["", f"### {detail.title}", "", *markdown_of(detail)]
    for name in found.charts:
        lines += ["", f"![{name.replace('-', ' ')}](charts/{name}.svg)"]
    return "\n".join(["", *lines, ""])


def machine() -> str:
    gigabytes = psutil.virtual_memory().total / 1e9
    cores, system = psutil.cpu_count(), platform.system()
    return f"{cores} cores, {gigabytes:.0f} GB, {system}, Python {platform.python_version()}"
