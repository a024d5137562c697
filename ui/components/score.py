"""The score with its range, how it comes about, what it rests on, and how it spreads over the competencies."""

from collections.abc import Mapping

import streamlit as st

from core.i18n import N_, _, ngettext
from core.reports.types import Report
from ui import charts, words
from ui.components.note import note
from ui.text import plain

TOO_LITTLE: Mapping[str, str] = {
    "nothing_asked": N_("No question of the plan was asked, so there is nothing to judge."),
    "silence": N_("Nothing was said that could be judged."),
    "one_answer": N_("Only one question was answered. One answer says too little about an interview."),
    "few_words": N_("The answers are too short to judge: a few words each."),
    "unintelligible": N_("The recording was too poor to make out what you said."),
}
NOT_COUNTED = N_("This interview does not count in your averages and trends.")


def is_estimate(report: Report) -> bool:
    """Whether the rubric engine judged alone: its level is rough, so words stand where numbers would."""
    return report.scored_by.engine == "rubric"


def score_display(report: Report) -> None:
    """The overall score as a range, the band alone where it is an estimate, or the plain word that there is none."""
    low, high = report.confidence.interval or (None, None)
    with st.container(border=True, key="score"):
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
            st.metric(_("Overall score"), _headline(report), width="content")
            if report.band and not is_estimate(report):
                st.badge(words.band(report.band), color="blue")
        if report.overall_score is not None and low is not None and high is not None:
            charts.score_range(report.overall_score, low, high, key="score-range", marked=not is_estimate(report))
            st.markdown(_in_words(report, low, high))
        if report.too_little:
            st.markdown(f"{_(TOO_LITTLE[report.too_little])} {_(NOT_COUNTED)}")
        if report.score_with_overrides is not None and not is_estimate(report):
            st.markdown(
                _("With the scores that people have set: **{score}**.").format(score=report.score_with_overrides)
            )
        st.markdown(_rests_on(report))
        if report.arithmetic:
            _why(report)


def _headline(report: Report) -> str:
    low, high = report.confidence.interval or (None, None)
    if is_estimate(report) and report.band:
        return f"{words.band(report.band)} ({low}{words.TO}{high})"
    return words.score(report.overall_score, low, high)


def _in_words(report: Report, low: int, high: int) -> str:
    if is_estimate(report):
        return _(
            "An estimate from the key points alone: somewhere between {low} and {high} of 100. It orders answers well; "
            "how high it puts them is rough, so it names a band and no number."
        ).format(low=low, high=high)
    return _(
        "The score is {score} of 100; repeated on another day it would most likely fall between {low} and {high}."
    ).format(score=report.overall_score, low=low, high=high)


def _why(report: Report) -> None:
    """The sum behind the score: every number can be gone over again."""
    made = report.arithmetic
    if made is None:
        return
    label = _("How this comes about") if is_estimate(report) else _("Why {score}?").format(score=report.overall_score)
    with st.popover(label, icon=":material/calculate:"):
        asked = [q for q in report.questions if q.asked]
        for question in asked:
            st.markdown(f"{question.order}. {words.area(question.competency)}: **{question.score}**")
        st.markdown(
            _("{total} points over {count} questions that were asked: {mean}.").format(
                total=made.total, count=made.count, mean=f"{made.mean:g}"
            )
        )
        note(_("Each question's own sum stands with the question. A question that was never asked does not count."))


def first_thing(report: Report) -> None:
    """The one thing to work on before all others."""
    if report.one_thing_first:
        with st.container(border=True, key="first-thing"):
            st.markdown(f"**:material/flag: {_('Fix this first')}**")
            st.markdown(plain(report.one_thing_first))


def breakdown(report: Report) -> None:
    """Scores by competency with their ranges; those that could not be judged are named, not drawn as nothing."""
    parts = {
        name: (part.score, *(part.interval or (part.score, part.score)))
        for name, part in report.score_breakdown.items()
        if part.score is not None
    }
    silent = [words.area(name) for name, part in report.score_breakdown.items() if part.score is None]
    if not parts:
        return
    st.subheader(_("By competency"), anchor=False)
    charts.competency_ranges(parts, key="competencies", marked=not is_estimate(report))
    note(_("The bar is the range. A topic with one question has a wide one: read it as a direction."))
    if silent:
        note(_("Not enough to judge: {names}.").format(names=", ".join(silent)))


def cautions(report: Report) -> None:
    """What a reader should know before trusting the number, and who produced it."""
    for name in report.flags:
        if name == "not_enough_evidence" and report.too_little:
            continue
        st.info(words.flag(name), icon=":material/info:")


def _rests_on(report: Report) -> str:
    coverage = report.coverage
    asked = ngettext("{count} question asked", "{count} questions asked", coverage.asked).format(count=coverage.asked)
    return _(
        "It rests on {asked}, {answered} answered, of {planned} planned. Accent, pace and fillers do not count."
    ).format(asked=asked, answered=coverage.answered, planned=coverage.planned)
