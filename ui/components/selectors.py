"""Choosing an interview. What is chosen stands in the address, so a reload or another node keeps it."""

import streamlit as st

from core.i18n import _
from core.interviews.catalogue import (
    FOCUS_AREAS,
    MAX_FOCUS_AREAS,
    MAX_MINUTES,
    MIN_MINUTES,
    Difficulty,
    InterviewType,
    Mode,
    question_count,
)
from core.interviews.rules import EXTRA_TIMES, LANGUAGES
from core.interviews.types import Patience
from ui import words
from ui.components import choices
from ui.components.note import note
from ui.state import Key, focus_key

DEFAULT_MINUTES = 20
PURPOSES = ("real", "study")
MINUTES_STEP = 5


def type_selector() -> InterviewType:
    kind = choices.pills(
        _("Type of interview"),
        list(InterviewType),
        named=words.TYPES.__getitem__,
        default=InterviewType.BEHAVIORAL,
        key=Key.TYPE,
    )
    note(f"{words.TYPE_ICONS[kind]} {words.TYPE_HINTS[kind]}")
    return kind


def difficulty_selector() -> Difficulty:
    return choices.segments(
        _("Difficulty"),
        list(Difficulty),
        named=words.DIFFICULTIES.__getitem__,
        default=Difficulty.MEDIUM,
        key=Key.DIFFICULTY,
    )


def focus_selector(kind: InterviewType) -> list[str]:
    """One to five areas of this type; which ones are too many is said by the rules, not here."""
    label = _("Focus areas (1 to {max_focus_areas})").format(max_focus_areas=MAX_FOCUS_AREAS)
    return choices.several(label, FOCUS_AREAS[kind], named=words.area, key=focus_key(kind))


def mode_selector() -> Mode:
    mode = choices.segments(
        _("How you answer"), list(Mode), named=words.MODES.__getitem__, default=Mode.VOICE, key=Key.MODE
    )
    note(f"{words.MODE_ICONS[mode]} {words.MODE_HINTS[mode]}")
    return mode


def study_selector(mode: Mode) -> bool:
    """Whether it is for study, which is offered where answers are typed; a call is always real."""
    if mode is not Mode.TEXT:
        return False
    purpose = choices.segments(
        _("Real or study"), PURPOSES, named=words.PURPOSES.__getitem__, default="real", key=Key.PURPOSE
    )
    note(words.PURPOSE_HINTS[purpose])
    return purpose == "study"


def length_selector() -> int:
    chosen = st.number_input(
        _("Length in minutes"),
        MIN_MINUTES,
        MAX_MINUTES,
        DEFAULT_MINUTES,
        MINUTES_STEP,
        key=Key.MINUTES,
        bind="query-params",
    )
    note(_("Time for {questions}, with follow-ups.").format(questions=words.questions(question_count(chosen))))
    return int(chosen)


def language_selector() -> str:
    chosen: str = st.selectbox(
        _("Language of the interview"), list(LANGUAGES), format_func=words.LANGUAGES.__getitem__, key=Key.LANGUAGE
    )
    return chosen


def patience_selector(default: Patience = Patience.NORMAL) -> Patience:
    return choices.segments(
        _("Time to think before an answer counts as finished"),
        list(Patience),
        named=words.PATIENCE.__getitem__,
        default=default,
        key=Key.PATIENCE,
    )


def extra_time_selector(default: int = 0) -> int:
    chosen: int = st.selectbox(
        _("Extra time"),
        list(EXTRA_TIMES),
        index=EXTRA_TIMES.index(default),
        format_func=words.extra_time,
        key=Key.EXTRA_TIME,
        bind="query-params",
    )
    return chosen
