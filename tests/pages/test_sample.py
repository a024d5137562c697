"""Before there is an account: two questions may be tried, judged as in a report, and nothing of it is kept."""

import pytest
from sqlalchemy import func, select

from core.ids import new_id
from core.models import Base
from core.wiring import Greenroom
from tests.pages.support import Visitor, button, said
from ui.routes import Screen

GOOD = (
    "An index pays when many lookups and range scans filter on that column, because the database finds the rows "
    "without a full table scan. Every insert and update has to maintain it too, it takes disk space, and I check the "
    "plan with explain before and after. It helps little when most rows match."
)


@pytest.fixture
def stranger(visit: Visitor, greenroom: Greenroom, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    visit.actor = None
    monkeypatch.setattr("ui.components.sample.address", lambda: new_id("usr"))
    return visit


def rows(greenroom: Greenroom) -> dict[str, int]:
    """How many rows each table has."""
    with greenroom.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def test_an_answer_is_judged_point_by_point_and_kept_nowhere(stranger: Visitor, greenroom: Greenroom) -> None:
    before = rows(greenroom)
    app = stranger.open(Screen.HOME)
    app.text_area(key="sample.answer.2").set_value(GOOD)
    button(app, "See how question 2 went").click().run()

    assert "Covered" in said(app)
    assert not app.exception
    assert rows(greenroom) == before


def test_a_few_words_are_asked_to_be_more(stranger: Visitor) -> None:
    app = stranger.open(Screen.HOME)
    app.text_area(key="sample.answer.1").set_value("I do not know.")
    button(app, "See how question 1 went").click().run()

    assert "Write a few whole sentences" in said(app)
