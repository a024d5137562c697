"""The report, and what stands in its place while there is none."""

import dataclasses
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from core.accounts.types import Actor, Role
from core.cohorts import service as cohorts
from core.cohorts.types import Share
from core.ids import new_id
from core.interviews.flows import complete
from core.interviews.outcomes import fail
from core.interviews.repo import lock_session
from core.reports.flows import write_report
from core.reports.models import ReportReview
from core.reports.states import ReviewKind, ReviewStatus
from tests.pages.support import Story, Visitor, button, said
from ui.routes import Screen

STRONG = "An index is a sorted structure beside the table that lets a query find rows without reading all of them."
MARKUP = (
    "**bold** ![x](https://evil.example/i.png) [link](https://evil.example) is what an index looks like to me, sorted."
)


def test_while_the_report_is_written_the_stages_are_shown_and_then_the_report(visit: Visitor, story: Story) -> None:
    session_id = story.answered(STRONG, STRONG, STRONG)
    app = visit.open(Screen.REPORT, session=session_id)
    assert [status.label for status in app.status][:2] == ["Interview ended", "Transcript received"]
    assert "The page goes on by itself" in said(app)

    write_report(story.greenroom, session_id)
    app.run()

    assert not app.status
    assert app.metric[0].label == "Overall score"


def test_an_estimate_is_a_band_with_its_range_and_no_bare_number(visit: Visitor, story: Story) -> None:
    session_id = story.reported(STRONG, STRONG, STRONG)
    score = story.view(session_id).overall_score
    assert score is not None

    app = visit.open(Screen.REPORT, session=session_id)

    assert re.fullmatch(r"(Strong|Good|Developing|Early days) \(\d+\u2013\d+\)", app.metric[0].value)
    assert [expander.label for expander in app.expander if re.search(r"\d+\*\*$", expander.label)] == []
    assert "An estimate from the key points alone" in said(app)
    assert [subheader.value for subheader in app.subheader][:1] == ["By competency"]
    assert "Question by question" in [subheader.value for subheader in app.subheader]
    assert len([expander for expander in app.expander if expander.label[0].isdigit()]) == 3
    assert "scored this by the key points alone" in said(app)
    assert "Scored by the rubric engine" in said(app)
    assert [item.proto.label for item in app.get("download_button")] == ["Download PDF", "Download data (JSON)"]


def test_too_little_said_is_said_and_is_not_nought(visit: Visitor, story: Story) -> None:
    session_id = story.started()
    complete(story.greenroom, story.actor, session_id)
    write_report(story.greenroom, session_id)

    app = visit.open(Screen.REPORT, session=session_id)

    assert app.metric[0].value == "Not enough to judge"
    assert "Nothing was said that could be judged" in said(app)
    assert "does not count in your averages" in said(app)


def test_words_of_the_candidate_never_become_markup(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.REPORT, session=story.reported(MARKUP, MARKUP, MARKUP))

    assert MARKUP in " ".join(text.value for text in app.text)
    for element in (*app.markdown, *app.info):
        assert "](https" not in element.value
    for expander in app.expander:
        assert "](https" not in expander.label


def test_a_failed_interview_says_that_the_money_comes_back(visit: Visitor, story: Story) -> None:
    session_id = story.answered(STRONG)
    with story.greenroom.uow() as uow:
        session = lock_session(uow, session_id)
        assert session is not None
        fail(uow, session, failure="The report could not be written.")

    app = visit.open(Screen.REPORT, session=session_id)

    assert "being returned to you in full" in said(app)
    assert "The report could not be written." in said(app).replace("\\", "")
    assert "Set up a new interview" in said(app)
    assert not app.metric


def test_an_interview_still_to_be_held_leads_there(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.REPORT, session=story.ready())

    assert "Start the interview" in said(app)


def test_the_weakest_answer_is_tried_again_side_by_side(visit: Visitor, story: Story) -> None:
    session_id = story.reported(*["I do not know much about that, sorry."] * 3)
    app = visit.open(Screen.REPORT, session=session_id)

    button(app, "Judge this answer").click().run()
    assert "Write an answer first" in said(app)
    app.text_area[0].set_value("An index keeps the keys sorted, so a lookup reads few pages, and each write pays.")
    button(app, "Judge this answer").click().run()

    assert "Your last try" in said(app)
    assert "An index keeps the keys sorted" in said(app)


class Ears:
    """Hears always the same, whatever the sound."""

    is_on = True
    heard = "An index keeps the keys sorted, um, so a lookup reads few pages."

    def transcribe(self, sound: bytes, *, media_type: str) -> str:
        return self.heard if sound and media_type == "audio/wav" else ""


def test_a_spoken_try_can_be_looked_over_before_it_is_judged(
    visit: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = story.reported(*["I do not know much about that, sorry."] * 3)
    hearing = dataclasses.replace(story.greenroom, ears=Ears())
    monkeypatch.setattr("ui.guard.greenroom", lambda: hearing)
    app = visit.open(Screen.REPORT, session=session_id)
    assert "Write down what I said" not in [b.label for b in app.button]

    app.audio_input[0].set_value(("answer.wav", b"RIFF", "audio/wav")).run()
    button(app, "Write down what I said").click().run()
    assert app.text_area[0].value == Ears.heard
    assert "Your last try" not in said(app)

    button(app, "Judge this answer").click().run()
    assert "Your last try" in said(app)
    assert Ears.heard in said(app)


def test_without_ears_an_answer_is_typed(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.REPORT, session=story.reported(STRONG, STRONG, STRONG))

    assert not app.audio_input
    assert [area.label for area in app.text_area][:1] == ["Your new answer"]


def test_a_model_that_is_back_is_one_click_away(visit: Visitor, story: Story) -> None:
    session_id = story.reported(STRONG, STRONG, STRONG)
    app = visit.open(Screen.REPORT, session=session_id)

    button(app, "Score it with the AI judge").click().run()

    assert [status.label for status in app.status] == [
        "Your answers are being scored again. The page goes on by itself."
    ]


def test_a_person_can_be_asked_and_reviews_it(visit: Visitor, story: Story, person: Callable[..., Actor]) -> None:
    session_id = story.reported(STRONG, STRONG, STRONG)
    app = visit.open(Screen.REPORT, session=session_id)
    app.session_state["objection"] = True
    app.run()
    next(area for area in app.text_area if area.label == "What do you think is wrong?").set_value("I named the keys.")
    button(app, "Ask for a review").click().run()
    assert "You asked on" in said(app)
    with story.greenroom.uow() as uow:
        admin = person("Root", Role.ADMIN)
        review_id = uow.session.scalars(select(ReportReview.id).where(ReportReview.session_id == session_id)).one()
    learner, visit.actor = visit.actor, admin

    app = visit.open(Screen.REVIEW, review=review_id)
    assert "I named the keys." in said(app)
    app.number_input[0].set_value(77)
    app.text_area[0].set_value("You did.")
    button(app, "Finish the review").click().run()

    visit.actor = learner
    app = visit.open(Screen.REPORT, session=session_id)
    assert "Root set this score to 77" in said(app)


def test_what_waits_is_turned_over_and_found_again_once_a_page_is_done(
    visit: Visitor, story: Story, person: Callable[..., Actor]
) -> None:
    coach = person("Ravi", Role.COACH)
    asked: list[ReviewKind] = [*[ReviewKind.REQUESTED] * 20, ReviewKind.SAMPLE]
    sessions = [story.set_up() for _ in asked]
    with story.greenroom.uow() as uow:
        cohort_id = cohorts.create(uow, coach, "Batch").cohort_id
        token = cohorts.invite(uow, coach, cohort_id, app_url="https://app.test").token
        cohorts.join(uow, story.actor, token, Share())
        for session_id, kind in zip(sessions, asked, strict=True):
            uow.session.add(
                ReportReview(
                    id=new_id("rvw"), session_id=session_id, user_id=story.actor.user_id, kind=kind,
                    status=ReviewStatus.OPEN, asked_at=uow.now,
                )
            )  # fmt: skip
    visit.actor = coach
    app = visit.open(Screen.REVIEW)
    assert "Weekly sample" not in said(app)
    button(app, "More").click().run()
    assert "Weekly sample" in said(app)
    assert "Asked for by the learner" not in said(app)
    button(app, "Back").click().run()
    button(app, "More").click().run()

    with story.greenroom.uow() as uow:
        uow.session.execute(
            update(ReportReview).where(ReportReview.session_id == sessions[-1]).values(status=ReviewStatus.DONE)
        )
    app.run()
    assert "Nothing waits" not in said(app)
    assert "Asked for by the learner" in said(app)


def test_nobody_but_a_coach_reviews(visit: Visitor, story: Story, person: Callable[..., Actor]) -> None:
    app = visit.open(Screen.REVIEW)
    assert "not open to your role" in said(app)
    visit.actor = person("Ravi", Role.COACH)
    assert "Nothing waits for you" in said(visit.open(Screen.REVIEW))
