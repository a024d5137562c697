"""A cohort's figures are what counting everything anew would give, whatever happened before."""

import os
from datetime import timedelta
from random import Random
from statistics import fmean, median, stdev
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from core.accounts.types import Actor, Role
from core.cohorts import proving, rollups, roster, service
from core.cohorts.errors import NotProven
from core.cohorts.roster import Order
from core.cohorts.types import Filters, Share
from core.csv_rows import safe
from core.db import Uow
from core.errors import NotFound
from core.wiring import Greenroom
from tests.integration.cohorts import TYPES, cohort_with, person, write

pytestmark = pytest.mark.usefixtures("nobody_yet")

ROLLED_UP = ("cohort_days", "cohort_competencies", "cohort_day_competencies", "cohort_learners", "cohort_questions")
STEPS = int(os.environ.get("ROLLUP_STEPS", "400"))
"""`make exact` takes ten thousand."""


def tables(greenroom: Greenroom) -> dict[str, list[Any]]:
    """What the roll-ups say, without rows that count nothing."""
    with greenroom.engine.connect() as connection:
        rows = {name: connection.execute(text(f"SELECT to_jsonb(t) FROM {name} t")).scalars() for name in ROLLED_UP}  # noqa: S608  our own names
        return {
            name: sorted((r for r in found if r.get("n") != 0 and r.get("interviews") != 0), key=str)
            for name, found in rows.items()
        }


def test_after_a_random_history_nothing_differs_from_counting_anew(greenroom: Greenroom) -> None:
    random = Random(7)
    coach = person(greenroom, Role.COACH)
    cohorts = [cohort_with(greenroom, coach) for _ in range(3)]
    people = [person(greenroom, Role.CANDIDATE) for _ in range(6)]
    written: list[tuple[Actor, str]] = []
    for _ in range(STEPS):
        who, (cohort_id, token) = random.choice(people), random.choice(cohorts)
        match random.randint(0, 9):
            case 0 | 1 | 2 | 3:
                written.append((who, write(greenroom, who, random, study=random.random() < 0.2)))
            case 4 if written:
                _, session_id = random.choice(written)
                with greenroom.uow() as uow:
                    uow.session.execute(
                        text("UPDATE interview_reports SET overall_score = :s, interval_low = :s, interval_high = :s "
                             "WHERE session_id = :id"),
                        {"s": random.randint(0, 100), "id": session_id},
                    )  # fmt: skip
                    rollups.count_interview(uow, session_id)
            case 5 if written:
                owner, session_id = written.pop(random.randrange(len(written)))
                with greenroom.uow() as uow:
                    rollups.hold_learner(uow, owner.user_id)
                    uow.session.execute(text("DELETE FROM interview_sessions WHERE id = :id"), {"id": session_id})
            case 6 | 7:
                with greenroom.uow() as uow:
                    service.join(uow, who, token, Share(scores=random.random() < 0.8))
            case _:
                try:
                    with greenroom.uow() as uow:
                        if random.random() < 0.5:
                            service.withdraw(uow, who, cohort_id)
                        else:
                            service.set_share(uow, who, cohort_id, Share(scores=random.random() < 0.5))
                except NotFound:
                    continue
    before = tables(greenroom)
    assert all(before.values())
    for cohort_id, _ in cohorts:
        with greenroom.uow() as uow:
            assert proving.differences(uow, cohort_id) == {}
            rollups.rebuild(uow, cohort_id)
    assert tables(greenroom) == before

    with greenroom.uow() as uow:
        expected = uow.session.execute(
            text("""
                SELECT count(*) FROM interview_reports r JOIN cohort_members m ON m.user_id = r.user_id
                JOIN interview_sessions s ON s.id = r.session_id
                WHERE m.share_scores AND r.overall_score IS NOT NULL AND NOT s.study
            """)
        ).scalar_one()
        assert sum(row["interviews"] for row in before["cohort_learners"]) == expected


def test_a_figure_that_is_wrong_is_found_and_set_right(greenroom: Greenroom) -> None:
    random = Random(11)
    coach, asha = person(greenroom, Role.COACH), person(greenroom, Role.CANDIDATE)
    cohort_id, token = cohort_with(greenroom, coach)
    for _ in range(5):
        write(greenroom, asha, random)
    with greenroom.uow() as uow:
        service.join(uow, asha, token, Share())
    before = tables(greenroom)
    with greenroom.uow() as uow:
        uow.session.execute(text("UPDATE cohort_days SET histogram[51] = histogram[51] + 1"))
        uow.session.execute(text("UPDATE cohort_learners SET score_sum = score_sum + 1"))
        uow.session.execute(text("ALTER TABLE cohort_facts DISABLE TRIGGER USER"))
        uow.session.execute(
            text("DELETE FROM cohort_facts WHERE session_id = (SELECT min(session_id) FROM cohort_facts)")
        )
        uow.session.execute(text("ALTER TABLE cohort_facts ENABLE TRIGGER USER"))
    with greenroom.uow() as uow:
        found = proving.differences(uow, cohort_id)
    assert {"cohort_facts", "histograms", "cohort_learners", "cohort_days"} <= set(found)

    assert proving.prove_all(greenroom.uow) == 1
    assert tables(greenroom) == before
    assert proving.prove_all(greenroom.uow) == 0


def test_a_cohort_that_cannot_be_proven_stops_no_other(greenroom: Greenroom, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(13)
    coach, asha = person(greenroom, Role.COACH), person(greenroom, Role.CANDIDATE)
    slow, _ = cohort_with(greenroom, coach)
    cohort_id, token = cohort_with(greenroom, coach)
    write(greenroom, asha, random)
    with greenroom.uow() as uow:
        service.join(uow, asha, token, Share())
    before = tables(greenroom)
    with greenroom.uow() as uow:
        uow.session.execute(text("UPDATE cohort_learners SET score_sum = score_sum + 1"))
    differences = proving.differences

    def cancelled(uow: Uow, which: str) -> dict[str, int]:
        if which == slow:
            uow.allow(timedelta(milliseconds=10))
            uow.session.execute(text("SELECT pg_sleep(5)"))
        return differences(uow, which)

    monkeypatch.setattr(proving, "differences", cancelled)
    with pytest.raises(NotProven) as told:
        proving.prove_all(greenroom.uow)
    assert told.value.facts == {"cohort_ids": [slow]}
    assert slow < cohort_id
    assert tables(greenroom) == before


def test_proving_waits_for_nobody_and_nobody_for_it(greenroom: Greenroom) -> None:
    cohort_id, _ = cohort_with(greenroom, person(greenroom, Role.COACH))
    with greenroom.uow() as holding, greenroom.uow() as uow:
        rollups.hold_cohort(holding, cohort_id)
        assert proving.differences(uow, cohort_id) == {}


def test_what_goes_over_a_whole_cohort_may_take_longer_than_other_statements(greenroom: Greenroom) -> None:
    coach = person(greenroom, Role.COACH)
    cohort_id, _ = cohort_with(greenroom, coach)
    allowed: dict[str, str] = {}

    def note(connection: Connection, _cursor: object, query: str, *_: object) -> None:
        cursor = connection.connection.cursor()
        cursor.execute("SHOW statement_timeout")
        [allowed[" ".join(query.split()[:3])]] = cursor.fetchone() or [""]
        cursor.close()

    event.listen(greenroom.engine, "before_cursor_execute", note)
    with greenroom.uow() as uow:
        proving.differences(uow, cohort_id)
    with greenroom.uow() as uow:
        rollups.recount(uow, cohort_id)
    with greenroom.uow() as uow:
        service.delete(uow, coach, cohort_id)
    assert allowed["SELECT count(*) FROM"] == "10min"
    assert allowed["DELETE FROM cohort_facts"] == allowed["INSERT INTO cohort_facts"] == "2min"
    assert allowed["DELETE FROM cohort_questions"] == allowed["DELETE FROM cohorts"] == "2min"
    with greenroom.uow() as uow:
        assert uow.session.scalar(text("SHOW statement_timeout")) == "15s"


def test_figures_are_exact(greenroom: Greenroom) -> None:
    random = Random(3)
    coach, asha, ben = (
        person(greenroom, Role.COACH),
        person(greenroom, Role.CANDIDATE),
        person(greenroom, Role.CANDIDATE),
    )
    cohort_id, token = cohort_with(greenroom, coach)
    scores = [12, 40, 41, 77, 90]
    for index, score in enumerate(scores):
        write(greenroom, (asha, ben)[index % 2], random, score=score)
    with greenroom.uow() as uow:
        for who in (asha, ben):
            service.join(uow, who, token, Share())
        found = service.analytics(uow, coach, cohort_id, Filters())
        assert (found.interviews, found.learners) == (5, 2)
        assert found.scores.mean == fmean(scores)
        assert found.scores.median == median(scores)
        assert (found.scores.p25, found.scores.p75) == (40, 77)
        assert found.scores.standard_deviation == pytest.approx(stdev(scores), abs=1e-4)
        assert sum(found.scores.histogram) == 5
        assert found.scores.histogram[77] == 1
        assert sum(week.interviews for week in found.weekly) == 5
        by_type = [service.analytics(uow, coach, cohort_id, Filters(type=kind)) for kind in TYPES]  # type: ignore[arg-type]  # words are types here
        assert sum(part.interviews for part in by_type) == 5
        since = service.analytics(uow, coach, cohort_id, Filters(first=(uow.now - timedelta(days=90)).date()))
        assert since.scores == found.scores


def test_an_empty_cohort_has_no_figure_and_no_zero(greenroom: Greenroom) -> None:
    coach = person(greenroom, Role.COACH)
    cohort_id, _ = cohort_with(greenroom, coach)
    with greenroom.uow() as uow:
        found = service.analytics(uow, coach, cohort_id, Filters())
    assert (found.scores.mean, found.scores.median, found.scores.standard_deviation) == (None, None, None)
    assert [len(part) for part in (found.weekly, found.competencies, found.heatmap)] == [0, 0, 0]
    assert len(found.scores.histogram) == 101


def test_members_are_paged_in_every_order_without_loss(greenroom: Greenroom) -> None:
    random = Random(5)
    coach = person(greenroom, Role.COACH)
    cohort_id, token = cohort_with(greenroom, coach)
    people = [person(greenroom, Role.CANDIDATE, name) for name in ("Zoe", "Asha", "ben", "Asha", "Dev")]
    for index, who in enumerate(people):
        for _ in range(index):
            write(greenroom, who, random)
        with greenroom.uow() as uow:
            service.join(uow, who, token, Share())
    for order in Order:
        seen: list[str] = []
        cursor = None
        for _ in range(len(people)):
            with greenroom.uow() as uow:
                page = roster.members(uow, coach, cohort_id, order=order, limit=2, cursor=cursor)
            seen += [item.user_id for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert sorted(seen) == sorted(who.user_id for who in people), order


def test_a_cohort_for_feedback_alone_is_in_the_order_of_names_whatever_is_asked_for(greenroom: Greenroom) -> None:
    random = Random(5)
    coach = person(greenroom, Role.COACH)
    cohort_id, token = cohort_with(greenroom, coach)
    people = [person(greenroom, Role.CANDIDATE, name) for name in ("Zoe", "Dev", "Asha")]
    for index, who in enumerate(people):
        for _ in range(3 - index):
            write(greenroom, who, random, score=20 + 30 * index)
        with greenroom.uow() as uow:
            service.join(uow, who, token, Share())

    def names(order: Order) -> list[str]:
        with greenroom.uow() as uow:
            first = roster.members(uow, coach, cohort_id, order=order, limit=1)
            others = roster.members(uow, coach, cohort_id, order=order, cursor=first.next_cursor)
        return [member.name for member in (*first.items, *others.items)]

    assert names(Order.AVERAGE) == names(Order.INTERVIEWS) == ["Zoe", "Dev", "Asha"]
    with greenroom.uow() as uow:
        service.change(uow, coach, cohort_id, feedback_only=True)
    assert [names(order) for order in Order] == [["Asha", "Dev", "Zoe"]] * len(Order)


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "Asha"])
def test_no_cell_is_a_formula(name: str) -> None:
    assert safe(name) == (name if name == "Asha" else f"'{name}")
