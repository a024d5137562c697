"""What an operator is told is all there is, however much else is under way."""

from datetime import timedelta

from sqlalchemy import event, text

from core.accounts.types import Actor, Role
from core.interviews.types import SessionStatus
from core.notifications import service as notifications
from core.notifications.models import Channel, MessageStatus
from core.operations import service
from core.operations.metrics import COUNTS
from core.operations.types import Stuck
from core.ports.voice import Incoming
from core.webhooks.service import Arrival
from tests.integration.test_promise import TYPED
from tests.integration.test_reconciliation import MORE_THAN_A_ROUND, under_way
from tests.integration.world import VOICE, World

MEERA = Actor("usr_meera", "meera", "Meera", Role.ADMIN, "ses_test")


def stuck(world: World) -> Stuck:
    with world.app.uow() as uow:
        found = service.stuck(uow, MEERA)
        assert service.overview(uow, MEERA).stuck == found.number
        return found


def test_a_stuck_interview_is_told_behind_many_that_go_well(world: World) -> None:
    under_way(world, VOICE)
    under_way(world, TYPED)
    world.now += timedelta(minutes=1)
    [late] = under_way(world, VOICE, number=1, status=SessionStatus.PROCESSING)

    world.now += timedelta(minutes=11)
    seen = stuck(world)

    assert [one.session_id for one in seen.sessions] == [late]
    assert seen.number == 1


def test_all_that_is_stuck_is_counted_and_a_hundred_are_listed(world: World) -> None:
    under_way(world, VOICE, status=SessionStatus.PROCESSING)
    world.now += timedelta(minutes=11)

    seen = stuck(world)

    assert (seen.number, len(seen.sessions)) == (MORE_THAN_A_ROUND, service.LISTED)


def test_a_call_and_a_typed_interview_are_stuck_when_reconciliation_should_have_ended_them(world: World) -> None:
    [spoken], [typed] = under_way(world, VOICE, number=1), under_way(world, TYPED, number=1)

    world.now += timedelta(hours=2, minutes=11)
    assert [one.session_id for one in stuck(world).sessions] == [spoken]

    world.now += timedelta(days=1)
    assert {one.session_id for one in stuck(world).sessions} == {spoken, typed}


def test_what_providers_and_messages_say_is_not_read_to_list_them(world: World) -> None:
    world.inbox.put([Arrival("vapi", Incoming("one", "transcript"), b'{"secret": "what was said"}')])
    with world.app.uow() as uow:
        notifications.post(uow, key="one", channel=Channel.MAIL, to="asha@people.test", kind="failed", facts={})
    queries: list[str] = []
    event.listen(world.real.engine, "before_cursor_execute", lambda _c, _k, query, *_: queries.append(query))

    with world.app.uow() as uow:
        assert [one.type for one in service.events_page(uow, MEERA).items] == ["transcript"]
        assert [one.kind for one in service.messages(uow, MEERA, status=MessageStatus.QUEUED)] == ["failed"]

    assert [query for query in queries if ".payload" in query or ".facts" in query or '"to"' in query] == []


def test_what_is_done_with_is_not_counted_at_each_look(world: World) -> None:
    with world.app.uow() as uow:
        uow.session.execute(
            text("INSERT INTO webhook_events (id, source, event_key, type, payload, status, attempts, received_at) "
                 "SELECT 'evt_' || n, 'vapi', 'key' || n, 'transcript', '', "
                 "CASE WHEN n <= 3 THEN 'dead' ELSE 'handled' END, 1, now() FROM generate_series(1, 5000) AS n")
        )  # fmt: skip
    _, _, query = COUNTS["greenroom_events"]
    with world.app.uow() as uow:
        uow.session.execute(text("ANALYZE webhook_events"))
        assert uow.session.execute(text(query)).all() == [("vapi", "dead", 3)]
        plan = "\n".join(uow.session.scalars(text(f"EXPLAIN {query}")))
    assert "ix_webhook_events_status_id" in plan
