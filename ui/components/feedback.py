"""Every question with its score and the sum behind it, what was covered, and what a better answer says."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.i18n import N_, _
from core.reports.types import Arithmetic, CriterionLevel, Override, PointCovered, QuestionReport
from ui import text, words
from ui.components.listening import Listening
from ui.components.note import note
from ui.text import plain, shortened

SUMMANDS: Mapping[str, str] = {
    "keyPoints": N_("key points"),
    "levels": N_("levels of the five criteria"),
    "star": N_("parts of the story"),
}
VERDICT_COLORS: Mapping[str, words.BadgeColor] = {
    "covered": "green",
    "partial": "orange",
    "missing": "gray",
    "contradicted": "red",
}


def feedback_list(
    questions: Sequence[QuestionReport], *, bands: bool = False, listening: Listening | None = None
) -> None:
    """All questions in order. `bands`: the scores are estimates, so that words stand in their place."""
    st.subheader(_("Question by question"), anchor=False)
    for question in questions:
        label = f"{question.order}. {plain(shortened(question.text))} · **{_mark(question, bands=bands)}**"
        with st.expander(label, key=f"question-{question.order}"):
            _question(question, bands=bands, listening=listening)


def _mark(question: QuestionReport, *, bands: bool) -> str:
    if not question.asked:
        return _("Not asked")
    if not question.answer:
        return _("Not answered")
    return words.band(question.band) if bands else words.score(question.score)


def quoted(words_said: str) -> str:
    """The candidate's own words as an item of a Markdown list (a block quote would be too pale to read)."""
    return f"- :material/format_quote: \u201c{plain(words_said)}\u201d"


def _question(question: QuestionReport, *, bands: bool, listening: Listening | None) -> None:
    st.text(question.text)
    if question.override:
        _override(question.override)
    if not question.asked:
        st.markdown(_("The interview ended before this question. It does not count."))
        return
    st.markdown(f"**{_('Feedback')}.** {plain(question.feedback)}")
    if question.key_points:
        st.markdown(f"**{_('What a good answer says')}**")
        for point in question.key_points:
            _point(point)
    if question.criteria:
        st.markdown(f"**{_('How it was answered')}**")
        st.markdown("\n".join(_criterion(criterion) for criterion in question.criteria))
    if question.arithmetic and not bands:
        _why(question, question.arithmetic)
    _answers(question, listening)


def _answers(question: QuestionReport, listening: Listening | None) -> None:
    """Both side by side where there is room: what was said, and what would have been better."""
    with st.grid(2, min_column_width=260):
        if question.answer:
            with st.container(border=True, height="stretch", key=f"said-{question.order}"):
                st.markdown(f"**{_('What you said')}**")
                st.text(question.answer)
                _listen(question, listening)
        if question.better_answer:
            with st.container(border=True, height="stretch", key=f"better-{question.order}"):
                st.markdown(f"**:material/auto_awesome: {_('A better answer')}**")
                st.text(question.better_answer)


def _listen(question: QuestionReport, listening: Listening | None) -> None:
    """A button for the answer, and for each further turn that a quote was taken from."""
    begins = question.answer_at
    moments = {begins.turn_id: begins.start_ms} if begins else {}
    moments.update({e.turn_id: e.start_ms for e in question.evidence if e.turn_id})
    for turn_id, start_ms in moments.items():
        if listening is not None:
            listening.button(turn_id, start_ms, key=f"answer-{question.order}-{turn_id}")


def _point(point: PointCovered) -> None:
    icon, verdict = words.VERDICTS[point.verdict]
    essential = f" · **{_('essential')}**" if point.must_have else ""
    proof = f"\n\n{quoted(point.quote)}" if point.quote else ""
    color = VERDICT_COLORS[point.verdict]
    st.markdown(f":{color}-badge[{icon} {_(verdict)}] {plain(point.text)}{essential}{proof}")


def _criterion(criterion: CriterionLevel) -> str:
    """A line of a list."""
    said = _("{level} ({number} of 4).").format(level=_(words.LEVELS[criterion.level]), number=criterion.level)
    return f"- **{words.criterion(criterion.criterion)}**, {said} {plain(criterion.observation)}"


def _why(question: QuestionReport, made: Arithmetic) -> None:
    """The sum as it was computed from the judgement that is kept."""
    with st.popover(_("Why {score}?").format(score=question.score), icon=":material/calculate:"):
        if not made.parts:
            st.markdown(_("There was no answer to judge: that counts as 0."))
            return
        for part in made.parts:
            st.markdown(
                _("{what}: {share} % of what could be had × {weight} = **{points}**").format(
                    what=_(SUMMANDS[part.name]),
                    share=f"{100 * part.share:.0f}",
                    weight=f"{part.weight:g}",
                    points=f"{part.points:g}",
                )
            )
        st.markdown(_("Together: **{sum}**, rounded.").format(sum=f"{made.sum:g}"))
        if made.capped_at is not None:
            st.markdown(_("Something essential is missing, so it stops at **{cap}**.").format(cap=made.capped_at))
        if question.second_score is not None:
            note(_("The second judge, which only counts key points, comes to {score}.").format(
                score=question.second_score
            ))  # fmt: skip


def _override(override: Override) -> None:
    st.info(
        _("{who} set this score to {score} on {day}: {reason}").format(
            who=plain(override.by), score=override.score, day=text.day(override.at), reason=plain(override.reason)
        ),
        icon=":material/edit_note:",
    )
