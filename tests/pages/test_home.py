"""Home says what to do next."""

from random import Random

import pytest
from sqlalchemy import update

from core.interviews import flows
from core.interviews.catalogue import Mode
from core.reports.models import PracticeItem
from core.reports.practice import due
from tests.integration.cohorts import write
from tests.pages.support import Story, Visitor, button, said
from ui.routes import Screen

ANSWER = "An index is a sorted structure beside the table that lets a query find rows without reading all of them."


def test_a_first_time_visitor_learns_what_this_is_and_can_begin(visit: Visitor) -> None:
    app = visit.open(Screen.HOME)

    assert [title.value for title in app.title] == ["Welcome, Asha"]
    assert "Where you stand" not in said(app)
    button(app, "Set up your first interview").click().run()
    assert [title.value for title in app.title] == ["New interview"]


def test_unfinished_interviews_come_first_each_with_its_next_step(visit: Visitor, story: Story) -> None:
    story.set_up()
    story.ready()
    story.started(mode=Mode.VOICE)
    story.answered(ANSWER)

    app = visit.open(Screen.HOME)

    assert [subheader.value for subheader in app.subheader][0] == "Continue where you left off"
    assert [b.label for b in app.button if b.key and b.key.startswith("open-")] == ["See progress", "Continue", "Start"]


def test_an_unfinished_interview_is_found_behind_many_later_ones(visit: Visitor, story: Story) -> None:
    story.ready()
    for number in range(25):
        write(story.greenroom, story.actor, Random(number))

    app = visit.open(Screen.HOME)

    assert [b.label for b in app.button if b.key and b.key.startswith("open-")] == ["Start"]


def test_continue_leads_back_into_the_interview(visit: Visitor, story: Story) -> None:
    session_id = story.started()

    app = visit.open(Screen.HOME)
    button(app, "Continue").click().run()

    assert app.query_params["session"] == session_id
    assert "Question 1 of 3" in said(app)


def test_the_last_score_is_shown_with_its_range(visit: Visitor, story: Story) -> None:
    session_id = story.reported(
        ANSWER, ANSWER, "It keeps reads fast but each write must keep the index up to date too."
    )
    score = story.view(session_id).overall_score
    assert score is not None

    app = visit.open(Screen.HOME)

    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Last score"].startswith(f"{score} (")
    assert shown["Completed interviews"] == "1"
    assert shown["Average score"] == str(score)


def test_an_interview_without_enough_said_leaves_no_score_rather_than_nought(visit: Visitor, story: Story) -> None:
    session_id = story.started()
    flows.complete(story.greenroom, story.actor, session_id)
    from core.reports.flows import write_report

    write_report(story.greenroom, session_id)

    app = visit.open(Screen.HOME)

    shown = {metric.label: metric.value for metric in app.metric}
    assert shown == {"Last score": "\u2013", "Completed interviews": "1", "Average score": "\u2013"}


def test_a_name_with_markup_is_a_name(visit: Visitor, person) -> None:
    visit.actor = person("![x](https://evil.example/i.png)")

    app = visit.open(Screen.HOME)

    assert "](https" not in app.title[0].value


def test_news_are_shown_until_they_are_read(visit: Visitor, story: Story) -> None:
    story.ready()
    app = visit.open(Screen.HOME)
    assert "₹195\\.00 paid" in said(app)

    button(app, "Mark all as read").click().run()

    assert "Mark all as read" not in said(app)
    assert [expander.label for expander in app.expander] == ["News · Nothing new"]


def test_older_news_are_a_page_further(visit: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.components.inbox.SHOWN", 1)
    story.ready(minutes=12)
    story.ready(minutes=30)
    app = visit.open(Screen.HOME)
    first = said(app)
    assert first.count("paid**") == 1

    button(app, "Older").click().run()

    assert said(app).count("paid**") == 1
    assert said(app) != first


def test_what_is_due_for_practice_leads_to_its_report(visit: Visitor, story: Story) -> None:
    session_id = story.reported("I do not know.", "No idea.", "I cannot say.")
    assert "Due for practice" not in said(visit.open(Screen.HOME))

    with story.greenroom.uow() as uow:
        uow.session.execute(update(PracticeItem).where(PracticeItem.session_id == session_id).values(due_at=uow.now))
        [report] = due(uow, story.actor)
        count = len(report.items)
    app = visit.open(Screen.HOME)

    assert "Due for practice" in [subheader.value for subheader in app.subheader]
    assert f"**{count} question" in said(app)
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    assert links["Practise now"] == f"session={session_id}"
