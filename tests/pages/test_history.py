"""The list of interviews."""

import pytest

from core.interviews import flows
from core.interviews.types import SessionStatus
from tests.pages.support import Story, Visitor, button, said
from ui.routes import Screen
from ui.state import Key

ANSWER = "An index is a sorted structure beside the table that lets a query find rows without reading all of them."


def listed(app) -> list[str]:
    return [b.key.removeprefix("open-") for b in app.button if b.key and b.key.startswith("open-")]


def test_without_interviews_it_says_what_will_be_here(visit: Visitor) -> None:
    app = visit.open(Screen.HISTORY)

    assert "Your interviews will be listed here" in said(app)
    assert not app.get("echarts_chart")


def test_interviews_are_listed_newest_first_with_the_trend(visit: Visitor, story: Story) -> None:
    first = story.reported(ANSWER, ANSWER, ANSWER)
    second = story.set_up()

    app = visit.open(Screen.HISTORY)

    assert listed(app) == [second, first]
    assert f"**Score {story.view(first).overall_score}**" in said(app)
    assert len(app.get("echarts_chart")) == 1


def test_a_filter_keeps_the_others_out(visit: Visitor, story: Story) -> None:
    ready = story.ready()
    story.set_up()
    app = visit.open(Screen.HISTORY)

    app.selectbox(key=Key.HISTORY_STATUS).set_value(SessionStatus.READY).run()
    assert listed(app) == [ready]

    app.selectbox(key=Key.HISTORY_STATUS).set_value(SessionStatus.COMPLETED).run()
    assert "No interview of yours matches" in said(app)


def test_pages_are_turned_there_and_back(visit: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [story.set_up() for _ in range(12)][::-1]
    app = visit.open(Screen.HISTORY)
    assert listed(app) == made[:10]

    button(app, "Older").click().run()
    assert listed(app) == made[10:]
    assert button(app, "Older").disabled

    button(app, "Newer").click().run()
    assert listed(app) == made[:10]


def test_deleting_is_asked_twice_and_erases_only_that_interview(visit: Visitor, story: Story) -> None:
    kept, gone = story.reported(ANSWER), story.reported(ANSWER)
    app = visit.open(Screen.HISTORY)

    app.button(key=f"ask-delete-{gone}").click().run()
    assert listed(app) == [gone, kept]
    button(app, "No, go back").click().run()
    assert listed(app) == [gone, kept]

    app.button(key=f"ask-delete-{gone}").click().run()
    button(app, "Delete for good").click().run()
    assert listed(app) == [kept]


def test_an_interview_that_runs_offers_no_deletion(visit: Visitor, story: Story) -> None:
    story.started()

    assert "Delete" not in said(visit.open(Screen.HISTORY))


def test_one_that_was_started_meanwhile_is_not_deleted(visit: Visitor, story: Story) -> None:
    session_id = story.ready()
    app = visit.open(Screen.HISTORY)
    app.button(key=f"ask-delete-{session_id}").click().run()
    confirm = button(app, "Delete for good")

    flows.start(story.greenroom, story.actor, session_id, consents=True)
    confirm.click().run()

    assert listed(app) == [session_id]
    assert button(app, "Continue").key == f"open-{session_id}"
