"""What somebody wants of every interview, and the set-up they have not sent yet."""

import json
from dataclasses import asdict, dataclass

from core.accounts.types import Actor
from core.db import Uow
from core.errors import FieldProblem
from core.i18n import N_
from core.interviews.models import InterviewPreference
from core.interviews.rules import EXTRA_TIMES
from core.interviews.types import Patience


@dataclass(frozen=True)
class Pace:
    """How much time somebody wants; neither lowers a score or raises a price."""

    patience: Patience = Patience.NORMAL
    extra_time: int = 0
    """Per cent on top of the chosen time."""


@dataclass(frozen=True)
class SetUpDraft:
    """The words of a set-up, which no address should hold. What is chosen by a click stands in the address."""

    role: str = ""
    language: str = "en"
    resume_text: str = ""
    job_description: str = ""


def pace(uow: Uow, actor: Actor) -> Pace:
    row = uow.session.get(InterviewPreference, actor.user_id)
    return Pace(row.patience, row.extra_time) if row else Pace()


def choose_pace(uow: Uow, actor: Actor, wanted: Pace) -> None:
    """What new interviews begin with. Raises: FieldProblem."""
    if wanted.extra_time not in EXTRA_TIMES:
        raise FieldProblem(
            "extraTime", N_("Choose one of: {names}."), words={"names": ", ".join(map(str, EXTRA_TIMES))}
        )
    row = _row(uow, actor)
    row.patience, row.extra_time, row.updated_at = wanted.patience, wanted.extra_time, uow.now


def draft(uow: Uow, actor: Actor) -> SetUpDraft:
    row = uow.session.get(InterviewPreference, actor.user_id)
    return SetUpDraft(**json.loads(row.draft)) if row and row.draft else SetUpDraft()


def keep_draft(uow: Uow, actor: Actor, words: SetUpDraft) -> None:
    """Keep what stands in the form; nothing but defaults keeps nothing."""
    row = _row(uow, actor)
    row.draft = None if words == SetUpDraft() else json.dumps(asdict(words), ensure_ascii=False)
    row.updated_at = uow.now


def _row(uow: Uow, actor: Actor) -> InterviewPreference:
    row = uow.session.get(InterviewPreference, actor.user_id, with_for_update=True)
    if row is None:
        row = InterviewPreference(
            id=actor.user_id,
            user_id=actor.user_id,
            patience=Patience.NORMAL,
            extra_time=0,
            updated_at=uow.now,
        )
        uow.session.add(row)
        uow.session.flush()
    return row
