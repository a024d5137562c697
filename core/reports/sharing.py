"""Showing a report to somebody without an account: a link that ends, that its owner can end, and that is read only.

Only the hash of a link's token is kept. What is shown is the report alone: no recording, no transcript, no name.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from core.accounts.types import Actor
from core.db import Uow
from core.errors import FieldProblem, NotFound
from core.i18n import N_
from core.ids import new_id
from core.interviews import service as interviews
from core.interviews.models import InterviewSession
from core.reports import repo
from core.reports.models import ReportLink
from core.reports.overrides import with_overrides

MAX_DAYS = 90
MAX_LINKS = 10


@dataclass(frozen=True)
class Link:
    link_id: str
    created_at: datetime
    expires_at: datetime


def share(uow: Uow, actor: Actor, session_id: str, *, days: int) -> tuple[Link, str]:
    """A new link to the caller's report, and its token, which is not to be had again.

    Raises: NotFound (no such interview, or no report yet), FieldProblem.
    """
    interviews.own(uow, actor, session_id)
    if repo.of_session(uow, session_id) is None:
        raise NotFound("report")
    if not 1 <= days <= MAX_DAYS:
        raise FieldProblem("days", N_("Choose {least} to {most} days."), words={"least": 1, "most": MAX_DAYS})
    if len(links(uow, actor, session_id)) >= MAX_LINKS:
        raise FieldProblem(
            "days", N_("End one of the links first: at most {limit} at once."), words={"limit": MAX_LINKS}
        )
    token = secrets.token_urlsafe(32)
    row = ReportLink(
        id=new_id("shr"),
        session_id=session_id,
        token_hash=_hash(token),
        created_at=uow.now,
        expires_at=uow.now + timedelta(days=days),
    )
    uow.session.add(row)
    uow.session.flush()
    return Link(row.id, row.created_at, row.expires_at), token


def links(uow: Uow, actor: Actor, session_id: str) -> Sequence[Link]:
    """The links to the caller's report that still open it, oldest first. Raises: NotFound."""
    interviews.own(uow, actor, session_id)
    query = (
        select(ReportLink)
        .where(ReportLink.session_id == session_id, ReportLink.expires_at > uow.now)
        .order_by(ReportLink.id)
    )
    return [Link(row.id, row.created_at, row.expires_at) for row in uow.session.scalars(query)]


def end(uow: Uow, actor: Actor, session_id: str, link_id: str) -> None:
    """From now on this link opens nothing. Safe to repeat. Raises: NotFound."""
    interviews.own(uow, actor, session_id)
    uow.session.execute(delete(ReportLink).where(ReportLink.id == link_id, ReportLink.session_id == session_id))


def shared(uow: Uow, token: str) -> dict[str, Any]:
    """The report that a link opens. Raises: NotFound for one that is unknown or has ended: the two read the same."""
    query = select(ReportLink.session_id).where(ReportLink.token_hash == _hash(token), ReportLink.expires_at > uow.now)
    session_id = uow.session.scalar(query)
    row = repo.of_session(uow, session_id) if session_id else None
    if row is None:
        raise NotFound("report")
    return with_overrides(uow, row.report_json)


def is_of_study(uow: Uow, token: str) -> bool:
    """Whether the answers of the report that a link opens were given with help; False where it opens none."""
    query = select(InterviewSession.study).join(ReportLink, ReportLink.session_id == InterviewSession.id)
    query = query.where(ReportLink.token_hash == _hash(token), ReportLink.expires_at > uow.now)
    return bool(uow.session.scalar(query))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
