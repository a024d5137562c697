"""How providers are called: beside each other, and not at all while they are down."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.adapters.resilience import FAILURES_TO_OPEN, Guard
from core.errors import AppError, ProviderDown

TOGETHER = 4


def failing() -> None:
    raise ProviderDown("test", "Not this time.")


def test_calls_of_one_provider_do_not_wait_for_each_other() -> None:
    guard = Guard("test", ProviderDown)
    met = threading.Barrier(TOGETHER)

    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = [pool.submit(guard.call, "read", lambda: met.wait(timeout=10) >= 0) for _ in range(TOGETHER)]

    assert [answer.result() for answer in answers] == [True] * TOGETHER


def test_a_provider_that_keeps_failing_is_left_alone() -> None:
    guard = Guard("test", ProviderDown)
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(ProviderDown):
            guard.call("read", failing)

    reached: list[bool] = []
    with pytest.raises(ProviderDown):
        guard.call("read", lambda: reached.append(True))

    assert guard.state == "open"
    assert reached == []


def test_a_refusal_says_nothing_of_a_provider_s_health() -> None:
    guard = Guard("test", ProviderDown)

    def refused() -> None:
        raise AppError("No.")

    for _ in range(FAILURES_TO_OPEN + 1):
        with pytest.raises(AppError, match="No."):
            guard.call("read", refused)

    assert guard.state == "closed"


def test_an_answer_that_comes_while_others_fail_is_kept() -> None:
    guard = Guard("test", ProviderDown)

    def answer_at_last() -> str:
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(ProviderDown):
                guard.call("read", failing)
        return "here"

    assert guard.call("read", answer_at_last) == "here"
    assert guard.state == "open"
