"""What a measurement found: one line a figure, each against its limit; tables and charts beside them."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Row:
    part: str
    what: str
    figure: float
    limit: float | None
    sense: Literal["at least", "at most", "told"] = "told"

    @property
    def holds(self) -> bool:
        if self.limit is None:
            return True
        return self.figure >= self.limit if self.sense == "at least" else self.figure <= self.limit

    @property
    def told_limit(self) -> str:
        return "" if self.limit is None else f"{self.sense} {self.limit:g}"

    @property
    def verdict(self) -> str:
        return "" if self.limit is None else ("holds" if self.holds else "DOES NOT HOLD")


@dataclass(frozen=True)
class Detail:
    """A table of its own, for what is many figures of one kind."""

    part: str
    title: str
    head: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


@dataclass
class Findings:
    rows: list[Row] = field(default_factory=list)
    details: list[Detail] = field(default_factory=list)
    charts: dict[str, str] = field(default_factory=dict)
    """SVG by the name of its file, without its ending."""

    def add(self, other: "Findings") -> None:
        self.rows += other.rows
        self.details += other.details
        self.charts |= other.charts


def show(found: Findings) -> bool:
    """Print everything. Returns whether every limit holds."""
    for detail in found.details:
        say(f"\n{detail.title}")
        for line in (detail.head, *detail.lines):
            say(f"{line[0]:26}" + "".join(f"{cell:>18}" for cell in line[1:]))
    say("")
    for row in found.rows:
        say(f"{row.part:10} {row.what:58} {row.figure:9.2f}  {row.told_limit:14} {row.verdict}")
    return all(row.holds for row in found.rows)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def markdown(rows: Sequence[Row]) -> list[str]:
    lines = ["| Part | What | Figure | Limit | |", "|---|---|---:|---|---|"]
    return lines + [
        f"| {row.part} | {row.what} | {row.figure:.2f} | {row.told_limit} | {row.verdict} |" for row in rows
    ]


def markdown_of(detail: Detail) -> list[str]:
    rule = "|".join(["---", *("---:" for _ in detail.head[1:])])
    return [f"| {' | '.join(detail.head)} |", f"|{rule}|", *(f"| {' | '.join(line)} |" for line in detail.lines)]
