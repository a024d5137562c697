"""Everything the core can say has words on the screen."""

import pytest

from core.errors import Kind, NotFound, ProviderTimeout
from core.interviews.catalogue import FOCUS_AREAS, Difficulty, InterviewType, Mode
from core.interviews.types import QuestionsSource, SessionStatus
from core.payments.types import PaymentStatus
from core.reports.scoring import BANDS
from ui import words
from ui.routes import NEXT_SCREEN


@pytest.mark.parametrize(
    ("what", "named", "every"),
    [
        ("types", words.TYPES, InterviewType),
        ("type icons", words.TYPE_ICONS, InterviewType),
        ("type hints", words.TYPE_HINTS, InterviewType),
        ("difficulties", words.DIFFICULTIES, Difficulty),
        ("modes", words.MODES, Mode),
        ("states", words.STATUSES, SessionStatus),
        ("payment states", words.PAYMENT_STATUSES, PaymentStatus),
        ("sources", words.SOURCES, QuestionsSource),
        ("bands", words.BANDS, [name for _, name in BANDS]),
        ("kinds of error", {kind: True for kind in words.titled_kinds()}, Kind),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_nothing_is_left_without_words(what, named, every):
    assert set(named) == set(every), what


def test_every_state_leads_somewhere():
    ending = set(words.ENDED) | {SessionStatus.PROCESSING, SessionStatus.COMPLETED}

    assert set(NEXT_SCREEN) | ending == set(SessionStatus)
    assert not set(NEXT_SCREEN) & ending


def test_focus_areas_read_as_words():
    names = [words.area(area) for areas in FOCUS_AREAS.values() for area in areas]

    assert all("_" not in name and name[0].isupper() for name in names)
    assert words.area("apis") == "APIs"


@pytest.mark.parametrize(
    ("score", "low", "high", "shown"),
    [
        (64, 50, 78, "64 (50\u201378)"),
        (0, 0, 16, "0 (0\u201316)"),
        (None, None, None, "Not enough to judge"),
        (70, None, None, "70"),
    ],
)
def test_a_score_is_shown_with_its_range_and_its_absence_in_words(score, low, high, shown):
    assert words.score(score, low, high) == shown


def test_an_error_is_explained_with_whether_trying_again_helps():
    assert words.explain(NotFound("interview")) == words.Explained(
        "Not found", "We could not find that interview.", retry=False
    )
    assert words.explain(ProviderTimeout("vapi", "Slow.")).retry
