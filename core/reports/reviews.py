"""People who look at reports: when a learner asks, and each week at a sample, to see how far judges can be trusted.

A coach reviews learners who share their reports with them; an admin whoever asked, and samples of those who share their
reports with any coach. In a sample the judges' scores stay hidden until the reviewer has given theirs: only then do the
two say something about each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from core.accounts.policy import require_coach
from core.accounts.types import Actor, Role
from core.cohorts import service as cohorts
from core.db import Uow
from core.errors import FieldProblem, NotFound
from core.i18n import _
from core.ids import new_id
from core.interviews import service as interviews
from core.interviews.models import InterviewSession
from core.notifications import service as notifications
from core.paging import Page, decode_cursor, page_of
from core.privacy.audit import Action, note
from core.reports import overrides, repo
from core.reports.errors import AlreadyAsked, AlreadyReviewed
from core.reports.models import InterviewReport, ReportReview
from core.reports.states import ReviewKind, ReviewStatus

MAX_WORDS_CHARS = 2000
SAMPLE_SHARE = 0.01
SAMPLE_LEAST, SAMPLE_MOST = 3, 20
SAMPLE_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ReviewView:
    """A learner's own request, and what came of it."""

    status: ReviewStatus
    asked_at: datetime
    note: str | None
    reviewer: str | None
    reviewed_at: datetime | None
    remark: str | None


@dataclass(frozen=True)
class QueueItem:
    review_id: str
    kind: ReviewKind
    asked_at: datetime


@dataclass(frozen=True)
class CaseQuestion:
    """One answer to be rated. `score` is the judges', None while it is not to be shown."""

    order: int
    text: str
    key_points: tuple[tuple[str, bool], ...]
    """Each with whether it is essential."""
    answer: str | None
    score: int | None


@dataclass(frozen=True)
class Case:
    review_id: str
    session_id: str
    kind: ReviewKind
    asked_at: datetime
    note: str | None
    questions: tuple[CaseQuestion, ...]


def ask(uow: Uow, actor: Actor, session_id: str, words: str) -> None:
    """Ask for a person to look at the caller's report. By asking, the learner agrees that they read it.

    Raises: NotFound, FieldProblem, AlreadyAsked.
    """
    interviews.own(uow, actor, session_id)
    if repo.of_session(uow, session_id) is None:
        raise NotFound("report")
    said = _words("note", words)
    if said is None:
        raise FieldProblem("note", _("Say in a sentence what you think is wrong."))
    if not _open(uow, session_id, actor.user_id, ReviewKind.REQUESTED, said):
        raise AlreadyAsked(session_id)


def _open(uow: Uow, session_id: str, user_id: str, kind: ReviewKind, words: str | None = None) -> bool:
    review_id = new_id("rvw")
    row = ReportReview(id=review_id)
    row.note = words
    values = {
        "id": review_id,
        "session_id": session_id,
        "user_id": user_id,
        "kind": kind,
        "status": ReviewStatus.OPEN,
        "asked_at": uow.now,
        "note_sealed": row.note_sealed,
    }
    statement = insert(ReportReview).values(values)
    made = statement.on_conflict_do_nothing(index_elements=["session_id", "kind"]).returning(ReportReview.id)
    return uow.session.scalar(made) is not None


def requested(uow: Uow, actor: Actor, session_id: str) -> ReviewView | None:
    """The caller's request for a review of a report, None where there is none. Raises: NotFound."""
    interviews.own(uow, actor, session_id)
    row = repo.review_of(uow, session_id, ReviewKind.REQUESTED)
    if row is None:
        return None
    return ReviewView(row.status, row.asked_at, row.note, row.reviewer_name, row.reviewed_at, row.remark)


def queue(uow: Uow, actor: Actor, *, limit: int = 20, cursor: str | None = None) -> Page[QueueItem]:
    """What waits for the caller, the oldest first. Raises: Forbidden, FieldProblem."""
    require_coach(actor)
    query = _visible(actor).where(ReportReview.status == ReviewStatus.OPEN).order_by(ReportReview.id).limit(limit + 1)
    after = decode_cursor(cursor)
    if after:
        query = query.where(ReportReview.id > after)
    items = [QueueItem(row.id, row.kind, row.asked_at) for row in uow.session.scalars(query)]
    return page_of(items, limit, lambda item: item.review_id)


def _visible(actor: Actor) -> Select[ReportReview]:
    """Reviews somebody may do: of learners who share reports with them, for as long as they do; never of their own.

    By asking, a learner lets every admin read that one report.
    """
    query = select(ReportReview).where(ReportReview.user_id != actor.user_id)
    if actor.role is Role.ADMIN:
        shared = ReportReview.user_id.in_(cohorts.learners_sharing_reports(None))
        return query.where(or_(ReportReview.kind == ReviewKind.REQUESTED, shared))
    return query.where(ReportReview.user_id.in_(cohorts.learners_sharing_reports(actor)))


def case(uow: Uow, actor: Actor, review_id: str) -> Case:
    """What there is to review. Raises: Forbidden, NotFound, AlreadyReviewed."""
    row, report = _case(uow, actor, review_id)
    note(uow, actor, Action.REPORT_SEEN, row.session_id)
    shown = row.kind is ReviewKind.REQUESTED
    return Case(
        review_id=row.id,
        session_id=row.session_id,
        kind=row.kind,
        asked_at=row.asked_at,
        note=row.note,
        questions=tuple(_question(q, with_score=shown) for q in report["questions"] if q["asked"]),
    )


def _question(question: Mapping[str, Any], *, with_score: bool) -> CaseQuestion:
    return CaseQuestion(
        order=question["order"],
        text=question["text"],
        key_points=tuple((p["text"], p.get("mustHave", False)) for p in question["keyPoints"]),
        answer=question["answer"],
        score=question["score"] if with_score else None,
    )


def _case(uow: Uow, actor: Actor, review_id: str, *, hold: bool = False) -> tuple[ReportReview, dict[str, Any]]:
    require_coach(actor)
    query = _visible(actor).where(ReportReview.id == review_id)
    row = uow.session.scalars(query.with_for_update() if hold else query).one_or_none()
    report = repo.of_session(uow, row.session_id) if row else None
    if row is None or report is None:
        raise NotFound("review")
    if row.status is ReviewStatus.DONE:
        raise AlreadyReviewed(review_id)
    return row, report.report_json


def finish(uow: Uow, actor: Actor, review_id: str, *, ratings: Mapping[int, int], remark: str) -> None:
    """Give one's own scores (0-100 by order of the question) and a remark; the review is done.

    In a requested review a score that differs from the judges' is shown beside theirs, and the learner is told.

    Raises: Forbidden, NotFound, AlreadyReviewed, FieldProblem.
    """
    row, report = _case(uow, actor, review_id, hold=True)
    words = _words("remark", remark)
    scores = {q["order"]: q["score"] for q in report["questions"] if q["asked"]}
    if not ratings or not set(ratings) <= set(scores) or not all(0 <= score <= 100 for score in ratings.values()):
        raise FieldProblem("ratings", _("Rate at least one answer, from 0 to 100."))
    if row.kind is ReviewKind.REQUESTED and words is None:
        raise FieldProblem("remark", _("Tell the learner in a sentence how you see it."))
    row.status, row.reviewed_at = ReviewStatus.DONE, uow.now
    row.reviewer_id, row.reviewer_name = actor.user_id, actor.name
    row.ratings = [{"order": order, "human": ratings[order], "model": scores[order]} for order in sorted(ratings)]
    row.remark = words
    note(uow, actor, Action.REPORT_REVIEWED, row.session_id)
    if row.kind is ReviewKind.REQUESTED:
        for order, score in sorted(ratings.items()):
            if score != scores[order]:
                overrides.add(uow, actor, report, question_order=order, score=score, reason=words or "")
        notifications.tell(uow, row.user_id, "reviewed", row.id, {"sessionId": row.session_id})


def _words(field: str, text: str) -> str | None:
    words = text.replace("\x00", "").strip()
    if len(words) > MAX_WORDS_CHARS:
        raise FieldProblem(field, _("At most {limit} characters.").format(limit=MAX_WORDS_CHARS))
    return words or None


def draw_sample(uow: Uow) -> int:
    """Put one in a hundred of the last week's shared, scored reports into the queue. Safe to repeat in a week.

    Reports of study interviews are left out: their answers were helped. The order is that of the ids' hashes:
    nobody chooses, and drawing again draws the same.
    """
    query = (
        select(InterviewReport.session_id, InterviewReport.user_id, func.count().over())
        .join(InterviewSession, InterviewSession.id == InterviewReport.session_id)
        .where(
            InterviewReport.user_id.in_(cohorts.learners_sharing_reports(None)),
            InterviewReport.generated_at > uow.now - SAMPLE_WEEK,
            InterviewReport.overall_score.is_not(None),
            InterviewSession.study.is_(False),
        )
        .order_by(func.md5(InterviewReport.session_id))
        .limit(SAMPLE_MOST)
    )
    found: Sequence[Any] = uow.session.execute(query).all()
    wanted = max(SAMPLE_LEAST, min(SAMPLE_MOST, round(SAMPLE_SHARE * found[0][2]))) if found else 0
    return sum(_open(uow, session_id, user_id, ReviewKind.SAMPLE) for session_id, user_id, _all in found[:wanted])
