"""The report as a document: typeset from data alone, in letters that English and Hindi both have."""

import re
from typing import Any

import pytest

from core.reports import pdf
from core.reports.types import Report
from webhook_server.examples import BODIES

MARKUP = '#panic("x") = heading $ x $ @ref \\ [content] <label> https://evil.example *bold* _it_'
HINDI = "मैंने पहले क्वेरी प्लान पढ़ा"


@pytest.fixture
def report() -> dict[str, Any]:
    return Report.model_validate(BODIES["Report"]).model_dump(mode="json", by_alias=True)


@pytest.mark.parametrize("words", [MARKUP, HINDI, "", "\u0000\u202e odd \U0001f600"])
def test_whatever_was_said_is_set_as_text(report: dict[str, Any], words: str) -> None:
    question = {**report["questions"][0], "answer": words, "feedback": words, "text": words}
    shown = pdf.report_pdf({**report, "questions": [question]}, candidate_name=words)
    assert shown.startswith(b"%PDF")


def test_hindi_is_set_in_the_font_that_is_carried(report: dict[str, Any]) -> None:
    shown = pdf.report_pdf({**report, "oneThingFirst": HINDI}, candidate_name="Asha")
    fonts = set(re.findall(rb"/BaseFont\s*/\w+\+([\w-]+)", shown))
    assert fonts
    assert {name.split(b"-")[0] for name in fonts} == {b"Poppins"}


def test_a_report_without_a_score_and_one_that_is_an_estimate_are_set_too(report: dict[str, Any]) -> None:
    nothing = {**report, "overallScore": None, "band": None, "confidence": {"standardError": None, "interval": None}}
    estimate = {**report, "band": "good", "scoredBy": {**report["scoredBy"], "engine": "rubric", "model": None}}
    for one in (nothing, {**estimate, "flags": ["scored_offline"]}):
        assert pdf.report_pdf(one, candidate_name="Asha").startswith(b"%PDF")
