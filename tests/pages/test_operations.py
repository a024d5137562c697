"""The operator's screen: for admins alone, and what it does is done once."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete

from bench.inbox import Inbox
from core.accounts.types import Actor, Role
from core.ids import new_id
from core.ledger import proving
from core.ledger.models import LedgerProof
from core.ports.voice import Incoming
from core.webhooks import service
from core.webhooks.models import EventStatus
from core.webhooks.service import Arrival
from core.wiring import Greenroom
from tests.pages.support import Story, Visitor, said
from ui.routes import Screen


@pytest.fixture
def admin(visit: Visitor, person: Callable[..., Actor]) -> Visitor:
    visit.actor = person("Meera", Role.ADMIN)
    return visit


def bury(greenroom: Greenroom) -> str:
    key = new_id("evt")
    with Inbox(greenroom) as inbox:
        inbox.put([Arrival("vapi", Incoming(key, "end-of-call-report"), b'{"secret": "what was said"}')])
    with greenroom.uow() as uow:
        event_id = str(uow.session.connection().exec_driver_sql("SELECT max(id) FROM webhook_events").scalar_one())
        service.close(uow, event_id, EventStatus.DEAD, "failed for good")
    return event_id


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.COACH])
def test_it_is_closed_to_everybody_else(visit: Visitor, person: Callable[..., Actor], role: Role) -> None:
    visit.actor = person("Asha", role)
    app = visit.open(Screen.OPERATIONS)
    assert "This is not open to your role" in said(app)
    assert "Ledger" not in said(app)


def test_a_dead_event_is_replayed_and_its_words_stay_hidden(admin: Visitor, greenroom: Greenroom) -> None:
    event_id = bury(greenroom)
    app = admin.open(Screen.OPERATIONS, part="events")
    assert "end\\-of\\-call\\-report" in said(app)
    assert "what was said" not in said(app)

    app.button(key=f"replay-{event_id}").click().run()

    with greenroom.uow() as uow:
        event = service.event_by_id(uow, event_id)
        assert event is not None
        assert event.status is EventStatus.RECEIVED
    assert f"replay-{event_id}" not in [button.key for button in app.button]


def test_money_that_is_held_is_shown(admin: Visitor, story: Story) -> None:
    story.ready()
    assert "Paid, not delivered yet" in said(admin.open(Screen.OPERATIONS, part="money"))


def test_only_the_open_part_is_drawn(admin: Visitor) -> None:
    closed = said(admin.open(Screen.OPERATIONS))
    assert "Vapi (voice)" in closed
    assert "Cost and margin" not in closed
    opened = said(admin.open(Screen.OPERATIONS, part="money"))
    assert "Cost and margin" in opened
    assert "Vapi (voice)" not in opened


@pytest.fixture
def old_proof(greenroom: Greenroom) -> Iterator[None]:
    with greenroom.uow() as uow:
        proving.prove(uow).at -= timedelta(days=9)
    yield
    with greenroom.uow() as uow:
        uow.session.execute(delete(LedgerProof))


@pytest.mark.usefixtures("old_proof")
def test_books_that_were_proven_long_ago_are_no_reason_to_rest(admin: Visitor) -> None:
    words = said(admin.open(Screen.OPERATIONS))
    assert "The books were last proven on" in words
    assert "Nothing needs you" not in words
