"""Who is signed in is asked of the database as often as it must be, and no oftener."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from core.accounts.types import Actor, Role
from ui import auth
from ui.identity import COOKIE

ASHA = Actor("usr_asha", "asha", "Asha", Role.CANDIDATE, "ses_test")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The cookies that were looked up; only `valid` opens anything."""
    cookies: list[str] = []

    def actor_of_cookie(_uow: object, cookie: str) -> Actor | None:
        cookies.append(cookie)
        return ASHA if cookie == "valid" else None

    monkeypatch.setattr("ui.auth.service.actor_of_cookie", actor_of_cookie)
    monkeypatch.setattr("ui.auth.greenroom", lambda: SimpleNamespace(uow=nullcontext))
    carry(monkeypatch, "valid")
    return cookies


def carry(monkeypatch: pytest.MonkeyPatch, cookie: str) -> None:
    monkeypatch.setattr("ui.auth.st", SimpleNamespace(context=SimpleNamespace(cookies={COOKIE: cookie})))


def test_one_run_asks_once_and_the_next_asks_again(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with auth.looked_up_once():
        assert [auth.current_actor() for _ in range(3)] == [ASHA] * 3
    assert asked == ["valid"]
    carry(monkeypatch, "ended elsewhere")
    with auth.looked_up_once():
        assert [auth.current_actor() for _ in range(2)] == [None, None]
    assert asked == ["valid", "ended elsewhere"]


def test_a_part_that_runs_alone_asks_for_itself(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with auth.looked_up_once():
        auth.current_actor()
    carry(monkeypatch, "ended elsewhere")
    assert [auth.current_actor() for _ in range(2)] == [None, None]
    assert asked == ["valid", "ended elsewhere", "ended elsewhere"]


def test_a_run_that_breaks_off_leaves_nothing_known(asked: list[str]) -> None:
    def run() -> None:
        with auth.looked_up_once():
            auth.current_actor()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        run()
    auth.current_actor()
    assert asked == ["valid", "valid"]
