"""Figures about speech are exact where they can be measured, and say so where they cannot. None weighs anything."""

import pytest

from core.reports.quotes import VerifiedQuote
from core.reports.segments import Turn
from core.reports.speech import panel

SECOND = 1000


def turns(*, words: int = 100, seconds: int = 40, pause: float = 1.5, confidence: float | None = 0.95) -> list[Turn]:
    """Three questions of ten words, each answered after a pause in so many words and seconds."""
    made = []
    for at in range(3):
        start = at * 120 * SECOND
        said = start + 10 * SECOND + int(pause * SECOND)
        made += [
            Turn(f"a1-{2 * at}", "interviewer", "word " * 10, start, start + 10 * SECOND, at + 1),
            Turn(f"a1-{2 * at + 1}", "candidate", "word " * words, said, said + seconds * SECOND, at + 1, confidence),
        ]
    return made


def value(name: str, made: list[Turn], *, fillers_kept: bool = True) -> float | None:
    found: float | None = panel(made, fillers_kept=fillers_kept)["figures"][name]["value"]
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [("pace", 150), ("latency", 1.5), ("longestMonologue", 40), ("talkShare", 100 * 100 / 110), ("answerLength", 100)],
)
def test_times_and_counts_are_exact(name: str, expected: float) -> None:
    assert value(name, turns()) == pytest.approx(expected, rel=0.01)


def test_fillers_are_not_measured_where_the_transcriber_leaves_them_out() -> None:
    assert value("fillers", turns(), fillers_kept=False) is None
    assert value("fillers", turns()) == 0


def test_fillers_that_stand_in_the_transcript_are_counted() -> None:
    made = [*turns(), Turn("a1-9", "candidate", "um " * 3 + "word " * 97, 0, 1, 3, 0.9)]
    assert value("fillers", made) == value("fillers", made, fillers_kept=False) == pytest.approx(0.8, abs=0.05)


def test_a_poor_transcript_hides_how_it_was_delivered() -> None:
    shown = panel(turns(confidence=0.6), fillers_kept=True)
    assert shown["hiddenForQuality"]
    hidden = [name for name, figure in shown["figures"].items() if not figure["measured"]]
    assert hidden == ["pace", "latency", "longestMonologue", "fillers"]


def test_typed_answers_have_no_delivery() -> None:
    typed = [Turn("t0c", "candidate", "word " * 80, question_order=1)]
    figures = panel(typed, fillers_kept=False)["figures"]
    assert [name for name, figure in figures.items() if figure["measured"]] == ["talkShare", "answerLength", "hedging"]


def test_each_figure_leads_to_where_it_is_heard() -> None:
    made = turns()
    made[3] = Turn("a1-3", "candidate", "maybe I guess " + "word " * 97, made[3].start_ms, 200 * SECOND, 2, 0.95)
    figures = panel(made, fillers_kept=True)["figures"]
    assert figures["hedging"]["moments"] == [{"turnId": "a1-3", "startMs": made[3].start_ms}]
    assert figures["longestMonologue"]["moments"] == [{"turnId": "a1-3", "startMs": made[3].start_ms}]
    assert all(figure["normal"] and figure["source"] for figure in figures.values())


def test_the_parts_of_a_story_come_with_their_words() -> None:
    quote = VerifiedQuote("I called the client", "a1-3", 12_000)
    shown = panel(turns(), fillers_kept=True, star={2: {"s": None, "t": None, "a": quote, "r": None}})
    assert shown["stories"] == [
        {
            "questionOrder": 2,
            "parts": {"s": None, "t": None, "a": {"quote": quote.text, "turnId": "a1-3", "startMs": 12_000}, "r": None},
        }
    ]
    assert shown["weight"] == 0
