"""A cohort's rows as a workbook. Cells are written as text or numbers, so no program takes one for a formula."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import xlsxwriter

from core.cohorts.roster import HEADER

WIDTHS = (26, 34, 34, 12, 16, 12, 8, 11, 11)
MOST_ROWS = 1_048_576
"""What a sheet can hold."""


def as_xlsx(rows: Iterable[tuple[Any, ...]]) -> bytes:
    """One sheet with a frozen, filterable header. `rows` begin with the header, as `roster.export_rows` gives them."""
    held = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(held, options) as book:
        sheet = book.add_worksheet("Interviews")
        bold = book.add_format({"bold": True, "bottom": 1})
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 1)
        last = 0
        for last, row in enumerate(rows):
            if last >= MOST_ROWS:
                break
            for column, value in enumerate(row):
                write = sheet.write_number if isinstance(value, int | float) else sheet.write_string
                write(last, column, value, bold if last == 0 else None)
        sheet.autofilter(0, 0, max(last, 1), len(HEADER) - 1)
    return held.getvalue()
