"""What a coach is shown of one learner: figures over all their interviews, the list by pages, growth and place."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from core.accounts.types import Role
from core.cohorts import growth, learners, service
from core.cohorts.types import Filters, LearnerInterview, Percentile, Share
from core.errors import FieldProblem
from core.ids import new_id
from core.interviews.catalogue import Difficulty, InterviewType
from core.paging import Page, encode_cursor
from tests.integration.cohorts import Class, person, write


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
