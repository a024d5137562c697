"""The reviewers' screen: what waits, and one answer after the other to be rated."""

import streamlit as st

from core.i18n import N_, _
from core.reports import reviews
from core.reports.reviews import MAX_WORDS_CHARS, Case, CaseQuestion, QueueItem
from core.reports.states import ReviewKind
from ui import state, text
from ui.components import browse
from ui.components.note import note
from ui.guard import PageContext, foreseen
from ui.text import plain

KINDS = {
    ReviewKind.REQUESTED: (N_("Asked for by the learner"), ":material/person_raised_hand:"),
    ReviewKind.SAMPLE: (N_("Weekly sample"), ":material/casino:"),
}
SHOWN = 20


def waiting(ctx: PageContext) -> None:
    """The queue, oldest first."""
    visited = state.cursors("reviews")
    page = browse.turned(visited, lambda cursor: ctx.read(reviews.queue, limit=SHOWN, cursor=cursor))
    if not page.items:
        with st.container(border=True, key="nothing-waits"):
            st.markdown(f"**:material/task_alt: {_('Nothing waits for you.')}**")
            st.markdown(
                _("Requests of learners who share their reports with you come here, and each week a small sample.")
            )
        return
    for item in page.items:
        _row(item)
    browse.turn_pages(visited, page.next_cursor, key="reviews", by_age=False)


def _row(item: QueueItem) -> None:
    label, icon = KINDS[item.kind]
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute",
        key=f"waits-{item.review_id}",
    ):  # fmt: skip
        st.markdown(f"{icon} **{_(label)}** · {text.day(item.asked_at)}")
        st.button(
            _("Review"), key=f"open-{item.review_id}", icon=":material/rate_review:", on_click=_open,
            args=(item.review_id,),
        )  # fmt: skip


def _open(review_id: str) -> None:
    """The address names the review, so that a reload comes back to it.

    A link to the page one is on would change what is drawn and leave the address: the next click would be elsewhere.
    """
    st.query_params["review"] = review_id


def _close() -> None:
    st.query_params.pop("review", None)


def case(ctx: PageContext, review_id: str) -> None:
    """One review: everything on one form, sent once."""
    shown = ctx.read(reviews.case, review_id)
    label, icon = KINDS[shown.kind]
    st.markdown(f"{icon} **{_(label)}** · {text.day(shown.asked_at)}")
    if shown.note:
        with st.container(border=True, key="learners-words"):
            st.markdown(f"**{_('What the learner says')}**")
            st.text(shown.note)
    if shown.kind is ReviewKind.SAMPLE:
        note(_("The judges' scores are hidden until you have given yours, and the learner's report does not change."))
    _form(ctx, shown)
    st.button(_("Back to the queue"), icon=":material/arrow_back:", type="tertiary", on_click=_close)


def _form(ctx: PageContext, shown: Case) -> None:
    with st.form("review", border=False):
        ratings = {q.order: given for q in shown.questions if (given := _rating(q)) is not None}
        remark = st.text_area(_("Your remark"), max_chars=MAX_WORDS_CHARS, help=_("The learner reads it."))
        if st.form_submit_button(_("Finish the review"), type="primary", icon=":material/task_alt:"):
            with foreseen("review"):
                ctx.read(reviews.finish, shown.review_id, ratings=ratings, remark=remark)
                _close()
                st.rerun()


def _wanted(point: str, essential: bool) -> str:
    """A line of a list; what must not be missing is marked."""
    mark = f" · **{_('essential')}**" if essential else ""
    return f"- {plain(point)}{mark}"


def _rating(question: CaseQuestion) -> int | None:
    with st.container(border=True, key=f"rate-{question.order}"):
        st.markdown(f"**{question.order}. {plain(question.text)}**")
        st.markdown(f"**{_('What a good answer says')}**")
        st.markdown("\n".join(_wanted(point, essential) for point, essential in question.key_points))
        st.markdown(f"**{_('The answer')}**")
        st.text(question.answer or _("No answer"))
        if question.score is not None:
            note(_("The judges' score: {score}").format(score=question.score))
        given = st.number_input(
            _("Your score for question {number}").format(number=question.order), 0, 100, None, step=1,
            placeholder=_("0 to 100"),
        )  # fmt: skip
        return None if given is None else int(given)
