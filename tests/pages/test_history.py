"""The list of interviews."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.accounts.types import Actor
from core.interviews import flows
from core.interviews.catalogue import Difficulty, InterviewType
from core.interviews.history_export import history_records, history_rows
from core.interviews.models import InterviewSession
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


def test_after_the_last_of_an_older_page_is_deleted_the_page_before_it_is_shown(visit: Visitor, story: Story) -> None:
    oldest, *newer = [story.set_up() for _ in range(11)]
    app = visit.open(Screen.HISTORY)
    button(app, "Older").click().run()
    assert listed(app) == [oldest]

    app.button(key=f"ask-delete-{oldest}").click().run()
    button(app, "Delete for good").click().run()

    assert listed(app) == newer[::-1]
    assert "Your interviews will be listed here" not in said(app)


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


def test_difficulty_and_period_are_filters_too(visit: Visitor, story: Story) -> None:
    made = story.set_up()
    app = visit.open(Screen.HISTORY)

    app.selectbox(key=Key.HISTORY_DIFFICULTY).set_value(Difficulty.HARD).run()
    assert "No interview of yours matches" in said(app)
    app.selectbox(key=Key.HISTORY_DIFFICULTY).set_value(Difficulty.MEDIUM).run()
    app.selectbox(key=Key.HISTORY_PERIOD).set_value(30).run()
    assert listed(app) == [made]

    with story.greenroom.uow() as uow:
        uow.session.get_one(InterviewSession, made).created_at = uow.now - timedelta(days=31)
    assert "No interview of yours matches" in said(app.run())


def test_filters_stand_in_the_address_by_their_values(visit: Visitor, story: Story) -> None:
    made = story.set_up()

    assert "No interview of yours matches" in said(visit.open(Screen.HISTORY, kind="hr"))
    app = visit.open(Screen.HISTORY, level="medium", status="awaiting_payment")
    assert listed(app) == [made]
    app.selectbox(key=Key.HISTORY_TYPE).set_value(InterviewType.TECHNICAL).run()
    assert app.query_params["kind"] == "technical"


def test_it_says_how_many_interviews_it_takes_to_tell_and_shows_each_competency(visit: Visitor, story: Story) -> None:
    story.reported(ANSWER, ANSWER, ANSWER)

    app = visit.open(Screen.HISTORY)

    assert "1 of 4 interviews that it takes to tell." in said(app)
    (table,) = app.dataframe
    assert list(table.value["Competency"]) == ["Databases"]
    assert list(table.value["Interviews"]) == [1]


def test_all_of_it_can_be_taken_along_and_is_only_ones_own(story: Story, person: Callable[..., Actor]) -> None:
    made = story.set_up()
    other = person("Meera")
    with story.greenroom.uow() as uow:
        rows = [*history_rows(uow, story.actor)]
        (record,) = history_records(uow, story.actor)
        nothing = [*history_rows(uow, other)]
    assert (len(rows), rows[1][0], len(nothing)) == (2, made, 1)
    assert (record["interview_id"], record["status"], record["score"]) == (made, "awaiting_payment", None)
    assert (record["focus_areas"], record["purpose"]) == ("databases", "real")
