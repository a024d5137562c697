"""The interview's lobby and rooms."""

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core.interviews import flows, service, study
from core.interviews.catalogue import Mode
from core.interviews.types import SessionStatus
from core.payments.models import InterviewPayment
from core.reports.flows import write_report
from tests.pages.fakes import FakeVoice
from tests.pages.support import Story, Visitor, button, said
from ui.components.voice import CallSeen, seen_of
from ui.routes import Screen
from ui.state import Key

ANSWER = "An index is a sorted structure beside the table that lets a query find rows without reading all of them."


def voice_of(story: Story) -> FakeVoice:
    voice = story.greenroom.voice
    assert isinstance(voice, FakeVoice)
    return voice


@pytest.fixture
def browser_says(monkeypatch: pytest.MonkeyPatch):
    """Plays the browser's half of the call."""

    def play(seen: CallSeen) -> None:
        monkeypatch.setattr("ui.components.room.voice_call", lambda *_, **__: seen)

    return play


def test_a_call_starts_only_after_agreeing_to_the_recording(visit: Visitor, story: Story) -> None:
    session_id = story.ready(mode=Mode.VOICE)
    app = visit.open(Screen.INTERVIEW, session=session_id)

    assert "Sandbox: no real voice" in said(app)
    assert "recorded and transcribed" in said(app)
    assert button(app, "Start the interview").disabled

    app.checkbox(key=Key.CONSENT).check().run()
    button(app, "Start the interview").click().run()

    assert story.view(session_id).status is SessionStatus.IN_PROGRESS
    assert [plan.session_id for plan in voice_of(story).plans] == [session_id]
    assert "End interview" in said(app)


def test_a_reload_joins_the_same_call(visit: Visitor, story: Story) -> None:
    session_id = story.started(mode=Mode.VOICE)

    for _ in range(2):
        app = visit.open(Screen.INTERVIEW, session=session_id)
        assert len(app.get("bidi_component")) == 1

    assert len(voice_of(story).plans) == 1


def test_voice_that_is_not_to_be_had_is_said_and_typing_goes_on_unpaid(visit: Visitor, story: Story) -> None:
    session_id = story.ready(mode=Mode.VOICE)
    voice_of(story).down = True
    app = visit.open(Screen.INTERVIEW, session=session_id)
    app.checkbox(key=Key.CONSENT).check().run()

    button(app, "Start the interview").click().run()
    assert "continue by typing" in said(app)
    assert story.view(session_id).status is SessionStatus.READY

    button(app, "Type instead").click().run()
    button(app, "Start the interview").click().run()

    assert "Question 1 of 3" in said(app)
    assert story.view(session_id).mode is Mode.TEXT


def test_the_end_of_the_call_leads_to_the_report(visit: Visitor, story: Story, browser_says) -> None:
    session_id = story.started(mode=Mode.VOICE)
    browser_says(CallSeen("ended"))

    app = visit.open(Screen.INTERVIEW, session=session_id)

    assert story.view(session_id).status is SessionStatus.PROCESSING
    assert any(status.label == "Interview ended" for status in app.status)


@pytest.mark.parametrize("problem", ["microphone_denied", "failed", "lost"])
def test_trouble_with_the_call_offers_typing_and_ends_nothing(
    visit: Visitor,
    story: Story,
    browser_says,
    problem: str,
) -> None:
    session_id = story.started(mode=Mode.VOICE)
    browser_says(CallSeen("failed", problem))

    app = visit.open(Screen.INTERVIEW, session=session_id)

    assert "continue by typing" in said(app)
    assert story.view(session_id).status is SessionStatus.IN_PROGRESS


def test_changing_to_typing_in_the_middle_of_a_call_hangs_it_up(visit: Visitor, story: Story) -> None:
    session_id = story.started(mode=Mode.VOICE)
    app = visit.open(Screen.INTERVIEW, session=session_id)

    button(app, "Continue by typing").click().run()

    assert voice_of(story).hung_up == [f"call-{session_id}-1"]
    assert (story.view(session_id).mode, story.view(session_id).status) == (Mode.TEXT, SessionStatus.READY)


def test_ending_a_call_is_asked_twice(visit: Visitor, story: Story) -> None:
    session_id = story.started(mode=Mode.VOICE)
    app = visit.open(Screen.INTERVIEW, session=session_id)

    button(app, "End interview").click().run()
    assert story.view(session_id).status is SessionStatus.IN_PROGRESS
    button(app, "Keep going").click().run()
    assert story.view(session_id).status is SessionStatus.IN_PROGRESS

    button(app, "End interview").click().run()
    button(app, "End and get my report").click().run()
    assert story.view(session_id).status is SessionStatus.PROCESSING
    assert story.view(session_id).ended_reason == "ended by the candidate"


def test_typed_questions_are_asked_one_by_one_until_the_report(visit: Visitor, story: Story) -> None:
    session_id = story.ready()
    app = visit.open(Screen.INTERVIEW, session=session_id)
    button(app, "Start the interview").click().run()

    asked = []
    while "Send answer" in said(app):
        asked.append(app.text[-1].value)
        app.text_area[0].set_value(ANSWER)
        button(app, "Send answer").click().run()

    assert len(set(asked)) == len(asked) >= 3
    assert story.view(session_id).status is SessionStatus.PROCESSING
    assert any(status.label == "Transcript received" for status in app.status)


def test_an_empty_answer_is_refused_and_the_question_stays(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.INTERVIEW, session=story.started())

    button(app, "Send answer").click().run()

    assert [error.value.replace("\\", "") for error in app.error] == ["Write an answer first."]
    assert "Question 1 of 3" in said(app)


def test_an_answer_that_was_taken_in_another_tab_is_not_taken_twice(visit: Visitor, story: Story) -> None:
    session_id = story.started()
    app = visit.open(Screen.INTERVIEW, session=session_id)
    app.text_area[0].set_value(ANSWER)
    with story.greenroom.uow() as uow:
        service.answer(uow, story.actor, session_id, ANSWER, turn=0)

    button(app, "Send answer").click().run()

    answers = [segment for segment in story.view(session_id).asked if segment.speaker == "candidate"]
    assert len(answers) == 1


def test_an_end_that_came_from_elsewhere_moves_the_page_on(visit: Visitor, story: Story) -> None:
    session_id = story.started()
    app = visit.open(Screen.INTERVIEW, session=session_id)

    flows.complete(story.greenroom, story.actor, session_id)
    app.run()

    assert any(status.label == "Interview ended" for status in app.status)


def test_an_interview_that_is_not_paid_leads_to_its_payment(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.INTERVIEW, session=story.set_up())

    assert [title.value for title in app.title] == ["Payment"]


def test_markup_in_an_answer_is_shown_as_it_was_typed(visit: Visitor, story: Story) -> None:
    session_id = story.started()
    typed = "# A heading, ![a picture](https://evil.example/x.png) and <script>alert(1)</script> in my answer"
    with story.greenroom.uow() as uow:
        service.answer(uow, story.actor, session_id, typed)

    app = visit.open(Screen.INTERVIEW, session=session_id)

    assert typed in [text.value for text in app.text]
    assert not any("evil.example" in markdown.value for markdown in app.markdown)


@pytest.mark.parametrize(
    ("claim", "seen"),
    [
        (None, CallSeen("idle")),
        ({"call": "another", "phase": "ended"}, CallSeen("idle")),
        ({"call": "c1", "phase": "nonsense"}, CallSeen("idle")),
        ({"call": "c1", "phase": "ended", "problem": None}, CallSeen("ended")),
        (
            {"call": "c1", "phase": "microphone", "problem": "microphone_denied"},
            CallSeen("microphone", "microphone_denied"),
        ),
        ({"call": "c1", "phase": "live", "problem": 7}, CallSeen("live")),
    ],
)
def test_only_what_the_browser_says_of_this_call_counts(claim: object, seen: CallSeen) -> None:
    assert seen_of(claim, "c1") == seen


def test_a_paid_interview_is_cancelled_for_the_money(visit: Visitor, story: Story) -> None:
    session_id = story.ready()
    app = visit.open(Screen.INTERVIEW, session=session_id)

    button(app, "Cancel and get my money back").click().run()
    assert story.view(session_id).status is SessionStatus.READY
    button(app, "Cancel the interview").click().run()

    assert story.view(session_id).status is SessionStatus.CANCELLED
    assert "This interview was cancelled" in said(app)
    with story.greenroom.uow() as uow:
        due = uow.session.scalars(
            select(InterviewPayment.refund_due_at).where(InterviewPayment.session_id == session_id)
        ).one()
    assert due is not None


def test_what_was_bought_as_a_call_goes_on_by_voice_after_typing(visit: Visitor, story: Story) -> None:
    session_id = story.started(mode=Mode.VOICE)
    flows.switch_to_text(story.greenroom, story.actor, session_id)
    flows.start(story.greenroom, story.actor, session_id, consents=False)
    app = visit.open(Screen.INTERVIEW, session=session_id)

    button(app, "Continue by voice").click().run()

    assert not app.exception
    assert "recorded and transcribed" in "".join(box.label for box in app.checkbox)
    assert story.view(session_id).mode is Mode.VOICE


def test_what_was_bought_to_be_typed_offers_no_call(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.INTERVIEW, session=story.started())

    assert not [b for b in app.button if b.label in ("Continue by voice", "Speak instead")]


def texts(app: AppTest) -> list[str]:
    return [element.value for element in app.text]


def test_in_study_a_hint_comes_first_then_a_critique_another_answer_and_the_next_question(
    visit: Visitor, story: Story
) -> None:
    app = visit.open(Screen.INTERVIEW, session=story.ready(study=True))
    assert "does not count in your trends" in said(app)
    assert "Speak instead" not in said(app)
    button(app, "Start the interview").click().run()

    assert "Question 1 of 3 · Study" in said(app)
    button(app, "Hint").click().run()
    assert len(app.info) == 1
    assert "Hint" not in [b.label for b in app.button]
    app.text_area[0].set_value(ANSWER)
    button(app, "Send answer").click().run()

    assert "Short critique" in said(app)
    assert "points were made" in said(app)
    assert not app.text_area
    button(app, "Answer again").click().run()
    assert app.text_area[0].value == ANSWER
    app.text_area[0].set_value(f"{ANSWER} It is paid for by every write.")
    button(app, "Send answer").click().run()
    assert f"{ANSWER} It is paid for by every write." in texts(app)
    assert ANSWER not in texts(app)

    button(app, "Next question").click().run()
    assert "Question 2 of 3 · Study" in said(app)
    assert "Short critique" not in said(app)
    assert not app.info


def test_a_study_interview_ends_with_its_last_answer_and_its_report_says_so(visit: Visitor, story: Story) -> None:
    session_id = story.started(study=True)
    app = visit.open(Screen.INTERVIEW, session=session_id)
    for _ in range(3):
        app.text_area[0].set_value(ANSWER)
        button(app, "Send answer").click().run()
        labels = [b.label for b in app.button]
        button(app, "Next question" if "Next question" in labels else "Finish and get my report").click().run()

    assert story.view(session_id).status is SessionStatus.PROCESSING
    write_report(story.greenroom, session_id)
    assert "Typed · **Study**" in said(visit.open(Screen.REPORT, session=session_id))
    history = visit.open(Screen.HISTORY)
    assert "Typed · **Study**" in said(history)
    assert not history.get("plotly_chart")


def test_an_answer_may_be_kept_after_all(visit: Visitor, story: Story) -> None:
    session_id = story.started(study=True)
    with story.greenroom.uow() as uow:
        study.answer(uow, story.actor, session_id, ANSWER, turn=0)
    app = visit.open(Screen.INTERVIEW, session=session_id)

    button(app, "Answer again").click().run()
    button(app, "Keep my answer").click().run()

    assert "Next question" in said(app)
    assert ANSWER in texts(app)


def test_clicks_of_a_stale_study_page_change_nothing(visit: Visitor, story: Story) -> None:
    session_id = story.started(study=True)
    with story.greenroom.uow() as uow:
        study.answer(uow, story.actor, session_id, ANSWER, turn=0)
    stale = visit.open(Screen.INTERVIEW, session=session_id)
    with story.greenroom.uow() as uow:
        study.go_on(uow, story.actor, session_id, turn=0)

    button(stale, "Next question").click().run()
    assert not stale.exception
    assert "Question 2 of 3" in said(stale)
    assert len(story.view(session_id).asked) == 3

    flows.complete(story.greenroom, story.actor, session_id)
    stale.text_area[0].set_value(ANSWER)
    button(stale, "Send answer").click().run()
    assert any(status.label == "Interview ended" for status in stale.status)


def test_a_real_interview_offers_no_help(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.INTERVIEW, session=story.started())

    assert not {"Hint", "Answer again", "Next question"} & {b.label for b in app.button}
    assert "Study" not in said(app)
