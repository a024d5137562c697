"""Charts as SVG that is legible on light and on dark ground, without a plotting library: bars, and lines."""

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape

WIDTH, LEFT, RIGHT, TOP = 720, 250, 70, 44
BAR = 22
PLOT_HEIGHT = 240
COLOURS = ("#1f6f5c", "#d55e00", "#0072b2", "#b8860b", "#7a5195", "#5c6b73")
STYLE = (
    "text{font:13px sans-serif;fill:#1c2733}.t{font-weight:600;font-size:15px}.r{stroke:#c5cfcc}"
    ".l{stroke:#c0392b;stroke-dasharray:4 3}"
    "@media (prefers-color-scheme:dark){text{fill:#e8efed}.r{stroke:#3b4a46}}"
)

Point = tuple[float, float]


def bars(title: str, values: Mapping[str, float], *, unit: str = "", limit: float | None = None) -> str:
    """One bar a name, from nought; `limit` is drawn across them."""
    most = max([*values.values(), limit or 0.0]) or 1.0
    room = WIDTH - LEFT - RIGHT
    drawn = []
    for place, (name, value) in enumerate(values.items()):
        y = TOP + place * BAR
        drawn += [
            f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{y + 3}" width="{room * value / most:.1f}" height="{BAR - 8}" fill="{COLOURS[0]}"/>',
            f'<text x="{LEFT + room * value / most + 6:.1f}" y="{y + 14}">{value:.3g}{escape(unit)}</text>',
        ]
    height = TOP + len(values) * BAR + 12
    if limit is not None:
        x = LEFT + room * limit / most
        drawn.append(f'<line class="l" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{height - 8}"/>')
    return _svg(title, height, drawn)


def lines(title: str, series: Mapping[str, Sequence[Point]], *, across: str, up: str, logarithmic: bool = False) -> str:
    """One line a name. With `logarithmic` both axes are, so that a power of the size is a straight line."""
    points = [point for line in series.values() for point in line]
    left, width = 60, WIDTH - 60 - 190
    to_x = _scale([x for x, _ in points], 0.0, float(width), logarithmic=logarithmic)
    to_y = _scale([y for _, y in points] + ([] if logarithmic else [0.0]), PLOT_HEIGHT, 0.0, logarithmic=logarithmic)
    drawn = [
        f'<line class="r" x1="{left}" x2="{left + width}" y1="{TOP + PLOT_HEIGHT}" y2="{TOP + PLOT_HEIGHT}"/>',
        f'<text x="{left + width / 2}" y="{TOP + PLOT_HEIGHT + 38}" text-anchor="middle">{escape(across)}</text>',
        f'<text x="4" y="{TOP - 8}">{escape(up)}</text>',
    ]
    for x in sorted({x for x, _ in points}):
        drawn.append(
            f'<text x="{left + to_x(x):.1f}" y="{TOP + PLOT_HEIGHT + 18}" text-anchor="middle">{_short(x)}</text>'
        )
    for y in (min(y for _, y in points), max(y for _, y in points)):
        drawn.append(f'<text x="{left - 6}" y="{TOP + to_y(y) + 4:.1f}" text-anchor="end">{_short(y)}</text>')
    for place, (name, line) in enumerate(series.items()):
        colour = COLOURS[place % len(COLOURS)]
        path = " ".join(f"{left + to_x(x):.1f},{TOP + to_y(y):.1f}" for x, y in line)
        drawn += [
            f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"/>',
            *(
                f'<circle cx="{left + to_x(x):.1f}" cy="{TOP + to_y(y):.1f}" r="3" fill="{colour}"/>'
                for x, y in line
            ),
            f'<rect x="{left + width + 14}" y="{TOP + place * 20 + 3}" width="10" height="10" fill="{colour}"/>',
            f'<text x="{left + width + 30}" y="{TOP + place * 20 + 13}">{escape(name)}</text>',
        ]  # fmt: skip
    return _svg(title, TOP + PLOT_HEIGHT + 50, drawn)


def _scale(values: Sequence[float], start: float, end: float, *, logarithmic: bool) -> Callable[[float], float]:
    told = [math.log(max(value, 1e-9)) if logarithmic else value for value in values]
    low, high = min(told), max(told)
    span = (high - low) or 1.0
    return lambda value: start + (end - start) * ((math.log(max(value, 1e-9)) if logarithmic else value) - low) / span


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _svg(title: str, height: float, drawn: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img">'
    named = f'<title>{escape(title)}</title><style>{STYLE}</style><text class="t" x="4" y="20">{escape(title)}</text>'
    return "\n".join([head, named, *drawn, "</svg>"]) + "\n"
