"""What a coach asks of a cohort, who is asked, and who has done it: that follows from the interviews."""

from typing import Any

import pytest
from sqlalchemy import event, text

from core.cohorts import assignments, service
from core.cohorts.assignments import Assigned, Progress
from core.cohorts.types import Share
from core.errors import AppError, NotFound
from core.interviews.catalogue import InterviewType
from core.paging import Page
from tests.integration.cohorts import Class, cohort_with


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
