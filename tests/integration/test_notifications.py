"""What people are told: once, by the ways they want, whatever is repeated."""

import dataclasses
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from core.accounts.models import User
from core.accounts.types import Actor, Role
from core.errors import FieldProblem
from core.ids import new_id
from core.notifications import flows, service
from core.notifications.models import Channel, MessageStatus
from core.ports.errors import MessagesDown
from core.ports.messages import Mail
from core.settings import Settings
from core.wiring import Greenroom, build

FACTS = {"amount": 19500, "currency": "INR", "sessionId": "int_1"}


class Post:
    """Keeps what was sent."""

    is_on = True

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.texts: list[tuple[str, str]] = []
        self.down = False

    def send_mail(self, mail: Mail) -> str:
        if self.down:
            raise MessagesDown("ses", "Down.")
        self.mails.append(mail)
        return f"m-{len(self.mails)}"

    def send_text(self, number: str, text: str) -> str:
        self.texts.append((number, text))
        return f"t-{len(self.texts)}"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def greenroom(settings: Settings, post: Post) -> Iterator[Greenroom]:
    real = build(settings)
    yield dataclasses.replace(real, mail=post, sms=post)
    real.engine.dispose()


@pytest.fixture
def asha(greenroom: Greenroom) -> Actor:
    user_id = new_id("usr")
    with greenroom.uow() as uow:
        uow.session.add(
            User(id=user_id, username=user_id.lower(), email=f"{user_id.lower()}@people.test", name="Asha <b>",
                 password_hash="x", role=Role.CANDIDATE, locale="en", created_at=uow.now)
        )  # fmt: skip
    return Actor(user_id, user_id.lower(), "Asha <b>", Role.CANDIDATE, "ses_test")


def messages_of(greenroom: Greenroom, actor: Actor) -> list[SimpleNamespace]:
    query = text('SELECT id, channel, status, "to" FROM outgoing_messages WHERE user_id = :who ORDER BY id')
    with greenroom.engine.connect() as connection:
        return [SimpleNamespace(**row._mapping) for row in connection.execute(query, {"who": actor.user_id})]


def tell(greenroom: Greenroom, actor: Actor, kind: str, subject: str) -> None:
    with greenroom.uow() as uow:
        service.tell(uow, actor.user_id, kind, subject, FACTS)  # type: ignore[arg-type]  # a test's own words


def send_all(greenroom: Greenroom, actor: Actor) -> None:
    for message in messages_of(greenroom, actor):
        flows.deliver(greenroom, message.id)


def test_what_is_told_twice_is_said_once(greenroom: Greenroom, asha: Actor, post: Post) -> None:
    for _ in range(3):
        tell(greenroom, asha, "refund", "pay_1")
        send_all(greenroom, asha)

    assert len(post.mails) == 1
    with greenroom.uow() as uow:
        assert [notice.kind for notice in service.inbox(uow, asha).items] == ["refund"]
        assert service.unread(uow, asha) == 1


def test_a_mail_names_the_money_and_escapes_names(greenroom: Greenroom, asha: Actor, post: Post) -> None:
    tell(greenroom, asha, "refund", "pay_1")
    send_all(greenroom, asha)

    (mail,) = post.mails
    assert mail.to.endswith("@people.test")
    assert "₹195.00" in mail.subject
    assert "Hello Asha &lt;b&gt;," in mail.html
    assert "<b>" not in mail.html
    assert greenroom.settings.app_url in mail.text


def test_the_address_does_not_stand_in_the_outbox(greenroom: Greenroom, asha: Actor) -> None:
    tell(greenroom, asha, "refund", "pay_1")
    assert asha.username not in messages_of(greenroom, asha)[0].to


def test_a_carrier_that_is_down_leaves_the_message_queued(greenroom: Greenroom, asha: Actor, post: Post) -> None:
    tell(greenroom, asha, "refund", "pay_1")
    post.down = True
    (message,) = messages_of(greenroom, asha)

    with pytest.raises(MessagesDown):
        flows.deliver(greenroom, message.id)
    assert messages_of(greenroom, asha)[0].status == MessageStatus.QUEUED

    flows.give_up(greenroom, message.id)
    assert messages_of(greenroom, asha)[0].status == MessageStatus.FAILED


def test_text_messages_go_to_those_who_want_them(greenroom: Greenroom, asha: Actor, post: Post) -> None:
    with greenroom.uow() as uow:
        service.prefer(uow, asha, mail=False, sms=True, phone="+91 98123 45678")
    tell(greenroom, asha, "report_ready", "int_1")
    send_all(greenroom, asha)

    assert post.mails == []
    ((number, words),) = post.texts
    assert number == "+919812345678"
    assert "/report?session=int_1" in words
    assert [m.channel for m in messages_of(greenroom, asha)] == [Channel.SMS]


def test_money_is_mailed_whatever_is_chosen(greenroom: Greenroom, asha: Actor, post: Post) -> None:
    with greenroom.uow() as uow:
        service.prefer(uow, asha, mail=False, sms=False, phone=None)
    tell(greenroom, asha, "refund", "pay_1")
    tell(greenroom, asha, "report_ready", "int_1")
    send_all(greenroom, asha)

    assert [mail.subject[:6] for mail in post.mails] == ["Refund"]


@pytest.mark.parametrize("phone", ["98123", "+0123456789", "+91 98123 4567x", "javascript:1"])
def test_a_number_that_is_none_is_refused(greenroom: Greenroom, asha: Actor, phone: str) -> None:
    with pytest.raises(FieldProblem), greenroom.uow() as uow:
        service.prefer(uow, asha, mail=True, sms=False, phone=phone)


def test_reading_marks_only_ones_own(greenroom: Greenroom, asha: Actor) -> None:
    tell(greenroom, asha, "refund", "pay_1")
    stranger = dataclasses.replace(asha, user_id="usr_stranger")
    with greenroom.uow() as uow:
        service.mark_read(uow, stranger)
        assert service.unread(uow, asha) == 1
        service.mark_read(uow, asha)
        assert service.unread(uow, asha) == 0
        assert not service.inbox(uow, stranger).items


def test_notices_about_an_erased_interview_are_found_among_ones_own(greenroom: Greenroom, asha: Actor) -> None:
    with greenroom.uow() as uow:
        service.tell(uow, asha.user_id, "report_ready", "int_1", {"sessionId": "int_1"})
        service.tell(uow, asha.user_id, "report_ready", "int_2", {"sessionId": "int_2"})
        uow.session.execute(
            text("INSERT INTO users (id, username, email, name, password_hash, role, locale, created_at) "
                 "SELECT 'usr_other' || n, 'other' || n, 'other' || n || '@people.test', 'Ben', 'x', 'candidate', "
                 "'en', now() FROM generate_series(1, 2000) AS n")
        )  # fmt: skip
        uow.session.execute(
            text("INSERT INTO notifications (id, user_id, kind, subject_id, facts, created_at) "
                 "SELECT 'ntf_' || n, 'usr_other' || n, 'redo', 'int_other', '{}', now() "
                 "FROM generate_series(1, 2000) AS n")
        )  # fmt: skip
    with greenroom.uow() as uow:
        uow.session.execute(text("ANALYZE notifications"))
    plans: list[str] = []

    def explain(connection: Connection, _cursor: object, query: str, values: Any, *_: object) -> None:
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN {query}", values)
        plans.append("\n".join(row[0] for row in cursor.fetchall()))
        cursor.close()

    event.listen(greenroom.engine, "before_cursor_execute", explain)
    with greenroom.uow() as uow:
        service.forget(uow, asha.user_id, "int_1")
    event.remove(greenroom.engine, "before_cursor_execute", explain)

    assert "Seq Scan" not in plans[0]
    with greenroom.uow() as uow:
        assert [notice.session_id for notice in service.inbox(uow, asha).items] == ["int_2"]
