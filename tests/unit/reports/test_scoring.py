"""Every number is computed: bounded, monotone in each verdict, and the whole is made of its parts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.interviews.catalogue import Difficulty, InterviewType
from core.interviews.questions import Anchors, KeyPoint, Question
from core.reports.judgement import CRITERIA, CriterionJudgement, Judgement, PointJudgement, Verdict
from core.reports.quotes import VerifiedQuote
from core.reports.scoring import (
    MUST_HAVE_CAP,
    WORTH,
    Scored,
    VerifiedCriterion,
    VerifiedJudgement,
    VerifiedPoint,
    overall,
    question_score,
    question_sum,
    verify,
    widening,
)
from core.reports.segments import Turn

ANCHORS = Anchors(
    low="Names nothing of substance at all.", medium="Names one thing and no reason.", high="Names all with reasons."
)
QUOTE = VerifiedQuote("words that were said here", "t1", None)


def question(kind: InterviewType = InterviewType.TECHNICAL, *, must_have: bool = False) -> Question:
    points = tuple(
        KeyPoint.model_validate({"text": f"point {at}", "weight": 1 + at % 3, "must_have": must_have and at == 0})
        for at in range(4)
    )
    return Question(
        id="q1", type=kind, competency="databases", difficulty=Difficulty.MEDIUM,
        text="What makes a query slow in production?", key_points=points, anchors=ANCHORS, expected_seconds=60,
    )  # fmt: skip


def judged(verdicts: list[Verdict], levels: list[int], star: str | None = None) -> VerifiedJudgement:
    return VerifiedJudgement(
        "q1",
        tuple(VerifiedPoint(f"k{i + 1}", v, QUOTE) for i, v in enumerate(verdicts)),
        tuple(VerifiedCriterion(name, level, "", QUOTE) for name, level in zip(CRITERIA, levels, strict=True)),
        None if star is None else {part: QUOTE if part in star else None for part in "star"},
        (),
    )


VERDICTS = st.lists(st.sampled_from(Verdict), min_size=4, max_size=4)
LEVELS = st.lists(st.integers(0, 4), min_size=5, max_size=5)
KINDS = st.sampled_from(InterviewType)
STARS = st.one_of(st.none(), st.sampled_from(["", "a", "sa", "ar", "star"]))


@given(VERDICTS, LEVELS, KINDS, STARS, st.booleans())
@settings(max_examples=5000, deadline=None)
def test_a_score_is_bounded_and_rises_with_each_better_verdict(verdicts, levels, kind, star, must_have):
    asked = question(kind, must_have=must_have)
    score = question_score(judged(verdicts, levels, star), asked, answered=True)
    assert 0 <= score <= 100
    order = sorted(Verdict, key=lambda v: WORTH[v])
    for at, verdict in enumerate(verdicts):
        better = [*verdicts[:at], order[min(3, order.index(verdict) + 1)], *verdicts[at + 1 :]]
        assert question_score(judged(better, levels, star), asked, answered=True) >= score
    for at, level in enumerate(levels):
        higher = [*levels[:at], min(4, level + 1), *levels[at + 1 :]]
        assert question_score(judged(verdicts, higher, star), asked, answered=True) >= score


@pytest.mark.parametrize(
    ("verdicts", "levels", "expected"),
    [
        ([Verdict.COVERED] * 4, [4] * 5, 100),
        ([Verdict.MISSING] * 4, [0] * 5, 0),
        ([Verdict.CONTRADICTED] * 4, [0] * 5, 0),
        ([Verdict.PARTIAL] * 4, [2] * 5, 50),
    ],
)
def test_known_scores(verdicts, levels, expected):
    assert question_score(judged(verdicts, levels), question(), answered=True) == expected


def test_a_missing_must_have_caps_the_score():
    verdicts = [Verdict.MISSING, Verdict.COVERED, Verdict.COVERED, Verdict.COVERED]
    assert question_score(judged(verdicts, [4] * 5), question(must_have=True), answered=True) == 100 * MUST_HAVE_CAP


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize(
    ("quote", "holds"),
    [("an index never costs anything at all", True), ("I would drop every index there is", False), (None, False)],
)
def test_a_verdict_counts_only_with_words_that_were_said(verdict: Verdict, quote: str | None, holds: bool):
    judgement = Judgement(
        question_id="q1", answer_summary="", star=None, errors=[], flags=[], confidence="high",
        key_points=[PointJudgement(id=f"k{at}", quote=quote, verdict=verdict) for at in range(1, 5)],
        criteria=[CriterionJudgement(id=name, quote=None, observation="", level=1) for name in CRITERIA],
    )  # fmt: skip
    turns = [Turn("t1", "candidate", "Well, an index never costs anything at all.")]
    found = verify(judgement, question(), turns)
    assert {point.verdict for point in found.points} == {verdict if holds else Verdict.MISSING}


def test_no_answer_is_nothing():
    assert question_score(judged([Verdict.COVERED] * 4, [4] * 5), question(), answered=False) == 0


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 100)), st.integers(0, 200)), max_size=12))
@settings(max_examples=5000, deadline=None)
def test_the_whole_is_the_mean_of_what_was_asked(parts):
    scored = [Scored(at, f"c{at % 3}", score, words) for at, (score, words) in enumerate(parts, start=1)]
    whole = overall(scored)
    asked = [s.score for s in scored if s.score is not None]
    if whole.score is None:
        assert whole.interval is None
        return
    assert abs(whole.score - sum(asked) / len(asked)) <= 0.5
    assert whole.interval is not None
    assert 0 <= whole.interval[0] <= whole.score <= whole.interval[1] <= 100
    assert whole.total == sum(asked)
    for name, part in whole.competencies.items():
        own = [s.score for s in scored if s.competency == name and s.score is not None]
        if not own:
            assert part.score is None
            continue
        assert part.score is not None
        assert part.interval is not None
        assert abs(part.score - sum(own) / len(own)) <= 0.5
        assert 0 <= part.interval[0] <= part.score <= part.interval[1] <= 100


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([(0, 0)] * 5, "silence"),
        ([(80, 100)] + [(0, 0)] * 4, "one answer"),
        ([(50, 5), (50, 6)], "hardly a word"),
        ([(None, 0)] * 3, "nothing asked"),
    ],
)
def test_too_little_to_judge_has_no_number(parts, reason):
    assert overall([Scored(i, "c", s, w) for i, (s, w) in enumerate(parts, 1)]).score is None, reason


def test_unanswered_counts_and_never_asked_does_not():
    asked = [Scored(1, "c", 80, 60), Scored(2, "c", 80, 60)]
    assert overall([*asked, Scored(3, "c", 0, 0)]).score == 53
    assert overall([*asked, Scored(3, "c", None, 0)]).score == 80


@given(VERDICTS, LEVELS, KINDS, STARS, st.booleans())
@settings(max_examples=2000, deadline=None)
def test_the_parts_of_a_question_add_up_to_its_score(verdicts, levels, kind, star, must_have):
    made = question_sum(judged(verdicts, levels, star), question(kind, must_have=must_have), answered=True)
    whole = 100 * sum(part.share * part.weight for part in made.parts)
    assert sum(part.weight for part in made.parts) == pytest.approx(1)
    expected = min(whole, 100 * MUST_HAVE_CAP) if made.capped else whole
    assert abs(made.score - expected) <= 0.5 + 1e-9


@pytest.mark.parametrize(("confidence", "wider"), [(None, 1.0), (0.9, 1.0), (0.8, 1.25), (0.6, 1.5)])
def test_a_poor_transcript_stretches_the_range_and_leaves_the_score(confidence, wider):
    parts = [Scored(i, "c", 60, 60) for i in range(1, 6)]
    clear, poor = overall(parts), overall(parts, confidence=confidence)
    assert widening(confidence) == wider
    assert poor.score == clear.score
    assert poor.standard_error == pytest.approx(8.0 * wider)


def test_a_transcript_that_cannot_be_understood_has_no_score():
    whole = overall([Scored(i, "c", 60, 60) for i in range(1, 6)], confidence=0.3)
    assert (whole.score, whole.too_little) == (None, "unintelligible")


def test_where_the_judges_disagree_the_range_reaches_both():
    whole = overall([Scored(i, "c", 80, 60) for i in range(1, 6)], second=35)
    assert (whole.score, whole.interval) == (80, (35, 96))
