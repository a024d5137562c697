"""How many queries a screen makes when it is drawn again: stated, and the same for much data as for little."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from bench.people import give_history
from core.wiring import Greenroom
from tests.pages.support import Story, Visitor
from ui.routes import Screen

QUERIES = {Screen.HOME: 8, Screen.HISTORY: 4, Screen.ACCOUNT: 6, Screen.SETUP: 1, Screen.REPORT: 14}
"""Without the look-up of who is signed in, which each run makes once."""


@pytest.fixture
def queries(greenroom: Greenroom) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, query: str, *_: object) -> None:
        seen.append(query)

    event.listen(greenroom.engine, "before_cursor_execute", note)
    yield seen
    event.remove(greenroom.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("screen", QUERIES)
def test_a_rerun_makes_so_many_queries(
    visit: Visitor, story: Story, greenroom: Greenroom, queries: list[str], screen: Screen
) -> None:
    of = {"session": story.reported("An index keeps a sorted copy.")} if screen is Screen.REPORT else {}
    for more in (1, 30):
        give_history(greenroom, story.actor, count=more)
        app = visit.open(screen, **of)
        queries.clear()
        app.run()
        assert len(queries) == QUERIES[screen], "\n".join(queries)
