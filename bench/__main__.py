"""Every figure of how fast Greenroom is, as a ratio taken in one run: `make bench` (ARGS=--quick for a short look).

The sides of a ratio are measured in turns, so that whatever else the machine does falls on both. Exits with 1 when a
limit does not hold. A whole run writes its table and charts into docs/performance.md.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from bench import api, cockpit, cockpit_baselines, growth, live, page, reports, screens, webhooks
from bench.apps import serving_app
from bench.people import move_in
from bench.product import Product, running
from bench.stores import Server, Stores, serving, stores
from bench.table import Detail, Findings, Row, say, show
from core.wiring import Greenroom, build

ON_STORES = ("webhooks", "api", "growth")
ON_PRODUCT = ("screens", "live", "report")
PARTS = (*ON_STORES, "cockpit", *ON_PRODUCT)
RESIDENTS = 4


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter rounds; the page stays as it is")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="some parts; the page stays as it is")
    given = parser.parse_args()
    found = measured(given.only, quick=given.quick)
    if not given.quick and set(given.only) == set(PARTS):
        page.write(found)
    return 0 if show(found) else 1


def measured(parts: Sequence[str], *, quick: bool) -> Findings:
    found = Findings()
    if set(parts) & set(ON_STORES):
        with stores() as real:
            _on_stores(found, parts, real, quick=quick)
    if "cockpit" in parts:
        few, many = (1_000, 10_000) if quick else (10_000, 100_000)
        _told(found, "cockpit", lambda: _cockpit(few, many))
        if not quick:
            _told(found, "cockpit of one large cohort", _large_cohort)
    if set(parts) & set(ON_PRODUCT):
        with running(without=["app", "worker"]) as product:
            greenroom = build(product.settings())
            _on_product(found, parts, product, greenroom, quick=quick)
            greenroom.engine.dispose()
    return found


def _on_stores(found: Findings, parts: Sequence[str], real: Stores, *, quick: bool) -> None:
    if {"webhooks", "api"} & set(parts):
        with serving(real) as server:
            _on_server(found, parts, real, server, quick=quick)
    if "growth" in parts:
        repeats = 25 if quick else 40
        _told(found, "growth", lambda: growth.measure(real, repeats=repeats))


def _on_server(found: Findings, parts: Sequence[str], real: Stores, server: Server, *, quick: bool) -> None:
    if "webhooks" in parts:
        rounds, rush = (3, 2.0) if quick else (16, 8.0)
        _told(found, "webhooks", lambda: Findings(webhooks.measure(real, server, rounds=rounds, rush_seconds=rush)))
    if "api" in parts:
        rounds, seconds = (2, 0.5) if quick else (4, 2.0)
        _told(found, "api", lambda: Findings(api.measure(real, server, rounds=rounds, seconds=seconds)))


def _on_product(found: Findings, parts: Sequence[str], product: Product, greenroom: Greenroom, *, quick: bool) -> None:
    with serving_app("ours", product.environment()) as app:
        if "report" in parts:
            calls = reports.Lengths(2, 1, 1_000, 3) if quick else reports.Lengths(20, 4, 4_000, 30)
            _told(found, "report", lambda: reports.measure(product, greenroom, app, calls))
        if not {"screens", "live"} & set(parts):
            return
        with reports.working(product.environment()):
            residents = move_in(product, greenroom, count=RESIDENTS)
        if "screens" in parts:
            looks = screens.Lengths(4, 2, 1) if quick else screens.Lengths(9, 4, 3)
            _told(found, "screens", lambda: screens.measure(app, greenroom, residents, looks))
    if "live" in parts:
        crowds = live.Lengths((15,), 3.0, 6.0) if quick else live.Lengths((100, 200, 400), 10.0, 22.0)
        _told(found, "live", lambda: live.measure(product, greenroom, residents, crowds))


def _cockpit(few: int, many: int) -> Findings:
    """The short form; `make cockpit` takes a million."""
    with cockpit.side(few) as one, cockpit.side(many) as other:
        times = cockpit.read_times([one, other])
        ways = cockpit_baselines.times(other.url, other.engine, other.made.cohort_ids[0])
    ratios = {view: times[1][view] / ms for view, ms in times[0].items()}
    grown = [ratios[view] for view, ms in times[0].items() if times[1][view] - ms > cockpit.ROUNDING_MS]
    what = f"slowest growing view, {many:,} interviews / {few:,}"
    lines = tuple((v, f"{ms:.1f}", f"{times[1][v]:.1f}", f"{ratios[v]:.2f}") for v, ms in times[0].items())
    return Findings(
        [
            Row("cockpit", what, max(grown, default=1.0), cockpit.MOST_RATIO, "at most"),
            *(_slower(ways, way, cockpit.EACH, None) for way in cockpit_baselines.OTHERS),
        ],
        [Detail("cockpit", "Views of the cockpit, medians in ms", ("view", f"{few:,}", f"{many:,}", "ratio"), lines)],
    )


def _large_cohort() -> Findings:
    size = cockpit.LARGE
    with cockpit.side(size, cohorts=1, learners=cockpit.LEARNERS_OF_LARGE) as large:
        ways = cockpit_baselines.times(large.url, large.engine, large.made.cohort_ids[0])
    return Findings([_slower(ways, way, size, least) for way, least in cockpit_baselines.OTHERS.items()])


def _slower(ways: Mapping[str, float], way: str, interviews: int, least: float | None) -> Row:
    what = f"overview of a cohort of {interviews:,}: {way} / roll-ups"
    return Row("cockpit", what, ways[way] / ways["roll-ups"], least, "at least")


def _told(found: Findings, part: str, measure: Callable[[], Findings]) -> None:
    began = time.monotonic()
    found.add(measure())
    say(f"{part}: measured in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
