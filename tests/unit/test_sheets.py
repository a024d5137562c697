"""What a cohort's workbook holds, read back from its parts."""

from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

from core.cohorts.roster import HEADER
from core.cohorts.sheets import as_xlsx

NAMES = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
ROW = ("=1+1", "usr_1", "https://int_1", "2026-05-01", "hr", "easy", 71, 60, 82)


def cells(content: bytes) -> list[list[tuple[str, str]]]:
    """Kind (`n` for a number, else text) and value of each cell, row by row; a formula would be of kind `f`."""
    with ZipFile(BytesIO(content)) as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))  # noqa: S314  our own file
        shared = "xl/sharedStrings.xml"
        words = ElementTree.fromstring(parts.read(shared)) if shared in parts.namelist() else None  # noqa: S314
    held = ["".join(item.itertext()) for item in words] if words is not None else []

    def read(cell: ElementTree.Element) -> tuple[str, str]:
        value = "".join(cell.itertext())
        if cell.find("x:f", NAMES) is not None:
            return "f", value
        return ("text", held[int(value)]) if cell.get("t") == "s" else (cell.get("t", "n"), value)

    return [[read(cell) for cell in row] for row in sheet.iterfind(".//x:row", NAMES)]


def test_words_are_words_and_scores_are_numbers() -> None:
    header, row = cells(as_xlsx([HEADER, ROW]))
    assert tuple(value for _, value in header) == HEADER
    assert [value for _, value in row] == [str(value) for value in ROW]
    assert ["f" if kind == "f" else "number" if kind == "n" else "text" for kind, _ in row] == ["text"] * 6 + [
        "number"
    ] * 3


def test_a_cohort_without_interviews_gives_its_header() -> None:
    assert [[value for _, value in row] for row in cells(as_xlsx([HEADER]))] == [list(HEADER)]
