"""An account elsewhere opens one here: once a proof, and never somebody else's."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from core.accounts import passwords, repo, service
from core.accounts.errors import AddressNotProven, NotSignedIn
from core.accounts.federation import Proof, sign_in_with
from core.accounts.types import Actor, Role
from core.db import Uow
from core.settings import Settings
from core.wiring import build

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PROOF = Proof("https://id.test", "subject-1", "Asha@People.test", True, "Asha Rao", NOW)


@pytest.fixture
def uow(settings: Settings):
    app = build(settings, clock=lambda: NOW)
    with app.uow() as uow:
        uow.session.execute(text("TRUNCATE users CASCADE"))
        yield uow
        uow.session.rollback()
    app.engine.dispose()


def later(seconds: int) -> Proof:
    return dataclasses.replace(PROOF, issued_at=NOW + timedelta(seconds=seconds))


def test_the_first_time_opens_an_account_whose_address_is_confirmed(uow: Uow):
    user = repo.user_by_id(uow, sign_in_with(uow, PROOF))

    assert user is not None
    assert (user.email, user.name, user.role, user.email_verified_at) == (
        "asha@people.test",
        "Asha Rao",
        "candidate",
        NOW,
    )
    assert sign_in_with(uow, later(1)) == user.id


def test_a_proof_is_good_once(uow: Uow):
    sign_in_with(uow, later(5))

    for used in (later(5), later(4)):
        with pytest.raises(NotSignedIn):
            sign_in_with(uow, used)


@pytest.mark.parametrize("seconds", [-601, -86_400, 601])
def test_a_proof_of_another_time_opens_nothing(uow: Uow, seconds: int):
    with pytest.raises(NotSignedIn):
        sign_in_with(uow, later(seconds))
    assert uow.session.scalar(text("SELECT count(*) FROM users")) == 0


def test_an_address_that_the_provider_has_not_verified_opens_nothing(uow: Uow):
    with pytest.raises(AddressNotProven):
        sign_in_with(uow, dataclasses.replace(PROOF, email_verified=False))


def test_an_account_here_is_joined_only_once_its_own_address_is_confirmed(uow: Uow):
    user = service.register(
        uow, username="asha", email="asha@people.test", name="Asha", password="Quiet-9-river-Lantern"
    )
    with pytest.raises(AddressNotProven):
        sign_in_with(uow, PROOF)

    user.email_verified_at = NOW
    assert sign_in_with(uow, PROOF) == user.id


def test_a_closed_account_stays_closed(uow: Uow):
    user = repo.user_by_id(uow, sign_in_with(uow, PROOF))
    assert user is not None
    user.disabled_at = NOW

    with pytest.raises(NotSignedIn):
        sign_in_with(uow, later(1))


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"iss": "i", "sub": "s", "email": "a@b.test"},
        {"iss": "i", "sub": "s", "email": None, "iat": 1},
        {"iss": "i", "sub": "", "email": "a@b.test", "iat": 1},
        {"iss": "i", "sub": "s", "email": "a@b.test", "iat": True},
        {"iss": "i", "sub": ["s"], "email": "a@b.test", "iat": 1},
    ],
)
def test_claims_that_lack_what_is_needed_are_no_proof(claims: dict[str, object]):
    assert Proof.of_claims(claims) is None


def test_an_account_of_the_providers_has_no_password_until_one_is_set(uow: Uow):
    user = repo.user_by_id(uow, sign_in_with(uow, PROOF))
    assert user is not None
    actor = Actor(user.id, user.username, user.name, Role.CANDIDATE, "")
    assert not service.account_view(uow, actor).has_password
    assert not any(passwords.matches(guess, user.password_hash) for guess in ("", "nobody has this password"))

    user.password_hash = passwords.hash_password("Quiet-9-river-Lantern")
    assert service.account_view(uow, actor).has_password
