"""One-transaction verbs on cohorts. A coach finds only their own; a learner decides what is shown, and for how long."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select

from core.accounts.policy import require_coach
from core.accounts.rules import normal_email
from core.accounts.types import Actor, Role
from core.cohorts import figures, repo, rollups
from core.cohorts.errors import Archived, InvitationGone
from core.cohorts.models import Cohort, CohortCoach, CohortInvitation, CohortMember
from core.cohorts.types import (
    Analytics,
    CohortView,
    Filters,
    Invitation,
    Membership,
    OverrideView,
    QuestionQuality,
    Share,
)
from core.db import Uow
from core.errors import FieldProblem, NotFound
from core.i18n import N_
from core.ids import new_id
from core.notifications import service as notifications
from core.notifications.models import Channel
from core.paging import Page, decode_cursor, page_of
from core.privacy.audit import Action, note
from core.reports import overrides
from core.reports import service as reports

MAX_NAME_CHARS = 120
MAX_EMAILS = 200
DEFAULT_DAYS, MAX_DAYS = 14, 90


def create(uow: Uow, actor: Actor, name: str, *, feedback_only: bool = False) -> CohortView:
    """Raises: Forbidden, FieldProblem."""
    require_coach(actor)
    cohort = Cohort(id=new_id("coh"), name=_name(name), feedback_only=feedback_only, created_at=uow.now)
    uow.session.add(cohort)
    uow.session.flush()
    uow.session.add(CohortCoach(cohort_id=cohort.id, user_id=actor.user_id, added_at=uow.now))
    uow.session.flush()
    return _view(cohort, 0)


def cohorts(
    uow: Uow, actor: Actor, *, limit: int = 20, cursor: str | None = None, with_archived: bool = True
) -> Page[CohortView]:
    """The caller's cohorts, newest first; an admin's are all. Raises: Forbidden, FieldProblem."""
    require_coach(actor)
    rows = repo.cohorts_page(
        uow,
        coach_id=_coach_id(actor),
        limit=limit + 1,
        before_id=decode_cursor(cursor),
        with_archived=with_archived,
    )
    return page_of([_view(cohort, count) for cohort, count in rows], limit, lambda item: item.cohort_id)


def cohort(uow: Uow, actor: Actor, cohort_id: str) -> CohortView:
    """Raises: Forbidden, NotFound."""
    found = own(uow, actor, cohort_id)
    return _view(found, repo.member_count(uow, cohort_id))


def change(
    uow: Uow,
    actor: Actor,
    cohort_id: str,
    *,
    name: str | None = None,
    feedback_only: bool | None = None,
    archived: bool | None = None,
) -> CohortView:
    """Change what is given. Raises: Forbidden, NotFound, FieldProblem."""
    found = own(uow, actor, cohort_id)
    note(uow, actor, Action.COHORT_CHANGED, cohort_id)
    if name is not None:
        found.name = _name(name)
    if feedback_only is not None:
        found.feedback_only = feedback_only
    if archived is not None:
        found.archived_at = (found.archived_at or uow.now) if archived else None
    return _view(found, repo.member_count(uow, cohort_id))


def delete(uow: Uow, actor: Actor, cohort_id: str) -> None:
    """The cohort with its memberships and figures; the learners' own interviews stay theirs."""
    found = own(uow, actor, cohort_id)
    note(uow, actor, Action.COHORT_DELETED, cohort_id)
    # Every interview that was counted goes with it, in one statement.
    uow.allow(rollups.LONGEST)
    uow.session.delete(found)


def invite(
    uow: Uow,
    actor: Actor,
    cohort_id: str,
    *,
    app_url: str,
    emails: Sequence[str] = (),
    expires_in_days: int = DEFAULT_DAYS,
) -> Invitation:
    """A link to join by, mailed to whom it is for. Raises: Forbidden, NotFound, Archived, FieldProblem."""
    found = own(uow, actor, cohort_id)
    if found.archived_at:
        raise Archived(cohort_id)
    if not 1 <= expires_in_days <= MAX_DAYS:
        raise FieldProblem("expiresInDays", N_("1 to {limit} days."), words={"limit": MAX_DAYS})
    if len(emails) > MAX_EMAILS:
        raise FieldProblem("emails", N_("At most {limit} addresses at a time."), words={"limit": MAX_EMAILS})
    addresses = list(dict.fromkeys(normal_email(email) for email in emails))
    token = secrets.token_urlsafe(24)
    invitation = CohortInvitation(
        token_hash=_hash(token),
        cohort_id=cohort_id,
        created_by=actor.user_id,
        created_at=uow.now,
        expires_at=uow.now + timedelta(days=expires_in_days),
    )
    uow.session.add(invitation)
    uow.session.flush()
    facts = {"coach": actor.name, "cohort": found.name, "token": token}
    for address in addresses:
        key = f"invitation.{_hash(token)[:32]}.{_hash(address)[:32]}"
        notifications.post(uow, key=key, channel=Channel.MAIL, to=address, kind="invitation", facts=facts)
    return Invitation(token, f"{app_url}/account?join={token}", invitation.expires_at, len(addresses))


def invited_to(uow: Uow, token: str) -> CohortView:
    """The cohort an invitation is for. Raises: InvitationGone."""
    invitation = repo.live_invitation(uow, _hash(token), uow.now)
    found = uow.session.get(Cohort, invitation.cohort_id) if invitation else None
    if found is None or found.archived_at:
        raise InvitationGone
    return _view(found, 0)


def join(uow: Uow, actor: Actor, token: str, share: Share) -> Membership:
    """Agree to belong; joining again changes what is shared. Raises: InvitationGone."""
    found = invited_to(uow, token)
    rollups.hold_learner(uow, actor.user_id, joining=found.cohort_id)
    if repo.member(uow, found.cohort_id, actor.user_id) is None:
        uow.session.add(
            CohortMember(
                cohort_id=found.cohort_id,
                user_id=actor.user_id,
                share_scores=False,
                share_reports=False,
                share_audio=False,
                joined_at=uow.now,
            )
        )
        uow.session.flush()
    return set_share(uow, actor, found.cohort_id, share)


def memberships(uow: Uow, actor: Actor) -> list[Membership]:
    """The caller's own."""
    return [_membership(member, cohort) for member, cohort in repo.memberships(uow, actor.user_id)]


def set_share(uow: Uow, actor: Actor, cohort_id: str, share: Share) -> Membership:
    """What the caller shows from now on; figures follow at once. Raises: NotFound."""
    return change_share(uow, actor, cohort_id, scores=share.scores, reports=share.reports, audio=share.audio)


def change_share(
    uow: Uow,
    actor: Actor,
    cohort_id: str,
    *,
    scores: bool | None = None,
    reports: bool | None = None,
    audio: bool | None = None,
) -> Membership:
    """Change what is given of what the caller shows; figures follow at once. Raises: NotFound."""
    rollups.hold_learner(uow, actor.user_id)
    member = repo.member(uow, cohort_id, actor.user_id)
    found = uow.session.get(Cohort, cohort_id)
    if member is None or found is None:
        raise NotFound("membership")
    counted_before = member.share_scores
    if scores is not None:
        member.share_scores = scores
    if reports is not None:
        member.share_reports = reports
    if audio is not None:
        member.share_audio = audio
    if member.share_scores and not counted_before:
        rollups.count_member(uow, cohort_id, actor.user_id)
    elif counted_before and not member.share_scores:
        rollups.forget_member(uow, cohort_id, actor.user_id)
    return _membership(member, found)


def withdraw(uow: Uow, actor: Actor, cohort_id: str) -> None:
    """Leave: from now on the coach sees nothing of it and no figure counts it. Raises: NotFound."""
    rollups.hold_learner(uow, actor.user_id)
    if not repo.delete_member(uow, cohort_id, actor.user_id):
        raise NotFound("membership")


def remove(uow: Uow, actor: Actor, cohort_id: str, user_id: str) -> None:
    """A coach takes a member out. Raises: Forbidden, NotFound."""
    own(uow, actor, cohort_id)
    note(uow, actor, Action.MEMBER_REMOVED, user_id)
    rollups.hold_learner(uow, user_id)
    if not repo.delete_member(uow, cohort_id, user_id):
        raise NotFound("member")


def shared_report(uow: Uow, actor: Actor, cohort_id: str, user_id: str, session_id: str) -> dict[str, Any]:
    """A member's report where it is shared. Raises: Forbidden, NotFound in every other case."""
    shared_member(uow, actor, cohort_id, user_id)
    report = reports.report_of(uow, user_id, session_id)
    if report is None:
        raise NotFound("report")
    note(uow, actor, Action.REPORT_SEEN, session_id)
    return report


def shared_member(uow: Uow, actor: Actor, cohort_id: str, user_id: str) -> CohortMember:
    """A member who shares their reports. Raises: Forbidden, NotFound."""
    found = own(uow, actor, cohort_id)
    member = repo.member(uow, cohort_id, user_id)
    if member is None or not member.share_reports or found.feedback_only:
        raise NotFound("report")
    return member


def override(
    uow: Uow,
    actor: Actor,
    cohort_id: str,
    user_id: str,
    session_id: str,
    *,
    question_order: int,
    score: int,
    reason: str,
) -> OverrideView:
    """A coach's own score for one answer, beside the model's; the learner is told.

    Raises: Forbidden, NotFound, FieldProblem.
    """
    report = shared_report(uow, actor, cohort_id, user_id, session_id)
    note(uow, actor, Action.SCORE_OVERRIDDEN, session_id)
    row = overrides.add(uow, actor, report, question_order=question_order, score=score, reason=reason)
    notifications.tell(uow, user_id, "override", row.id, {"sessionId": session_id})
    return OverrideView(question_order, score, row.model_score, row.reason, actor.name, uow.now)


def analytics(uow: Uow, actor: Actor, cohort_id: str, filters: Filters, *, with_heatmap: bool = True) -> Analytics:
    """The cohort's figures; of learners apart nothing where it is feedback-only. Raises: Forbidden, NotFound."""
    found = own(uow, actor, cohort_id)
    if filters.first and filters.last and filters.first > filters.last:
        raise FieldProblem("from", N_("The first day lies after the last."))
    return figures.analytics(uow, cohort_id, filters, with_learners=not found.feedback_only, with_heatmap=with_heatmap)


def questions(
    uow: Uow, actor: Actor, cohort_id: str, *, limit: int = 20, after: str | None = None
) -> list[QuestionQuality]:
    """How the questions do, by id. Raises: Forbidden, NotFound."""
    own(uow, actor, cohort_id)
    return figures.question_quality(uow, cohort_id, limit=limit, after=after)


def flagged_questions(uow: Uow, actor: Actor, cohort_id: str) -> list[QuestionQuality]:
    """Every question that should be looked at. Raises: Forbidden, NotFound."""
    own(uow, actor, cohort_id)
    return figures.flagged_questions(uow, cohort_id)


def own(uow: Uow, actor: Actor, cohort_id: str, *, hold: bool = False) -> Cohort:
    """A cohort the caller coaches, its row locked on request. Raises: Forbidden, NotFound."""
    require_coach(actor)
    found = repo.cohort_of(uow, cohort_id, coach_id=_coach_id(actor), hold=hold)
    if found is None:
        raise NotFound("cohort")
    return found


def learners_sharing_reports(coach: Actor | None) -> Select[str]:
    """Ids of learners who share reports with a coach, or with any; cohorts for feedback alone are left out."""
    return repo.sharing_reports(coach.user_id if coach else None)


def _coach_id(actor: Actor) -> str | None:
    return None if actor.role is Role.ADMIN else actor.user_id


def _name(name: str) -> str:
    words = " ".join(name.replace("\x00", "").split())
    if not 1 <= len(words) <= MAX_NAME_CHARS:
        raise FieldProblem("name", N_("1 to {limit} characters."), words={"limit": MAX_NAME_CHARS})
    return words


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _view(cohort: Cohort, members: int) -> CohortView:
    return CohortView(
        cohort.id, cohort.name, members, cohort.feedback_only, cohort.archived_at is not None, cohort.created_at
    )


def share_of(member: CohortMember) -> Share:
    return Share(member.share_scores, member.share_reports, member.share_audio)


def _membership(member: CohortMember, cohort: Cohort) -> Membership:
    return Membership(cohort.id, cohort.name, cohort.feedback_only, share_of(member), member.joined_at)
