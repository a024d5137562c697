"""Keys are changed under a running product: what was sealed stays readable, and nothing is left under the old key."""

import pytest

from core import sealing
from core.crypto import CannotOpen, Keyring
from core.db import connect_unpooled
from core.keys import EnvelopeKeyring
from core.rotation import left_behind, rotate, sealed_models
from core.settings import Settings
from core.wiring import Greenroom, build
from tests.integration.world import VOICE, World


def ring_of(greenroom: Greenroom) -> EnvelopeKeyring:
    assert isinstance(greenroom.keyring, EnvelopeKeyring)
    return greenroom.keyring


def test_a_rotation_leaves_nothing_behind_and_loses_nothing(world: World, settings: Settings) -> None:
    from core.interviews import flows
    from core.interviews.repo import session_by_id

    session_id = flows.set_up(world.app, world.asha, VOICE).session_id
    world.app.objects.put("recordings/int_1/call", b"what was said")
    ring = ring_of(world.real)
    before = ring.primary
    other = build(settings)
    assert ring_of(other).primary == before
    sealing.install(ring)  # a process has one; building the second has put its own in place

    touched = rotate(world.app, ring, settle_seconds=0)

    assert ring.primary != before
    assert touched["interview_sessions"] >= 1
    assert touched["objects"] >= 1
    assert left_behind(world.app, ring) == 0
    with world.app.uow() as uow:
        session = session_by_id(uow, session_id)
        assert session is not None
        assert session.configuration["durationMinutes"] == VOICE.duration_minutes
    assert other.objects.get("recordings/int_1/call") == b"what was said"
    other.engine.dispose()


def test_a_key_goes_one_rotation_after_nothing_needs_it(world: World) -> None:
    ring = ring_of(world.real)
    first = ring.primary
    sealed = ring.seal("said", bound_to="t.c:1")
    rotate(world.app, ring, settle_seconds=0)
    keys = [row[0] for row in world.rows("SELECT id FROM data_keys")]
    assert first in keys

    rotate(world.app, ring, settle_seconds=0)
    assert first not in [row[0] for row in world.rows("SELECT id FROM data_keys")]
    fresh = build(world.real.settings)
    with pytest.raises(CannotOpen):
        fresh.keyring.open(sealed, bound_to="t.c:1")
    fresh.engine.dispose()


def test_data_keys_are_stored_wrapped_and_move_to_a_new_master(world: World, settings: Settings) -> None:
    ring = ring_of(world.real)
    sealed = ring.seal("said", bound_to="t.c:1")
    old = settings.encryption_keys.get_secret_value()
    new = "k2:" + "A" * 43 + "="
    both = EnvelopeKeyring(Keyring.parse(f"{new},{old}"), world.real.engine, world.real.clock)
    assert both.rewrap() >= 1

    alone = EnvelopeKeyring(Keyring.parse(new), world.real.engine, world.real.clock)
    assert alone.open(sealed, bound_to="t.c:1") == "said"

    EnvelopeKeyring(Keyring.parse(f"{old},{new}"), world.real.engine, world.real.clock).rewrap()


def test_every_sealed_column_is_found() -> None:
    found = {f"{model.__tablename__}.{field}" for model, fields in sealed_models() for field in fields}
    assert {"interview_transcripts.raw_transcript", "webhook_events.payload", "outgoing_messages.to"} <= found


def test_while_the_database_is_away_known_keys_still_seal(world: World, settings: Settings) -> None:
    ring = EnvelopeKeyring(
        Keyring.parse(settings.encryption_keys.get_secret_value()), world.real.engine, world.real.clock
    )
    primary = ring.primary
    ring._engine = connect_unpooled("postgresql+psycopg://x@127.0.0.1:9/x")
    ring._read_at -= 3600
    assert ring.open(ring.seal("said", bound_to="t.c:1"), bound_to="t.c:1") == "said"
    assert ring.primary == primary
