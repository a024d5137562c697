"""One line a figure, each against its limit."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
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


def show(rows: Sequence[Row]) -> bool:
    """Print the table. Returns whether every limit holds."""
    for row in rows:
        limit = "" if row.limit is None else f"{row.sense} {row.limit:g}"
        verdict = "" if row.limit is None else ("holds" if row.holds else "DOES NOT HOLD")
        sys.stdout.write(f"{row.part:10} {row.what:52} {row.figure:9.2f}  {limit:14} {verdict}\n")
    return all(row.holds for row in rows)
