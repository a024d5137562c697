"""Everything the product holds of a person, in one file that they can take along."""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.accounts import service as accounts
from core.accounts.types import Actor
from core.analytics import service as analytics
from core.cohorts import remarks
from core.cohorts import service as cohorts
from core.db import Uow
from core.errors import NotFound
from core.interviews import service as interviews
from core.interviews.erasure import recordings_prefix
from core.interviews.preferences import draft, pace
from core.notifications import service as notifications
from core.paging import MAX_LIMIT, Page
from core.payments import service as payments
from core.privacy.audit import Action, note
from core.privacy.processors import processed
from core.reports import retrying
from core.reports.pdf import report_pdf
from core.reports.service import kept_of, report_of

if TYPE_CHECKING:
    from core.wiring import Greenroom

READ_ME = """Everything Greenroom holds of you.

account.json          who you are here, how you want to be told, which cohorts you belong to, what coaches noted,
                      who worked on your data
statistics.json       your figures
payments.json         what you paid and what came back
notifications.json    what you were told
interviews/<id>/      each interview: what was chosen, what was said, the report (JSON and PDF) with what its judges
                      said, reports that stood before, reviews, corrections, new answers, recordings
"""


def write_export(greenroom: "Greenroom", actor: Actor, file: Path) -> None:
    """Write the archive of the caller's data. One interview is held in memory at a time."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", READ_ME)
        with greenroom.uow() as uow:
            _put(archive, "account.json", _account(uow, actor))
            _put(archive, "statistics.json", asdict(analytics.statistics(uow, actor)))
            _put(archive, "payments.json", [asdict(item) for item in _all(uow, actor, payments.payments_page)])
            _put(archive, "notifications.json", [asdict(item) for item in _all(uow, actor, notifications.inbox)])
            session_ids = [item.session_id for item in _all(uow, actor, interviews.history)]
        for session_id in session_ids:
            _interview(greenroom, actor, session_id, archive)
    with greenroom.uow() as uow:
        note(uow, actor, Action.DATA_EXPORTED, actor.user_id)


def _account(uow: Uow, actor: Actor) -> dict[str, Any]:
    return {
        "userId": actor.user_id,
        "username": actor.username,
        "name": actor.name,
        "email": accounts.email_of(uow, actor.user_id),
        "role": actor.role,
        "preferences": asdict(notifications.preferences(uow, actor)),
        "memberships": [asdict(membership) for membership in cohorts.memberships(uow, actor)],
        "pace": asdict(pace(uow, actor)),
        "setUpNotSent": asdict(draft(uow, actor)),
        "processors": [asdict(one) for one in processed(uow, actor)],
        "notesOfCoaches": [asdict(one) for one in remarks.notes_about(uow, actor)],
    }


def _all(uow: Uow, actor: Actor, page_of: Any) -> Iterator[Any]:
    cursor: str | None = None
    while True:
        page: Page[Any] = page_of(uow, actor, limit=MAX_LIMIT, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _interview(greenroom: "Greenroom", actor: Actor, session_id: str, archive: zipfile.ZipFile) -> None:
    folder = f"interviews/{session_id}"
    with greenroom.uow() as uow:
        try:
            view = interviews.session_view(uow, actor, session_id)
        except NotFound:
            return  # deleted since the list was read
        documents = interviews.documents_of(uow, actor, session_id)
        said = interviews.said_so_far(uow, actor, session_id)
        report = report_of(uow, actor.user_id, session_id)
        tries = retrying.retries(uow, actor, session_id)
        kept = kept_of(uow, actor, session_id)
    _put(archive, f"{folder}/interview.json", {**asdict(view), **documents})
    _put(archive, f"{folder}/transcript.json", [segment.model_dump() for segment in said])
    if tries:
        _put(archive, f"{folder}/new-answers.json", [asdict(one) for one in tries])
    for name, value in kept.items():
        _put(archive, f"{folder}/{name}.json", value)
    if report is not None:
        _put(archive, f"{folder}/report.json", report)
        archive.writestr(f"{folder}/report.pdf", report_pdf(report, candidate_name=actor.name, study=view.study))
    for key in greenroom.objects.list(recordings_prefix(session_id)):
        archive.writestr(f"{folder}/recording-{Path(key).name}.wav", greenroom.objects.get(key))


def _put(archive: zipfile.ZipFile, name: str, value: Any) -> None:
    archive.writestr(name, json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    raise TypeError(f"{type(value).__name__} is not known to the export")
