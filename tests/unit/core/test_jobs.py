"""How often a job that failed is tried again."""

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from core.errors import NotFound
from core.jobs import MAX_ATTEMPTS, MAX_ATTEMPTS_UNFORESEEN, back_off
from core.ports.errors import ModelDown


@pytest.mark.parametrize(
    ("failed_with", "attempts"),
    [
        (OperationalError("", {}, Exception("canceling statement due to statement timeout")), MAX_ATTEMPTS),
        (ModelDown("gemini", "away"), MAX_ATTEMPTS),
        (ProgrammingError("", {}, Exception("no such column")), MAX_ATTEMPTS_UNFORESEEN),
        (KeyError("a bug"), MAX_ATTEMPTS_UNFORESEEN),
        (NotFound("interview"), 1),
    ],
    ids=["the database", "a provider", "a statement", "a bug", "for good"],
)
def test_what_passes_is_tried_longer_than_what_does_not(failed_with: Exception, attempts: int) -> None:
    assert back_off.attempts_allowed(failed_with) == attempts
    assert back_off.is_last(failed_with, attempts - 1)
    assert attempts == 1 or not back_off.is_last(failed_with, attempts - 2)
