"""Assignments: a coach gives them and sees who has done them; a learner sees what is asked."""

import streamlit as st

from core.cohorts import assignments
from core.cohorts.assignments import Assigned, Assignment, Progress
from core.cohorts.types import CohortView
from core.i18n import _, ngettext
from core.interviews.catalogue import FOCUS_AREAS, MAX_FOCUS_AREAS, Difficulty, InterviewType
from ui import routes, state, text, words
from ui.components import browse
from ui.components.note import note
from ui.guard import PageContext, foreseen
from ui.routes import Screen
from ui.text import plain

DAYS = (3, 7, 14, 28)
SHOWN = 10


def assigning(ctx: PageContext, seen: CohortView) -> None:
    """A coach's view: what is asked for, with who has done it, and the form for more."""
    visited = state.cursors(f"{seen.cohort_id}.assignments")
    given = browse.turned(
        visited, lambda cursor: ctx.read(assignments.progress, seen.cohort_id, limit=SHOWN, cursor=cursor)
    )
    if not given.items:
        st.markdown(
            _("Nothing is asked for yet. An assignment reaches every learner; who has done it shows by itself.")
        )
    for one in given.items:
        _given(ctx, seen, one)
    browse.turn_pages(visited, given.next_cursor, key="assignments")
    if not seen.archived:
        _new(ctx, seen)


def _given(ctx: PageContext, seen: CohortView, one: Progress) -> None:
    what = one.what
    with st.container(border=True, key=f"assignment-{what.assignment_id}", gap="xsmall"):
        st.markdown(f"**{described(what)}**")
        st.progress(one.done / one.of if one.of else 0.0, text=_("{done} of {of} learners have done it").format(
            done=one.done, of=one.of))  # fmt: skip
        note(_("Due {day}").format(day=text.day(what.due_at)))
        if not seen.feedback_only:
            _done_by(ctx, what)
        if st.button(_("Close"), key=f"close-{what.assignment_id}", type="tertiary", icon=":material/done_all:"):
            with foreseen("cohort"):
                ctx.read(assignments.close, what.cohort_id, what.assignment_id)
                st.rerun()


def _done_by(ctx: PageContext, what: Assignment) -> None:
    """Who has done it is read when it is opened: it is as long as the cohort."""
    opened = st.expander(
        _("Who has done it"), icon=":material/checklist:", key=f"done-by-{what.assignment_id}", on_change="rerun"
    )
    if not opened.open:
        return
    with opened, foreseen("cohort"):
        st.dataframe(
            [
                {
                    _("Learner"): doer.name,
                    _("Held"): _("not shared") if doer.held is None else f"{doer.held} / {what.attempts}",
                }
                for doer in ctx.read(assignments.done_by, what.cohort_id, what.assignment_id)
            ],
            hide_index=True,
        )


def _new(ctx: PageContext, seen: CohortView) -> None:
    with st.container(border=True, key="new-assignment"):
        st.markdown(f"**{_('Ask for practice')}**")
        with st.grid(2, min_column_width=200):
            kinds = list(InterviewType)
            kind = st.selectbox(_("Type"), kinds, format_func=words.TYPES.__getitem__, key=state.Key.ASSIGN_TYPE)
            level = st.selectbox(
                _("Difficulty"),
                list(Difficulty),
                index=None,
                placeholder=_("Any"),
                format_func=words.DIFFICULTIES.__getitem__,
                key=state.Key.ASSIGN_DIFFICULTY,
            )
        focus = st.multiselect(_("Focus areas"), FOCUS_AREAS[kind], format_func=words.area,
                               max_selections=MAX_FOCUS_AREAS, placeholder=_("Any"),
                               key=f"{state.Key.ASSIGN_FOCUS}.{kind}")  # fmt: skip
        with st.grid(2, min_column_width=200):
            attempts = st.number_input(_("Interviews"), 1, assignments.MAX_ATTEMPTS, 1, key=state.Key.ASSIGN_ATTEMPTS)
            days = st.selectbox(_("Due in (days)"), DAYS, index=1, key=state.Key.ASSIGN_DAYS)
        made = state.made(f"{seen.cohort_id}.assignments")
        # Each button assigns once: after it there is another, and a second click on the first reaches nothing.
        if st.button(_("Assign to all"), type="primary", icon=":material/assignment_add:", key=f"assign-{len(made)}"):
            with foreseen("cohort"):
                made.append(
                    ctx.read(assignments.assign, seen.cohort_id, type=kind, difficulty=level, focus=focus,
                             attempts=int(attempts), due_in_days=days)
                )  # fmt: skip
                st.rerun()


def described(what: Assignment) -> str:
    """An assignment in one line. The names of areas are the product's own words."""
    level = words.DIFFICULTIES[what.difficulty] if what.difficulty else _("any difficulty")
    count = ngettext("{count} interview", "{count} interviews", what.attempts).format(count=what.attempts)
    areas = ", ".join(words.area(area) for area in what.focus)
    return " · ".join(part for part in (words.TYPES[what.type], level, areas, count) if part)


def assigned(ctx: PageContext) -> None:
    """A learner's view: what coaches ask for. Draws nothing where nothing is asked."""
    visited = state.cursors("assigned")
    asked = browse.turned(visited, lambda cursor: ctx.read(assignments.assigned_to_me, limit=SHOWN, cursor=cursor))
    if not asked.items:
        return
    st.subheader(_("Your coach asks for"), anchor=False)
    for one in asked.items:
        _asked(one)
    browse.turn_pages(visited, asked.next_cursor, key="assigned", by_age=False)


def _asked(one: Assigned) -> None:
    what = one.what
    with st.container(border=True, key=f"asked-{what.assignment_id}", gap="xsmall"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown(f"**{described(what)}**")
            if one.done:
                st.badge(_("Done"), icon=":material/check:", color="green")
        held = _("{held} of {attempts} held").format(held=min(one.held, what.attempts), attempts=what.attempts)
        note(f"{plain(what.cohort)} · {_('due {day}').format(day=text.day(what.due_at))} · {held}")
        if not one.done:
            chosen = {state.Key.TYPE: what.type.value}
            if what.difficulty:
                chosen[state.Key.DIFFICULTY] = what.difficulty.value
            routes.link(Screen.SETUP, _("Start one"), icon=":material/play_arrow:",
                        **{str(key): value for key, value in chosen.items()})  # fmt: skip
