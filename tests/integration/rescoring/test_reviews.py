"""A learner asks a human to look, and each week a sample is drawn: who sees what, and what becomes of it."""

import pytest
from sqlalchemy import select, text

from core.accounts.types import Actor, Role
from core.cohorts import service as cohorts
from core.cohorts.types import Share
from core.errors import Forbidden, NotFound
from core.ids import new_id
from core.reports import reviews
from core.reports.errors import AlreadyAsked, AlreadyReviewed
from core.reports.models import ReportReview
from core.reports.states import ReviewKind, ReviewStatus
from core.wiring import Greenroom
from tests.integration.cohorts import person
from tests.integration.judged import held, report_of


def coach_of(greenroom: Greenroom, learner: Actor, *, share: Share) -> Actor:
    ravi = person(greenroom, Role.COACH, "Ravi")
    with greenroom.uow() as uow:
        cohort = cohorts.create(uow, ravi, "Batch")
        token = cohorts.invite(uow, ravi, cohort.cohort_id, app_url="https://app.test").token
    with greenroom.uow() as uow:
        cohorts.join(uow, learner, token, share)
    return ravi


def waiting(greenroom: Greenroom, who: Actor) -> list[str]:
    with greenroom.uow() as uow:
        return [item.review_id for item in reviews.queue(uow, who, limit=100).items]


def test_a_learner_asks_and_their_coach_answers(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(greenroom, asha)
    ravi = coach_of(greenroom, asha, share=Share(reports=True))
    stranger = person(greenroom, Role.COACH, "Dev")
    with greenroom.uow() as uow:
        reviews.ask(uow, asha, session_id, "I did name the lock waits.")
    with pytest.raises(AlreadyAsked), greenroom.uow() as uow:
        reviews.ask(uow, asha, session_id, "Again.")
    (review_id,) = waiting(greenroom, ravi)
    assert waiting(greenroom, stranger) == []
    with pytest.raises(NotFound), greenroom.uow() as uow:
        reviews.case(uow, stranger, review_id)
    with pytest.raises(Forbidden), greenroom.uow() as uow:
        reviews.queue(uow, asha)
    with greenroom.uow() as uow:
        case = reviews.case(uow, ravi, review_id)
    first = case.questions[0]
    assert first.score is not None
    human = (first.score + 20) % 101

    with greenroom.uow() as uow:
        reviews.finish(uow, ravi, review_id, ratings={first.order: human}, remark="You did, in other words.")

    report = report_of(greenroom, asha, session_id)
    assert report["questions"][0]["override"]["score"] == human
    with greenroom.uow() as uow:
        seen = reviews.requested(uow, asha, session_id)
    assert seen is not None
    assert (seen.reviewer, seen.remark) == ("Ravi", "You did, in other words.")
    assert waiting(greenroom, ravi) == []
    with pytest.raises(AlreadyReviewed), greenroom.uow() as uow:
        reviews.finish(uow, ravi, review_id, ratings={first.order: 1}, remark="Again.")


def test_what_is_not_shared_is_not_reviewed_by_a_coach(greenroom: Greenroom, asha: Actor) -> None:
    session_id = held(greenroom, asha)
    ravi = coach_of(greenroom, asha, share=Share(reports=False))
    with greenroom.uow() as uow:
        reviews.ask(uow, asha, session_id, "Please look.")
    assert waiting(greenroom, ravi) == []
    admin = person(greenroom, Role.ADMIN, "Root")
    with greenroom.uow() as uow:
        asked = [
            row.id for row in uow.session.scalars(select(ReportReview).where(ReportReview.session_id == session_id))
        ]
    assert set(asked) <= set(waiting(greenroom, admin))


def test_a_sample_is_nobodys_to_read_once_reports_are_not_shared_and_what_was_asked_for_stays(
    greenroom: Greenroom, asha: Actor
) -> None:
    sampled, asked = held(greenroom, asha), held(greenroom, asha)
    coach_of(greenroom, asha, share=Share(reports=True))
    admin = person(greenroom, Role.ADMIN, "Root")
    with greenroom.uow() as uow:
        reviews.ask(uow, asha, asked, "Please look.")
        sample = ReportReview(id=new_id("rvw"), session_id=sampled, user_id=asha.user_id)
        sample.kind, sample.status, sample.asked_at = ReviewKind.SAMPLE, ReviewStatus.OPEN, uow.now
        uow.session.add(sample)
        uow.session.flush()
        review_id = sample.id
    assert review_id in of_learner(greenroom, asha, admin)
    assert len(of_learner(greenroom, asha, admin)) == 2

    with greenroom.uow() as uow:
        [membership] = cohorts.memberships(uow, asha)
        cohorts.withdraw(uow, asha, membership.cohort_id)

    [still_there] = of_learner(greenroom, asha, admin)
    with greenroom.uow() as uow:
        assert reviews.case(uow, admin, still_there).session_id == asked
    with pytest.raises(NotFound), greenroom.uow() as uow:
        reviews.case(uow, admin, review_id)
    with pytest.raises(NotFound), greenroom.uow() as uow:
        reviews.finish(uow, admin, review_id, ratings={1: 50}, remark="")


def of_learner(greenroom: Greenroom, learner: Actor, who: Actor) -> set[str]:
    """What waits for somebody of one learner's."""
    with greenroom.uow() as uow:
        of_hers = select(ReportReview.id).where(ReportReview.user_id == learner.user_id)
        theirs = set(uow.session.scalars(of_hers))
    return theirs & set(waiting(greenroom, who))


def test_a_sample_hides_the_judges_scores_and_changes_no_report(greenroom: Greenroom, asha: Actor) -> None:
    with greenroom.engine.begin() as connection:
        connection.execute(text("TRUNCATE users, cohorts CASCADE"))
    asha = person(greenroom, Role.CANDIDATE)
    session_id = held(greenroom, asha)
    ravi = coach_of(greenroom, asha, share=Share(reports=True))
    with greenroom.uow() as uow:
        assert reviews.draw_sample(uow) == 1
        assert reviews.draw_sample(uow) == 0
    (review_id,) = waiting(greenroom, ravi)
    with greenroom.uow() as uow:
        case = reviews.case(uow, ravi, review_id)
    assert case.kind is ReviewKind.SAMPLE
    assert {question.score for question in case.questions} == {None}
    before = report_of(greenroom, asha, session_id)

    with greenroom.uow() as uow:
        reviews.finish(uow, ravi, review_id, ratings={1: 40, 2: 50}, remark="")

    assert report_of(greenroom, asha, session_id) == before
    with greenroom.uow() as uow:
        row = uow.session.get(ReportReview, review_id)
        assert row is not None
        assert row.ratings == [
            {"order": order, "human": human, "model": before["questions"][order - 1]["score"]}
            for order, human in ((1, 40), (2, 50))
        ]
