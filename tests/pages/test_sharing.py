"""A report shown to somebody without an account, and one beside an earlier one."""

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from core.analytics.progress import STANDARD_ERROR, verdict_on
from core.analytics.service import statistics
from core.interviews.models import InterviewSession
from core.reports import sharing
from core.wiring import Greenroom
from tests.pages.support import ROOT, SECONDS, Story, Visitor, button, said
from ui.components.progress import BETTER_OR_NOT
from ui.routes import Screen
from ui.words import score

ANSWER = (
    "An index is a sorted structure beside the table that lets a query find rows without reading all of them. "
    "I check the plan with explain, and I weigh what each write pays for keeping it up to date."
)


@pytest.fixture
def stranger(visit: Visitor, greenroom: Greenroom, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    visit.actor = None
    monkeypatch.setattr("ui.main.greenroom", lambda: greenroom, raising=False)
    monkeypatch.setattr("core.wiring.greenroom", lambda: greenroom)
    return visit


def opened(token: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=SECONDS)
    app.query_params["shared"] = token
    return app.run()


def test_a_link_shows_the_report_and_nothing_of_who_it_is(
    stranger: Visitor, story: Story, greenroom: Greenroom
) -> None:
    session_id = story.reported(*[ANSWER] * 3)
    with greenroom.uow() as uow:
        _, token = sharing.share(uow, story.actor, session_id, days=7)

    app = opened(token)

    assert not app.exception
    assert "A report of a practice interview" in said(app)
    assert "Overall score" in said(app)
    assert story.actor.user_id not in said(app)


def test_a_link_to_a_study_report_says_that_there_was_help(
    stranger: Visitor, story: Story, greenroom: Greenroom
) -> None:
    real, helped = story.reported(*[ANSWER] * 3), story.reported(*[ANSWER] * 3)
    with greenroom.uow() as uow:
        uow.session.execute(update(InterviewSession).where(InterviewSession.id == helped).values(study=True))
        _, of_real = sharing.share(uow, story.actor, real, days=7)
        _, of_helped = sharing.share(uow, story.actor, helped, days=7)

    assert "given with hints" in said(opened(of_helped))
    assert "given with hints" not in said(opened(of_real))


def test_a_link_that_has_ended_says_so(stranger: Visitor) -> None:
    assert "This link has ended" in said(opened("unknown"))


def test_two_interviews_of_a_kind_stand_side_by_side(visit: Visitor, story: Story, greenroom: Greenroom) -> None:
    story.reported(*[ANSWER] * 3)
    later = story.reported(*[ANSWER] * 3)
    with greenroom.uow() as uow:
        first, second = statistics(uow, story.actor).trend

    app = visit.open(Screen.REPORT, session=later)

    assert not app.exception
    assert BETTER_OR_NOT[verdict_on(second.score - first.score, STANDARD_ERROR)] in said(app)
    assert [metric.value for metric in app.metric][-2:] == [
        score(point.score, point.low, point.high) for point in (first, second)
    ]


def test_a_link_is_made_and_ended_on_the_report(visit: Visitor, story: Story) -> None:
    session_id = story.reported(*[ANSWER] * 3)
    app = visit.open(Screen.REPORT, session=session_id)

    button(app, "Make a link").click().run()
    assert "/?shared=" in app.code[0].value
    button(app, "End this link").click().run()

    assert "End this link" not in [b.label for b in app.button]
