"""What was answered weakly falls due, waits longer once it holds, and comes first in the next plan."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text

from core.accounts.types import Actor
from core.db import Transactions
from core.ids import new_id
from core.interviews import flows, service
from core.interviews.catalogue import Difficulty, InterviewType, Mode
from core.interviews.repo import lock_session
from core.interviews.types import SetUp
from core.reports import judging, practice, retrying
from core.reports.models import PracticeItem
from core.wiring import Greenroom
from tests.integration.judged import held, report_of


def test_every_due_question_of_a_report_is_counted_and_the_longest_overdue_report_comes_first(
    greenroom: Greenroom, asha: Actor
) -> None:
    reports = [held(greenroom, asha, words="No idea at all, sorry for that, it is long ago.") for _ in range(4)]
    with greenroom.uow() as uow:
        uow.session.execute(delete(PracticeItem))
        for place, session_id in enumerate(reports):
            # One question of each is due long since, the more the later the report; the others since now.
            for order in range(1, 13):
                days = 10 + place if order == 12 else 0
                item = PracticeItem(
                    id=new_id("prc"), user_id=asha.user_id, session_id=session_id, question_order=order,
                    competency="apis", interval_days=1, repetitions=0, last_score=order,
                    due_at=uow.now - timedelta(days=days),
                )  # fmt: skip
                uow.session.add(item)
        uow.session.flush()
        found = practice.due(uow, asha)
    assert [report.session_id for report in found] == [reports[3], reports[2], reports[1]]
    assert [[item.question_order for item in report.items] for report in found] == [list(range(1, 13))] * 3


def test_weak_answers_fall_due_and_wait_longer_once_they_hold(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(greenroom, asha, words="I am not sure about that, maybe it depends on many things, sorry for it.")
    later = in_days(greenroom, 2)
    with greenroom.uow() as uow:
        assert practice.due(uow, asha) == []
    with later.uow() as uow:
        [report] = practice.due(uow, asha)
        assert report.session_id == session_id
        first, *_others = report.items
        assert practice.by_need(uow, asha.user_id, ("testing", "databases"))[0] == "databases"
        practice.note_retry(uow, session_id, first.question_order, 85)
    with later.uow() as uow:
        assert first.question_order not in [item.question_order for item in practice.due(uow, asha)[0].items]
        practice.note_retry(uow, session_id, first.question_order, 30)
    with in_days(greenroom, 4).uow() as uow:
        again = next(i for i in practice.due(uow, asha)[0].items if i.question_order == first.question_order)
    assert (again.last_score, again.repetitions) == (30, 0)


def first_due(greenroom: Greenroom, who: Actor) -> tuple[str, int, str]:
    """An interview with a question that falls due, and an answer to it that holds."""
    session_id = held(greenroom, who, words="I am not sure about that, maybe it depends on many things, sorry for it.")
    with in_days(greenroom, 2).uow() as uow:
        order = practice.due(uow, who)[0].items[0].question_order
    question = report_of(greenroom, who, session_id)["questions"][order - 1]
    points = ". ".join(point["text"] for point in question["keyPoints"])
    return session_id, order, f"In my last project I saw that {points}."


def tries(greenroom: Greenroom, who: Actor, session_id: str) -> tuple[int, list[int]]:
    """How many there are of an interview, and how often each question of it held in a row."""
    with greenroom.uow() as uow:
        made = len(retrying.retries(uow, who, session_id))
        query = select(PracticeItem.repetitions).where(PracticeItem.session_id == session_id)
        return made, sorted(uow.session.scalars(query))


def test_an_answer_that_is_sent_twice_is_one_try_and_judged_once(
    greenroom: Greenroom, asha: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id, order, words = first_due(greenroom, asha)
    judged = []

    def judge_all(*args: Any) -> Any:
        judged.append(args)
        return judging.judge_all(*args)

    monkeypatch.setattr(retrying, "judge_all", judge_all)
    first = retrying.retry(greenroom, asha, session_id, question_order=order, text=words)
    assert first.after is not None
    assert first.after >= practice.GOOD_FROM

    assert retrying.retry(greenroom, asha, session_id, question_order=order, text=f" {words} ") == first

    made, repetitions = tries(greenroom, asha, session_id)
    assert (len(judged), made, repetitions[-1]) == (1, 1, 1)
    other = "An index helps, and I would measure first."
    for text_of_try in (other, words):
        retrying.retry(greenroom, asha, session_id, question_order=order, text=text_of_try)
    assert (len(judged), tries(greenroom, asha, session_id)[0]) == (3, 3)
    retrying.retry(in_days(greenroom, 3), asha, session_id, question_order=order, text=words)
    assert (len(judged), tries(greenroom, asha, session_id)[0]) == (4, 4)


def test_of_the_same_answer_judged_twice_at_the_same_time_the_first_is_kept(
    greenroom: Greenroom, asha: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id, order, words = first_due(greenroom, asha)
    beside: list[retrying.Retry] = []

    def judge_all(*args: Any) -> Any:
        monkeypatch.setattr(retrying, "judge_all", judging.judge_all)
        beside.append(retrying.retry(greenroom, asha, session_id, question_order=order, text=words))
        return judging.judge_all(*args)

    monkeypatch.setattr(retrying, "judge_all", judge_all)
    assert retrying.retry(greenroom, asha, session_id, question_order=order, text=words) == beside[0]

    made, repetitions = tries(greenroom, asha, session_id)
    assert (made, repetitions[-1]) == (1, 1)


def in_days(greenroom: Greenroom, days: int) -> Greenroom:
    then = datetime.now(UTC) + timedelta(days=days)
    return dataclasses.replace(greenroom, uow=Transactions(greenroom.engine, lambda: then))


def test_the_areas_that_are_due_come_first_in_the_next_plan(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(greenroom, asha, words="I am not sure about that, maybe it depends on many things, sorry for it.")
    with greenroom.uow() as uow:
        query = text("UPDATE practice_items SET due_at = :past, competency = 'apis' WHERE session_id = :id")
        uow.session.execute(query, {"past": uow.now - timedelta(hours=1), "id": session_id})
    setup = SetUp(InterviewType.TECHNICAL, Difficulty.MEDIUM, ("databases", "apis"), Mode.TEXT, 12)
    following = flows.set_up(greenroom, asha, setup).session_id
    with greenroom.uow() as uow:
        session = lock_session(uow, following)
        assert session is not None
        areas = [q.competency for q in service.plan_of(session).questions]
        assert areas == ["apis", "databases", "apis"]
        assert session.configuration["focusAreas"] == ["databases", "apis"]
