"""Decisions about interviews: what may be chosen, what it costs, which state follows which."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from core.errors import FieldProblem
from core.i18n import N_, _
from core.interviews.catalogue import (
    FOCUS_AREAS,
    MAX_FOCUS_AREAS,
    MAX_MINUTES,
    MIN_FOCUS_AREAS,
    MIN_MINUTES,
    Difficulty,
    InterviewType,
    Mode,
)
from core.interviews.types import EndedBy, Patience, PriceLine, Pricing, SessionStatus, SetUp

LANGUAGES = ("en", "hi")
MAX_ROLE_CHARS = 120
MAX_DOCUMENT_CHARS = 30_000
MAX_ANSWER_CHARS = 8_000
EXTRA_TIMES = (0, 25, 50, 100)
"""Per cent."""
LONGEST_MINUTES = MAX_MINUTES + MAX_MINUTES * max(EXTRA_TIMES) // 100
MAX_ATTEMPTS = 5
"""Free redos end somewhere: a fifth attempt that fails is refunded instead."""
TYPED_GRACE = 1.25
"""Typed answers may run a quarter over the chosen time before no further question is asked."""

Status = SessionStatus
TRANSITIONS: Mapping[SessionStatus, frozenset[SessionStatus]] = {
    Status.AWAITING_PAYMENT: frozenset({Status.READY, Status.EXPIRED, Status.CANCELLED}),
    Status.READY: frozenset({Status.IN_PROGRESS, Status.EXPIRED, Status.CANCELLED, Status.FAILED}),
    Status.IN_PROGRESS: frozenset({Status.PROCESSING, Status.READY, Status.FAILED}),
    Status.PROCESSING: frozenset({Status.COMPLETED, Status.READY, Status.FAILED}),
    Status.COMPLETED: frozenset(),
    Status.EXPIRED: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
}


def may_follow(now: SessionStatus, then: SessionStatus) -> bool:
    return then in TRANSITIONS[now]


E_ = TypeVar("E_", bound=StrEnum)


def _choice(kind: type[E_], field: str, value: Any) -> E_:
    try:
        return kind(value)
    except ValueError as exc:
        raise FieldProblem(field, N_("Choose one of: {names}."), words={"names": ", ".join(kind)}) from exc


def _text(field: str, value: Any, limit: int) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise FieldProblem(field, N_("This must be text."))
    text = value.replace("\x00", "").strip()
    if len(text) > limit:
        raise FieldProblem(field, N_("At most {limit} characters."), words={"limit": limit})
    return text or None


def validate_setup(raw: Mapping[str, Any]) -> SetUp:
    """Check what was chosen. Keys are the fields of `SetUp`.

    Raises: FieldProblem naming the first field that cannot be taken.
    """
    kind = _choice(InterviewType, "type", raw.get("type"))
    minutes = raw.get("duration_minutes")
    if isinstance(minutes, bool) or not isinstance(minutes, int) or not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise FieldProblem(
            "durationMinutes",
            N_("Choose {least} to {most} minutes."),
            words={"least": MIN_MINUTES, "most": MAX_MINUTES},
        )
    language = raw.get("language") or "en"
    if language not in LANGUAGES:
        raise FieldProblem("language", N_("Choose one of: {names}."), words={"names": ", ".join(LANGUAGES)})
    extra_time = raw.get("extra_time") or 0
    if isinstance(extra_time, bool) or extra_time not in EXTRA_TIMES:
        raise FieldProblem(
            "extraTime", N_("Choose one of: {names}."), words={"names": ", ".join(map(str, EXTRA_TIMES))}
        )
    mode, study = _choice(Mode, "mode", raw.get("mode")), bool(raw.get("study"))
    if study and mode is not Mode.TEXT:
        raise FieldProblem("mode", N_("A study interview is typed: choose typing, or hold it for real."))
    return SetUp(
        type=kind,
        difficulty=_choice(Difficulty, "difficulty", raw.get("difficulty")),
        focus_areas=_focus_areas(kind, raw.get("focus_areas")),
        mode=mode,
        duration_minutes=minutes,
        language=language,
        role=_text("role", raw.get("role"), MAX_ROLE_CHARS),
        job_description=_text("jobDescription", raw.get("job_description"), MAX_DOCUMENT_CHARS),
        resume_text=_text("resumeText", raw.get("resume_text"), MAX_DOCUMENT_CHARS),
        patience=_choice(Patience, "patience", raw.get("patience") or Patience.NORMAL),
        extra_time=int(extra_time),
        study=study,
    )


def _focus_areas(kind: InterviewType, chosen: Any) -> tuple[str, ...]:
    if not isinstance(chosen, Sequence) or isinstance(chosen, str):
        raise FieldProblem("focusAreas", N_("Choose at least one focus area."))
    areas = tuple(dict.fromkeys(chosen))
    if not MIN_FOCUS_AREAS <= len(areas) <= MAX_FOCUS_AREAS:
        raise FieldProblem(
            "focusAreas",
            N_("Choose {least} to {most} focus areas."),
            words={"least": MIN_FOCUS_AREAS, "most": MAX_FOCUS_AREAS},
        )
    unknown = [str(area) for area in areas if area not in FOCUS_AREAS[kind]]
    if unknown:
        raise FieldProblem(
            "focusAreas", N_("Not a focus area of this type: {names}."), words={"names": ", ".join(unknown)[:200]}
        )
    return areas


_PLAN = N_("Question plan and scored report")
_BY_MODE = {Mode.VOICE: N_("Voice interview, {minutes} minutes"), Mode.TEXT: N_("Typed interview, {minutes} minutes")}


def shown_label(label: str) -> str:
    """A line of a price as the reader's language has it. Kept in English, with its figure."""
    figure = re.search(r"\d+", label)
    if figure is None:
        return _(label)
    return _(label.replace(figure.group(), "{minutes}", 1)).replace("{minutes}", figure.group())


def price_of(setup: SetUp, *, base: int, voice_minute: int, text_minute: int, currency: str) -> Pricing:
    """What an interview costs, in minor units: a base and so much a minute by mode."""
    minute = voice_minute if setup.mode is Mode.VOICE else text_minute
    words = _BY_MODE[setup.mode]
    lines = (
        PriceLine(label=_PLAN, amount=base),
        PriceLine(label=words.format(minutes=setup.duration_minutes), amount=minute * setup.duration_minutes),
    )
    return Pricing(amount=sum(line.amount for line in lines), currency=currency, lines=lines)


def seconds_left(started_at: datetime, now: datetime, *, minutes: int, used_before: int = 0) -> int:
    """What remains of the chosen time, never negative. `used_before` are the seconds of earlier attempts."""
    end = started_at + timedelta(minutes=minutes) - timedelta(seconds=used_before)
    return max(0, int((end - now).total_seconds()))


def is_redo(ended_by: EndedBy, *, asked: int, answered: int, unasked: int) -> bool:
    """Whether an attempt that ended is given back instead of being judged.

    A call in which no question was put delivered nothing, whatever ended it. A fault of ours or the provider's gives
    the interview back while questions are left to ask; a call that nobody could join, or that was left before anything
    was answered, always does. Silence to the end is an answer: it is reported as such.
    """
    if asked == 0 or ended_by is EndedBy.NEVER_CONNECTED:
        return True
    if ended_by is EndedBy.OUR_FAULT:
        return unasked > 0 or answered == 0
    return ended_by is EndedBy.CANDIDATE_LEFT and answered == 0
