"""Setting up an interview."""

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core.interviews import flows, service
from core.interviews.catalogue import InterviewType, Mode
from core.interviews.models import InterviewPreference
from core.interviews.preferences import Pace, SetUpDraft, choose_pace, draft, keep_draft
from core.interviews.types import Patience, SetUp
from tests.pages.support import Story, Visitor, button, said
from ui.components.preflight import failed_of
from ui.routes import Screen
from ui.state import Key, focus_key


def chosen(app: AppTest, *, mode: Mode = Mode.TEXT, minutes: int = 12) -> AppTest:
    app.button_group(key=Key.TYPE).set_value(InterviewType.TECHNICAL).run()
    app.button_group(key=focus_key("technical")).set_value(["databases"]).run()
    app.button_group(key=Key.MODE).set_value(mode).run()
    app.number_input(key=Key.MINUTES).set_value(minutes).run()
    return app


def sessions(story: Story) -> list[str]:
    with story.greenroom.uow() as uow:
        return [item.session_id for item in service.history(uow, story.actor).items]


def test_the_price_follows_what_is_chosen(visit: Visitor) -> None:
    app = chosen(visit.open(Screen.SETUP), mode=Mode.VOICE, minutes=20)
    assert "**₹399.00**" in said(app)

    chosen(app, mode=Mode.TEXT, minutes=60)
    assert "**₹579.00**" in said(app)


def test_without_a_focus_area_the_field_says_so_and_nothing_is_made(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.SETUP)

    button(app, "Continue to payment").click().run()

    assert [error.value.replace("\\", "") for error in app.error] == ["Choose 1 to 5 focus areas."]
    assert sessions(story) == []


def test_what_was_chosen_becomes_an_interview_to_pay_for(visit: Visitor, story: Story) -> None:
    app = chosen(visit.open(Screen.SETUP), minutes=25)
    app.text_input(key=Key.ROLE).set_value("Backend engineer").run()

    button(app, "Continue to payment").click().run()

    [session_id] = sessions(story)
    view = story.view(session_id)
    assert (view.type, view.focus_areas, view.mode, view.duration_minutes) == (
        "technical",
        ("databases",),
        Mode.TEXT,
        25,
    )
    assert view.role == "Backend engineer"
    assert app.query_params["session"] == session_id
    assert [title.value for title in app.title] == ["Payment"]


def test_a_second_click_while_the_first_is_at_work_sets_up_one_interview(
    visit: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[SetUp] = []
    real = flows.set_up

    def counted(greenroom, actor, setup):
        made.append(setup)
        return real(greenroom, actor, setup)

    monkeypatch.setattr(flows, "set_up", counted)
    # The first run is cut off before it can leave, as a second click does to it.
    left: list[str] = []
    monkeypatch.setattr("ui.routes.go", lambda _screen, **ids: left.append(ids["session"]))
    app = chosen(visit.open(Screen.SETUP))

    button(app, "Continue to payment").click().run()
    button(app, "Continue to payment").click().run()

    assert len(made) == 1
    assert left == sessions(story) * 2


def test_the_same_choice_made_again_later_is_another_interview(visit: Visitor, story: Story) -> None:
    for _ in range(2):
        app = chosen(visit.open(Screen.SETUP))
        button(app, "Continue to payment").click().run()

    assert len(sessions(story)) == 2


def test_a_resume_that_is_no_pdf_is_refused_beside_its_field(visit: Visitor, story: Story) -> None:
    app = chosen(visit.open(Screen.SETUP))
    app.file_uploader(key=Key.RESUME_FILE).set_value(("cv.pdf", b"not a pdf at all", "application/pdf")).run()

    button(app, "Continue to payment").click().run()

    assert len(app.error) == 1
    assert sessions(story) == []


def test_too_many_set_ups_are_refused_with_the_time_to_wait(
    visit: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.errors import TooManyRequests

    def refuse(*_: str) -> None:
        raise TooManyRequests(limit=20, retry_after_seconds=60)

    monkeypatch.setattr(story.greenroom.rates, "hit", refuse)
    app = chosen(visit.open(Screen.SETUP))

    button(app, "Continue to payment").click().run()

    assert "Try again in 60 seconds" in said(app)
    assert sessions(story) == []


def test_a_check_that_fails_before_the_payment_offers_typing(
    visit: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.components.preflight.preflight", lambda: ("microphone",))
    app = chosen(visit.open(Screen.SETUP), mode=Mode.VOICE)
    assert "Nothing has been charged" in said(app)

    button(app, "Answer by typing instead").click().run()

    assert app.button_group(key=Key.MODE).value == Mode.TEXT
    assert "Nothing has been charged" not in said(app)
    assert sessions(story) == []


@pytest.mark.parametrize(
    ("claim", "failed"),
    [
        ({"failed": ["voice", "microphone"]}, ("microphone", "voice")),
        ({"failed": ["<b>", 7]}, ()),
        ({"failed": "microphone"}, ()),
        ("microphone", ()),
        (None, ()),
    ],
)
def test_only_checks_of_ours_count_as_failed(claim: object, failed: tuple[str, ...]) -> None:
    assert failed_of(claim) == failed


def test_words_of_a_set_up_outlive_the_browser_session_and_go_once_it_is_sent(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.SETUP)
    app.text_input(key=Key.ROLE).set_value("Backend engineer")
    app.text_area(key=Key.JOB_TEXT).set_value("We look for somebody who knows indexes.")
    app.selectbox(key=Key.LANGUAGE).set_value("hi").run()

    again = visit.open(Screen.SETUP)
    assert again.text_input(key=Key.ROLE).value == "Backend engineer"
    assert again.text_area(key=Key.JOB_TEXT).value == "We look for somebody who knows indexes."
    assert again.selectbox(key=Key.LANGUAGE).value == "hi"
    with story.greenroom.uow() as uow:
        mine = select(InterviewPreference.draft_sealed).where(InterviewPreference.user_id == story.actor.user_id)
        stored = uow.session.scalars(mine).one()
        assert stored
        assert "indexes" not in stored

    with story.greenroom.uow() as uow:
        keep_draft(uow, story.actor, SetUpDraft())
        assert draft(uow, story.actor) == SetUpDraft()


def test_the_pace_of_the_account_is_where_a_set_up_begins(visit: Visitor, story: Story) -> None:
    with story.greenroom.uow() as uow:
        choose_pace(uow, story.actor, Pace(Patience.MUCH_MORE, 50))

    app = visit.open(Screen.SETUP)

    assert app.selectbox(key=Key.EXTRA_TIME).value == 50
    (patience,) = [group for group in app.button_group if group.key == Key.PATIENCE]
    assert patience.value == Patience.MUCH_MORE


def test_study_is_offered_for_typing_alone_and_becomes_a_study_interview(visit: Visitor, story: Story) -> None:
    app = chosen(visit.open(Screen.SETUP))
    assert "one answer to each question" in said(app)

    app.button_group(key=Key.PURPOSE).set_value("study").run()
    assert "does not count in your trends" in said(app)
    assert app.query_params[Key.PURPOSE] == "study"
    app.button_group(key=Key.MODE).set_value(Mode.VOICE).run()
    assert not [group for group in app.button_group if group.key == Key.PURPOSE]
    app.button_group(key=Key.MODE).set_value(Mode.TEXT).run()
    app.button_group(key=Key.PURPOSE).set_value("study").run()
    button(app, "Continue to payment").click().run()

    [session_id] = sessions(story)
    assert (story.view(session_id).study, story.view(session_id).mode) == (True, Mode.TEXT)


def test_a_reload_keeps_that_it_is_for_study_and_a_call_is_real_all_the_same(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.SETUP, mode="text", purpose="study")
    assert app.button_group(key=Key.PURPOSE).value == "study"

    spoken = visit.open(Screen.SETUP, type="technical", focus_technical="databases", mode="voice", purpose="study")
    button(spoken, "Continue to payment").click().run()

    [session_id] = sessions(story)
    assert (story.view(session_id).study, story.view(session_id).mode) == (False, Mode.VOICE)
