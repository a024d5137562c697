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
from ui.components.note import note
from ui.state import Key, focus_key

DEFAULT_MINUTES = 20
MINUTES_STEP = 5


def type_selector() -> InterviewType:
    chosen = st.pills(
        _("Type of interview"),
        list(InterviewType),
        format_func=words.TYPES.__getitem__,
        default=InterviewType.BEHAVIORAL,
        required=True,
        key=Key.TYPE,
        bind="query-params",
    )
    kind = InterviewType(chosen or InterviewType.BEHAVIORAL)
    note(f"{words.TYPE_ICONS[kind]} {words.TYPE_HINTS[kind]}")
    return kind


def difficulty_selector() -> Difficulty:
    chosen = st.segmented_control(
        _("Difficulty"),
        list(Difficulty),
        format_func=words.DIFFICULTIES.__getitem__,
        default=Difficulty.MEDIUM,
        required=True,
        key=Key.DIFFICULTY,
        bind="query-params",
    )
    return Difficulty(chosen or Difficulty.MEDIUM)


def focus_selector(kind: InterviewType) -> list[str]:
    """One to five areas of this type; which ones are too many is said by the rules, not here."""
    chosen = st.pills(
        _("Focus areas (1 to {max_focus_areas})").format(max_focus_areas=MAX_FOCUS_AREAS),
        list(FOCUS_AREAS[kind]),
        format_func=words.area,
        selection_mode="multi",
        key=focus_key(kind),
        bind="query-params",
    )
    return list(chosen)


def mode_selector() -> Mode:
    chosen = st.segmented_control(
        _("How you answer"),
        list(Mode),
        format_func=words.MODES.__getitem__,
        default=Mode.VOICE,
        required=True,
        key=Key.MODE,
        bind="query-params",
    )
    mode = Mode(chosen or Mode.VOICE)
    note(f"{words.MODE_ICONS[mode]} {words.MODE_HINTS[mode]}")
    return mode


def length_selector() -> int:
    chosen = st.slider(
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
    chosen = st.segmented_control(
        _("Time to think before an answer counts as finished"),
        list(Patience),
        format_func=words.PATIENCE.__getitem__,
        default=default,
        required=True,
        key=Key.PATIENCE,
        bind="query-params",
    )
    return Patience(chosen or default)


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
