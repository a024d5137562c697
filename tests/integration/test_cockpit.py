"""Who may see what of a learner: asha learns, ravi and devi coach her, meera coaches others and must see nothing."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.accounts.types import Actor
from core.cohorts import agreement, assignments, coaches, comparing, hearing, learners, remarks, roster, service
from core.cohorts.errors import LastCoach, NoSuchCoach
from core.cohorts.models import CohortQuestion
from core.cohorts.types import Filters, Share
from core.db import Uow
from core.errors import FieldProblem, NotFound
from core.ids import new_id
from core.interviews.catalogue import InterviewType
from core.reports import overrides
from core.reports.models import ReportReview
from core.reports.states import ReviewKind, ReviewStatus
from tests.integration.cohorts import Class, cohort_with


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
