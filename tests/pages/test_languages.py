"""Screens in a person's own language, and no literal on a screen that could not be in it."""

import ast
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.accounts import service
from core.accounts.types import Actor
from core.wiring import Greenroom
from tests.pages.support import ROOT, Story, Visitor, said

SHOWN = frozenset(
    (
        *("title", "header", "subheader", "markdown", "write", "text", "caption", "note", "metric", "badge"),
        *("info", "warning", "error", "success", "toast", "spinner", "status", "tabs", "expander", "popover"),
        *("button", "form_submit_button", "download_button", "link_button", "link", "page_link", "chat_input"),
        *("text_input", "text_area", "number_input", "selectbox", "multiselect", "radio", "checkbox", "toggle"),
        *("slider", "segmented_control", "pills", "file_uploader", "date_input"),
    )
)
BESIDE = frozenset(("label", "placeholder", "help", "warning", "yes", "no", "caption", "alt"))
A_WORD = re.compile(r"[A-Za-z]{2,}")
NO_WORD = re.compile(r":material/\w+:|:?-?[a-z]*-?badge\[|:[a-z]+\[|\{[^}]*\}|&\w+;")
SAME_EVERYWHERE = frozenset(("Greenroom", "+91 98123 45678", "n", "JSON", "CSV", "PDF"))


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts that are drawn as they stand in the code."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name not in SHOWN:
            continue
        first = call.args[1:2] if name == "link" else call.args[:1]
        for shown in [*first, *(word.value for word in call.keywords if word.arg in BESIDE)]:
            yield from ((call.lineno, text) for text in _texts(shown))


def _texts(shown: ast.expr) -> Iterator[str]:
    if isinstance(shown, ast.Constant) and isinstance(shown.value, str):
        yield shown.value
    elif isinstance(shown, ast.JoinedStr):
        yield "".join(str(part.value) for part in shown.values if isinstance(part, ast.Constant))
    elif isinstance(shown, ast.List | ast.Tuple):
        for element in shown.elts:
            yield from _texts(element)
    elif isinstance(shown, ast.IfExp):
        yield from _texts(shown.body)
        yield from _texts(shown.orelse)


def test_no_screen_shows_a_literal() -> None:
    files = [*(ROOT / "pages").glob("*.py"), *(ROOT / "ui").rglob("*.py")]
    assert len(files) > 40
    found = [
        f"{Path(file).relative_to(ROOT)}:{line}: {text}"
        for file in files
        for line, text in literals(ast.parse(file.read_text("utf-8")))
        if A_WORD.search(NO_WORD.sub("", text)) and text not in SAME_EVERYWHERE
    ]
    assert found == []


@pytest.fixture
def in_hindi(visit: Visitor) -> Visitor:
    assert visit.actor
    visit.actor = dataclasses.replace(visit.actor, locale="hi")
    return visit


def test_the_first_visit_in_hindi(in_hindi: Visitor) -> None:
    shown = said(in_hindi.open("home"))
    assert "स्वागत है, Asha" in shown
    assert "Welcome" not in shown


@pytest.mark.parametrize("screen", ["setup", "history", "account"])
def test_screens_in_hindi_have_no_english_sentence(in_hindi: Visitor, screen: str) -> None:
    app = in_hindi.open(screen)
    assert not app.exception
    assert re.findall(r"\b[A-Za-z]+ (?:[a-z]+ ){2,}[a-z]+", said(app)) == []


def test_a_report_in_hindi(in_hindi: Visitor, story: Story) -> None:
    app = in_hindi.open("report", session=story.reported("I would add an index on the columns that are filtered by."))
    assert not app.exception
    assert "सवाल-दर-सवाल" in said(app)


def test_the_choice_of_a_language_is_kept(
    visit: Visitor, asha: Actor, greenroom: Greenroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locale() -> str:
        with greenroom.uow() as uow:
            return service.locale_of(uow, asha.user_id)

    monkeypatch.setattr("ui.auth.current_actor", lambda: dataclasses.replace(asha, locale=locale()))
    app = visit.open("account")
    next(b for b in app.button_group if b.key == "language.en").set_value("hi").run()
    assert locale() == "hi"
    assert "खाता" in said(app)


def test_signed_out_the_address_names_the_language(
    visit: Visitor, greenroom: Greenroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit.actor = None
    monkeypatch.setattr("ui.login.greenroom", lambda: greenroom)
    app = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=30)
    app.query_params["lang"] = "hi"
    app.run()
    assert "खाता बनाएँ" in [b.label for b in app.button]
