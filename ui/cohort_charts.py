"""The charts of a coach's screens. Each says in words what it shows, with the numbers it rests on."""

from collections.abc import Mapping, Sequence

from core.cohorts.agreement import MonthOfPairs
from core.cohorts.comparing import Standing
from core.cohorts.growth import Growth
from core.cohorts.heat import Row
from core.cohorts.types import Scores
from core.i18n import _
from ui import text, words
from ui.charts import ROW_HEIGHT, TEXT_COLOR, TREND_HEIGHT, Option, draw, range_bars
from ui.text import shortened

HEAT = ("#3b4994", "#5a8ac6", "#a9cfd8", "#f2e6a7", "#f2b340")
"""From low to high: blue to yellow, which every kind of colour vision tells apart. Numbers stand in the cells."""
GREY = "rgba(128, 128, 128, 0.22)"
DARK_TEXT, LIGHT_TEXT, GREY_TEXT = "#10202e", "#ffffff", TEXT_COLOR
LIGHT_BELOW = 40
GROWTH = ("#b35806", "#f1a340", "#9aa3ab", "#80b1d3", "#2166ac")
NAME_CHARS = 18


def distribution(scores: Scores, *, key: str) -> None:
    """How many interviews fell into each ten points, with the median and the quartiles."""
    bins = [sum(scores.histogram[start : start + 10]) for start in range(0, 100, 10)]
    bins[-1] += scores.histogram[100]
    labels = [f"{start}{words.TO}{start + (10 if start == 90 else 9)}" for start in range(0, 100, 10)]
    said = ", ".join(f"{label}: {count}" for label, count in zip(labels, bins, strict=True))
    draw(
        _columns(bins, scores),
        height=TREND_HEIGHT - 60,
        alt=_("Interviews by score: {said}").format(said=said),
        key=key,
    )


def _columns(bins: Sequence[int], scores: Scores) -> Option:
    lines = [
        {"xAxis": value, "name": name, "lineStyle": {"width": width, "type": kind}}
        for value, name, width, kind in (
            (scores.p25, _("first quartile"), 1, "dashed"),
            (scores.median, _("median"), 2, "solid"),
            (scores.p75, _("third quartile"), 1, "dashed"),
        )
        if value is not None
    ]
    marked = {"silent": True, "symbol": "none", "label": {"formatter": "{c}", "color": TEXT_COLOR}, "data": lines}
    bars = [[5 + 10 * place, count] for place, count in enumerate(bins)]
    return {
        "grid": {"left": 36, "right": 16, "top": 26, "bottom": 28},
        "xAxis": {"type": "value", "min": 0, "max": 100, "interval": 10, "splitLine": {"show": False}},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "name": _("Interviews"), "barWidth": "92%", "data": bars, "markLine": marked}],
    }


def heat_map(rows: Sequence[Row], competencies: Sequence[str], names: Mapping[str, str], *, key: str) -> None:
    """A cell for each learner and competency; grey where there is too little to say."""
    people = [shortened(names.get(row.user_id) or row.user_id[-6:], NAME_CHARS) for row in rows]
    said = "; ".join(
        f"{person}: "
        + ", ".join(
            f"{words.area(c.competency)} {_('too few') if c.mean is None else round(c.mean)} (n = {c.n})"
            for c in row.cells
        )
        for person, row in zip(people, rows, strict=True)
    )
    draw(
        _heat(rows, competencies, people),
        height=ROW_HEIGHT * len(rows) + 130,
        alt=_("Mean by learner and competency: {said}").format(said=said),
        key=key,
    )


def _heat(rows: Sequence[Row], competencies: Sequence[str], people: Sequence[str]) -> Option:
    place = {name: column for column, name in enumerate(competencies)}
    cells: list[Option] = []
    for line, row in enumerate(rows):
        for cell in row.cells:
            where = [place[cell.competency], line]
            if cell.mean is None:
                # A cell without a number is not drawn at all; this one has its own colour and says how many there are.
                cells.append(
                    {"value": [*where, 0], "itemStyle": {"color": GREY},
                     "label": {"show": True, "color": GREY_TEXT, "formatter": f"n={cell.n}"}}
                )  # fmt: skip
            else:
                color = HEAT[min(len(HEAT) - 1, int(cell.mean / 100 * len(HEAT)))]
                ink = LIGHT_TEXT if cell.mean < LIGHT_BELOW else DARK_TEXT
                cells.append(
                    {"value": [*where, round(cell.mean)], "itemStyle": {"color": color},
                     "label": {"show": True, "color": ink, "formatter": f"{cell.mean:.0f}"}}
                )  # fmt: skip
    return {
        "grid": {"left": 8, "right": 8, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {
            "type": "category",
            "position": "top",
            "data": [words.area(name) for name in competencies],
            "axisTick": {"show": False},
            "axisLabel": {"interval": 0, "rotate": 40, "width": 110, "overflow": "truncate"},
        },
        "yAxis": {"type": "category", "inverse": True, "data": list(people), "axisTick": {"show": False}},
        "visualMap": {"show": False, "min": 0, "max": 100, "inRange": {"color": list(HEAT)}},
        "series": [{"type": "heatmap", "data": cells, "silent": True}],
    }


def growth(found: Growth, *, key: str) -> None:
    """One bar of all learners with two comparable interviews, from declined to improved."""
    parts = (
        (_("declined"), found.declined),
        (_("probably declined"), found.probably_declined),
        (_("no clear change"), found.unclear),
        (_("probably improved"), found.probably_improved),
        (_("improved"), found.improved),
    )
    said = ", ".join(f"{name}: {count}" for name, count in parts)
    series = [
        {
            "type": "bar",
            "stack": "all",
            "name": name,
            "data": [count],
            "barWidth": 30,
            "itemStyle": {"color": color},
            "label": {"show": count > 0, "formatter": "{c}", "color": DARK_TEXT if 0 < index < 4 else LIGHT_TEXT},
        }
        for index, ((name, count), color) in enumerate(zip(parts, GROWTH, strict=True))
    ]
    option: Option = {
        "grid": {"left": 8, "right": 8, "top": 8, "bottom": 64},
        "legend": {"bottom": 0, "type": "plain", "itemWidth": 12},
        "xAxis": {"type": "value", "max": found.n, "show": False},
        "yAxis": {"type": "category", "data": [""], "show": False},
        "series": series,
    }
    draw(option, height=130, alt=_("Learners by change: {said}").format(said=said), key=key)


def comparison(standings: Sequence[Standing], *, key: str) -> None:
    """The mean of each cohort with its interval, in the order of the list: no ranking."""
    shown = [s for s in standings if s.mean is not None]
    said = "; ".join(f"{s.cohort.name}: {s.mean:.0f}, n = {s.interviews}" for s in shown)
    lows = [round(s.interval[0] if s.interval else s.mean or 0) for s in shown]
    highs = [round(s.interval[1] if s.interval else s.mean or 0) for s in shown]
    option: Option = {
        "grid": {"left": 8, "right": 24, "top": 8, "bottom": 24, "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "max": 100, "interval": 20},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "axisTick": {"show": False},
            "data": [f"{shortened(s.cohort.name, NAME_CHARS)}\nn = {s.interviews}" for s in shown],
        },
        "series": [
            *range_bars(lows, highs, width=10),
            {
                "type": "scatter",
                "name": _("Mean"),
                "symbolSize": 12,
                "data": [[round(s.mean or 0, 1), place] for place, s in enumerate(shown)],
            },
        ],
    }
    draw(option, height=50 + 46 * len(shown), alt=_("Mean score by cohort: {said}").format(said=said), key=key)


def bias_by_month(months: Sequence[MonthOfPairs], *, key: str) -> None:
    """How far the model lay above or below the coaches, month by month."""
    said = "; ".join(f"{text.month(m.month)}: {m.bias:+.1f}, n = {m.n}" for m in months)
    option: Option = {
        "grid": {"left": 40, "right": 12, "top": 16, "bottom": 28},
        "tooltip": {"trigger": "item", "formatter": "{b}"},
        "xAxis": {"type": "category", "data": [text.short_month(m.month) for m in months], "axisTick": {"show": False}},
        "yAxis": {"type": "value", "min": -40, "max": 40, "interval": 20},
        "series": [
            {
                "type": "line",
                "name": _("Bias"),
                "symbolSize": 10,
                "symbol": "circle",
                "data": [{"value": m.bias, "name": f"{text.month(m.month)}: {m.bias:+.1f}, n = {m.n}"} for m in months],
            }
        ],
    }
    draw(option, height=220, alt=_("Model minus coach, by month: {said}").format(said=said), key=key)
