"""A key stands for one call of one person: told again within a day, freed by a failure, gone with the person."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from core.accounts import service as accounts
from core.idempotency import service
from core.idempotency.errors import KeyReused
from core.idempotency.service import KEPT, LOCKED, Answer, Claim
from core.settings import Settings
from core.wiring import Greenroom, build

ROUTE, BODY = "POST /api/interviews/setup", b'{"role": "welder", "type": "technical"}'
ANSWER = Answer(201, "application/json", b'{"sessionId": "int_1", "title": "for welders"}')


@dataclass
class Hands:
    """A clock that stands where it is put."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def greenroom(settings: Settings, hands: Hands) -> Iterator[Greenroom]:
    made = build(settings, clock=hands)
    yield made
    made.engine.dispose()


@pytest.fixture
def asha(greenroom: Greenroom) -> str:
    return somebody(greenroom)


def somebody(greenroom: Greenroom) -> str:
    name = f"i{secrets.token_hex(6)}"
    with greenroom.uow() as uow:
        return accounts.register(
            uow, username=name, email=f"{name}@example.com", name="Asha", password="Quiet-9-river-Lantern"
        ).id


def take(greenroom: Greenroom, who: str, *, route: str = ROUTE, body: bytes = BODY) -> Claim | Answer | None:
    with greenroom.uow() as uow:
        return service.claim(uow, user_id=who, key="k1", route=route, body=body)


def claimed(greenroom: Greenroom, who: str) -> Claim:
    taken = take(greenroom, who)
    assert isinstance(taken, Claim)
    return taken


def keep(greenroom: Greenroom, claim: Claim) -> None:
    with greenroom.uow() as uow:
        service.keep(uow, claim, ANSWER)


def test_what_was_answered_is_answered_again(greenroom: Greenroom, asha: str) -> None:
    keep(greenroom, claimed(greenroom, asha))
    assert take(greenroom, asha) == ANSWER
    assert take(greenroom, asha, body=b'{"type":"technical","role":"welder"}') == ANSWER


@pytest.mark.parametrize("change", [{"body": b'{"role": "nurse"}'}, {"body": b""}, {"route": "POST /api/cohorts"}])
def test_another_call_with_the_key_is_refused(greenroom: Greenroom, asha: str, change: dict[str, bytes | str]) -> None:
    claim = claimed(greenroom, asha)
    with pytest.raises(KeyReused):
        take(greenroom, asha, **change)  # type: ignore[arg-type]  # a case of the table above
    keep(greenroom, claim)
    with pytest.raises(KeyReused):
        take(greenroom, asha, **change)  # type: ignore[arg-type]  # a case of the table above


def test_somebody_elses_key_is_another_key(greenroom: Greenroom, asha: str) -> None:
    keep(greenroom, claimed(greenroom, asha))
    assert isinstance(take(greenroom, somebody(greenroom)), Claim)


def test_while_the_first_is_in_work_the_second_waits(greenroom: Greenroom, asha: str) -> None:
    claimed(greenroom, asha)
    assert take(greenroom, asha) is None


def test_a_failed_call_frees_its_key(greenroom: Greenroom, asha: str) -> None:
    with greenroom.uow() as uow:
        service.release(uow, Claim("unknown", uow.now))
    claim = claimed(greenroom, asha)
    with greenroom.uow() as uow:
        service.release(uow, claim)
    assert isinstance(take(greenroom, asha, body=b"{}"), Claim)


def test_a_killed_call_is_taken_over_and_its_late_answer_is_dropped(
    greenroom: Greenroom, hands: Hands, asha: str
) -> None:
    lost = claimed(greenroom, asha)
    hands.now += LOCKED
    second = claimed(greenroom, asha)
    with greenroom.uow() as uow:
        service.keep(uow, lost, Answer(201, "application/json", b'{"sessionId": "lost"}'))
        service.release(uow, lost)
    assert take(greenroom, asha) is None
    keep(greenroom, second)
    assert take(greenroom, asha) == ANSWER


def test_a_key_lasts_a_day(greenroom: Greenroom, hands: Hands, asha: str) -> None:
    keep(greenroom, claimed(greenroom, asha))
    hands.now += KEPT - timedelta(seconds=1)
    assert take(greenroom, asha) == ANSWER
    hands.now += timedelta(seconds=1)
    assert isinstance(take(greenroom, asha, body=b"{}"), Claim)


def test_old_keys_are_swept_by_whoever_comes(greenroom: Greenroom, hands: Hands, asha: str) -> None:
    keep(greenroom, claimed(greenroom, asha))
    hands.now += KEPT
    take(greenroom, somebody(greenroom))
    with greenroom.uow() as uow:
        query = text("SELECT count(*) FROM idempotent_calls WHERE user_id = :who")
        assert uow.session.execute(query, {"who": asha}).scalar() == 0


def test_the_row_holds_no_words_and_goes_with_the_person(greenroom: Greenroom, asha: str) -> None:
    keep(greenroom, claimed(greenroom, asha))
    with greenroom.uow() as uow:
        query = "SELECT i.* FROM idempotent_calls i WHERE user_id = :who"
        row = uow.session.execute(text(query), {"who": asha}).one()
        assert b"welder" not in b"".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
        uow.session.execute(text("DELETE FROM users WHERE id = :who"), {"who": asha})
        assert uow.session.execute(text(query), {"who": asha}).all() == []
