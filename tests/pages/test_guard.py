"""Every page and fragment guards itself, and shows its failures in words."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.accounts.types import Actor, Role
from tests.pages.support import ROOT, Story, Visitor, said
from ui import routes
from ui.routes import Screen

PAGES = sorted((ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("screen", list(Screen))
def test_nobody_signed_in_sees_the_login_and_nothing_of_the_page(
    screen: Screen, visit: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = story.reported("An index is a sorted structure beside the table that a query can search.")
    visit.actor = None
    shown: list[str] = []
    monkeypatch.setattr("ui.login.login_screen", lambda: shown.append("login"))

    app = visit.open(screen, session=session_id)

    assert shown[-1:] == ["login"]
    assert said(app) == ""
    assert not app.exception


@pytest.mark.parametrize("screen", [Screen.PAYMENT, Screen.INTERVIEW, Screen.REPORT])
@pytest.mark.parametrize("named", ["int_01jdzzzzzzzzzzzzzzzzzzzzzz", "", "no id at all", "' OR 1=1 --"])
def test_an_interview_that_is_not_there_reads_like_one_of_somebody_else(
    screen: Screen, named: str, visit: Visitor
) -> None:
    app = visit.open(screen, session=named)

    assert "We could not find that interview" in said(app).replace("\\", "")
    assert not app.exception


@pytest.mark.parametrize("screen", [Screen.PAYMENT, Screen.INTERVIEW, Screen.REPORT])
def test_somebody_elses_interview_is_not_found(
    screen: Screen, visit: Visitor, story: Story, person: Callable[..., Actor]
) -> None:
    session_id = story.ready()
    visit.actor = person("Meera")

    app = visit.open(screen, session=session_id)

    assert "We could not find that interview" in said(app).replace("\\", "")


def _page_for(role: Role) -> AppTest:
    def script(role: str) -> None:
        import streamlit as st

        from core.accounts.types import Role
        from ui.guard import PageContext, page

        @page(role=Role(role))
        def secret(ctx: PageContext) -> None:
            st.title(f"Secret of {ctx.actor.name}")

        secret()

    return AppTest.from_function(script, kwargs={"role": role.value})


@pytest.mark.parametrize(
    ("signed_in", "needed", "admitted"),
    [
        (Role.CANDIDATE, Role.CANDIDATE, True),
        (Role.CANDIDATE, Role.COACH, False),
        (Role.CANDIDATE, Role.ADMIN, False),
        (Role.COACH, Role.CANDIDATE, True),
        (Role.COACH, Role.COACH, True),
        (Role.COACH, Role.ADMIN, False),
        (Role.ADMIN, Role.ADMIN, True),
    ],
)
def test_a_page_admits_its_role_and_those_above(
    signed_in: Role,
    needed: Role,
    admitted: bool,
    visit: Visitor,
    person: Callable[..., Actor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    visit.actor = person("Ravi", signed_in)
    monkeypatch.setattr(routes, "link", lambda *_, **__: None)

    app = _page_for(needed).run()

    assert [title.value for title in app.title] == (["Secret of Ravi"] if admitted else [])
    assert ("Your role cannot do this" in said(app).replace("\\", "")) is not admitted


def test_a_bug_shows_a_reference_and_keeps_its_words_to_the_log(
    visit: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret detail")

    monkeypatch.setattr("core.interviews.service.has_begun", broken)

    app = visit.open(Screen.HOME)

    assert not app.exception
    assert "Something broke on our side" in app.error[0].value
    assert "secret detail" not in said(app)


def test_a_fragment_that_finds_nobody_signed_in_has_the_login_shown(visit: Visitor, story: Story) -> None:
    session_id = story.answered("An index is a sorted structure beside the table that a query can search.")
    app = visit.open(Screen.REPORT, session=session_id)
    assert any("Transcript received" in status.label for status in app.status)

    visit.actor = None
    app.run()

    assert not app.status


def test_pages_hold_one_guarded_function_named_after_the_file_and_its_call() -> None:
    assert {path.stem for path in PAGES} == {screen.value for screen in Screen}
    for path in PAGES:
        _holds_its_shape(path)


def _holds_its_shape(path: Path) -> None:
    body = ast.parse(path.read_text()).body
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    assert [function.name for function in functions] == [path.stem], path
    decorators = [ast.unparse(decorator) for decorator in functions[0].decorator_list]
    assert len(decorators) == 1, path
    assert decorators[0].startswith("page("), path
    assert ast.unparse(body[-1]) == f"{path.stem}()", path
    others = [node for node in body[1:-1] if node is not functions[0]]
    assert all(isinstance(node, ast.Import | ast.ImportFrom | ast.Assign) for node in others), path
    assert len(path.read_text().splitlines()) <= 120, path


def test_no_page_or_component_lets_text_through_as_html() -> None:
    sources = [*PAGES, *(ROOT / "ui").rglob("*.py")]
    for path in sources:
        source = path.read_text()
        assert "unsafe_allow_html" not in source, path
        assert "st.html" not in source, path


def test_the_core_is_only_reached_through_the_greenroom_of_the_page() -> None:
    """Settings and providers are handed in: no screen reads the environment or the secrets file."""
    for path in [*PAGES, *(ROOT / "ui").rglob("*.py")]:
        source = path.read_text()
        assert "os.environ" not in source, path
        assert "st.secrets" not in source, path
