"""Study interviews: hints, critiques and answers given again, and no trace of them in any figure."""

import dataclasses
from datetime import timedelta

import pytest

from core.accounts.types import Actor, Role
from core.analytics.competencies import competency_trends
from core.analytics.service import statistics
from core.cohorts import assignments, learners, proving
from core.cohorts import service as cohorts
from core.cohorts.types import Share
from core.errors import FieldProblem, NotFound
from core.interviews import flows, service, study
from core.interviews.catalogue import Mode
from core.interviews.corrections import corrections
from core.interviews.errors import InvalidState, NotInStudy, StudyIsTyped
from core.interviews.rules import validate_setup
from core.interviews.types import SetUp
from core.reports import reviews
from core.reports.service import kept_of, report_view
from tests.integration.played import ANSWER
from tests.integration.test_refunds import paid
from tests.integration.world import VOICE, World

TYPED = dataclasses.replace(VOICE, mode=Mode.TEXT)
STUDY = dataclasses.replace(TYPED, study=True)
BETTER = "I compare the estimated with the actual rows of the plan, and look for lock waits and long transactions."


def begun(world: World, setup: SetUp = STUDY) -> str:
    session_id, _ = paid(world, setup=setup)
    flows.start(world.app, world.asha, session_id, consents=False)
    return session_id


def answer(world: World, session_id: str, text: str = ANSWER, *, turn: int) -> None:
    with world.app.uow() as uow:
        study.answer(uow, world.asha, session_id, text, turn=turn)


def answer_again(world: World, session_id: str, text: str, *, turn: int) -> None:
    with world.app.uow() as uow:
        study.answer_again(uow, world.asha, session_id, text, turn=turn)


def go_on(world: World, session_id: str, *, turn: int) -> None:
    with world.app.uow() as uow:
        study.go_on(uow, world.asha, session_id, turn=turn)


def critique(world: World, session_id: str) -> study.Critique | None:
    with world.app.uow() as uow:
        return study.critique(uow, world.asha, session_id)


def said(world: World, session_id: str) -> list[tuple[str, str, int | None]]:
    with world.app.uow() as uow:
        return [(s.speaker, s.text, s.question_order) for s in service.said_so_far(uow, world.asha, session_id)]


def questions(world: World, session_id: str) -> list[str]:
    with world.app.uow() as uow:
        plan = service.plan_of(service.own(uow, world.asha, session_id))
        return [question.text for question in plan.questions]


def held(world: World, setup: SetUp) -> str:
    """An interview in which every question was answered, with its report."""
    session_id = begun(world, setup)
    for turn in range(len(questions(world, session_id)) * 2):
        with world.app.uow() as uow:
            view = service.session_view(uow, world.asha, session_id)
        if view.status != "in_progress":
            break
        if setup.study:
            answer(world, session_id, f"{ANSWER} Part {turn}.", turn=turn)
            go_on(world, session_id, turn=turn)
        else:
            with world.app.uow() as uow:
                service.answer(uow, world.asha, session_id, f"{ANSWER} Part {turn}.")
    world.run_jobs()
    with world.app.uow() as uow:
        assert service.status_of(uow, session_id) == "completed"
    return session_id


def test_the_next_question_comes_only_when_it_is_asked_for(world: World) -> None:
    session_id = begun(world)
    first, second, *_ = questions(world, session_id)
    assert critique(world, session_id) is None

    answer(world, session_id, turn=0)
    assert said(world, session_id) == [("interviewer", first, 1), ("candidate", ANSWER, 1)]
    found = critique(world, session_id)
    assert found is not None
    assert (found.order, found.turn, found.answer, found.is_last) == (1, 0, ANSWER, False)
    assert found.made + sum(p.verdict in ("missing", "contradicted") for p in found.points) == len(found.points)

    go_on(world, session_id, turn=0)
    assert said(world, session_id)[2:] == [("interviewer", second, 2)]
    assert critique(world, session_id) is None


def test_a_critique_tells_what_was_said_from_what_was_not(world: World) -> None:
    session_id = begun(world)
    with world.app.uow() as uow:
        question = service.plan_of(service.own(uow, world.asha, session_id)).questions[0]
    point = question.key_points[0].text

    answer(world, session_id, f"The first thing that I would say is this: {point}.", turn=0)

    found = critique(world, session_id)
    assert found is not None
    assert found.points[0] == study.PointSeen(point, "covered")
    assert any(seen.verdict == "missing" for seen in found.open)


def test_an_answer_given_again_is_the_one_that_is_judged_and_the_earlier_is_kept(world: World) -> None:
    session_id = begun(world)
    answer(world, session_id, turn=0)

    answer_again(world, session_id, BETTER, turn=0)
    answer_again(world, session_id, BETTER, turn=0)

    assert said(world, session_id)[1:] == [("candidate", BETTER, 1)]
    with world.app.uow() as uow:
        assert [(c.heard, c.said) for c in corrections(uow, world.asha, session_id)] == [(ANSWER, BETTER)]
    for turn in range(len(questions(world, session_id))):
        answer(world, session_id, f"{ANSWER} Part {turn}.", turn=turn)
        go_on(world, session_id, turn=turn)
    world.run_jobs()
    with world.app.uow() as uow:
        report = report_view(uow, world.asha, session_id)
        assert report is not None
        assert report["questions"][0]["answer"] == BETTER
        assert [c["heard"] for c in kept_of(uow, world.asha, session_id)["corrections"]] == [ANSWER]


def test_second_clicks_and_stale_pages_change_nothing(world: World) -> None:
    session_id = begun(world)
    answer(world, session_id, turn=0)
    answer(world, session_id, "Another tab sends this one as well.", turn=0)
    go_on(world, session_id, turn=0)
    go_on(world, session_id, turn=0)
    before = said(world, session_id)

    answer_again(world, session_id, BETTER, turn=0)
    answer(world, session_id, BETTER, turn=0)
    go_on(world, session_id, turn=1)

    assert said(world, session_id) == before
    assert [order for _, _, order in before] == [1, 1, 2]
    with world.app.uow() as uow:
        assert study.hint(uow, world.asha, session_id, turn=0) is None
        assert study.hint(uow, world.asha, session_id, turn=1)


def test_after_the_last_question_it_ends_and_nothing_more_is_taken(world: World) -> None:
    session_id = begun(world)
    count = len(questions(world, session_id))
    for turn in range(count):
        answer(world, session_id, turn=turn)
        found = critique(world, session_id)
        assert found is not None
        assert found.is_last == (turn == count - 1)
        go_on(world, session_id, turn=turn)
    before = said(world, session_id)
    assert len(before) == 2 * count

    with world.app.uow() as uow:
        assert service.status_of(uow, session_id) == "processing"
    with pytest.raises(InvalidState):
        answer_again(world, session_id, BETTER, turn=count - 1)
    with pytest.raises(InvalidState):
        go_on(world, session_id, turn=count - 1)
    assert said(world, session_id) == before


def test_once_time_is_up_the_interview_ends_with_the_answer(world: World) -> None:
    session_id = begun(world)
    answer(world, session_id, turn=0)
    world.now += timedelta(minutes=16)

    go_on(world, session_id, turn=0)

    with world.app.uow() as uow:
        assert service.status_of(uow, session_id) == "processing"


@pytest.mark.parametrize("text", ["", "  \x00 ", "x" * 8_001])
def test_an_answer_that_is_none_is_refused_and_leaves_no_trace(world: World, text: str) -> None:
    session_id = begun(world)
    with pytest.raises(FieldProblem):
        answer(world, session_id, text, turn=0)
    assert len(said(world, session_id)) == 1
    answer(world, session_id, turn=0)
    with pytest.raises(FieldProblem):
        answer_again(world, session_id, text, turn=0)
    assert said(world, session_id)[1][1] == ANSWER


def test_somebody_elses_study_interview_is_not_there(world: World) -> None:
    session_id = begun(world)
    answer(world, session_id, turn=0)
    before, world.asha = world.asha, world.stranger()

    for step in (
        lambda uow, who: study.hint(uow, who, session_id, turn=0),
        lambda uow, who: study.answer(uow, who, session_id, BETTER, turn=1),
        lambda uow, who: study.answer_again(uow, who, session_id, BETTER, turn=0),
        lambda uow, who: study.go_on(uow, who, session_id, turn=0),
        lambda uow, who: study.critique(uow, who, session_id),
    ):
        with pytest.raises(NotFound), world.app.uow() as uow:
            step(uow, world.asha)
    world.asha = before
    assert [speaker for speaker, _, _ in said(world, session_id)] == ["interviewer", "candidate"]


def test_a_real_interview_gives_no_help(world: World) -> None:
    session_id = begun(world, TYPED)
    with pytest.raises(NotInStudy):
        answer(world, session_id, turn=0)
    with pytest.raises(NotInStudy), world.app.uow() as uow:
        study.hint(uow, world.asha, session_id, turn=0)
    assert len(said(world, session_id)) == 1


def test_study_is_not_spoken_and_not_answered_from_elsewhere(world: World) -> None:
    session_id = begun(world)
    with pytest.raises(StudyIsTyped):
        flows.switch_to_voice(world.app, world.asha, session_id)
    with pytest.raises(StudyIsTyped), world.app.uow() as uow:
        service.answer(uow, world.asha, session_id, ANSWER)
    with world.app.uow() as uow:
        view = service.session_view(uow, world.asha, session_id)
    assert (view.mode, view.study, view.may_be_spoken, len(view.asked)) == (Mode.TEXT, True, False, 1)


def test_study_by_voice_cannot_be_chosen() -> None:
    chosen = {"type": "technical", "difficulty": "medium", "focus_areas": ["databases"], "duration_minutes": 12}
    with pytest.raises(FieldProblem) as refused:
        validate_setup({**chosen, "mode": "voice", "study": True})
    assert refused.value.field == "mode"
    assert validate_setup({**chosen, "mode": "text", "study": True}).study
    assert not validate_setup({**chosen, "mode": "text"}).study


def test_study_counts_in_no_figure_of_the_learners_or_a_coachs(world: World) -> None:
    asha = world.asha
    coach = Actor(world.stranger().user_id, "coach", "Ravi", Role.COACH, "ses_test")
    with world.app.uow() as uow:
        cohort_id = cohorts.create(uow, coach, "Batch").cohort_id
        token = cohorts.invite(uow, coach, cohort_id, app_url="https://app.test").token
        cohorts.join(uow, asha, token, Share(scores=True, reports=True))
        assignments.assign(uow, coach, cohort_id, type=STUDY.type, difficulty=None, focus=(), attempts=3, due_in_days=9)

    real = held(world, TYPED)
    for_study = held(world, STUDY)

    with world.app.uow() as uow:
        assert {i.session_id: i.study for i in service.history(uow, asha).items} == {real: False, for_study: True}
        figures = statistics(uow, asha)
        assert (figures.total_interviews, [point.session_id for point in figures.trend]) == (1, [real])
        assert {len(trend.scores) for trend in competency_trends(uow, asha)} == {1}
        [mine] = assignments.assigned_to_me(uow, asha).items
        assert mine.held == 1
        [asked] = assignments.progress(uow, coach, cohort_id).items
        assert (asked.done, asked.of) == (0, 1)
        assert [doer.held for doer in assignments.done_by(uow, coach, cohort_id, asked.what.assignment_id)] == [1]
        seen = learners.learner(uow, coach, cohort_id, asha.user_id).interviews or ()
        assert [interview.session_id for interview in seen] == [real]
        assert reviews.draw_sample(uow) == 1
        assert proving.differences(uow, cohort_id) == {}
    assert world.rows("SELECT session_id FROM cohort_facts") == [(real,)]
    assert world.rows("SELECT DISTINCT n FROM cohort_questions") == [(1,)]
    assert world.rows("SELECT session_id FROM report_reviews") == [(real,)]
