"""Who may see what of a learner: asha learns, ravi and devi coach her, meera coaches others and must see nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, text

from core.accounts.types import Actor, Role
from core.analytics.models import InterviewStatistics  # noqa: F401  registers the table with its users
from core.cohorts import agreement, assignments, coaches, comparing, growth, hearing, learners, remarks, roster, service
from core.cohorts.assignments import Assigned, Progress
from core.cohorts.errors import LastCoach, NoSuchCoach
from core.cohorts.models import CohortQuestion
from core.cohorts.types import Filters, LearnerInterview, Percentile, Share
from core.db import Uow
from core.errors import AppError, FieldProblem, Forbidden, NotFound
from core.ids import new_id
from core.interviews.catalogue import Difficulty, InterviewType
from core.interviews.models import InterviewTranscript
from core.interviews.types import Segment
from core.paging import Page, encode_cursor
from core.reports import overrides
from core.reports.models import ReportReview
from core.reports.states import ReviewKind, ReviewStatus
from core.wiring import Greenroom
from tests.integration.test_rollups import cohort_with, person, write


@pytest.fixture(autouse=True)
def nobody_yet(greenroom: Greenroom) -> None:
    with greenroom.engine.begin() as connection:
        connection.execute(text("TRUNCATE users, cohorts CASCADE"))


@dataclass(frozen=True)
class Class:
    """A cohort of ravi's with asha in it, and one interview of hers."""

    greenroom: Greenroom
    cohort_id: str
    token: str
    session_id: str
    asha: Actor
    ravi: Actor
    meera: Actor

    def can(self, what: Callable[[Uow], Any]) -> bool:
        try:
            with self.greenroom.uow() as uow:
                what(uow)
        except (NotFound, Forbidden):
            return False
        return True

    def does(self, what: Callable[[Uow], Any]) -> Any:
        with self.greenroom.uow() as uow:
            return what(uow)


@pytest.fixture
def held(greenroom: Greenroom) -> Class:
    ravi, meera = person(greenroom, Role.COACH, "Ravi"), person(greenroom, Role.COACH, "Meera")
    asha = person(greenroom, Role.CANDIDATE, "Asha")
    cohort_id, token = cohort_with(greenroom, ravi)
    session_id = write(greenroom, asha, Random(1))
    with greenroom.uow() as uow:
        row = InterviewTranscript(
            id=new_id("trn"), session_id=session_id, confidence_score=None, recording_key=None, updated_at=uow.now
        )
        row.raw_transcript = "I add an index."
        row.transcript_segments = [
            Segment(id="s1", speaker="candidate", text="I add an index.", start_ms=4200).model_dump()
        ]
        uow.session.add(row)
        uow.session.execute(text("SELECT 1"))
        service.join(uow, asha, token, Share())
    return Class(greenroom, cohort_id, token, session_id, asha, ravi, meera)


def calls(held: Class, who: Actor) -> dict[str, Callable[[Uow], Any]]:
    """Everything that shows one learner, or a cohort."""
    one = (held.cohort_id, held.asha.user_id)
    of_session = (*one, held.session_id)
    return {
        "cohort": lambda uow: service.cohort(uow, who, held.cohort_id),
        "analytics": lambda uow: service.analytics(uow, who, held.cohort_id, Filters()),
        "growth": lambda uow: comparing.growth_of(uow, who, held.cohort_id, Filters()),
        "questions": lambda uow: service.questions(uow, who, held.cohort_id),
        "flagged": lambda uow: service.flagged_questions(uow, who, held.cohort_id),
        "members": lambda uow: roster.members(uow, who, held.cohort_id),
        "export": lambda uow: list(roster.export_rows(uow, who, held.cohort_id)),
        "agreement": lambda uow: agreement.panel(uow, who, held.cohort_id),
        "assignments": lambda uow: assignments.progress(uow, who, held.cohort_id),
        "coaches": lambda uow: coaches.coaches(uow, who, held.cohort_id),
        "add a coach": lambda uow: coaches.add(uow, who, held.cohort_id, f"{held.meera.user_id}@people.test".lower()),
        "learner": lambda uow: learners.learner(uow, who, *one),
        "interviews": lambda uow: learners.interviews(uow, who, *one),
        "notes": lambda uow: remarks.notes(uow, who, *one),
        "write a note": lambda uow: remarks.write_note(uow, who, *one, "Slow down."),
        "report": lambda uow: service.shared_report(uow, who, *of_session),
        "transcript": lambda uow: remarks.shared_transcript(uow, who, *of_session),
        "recordings": lambda uow: hearing.shared_recordings(uow, who, *of_session),
        "comments": lambda uow: remarks.comments(uow, who, *of_session),
        "comment": lambda uow: remarks.comment(uow, who, *of_session, segment_id="s1", body="Say why."),
    }


OF_A_COHORT = {
    "cohort", "analytics", "growth", "questions", "flagged", "members", "export", "agreement", "assignments",
    "coaches",
}  # fmt: skip
OF_A_MEMBER = {"learner", "interviews", "notes", "write a note"}
OF_A_REPORT = {"report", "transcript", "recordings", "comments", "comment"}


def allowed(held: Class, who: Actor) -> set[str]:
    return {name for name, call in calls(held, who).items() if name != "add a coach" and held.can(call)}


def test_her_coach_sees_what_she_shares(held: Class) -> None:
    assert allowed(held, held.ravi) == OF_A_COHORT | OF_A_MEMBER | OF_A_REPORT


def test_another_coach_and_another_learner_see_nothing(held: Class) -> None:
    for name, call in {**calls(held, held.meera), **calls(held, held.asha)}.items():
        assert not held.can(call), name
    assert not held.can(calls(held, held.meera)["add a coach"])


def test_a_second_coach_sees_the_same_and_nothing_once_taken_out(held: Class) -> None:
    held.does(calls(held, held.ravi)["add a coach"])
    assert allowed(held, held.meera) == OF_A_COHORT | OF_A_MEMBER | OF_A_REPORT
    held.does(lambda uow: coaches.remove(uow, held.ravi, held.cohort_id, held.meera.user_id))
    assert allowed(held, held.meera) == set()


def test_without_reports_shared_no_word_is_seen(held: Class) -> None:
    held.does(lambda uow: service.set_share(uow, held.asha, held.cohort_id, Share(reports=False)))
    assert allowed(held, held.ravi) == OF_A_COHORT | OF_A_MEMBER


def test_aggregates_only_closes_the_reports_and_names_nobody(held: Class) -> None:
    held.does(lambda uow: service.change(uow, held.ravi, held.cohort_id, feedback_only=True))
    assert allowed(held, held.ravi) == OF_A_COHORT | OF_A_MEMBER
    seen = held.does(lambda uow: learners.learner(uow, held.ravi, held.cohort_id, held.asha.user_id))
    assert (seen.interviews, seen.counted, seen.average_score, seen.percentile) == (None, None, None, None)
    assert held.does(calls(held, held.ravi)["interviews"]).items == ()


def test_a_learners_figures_are_over_all_interviews_and_their_list_is_turned_over(held: Class) -> None:
    scores = [20, 30, 50, 90]
    written = [held.session_id, *(write(held.greenroom, held.asha, Random(n), score=n) for n in scores)]
    with held.greenroom.uow() as uow:
        uow.session.execute(
            text("UPDATE cohort_facts SET score = 60, low = 50, high = 70, competencies = '{\"apis\": 60}' "
                 "WHERE session_id = :id"), {"id": held.session_id})  # fmt: skip
        # All but the first ended at the same moment.
        uow.session.execute(
            text("UPDATE cohort_facts SET at = now(), competencies = '{\"apis\": 20}' WHERE session_id <> :id"),
            {"id": held.session_id},
        )
    one = (held.cohort_id, held.asha.user_id)
    seen = held.does(lambda uow: learners.learner(uow, held.ravi, *one, latest=1))
    assert (len(seen.interviews), seen.counted, seen.average_score) == (1, 5, 50.0)
    assert [(c.competency, c.n, c.mean) for c in seen.competencies] == [("apis", 5, 28.0)]

    first = listed(held, limit=2)
    second = listed(held, limit=2, cursor=first.next_cursor)
    third = listed(held, limit=2, cursor=second.next_cursor)
    in_order = [item.session_id for page in (first, second, third) for item in page.items]
    assert in_order == [*sorted(written[1:], reverse=True), held.session_id]
    assert third.next_cursor is None


def listed(held: Class, **asked: Any) -> Page[LearnerInterview]:
    with held.greenroom.uow() as uow:
        return learners.interviews(uow, held.ravi, held.cohort_id, held.asha.user_id, **asked)


def test_a_page_after_what_is_not_the_learners_is_refused(held: Class) -> None:
    for session_id in (new_id("int"), write(held.greenroom, held.meera, Random(3))):
        with pytest.raises(FieldProblem):
            listed(held, cursor=encode_cursor(session_id))


def test_after_withdrawing_nothing_is_seen_and_notes_are_gone(held: Class) -> None:
    held.does(calls(held, held.ravi)["write a note"])
    held.does(calls(held, held.ravi)["comment"])
    held.does(lambda uow: service.withdraw(uow, held.asha, held.cohort_id))
    assert allowed(held, held.ravi) == OF_A_COHORT
    assert held.does(lambda uow: uow.session.scalar(text("SELECT count(*) FROM cohort_notes"))) == 0
    kept = held.does(lambda uow: remarks.own_comments(uow, held.asha, held.session_id))
    assert [(one.body, one.at_ms) for one in kept] == [("Say why.", 4200)]
    held.does(lambda uow: service.join(uow, held.asha, held.token, Share()))
    assert held.does(lambda uow: remarks.notes(uow, held.ravi, held.cohort_id, held.asha.user_id)).items == ()


def test_overrides_stand_apart_in_the_panel_for_as_long_as_reports_are_shared(held: Class) -> None:
    def seen() -> agreement.Panel:
        found: agreement.Panel = held.does(lambda uow: agreement.panel(uow, held.ravi, held.cohort_id))
        return found

    report = {"sessionId": held.session_id, "questions": [{"order": n, "asked": True, "score": 40} for n in (1, 2)]}
    for order, score in ((1, 100), (1, 50), (2, 20)):
        with held.greenroom.uow() as uow:
            overrides.add(uow, held.ravi, report, question_order=order, score=score, reason="As said.")
    panel = seen()
    assert panel.whole is None
    assert panel.overridden == agreement.Overridden(n=2, bias=5.0, error=15.0)
    held.does(lambda uow: service.set_share(uow, held.asha, held.cohort_id, Share(reports=False)))
    assert seen().overridden is None


def test_where_older_pairs_are_not_counted_the_panel_tells(held: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    with held.greenroom.uow() as uow:
        row = ReportReview(id=new_id("rvw"), session_id=held.session_id, user_id=held.asha.user_id)
        row.kind, row.status, row.asked_at, row.reviewed_at = ReviewKind.SAMPLE, ReviewStatus.DONE, uow.now, uow.now
        row.ratings = [{"order": order, "human": 40, "model": 50} for order in (1, 2, 3)]
        uow.session.add(row)

    def counted() -> tuple[int, bool]:
        panel = held.does(lambda uow: agreement.panel(uow, held.ravi, held.cohort_id))
        return panel.whole.n, panel.cut

    assert counted() == (3, False)
    monkeypatch.setattr(agreement, "PAIRS_AT_MOST", 2)
    assert counted() == (2, True)


def test_a_comment_is_told_to_her_and_read_by_her_alone(held: Class) -> None:
    held.does(calls(held, held.ravi)["comment"])
    with pytest.raises(NotFound):
        held.does(lambda uow: remarks.own_comments(uow, held.meera, held.session_id))
    told = held.does(lambda uow: uow.session.scalars(text("SELECT kind FROM notifications")).all())
    assert told == ["comment"]
    stored = held.does(lambda uow: uow.session.scalar(text("SELECT body FROM cohort_comments")))
    assert "why" not in stored


@pytest.mark.parametrize("segment", ["s2", "", "x" * 100])
def test_a_comment_needs_a_moment_that_was(held: Class, segment: str) -> None:
    of_session = (held.cohort_id, held.asha.user_id, held.session_id)
    with pytest.raises(FieldProblem):
        held.does(lambda uow: remarks.comment(uow, held.ravi, *of_session, segment_id=segment, body="Why?"))


def test_notes_stand_in_her_export_and_are_hers_alone(held: Class) -> None:
    held.does(calls(held, held.ravi)["write a note"])
    assert [n.body for n in held.does(lambda uow: remarks.notes_about(uow, held.asha))] == ["Slow down."]
    assert held.does(lambda uow: remarks.notes_about(uow, held.meera)) == []


def test_the_last_coach_stays_and_a_candidate_becomes_none(held: Class) -> None:
    with pytest.raises(LastCoach):
        held.does(lambda uow: coaches.remove(uow, held.ravi, held.cohort_id, held.ravi.user_id))
    with pytest.raises(NoSuchCoach):
        held.does(lambda uow: coaches.add(uow, held.ravi, held.cohort_id, f"{held.asha.user_id}@people.test"))


def assign(held: Class, **more: Any) -> str:
    wanted = {"type": InterviewType.TECHNICAL, "difficulty": None, "focus": (), "attempts": 1, "due_in_days": 7}
    made: str = held.does(lambda uow: assignments.assign(uow, held.ravi, held.cohort_id, **{**wanted, **more}))
    return made


def asked_of(held: Class) -> tuple[Assigned, ...]:
    return page_of_asked(held).items


def page_of_asked(held: Class, **asked: Any) -> Page[Assigned]:
    with held.greenroom.uow() as uow:
        return assignments.assigned_to_me(uow, held.asha, **asked)


def test_what_is_asked_last_is_shown_however_much_was_asked_before(held: Class) -> None:
    overdue = [assign(held, type=InterviewType.HR, due_in_days=days) for days in (1, 2, 3)]
    done = assign(held)
    with held.greenroom.uow() as uow:
        uow.session.execute(
            text("UPDATE cohort_assignments SET created_at = now() - interval '90 days', "
                 "due_at = due_at - interval '10 days'")
        )  # fmt: skip
        uow.session.execute(text("UPDATE interview_sessions SET type = 'technical'"))
    later, soon = assign(held, due_in_days=9), assign(held, due_in_days=1)

    seen: list[str] = []
    pages, cursor = 0, None
    while pages == 0 or cursor:
        page = page_of_asked(held, limit=2, cursor=cursor)
        seen += [one.what.assignment_id for one in page.items]
        pages, cursor = pages + 1, page.next_cursor

    assert (seen, pages) == ([soon, later, *reversed(overdue)], 3)
    assert done not in seen


def test_what_is_asked_of_one_is_read_at_once(held: Class) -> None:
    assigned = [assign(held) for _ in range(5)]
    statements: list[str] = []
    event.listen(held.greenroom.engine, "before_cursor_execute", lambda _c, _k, said, *_: statements.append(said))
    assert [one.what.assignment_id for one in asked_of(held)] == assigned
    assert len(statements) == 1


def progress_of(held: Class, assignment_id: str) -> tuple[int, int, list[int | None]]:
    """How many have done the only assignment, of how many, and how many interviews each has held."""
    with held.greenroom.uow() as uow:
        [seen] = assignments.progress(uow, held.ravi, held.cohort_id).items
        doers = assignments.done_by(uow, held.ravi, held.cohort_id, assignment_id)
    return seen.done, seen.of, [doer.held for doer in doers]


def test_a_coach_turns_over_all_that_is_asked_at_the_same_cost(held: Class) -> None:
    def page(**asked: Any) -> Page[Progress]:
        with held.greenroom.uow() as uow:
            return assignments.progress(uow, held.ravi, held.cohort_id, **asked)

    given = [assign(held) for _ in range(5)][::-1]
    statements: list[str] = []
    event.listen(held.greenroom.engine, "before_cursor_execute", lambda _c, _k, said, *_: statements.append(said))
    first = page(limit=3)
    assert len(statements) == 2, "one for the cohort, one for the page"
    second = page(limit=3, cursor=first.next_cursor)
    assert [one.what.assignment_id for one in (*first.items, *second.items)] == given
    assert second.next_cursor is None


def test_who_has_done_it_follows_from_the_interviews(held: Class) -> None:
    assigned = assign(held, focus=("databases",))
    [mine] = asked_of(held)
    assert (mine.held, mine.done) == (0, False)
    with held.greenroom.uow() as uow:
        uow.session.execute(text("UPDATE cohort_assignments SET created_at = now() - interval '90 days'"))
        uow.session.execute(text("UPDATE interview_sessions SET type = 'technical', difficulty = 'hard'"))
        uow.session.execute(text("UPDATE cohort_facts SET type = 'technical', competencies = '{\"databases\": 55}'"))

    [mine] = asked_of(held)
    assert (mine.held, mine.done) == (1, True)
    assert progress_of(held, assigned) == (1, 1, [1])

    held.does(lambda uow: service.set_share(uow, held.asha, held.cohort_id, Share(scores=False)))
    assert progress_of(held, assigned) == (0, 1, [None])
    held.does(lambda uow: service.change(uow, held.ravi, held.cohort_id, feedback_only=True))
    assert progress_of(held, assigned) == (0, 1, [])

    held.does(lambda uow: assignments.close(uow, held.ravi, held.cohort_id, assigned))
    assert asked_of(held) == ()


def test_an_assignment_of_anothers_cohort_is_not_found(held: Class) -> None:
    assigned = assign(held)
    other, _ = cohort_with(held.greenroom, held.meera)
    with pytest.raises(NotFound):
        held.does(lambda uow: assignments.close(uow, held.meera, other, assigned))
    with pytest.raises(NotFound):
        held.does(lambda uow: assignments.done_by(uow, held.meera, other, assigned))
    assert held.does(lambda uow: assignments.assigned_to_me(uow, held.meera)).items == ()


@pytest.mark.parametrize(
    "wrong", [{"focus": ("arrays_and_strings",)}, {"attempts": 0}, {"attempts": 21}, {"due_in_days": 0}]
)
def test_an_assignment_that_cannot_be_is_refused(held: Class, wrong: dict[str, Any]) -> None:
    with pytest.raises(AppError):
        assign(held, **wrong)


def test_flagged_questions_are_all_found_the_worst_first(held: Class) -> None:
    """`xy` makes the correlation: of 100 pairs of 0 and 100 on either side, half of each."""
    spread = {"n": 100, "paired": 100, "x": 5000, "xx": 500_000, "y": 5000, "yy": 500_000}
    kept = {
        "a.good": {**spread, "score_sum": 5000, "xy": 400_000},
        "b.poor": {**spread, "score_sum": 5000, "xy": 270_000},
        "c.easy": {**spread, "score_sum": 9900, "xy": 400_000},
        "d.inverse": {**spread, "score_sum": 5000, "xy": 100_000},
        "e.rare": {**spread, "score_sum": 0, "xy": 0, "n": 49},
        "f.hard": {**spread, "score_sum": 500, "xy": 0, "paired": 0},
    }
    with held.greenroom.uow() as uow:
        uow.session.execute(text("DELETE FROM cohort_questions"))
        uow.session.add_all(CohortQuestion(cohort_id=held.cohort_id, source_id=key, **kept[key]) for key in kept)
    found = held.does(lambda uow: service.flagged_questions(uow, held.ravi, held.cohort_id))
    assert [(one.question_id, one.flags) for one in found] == [
        ("d.inverse", ("remove",)),
        ("b.poor", ("review",)),
        ("c.easy", ("too_easy",)),
        ("f.hard", ("too_hard_or_wrong_key",)),
    ]


def test_archived_cohorts_take_no_place_beside_the_others(held: Class) -> None:
    def compared() -> comparing.Comparison:
        found: comparing.Comparison = held.does(lambda uow: comparing.compare(uow, held.ravi))
        return found

    made = [cohort_with(held.greenroom, held.ravi)[0] for _ in range(comparing.AT_ONCE)]
    assert held.cohort_id not in {one.cohort.cohort_id for one in compared().standings}
    assert compared().more
    with held.greenroom.uow() as uow:
        for cohort_id in made[1:]:
            service.change(uow, held.ravi, cohort_id, archived=True)
    assert [one.cohort.cohort_id for one in compared().standings] == [made[0], held.cohort_id]
    assert not compared().more


def test_growth_is_from_the_first_to_the_last_comparable_interview(held: Class) -> None:
    with held.greenroom.uow() as uow:
        uow.session.execute(text("DELETE FROM interview_sessions"))
    for days, score in ((30, 20), (20, 99), (10, 70)):
        session_id = write(held.greenroom, held.asha, Random(2), score=score)
        with held.greenroom.uow() as uow:
            uow.session.execute(
                text("UPDATE cohort_facts SET at = now() - make_interval(days => :days), type = 'hr', "
                     "difficulty = :level WHERE session_id = :id"),
                {"days": days, "id": session_id, "level": "hard" if score == 99 else "easy"},
            )  # fmt: skip
    found = held.does(lambda uow: growth.growth(uow, held.cohort_id, Filters()))
    assert (found.n, found.median, found.improved) == (1, 50.0, 1)
    hard = held.does(lambda uow: growth.growth(uow, held.cohort_id, Filters(type=InterviewType.TECHNICAL)))
    assert hard.n == 0
    active = held.does(lambda uow: growth.activity(uow, held.cohort_id, Filters()))
    assert (active.n, dict(active.active), active.never) == (1, {7: 0, 14: 1, 30: 1}, 0)
    hard = held.does(lambda uow: growth.activity(uow, held.cohort_id, Filters(difficulty=Difficulty.HARD)))
    assert (dict(hard.active), hard.never) == ({7: 0, 14: 0, 30: 1}, 0)
    other = held.does(lambda uow: growth.activity(uow, held.cohort_id, Filters(type=InterviewType.TECHNICAL)))
    assert other.never == 1


def test_the_export_has_what_the_filters_leave(held: Class) -> None:
    def exported(**chosen: Any) -> int:
        return len(rows(Filters(**chosen)))

    def rows(chosen: Filters) -> list[Any]:
        found: list[Any] = held.does(lambda uow: list(roster.export_rows(uow, held.ravi, held.cohort_id, chosen)))
        return found[1:]

    day = date.fromisoformat(rows(Filters())[0][3])
    assert exported() == exported(first=day, last=day) == 1
    assert exported(last=day - timedelta(days=1)) == exported(first=day + timedelta(days=1)) == 0
    of_types = [exported(type=kind) for kind in InterviewType]
    assert sorted(of_types)[-2:] == [0, 1]


def test_a_place_is_told_from_twenty_learners_on(held: Class) -> None:
    def place() -> Percentile | None:
        found: Percentile | None = held.does(lambda uow: growth.percentile(uow, held.cohort_id, held.asha.user_id))
        return found

    for number in range(19):
        assert place() is None
        one = person(held.greenroom, Role.CANDIDATE, f"Learner {number}")
        write(held.greenroom, one, Random(number), score=100)
        with held.greenroom.uow() as uow:
            service.join(uow, one, held.token, Share())
    found = place()
    assert found is not None
    assert found.n == 20
    assert replace(found, low=0, high=0, n=0).place <= 100
