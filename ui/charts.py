"""Charts as ECharts options. Colours come from the theme, except that of the ranges."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.analytics.service import TrendPoint
from core.cohorts.types import Week
from core.i18n import _
from ui import text, words

RANGE_COLOR = "rgba(100, 130, 150, 0.35)"
"""Neither light nor dark swallows it; what it stands for is also said in words beside each chart."""
TEXT_COLOR = "currentColor"
"""Of the page, whichever theme is on: Streamlit's own grey is too pale on white (WCAG asks for 4.5 to 1)."""
LETTERS = {"xAxis": "axisLabel", "yAxis": "axisLabel", "legend": "textStyle"}
ROW_HEIGHT = 34
TREND_HEIGHT = 300
STRIP_HEIGHT = 74
LABEL_WIDTH = 110
MARK_SIZE = 15
CROWDED_FROM = 40
"""Points of a trend from which on each is drawn smaller."""

Option = dict[str, Any]


def trend(points: Sequence[TrendPoint], *, key: str) -> None:
    """Scores over time, each with its range. The points are oldest first."""
    said = [_point_in_words(point) for point in points]
    alt = _("Your scores, oldest first: {said}").format(said="; ".join(said))
    draw(_trend(points, said), height=TREND_HEIGHT, alt=alt, key=key)


def competencies(scores: Mapping[str, int], *, key: str) -> None:
    """One bar for each competency that could be judged, the lowest at the top: that is where to begin."""
    ordered = sorted(scores.items(), key=lambda item: item[1])
    said = ", ".join(f"{words.area(name)} {score}" for name, score in ordered)
    height = 60 + ROW_HEIGHT * len(ordered)
    draw(_bars(ordered), height=height, alt=_("Score by competency: {said}").format(said=said), key=key)


def competency_ranges(parts: Mapping[str, tuple[int, int, int]], *, key: str, marked: bool = True) -> None:
    """Score and range (`score, low, high`) of each competency that could be judged, the lowest at the top.

    Not `marked`: the ranges alone, for scores that are estimates.
    """
    ordered = sorted(parts.items(), key=lambda item: item[1][0])
    said = ", ".join(
        f"{words.area(name)} {words.score(*part) if marked else f'{part[1]}{words.TO}{part[2]}'}"
        for name, part in ordered
    )
    height = 48 + (ROW_HEIGHT + 6) * len(ordered)
    draw(
        _ranges(ordered, marked=marked),
        height=height,
        alt=_("Score and range by competency: {said}").format(said=said),
        key=key,
    )


def score_range(score: int, low: int, high: int, *, key: str, marked: bool = True) -> None:
    """Where a score lies between 0 and 100, with the range it may really be in; not `marked`, the range alone."""
    said = (
        _("Score {score} of 100, with a range from {low} to {high}").format(score=score, low=low, high=high)
        if marked
        else _("Range from {low} to {high} of 100").format(low=low, high=high)
    )
    draw(_strip(score if marked else None, low, high), height=STRIP_HEIGHT, alt=said, key=key)


def weekly(weeks: Sequence[Week], *, key: str) -> None:
    """The mean of each week with its interval. The weeks are oldest first."""
    each = _("{week}: mean {mean:.0f}, n = {n}")
    said = "; ".join(each.format(week=text.week(w.week), mean=w.mean, n=w.interviews) for w in weeks)
    draw(_weeks(weeks), height=TREND_HEIGHT, alt=_("Mean score by week: {said}").format(said=said), key=key)


def draw(option: Option, *, height: int, alt: str, key: str) -> None:
    """Without animation: nothing is won by it, and some people are made unwell. Its letters are the page's."""
    lettered: Option = {part: _lettered(option[part], how) for part, how in LETTERS.items() if part in option}
    drawn: Option = {**option, **lettered, "animation": False}
    st.echarts_chart(drawn, height=height, renderer="svg", alt=alt, key=key)


def _lettered(part: Option, how: str) -> Option:
    return {**part, how: {"color": TEXT_COLOR, **part.get(how, {})}}


def range_bars(lows: Sequence[int], highs: Sequence[int], *, width: int, color: str = RANGE_COLOR) -> list[Option]:
    """An invisible bar up to the low end, a visible one from there: ECharts has no range series of its own."""
    gap: Option = {"type": "bar", "stack": "range", "silent": True, "itemStyle": {"color": "transparent"}}
    bar = {"type": "bar", "stack": "range", "name": _("Range"), "barWidth": width, "silent": True}
    return [
        {**gap, "data": list(lows), "tooltip": {"show": False}, "barWidth": width},
        {
            **bar,
            "data": [high - low for low, high in zip(lows, highs, strict=True)],
            "itemStyle": {"color": color, "borderRadius": width / 2},
            "tooltip": {"show": False},
        },
    ]


def _trend(points: Sequence[TrendPoint], said: Sequence[str]) -> Option:
    """A line for each kind of interview: scores of different kinds are not to be compared."""
    lines: dict[str, list[Option]] = {}
    for place, (point, name) in enumerate(zip(points, said, strict=True)):
        mark: Option = {"value": [place, point.score], "name": name}
        lines.setdefault(words.interview(point.type, point.difficulty), []).append(mark)
    dot, bar = (6, 4) if len(points) >= CROWDED_FROM else (10, 8)
    # Every point has its dot: by itself ECharts leaves out those without a label below them, and what they tell.
    line: Option = {"type": "line", "symbolSize": dot, "symbol": "circle", "showAllSymbol": True}
    return {
        "grid": {"left": 36, "right": 12, "top": 16, "bottom": 64 if len(lines) > 1 else 28},
        "tooltip": {"trigger": "item", "formatter": "{b}"},
        "legend": {"show": len(lines) > 1, "bottom": 0, "data": list(lines), "type": "scroll"},
        "xAxis": {"type": "category", "data": [text.short_day(p.at) for p in points], "axisTick": {"show": False}},
        "yAxis": {"type": "value", "min": 0, "max": 100, "interval": 20},
        "series": [
            *range_bars([p.low for p in points], [p.high for p in points], width=bar),
            *({**line, "name": kind, "data": marks} for kind, marks in lines.items()),
        ],
    }


def _weeks(weeks: Sequence[Week]) -> Option:
    lows = [round(w.interval[0] if w.interval else w.mean) for w in weeks]
    highs = [round(w.interval[1] if w.interval else w.mean) for w in weeks]
    means = [
        {"value": round(w.mean, 1), "name": f"{text.week(w.week)}: {w.mean:.1f}, n = {w.interviews}"} for w in weeks
    ]
    return {
        "grid": {"left": 36, "right": 12, "top": 16, "bottom": 28},
        "tooltip": {"trigger": "item", "formatter": "{b}"},
        "xAxis": {"type": "category", "data": [text.week(w.week) for w in weeks], "axisTick": {"show": False}},
        "yAxis": {"type": "value", "min": 0, "max": 100, "interval": 20},
        "series": [
            *range_bars(lows, highs, width=10),
            {"type": "line", "name": _("Mean"), "data": means, "symbolSize": 10, "symbol": "circle"},
        ],
    }


def _point_in_words(point: TrendPoint) -> str:
    when = text.day(point.at)
    return f"{words.interview(point.type, point.difficulty)}: {words.score(point.score, point.low, point.high)}, {when}"


def _bars(ordered: Sequence[tuple[str, int]]) -> Option:
    return {
        "grid": {"left": 8, "right": 40, "top": 8, "bottom": 24, "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "max": 100, "interval": 20},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "axisTick": {"show": False},
            "data": [words.area(name) for name, _ in ordered],
        },
        "series": [
            {
                "type": "bar",
                "name": _("Score"),
                "data": [score for _, score in ordered],
                "barWidth": 14,
                "itemStyle": {"borderRadius": [0, 7, 7, 0]},
                "label": {"show": True, "position": "right", "color": TEXT_COLOR},
            }
        ],
    }


def _ranges(ordered: Sequence[tuple[str, tuple[int, int, int]]], *, marked: bool) -> Option:
    places = [[part[0], at] for at, (_, part) in enumerate(ordered)] if marked else []
    lows, highs = [part[1] for _, part in ordered], [part[2] for _, part in ordered]
    return {
        "grid": {"left": 8, "right": 24, "top": 4, "bottom": 22, "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "max": 100, "interval": 20},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "axisTick": {"show": False},
            "axisLabel": {"width": LABEL_WIDTH, "overflow": "break", "margin": MARK_SIZE},
            "data": [words.area(name) for name, _ in ordered],
        },
        "series": [
            *range_bars(lows, highs, width=14),
            {
                "type": "scatter",
                "name": _("Score"),
                "symbolSize": MARK_SIZE,
                "data": places,
                "label": {"show": True, "position": "top", "distance": 3, "formatter": "{@[0]}", "color": TEXT_COLOR},
            },
        ],
    }


def _strip(score: int | None, low: int, high: int) -> Option:
    return {
        "grid": {"left": 10, "right": 16, "top": 12, "bottom": 24},
        "xAxis": {"type": "value", "min": 0, "max": 100, "interval": 20},
        "yAxis": {"type": "category", "data": [""], "show": False},
        "series": [
            *range_bars([low], [high], width=18),
            {"type": "scatter", "name": _("Score"), "data": [] if score is None else [[score, 0]], "symbolSize": 18},
        ],
    }
