"""Links that are mailed, and a second factor: each proof is good once, for its own purpose and person."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import text

from core.accounts import links, second_factor, service
from core.accounts.errors import BadCode, BadCredentials, LinkSpent, SecondFactorNeeded
from core.accounts.jobs import send_reset
from core.accounts.models import SecondFactor, User
from core.accounts.types import Actor, Role
from core.errors import FieldProblem, Forbidden, TooManyRequests
from core.ids import new_id
from core.notifications import flows as notifications
from core.ports.messages import Mail
from core.settings import Settings
from core.wiring import Greenroom, build

OLD, NEW = "Quiet-9-river-Lantern", "Another-4-copper-Kite"
HOME = "192.0.2.7"


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


class Post:
    is_on = True

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    def send_mail(self, mail: Mail) -> str:
        self.mails.append(mail)
        return f"m-{len(self.mails)}"

    def token(self, purpose: str) -> str:
        """What the newest link of a purpose carries."""
        found = [re.search(rf"\?{purpose}=(\S+)", mail.text) for mail in self.mails]
        return [match.group(1) for match in found if match][-1]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def greenroom(settings: Settings, clock: Clock, post: Post) -> Iterator[Greenroom]:
    real = build(settings, clock=clock)
    yield dataclasses.replace(real, mail=post)
    real.engine.dispose()


@pytest.fixture
def asha(greenroom: Greenroom) -> Actor:
    name = new_id("usr")
    with greenroom.uow() as uow:
        user = links.register(uow, username=name, email=f"{name}@people.test", name="Asha", password=OLD)
    return Actor(user.id, user.username, user.name, Role.CANDIDATE, "ses_here")


@pytest.fixture
def ravi(greenroom: Greenroom) -> Actor:
    name = new_id("usr")
    with greenroom.uow() as uow:
        user = service.register(
            uow, username=name, email=f"{name}@people.test", name="Ravi", password=OLD, role=Role.COACH
        )
    return Actor(user.id, user.username, user.name, Role.COACH, "ses_here")


def address_of(greenroom: Greenroom, actor: Actor) -> str:
    with greenroom.uow() as uow:
        return service.email_of(uow, actor.user_id)


def send_all(greenroom: Greenroom, actor: Actor) -> None:
    with greenroom.engine.connect() as connection:
        found = connection.execute(
            text("SELECT id FROM outgoing_messages WHERE user_id = :who AND status = 'queued' ORDER BY id"),
            {"who": actor.user_id},
        )
        ids = [row[0] for row in found]
    for message_id in ids:
        notifications.deliver(greenroom, message_id)


def mailed_reset(greenroom: Greenroom, actor: Actor, post: Post) -> str:
    send_reset(greenroom, user_id=actor.user_id)
    send_all(greenroom, actor)
    return post.token("reset")


def signed_in(greenroom: Greenroom, actor: Actor) -> str:
    """The cookie of a new browser session."""
    with greenroom.uow() as uow:
        return service.redeem_ticket(uow, service.issue_ticket(uow, actor.user_id))[0]


def is_signed_in(greenroom: Greenroom, cookie: str) -> bool:
    with greenroom.uow() as uow:
        return service.actor_of_cookie(uow, cookie) is not None


class TestANewPassword:
    def test_is_set_by_a_mailed_link_and_ends_every_session(
        self, greenroom: Greenroom, asha: Actor, post: Post
    ) -> None:
        cookie = signed_in(greenroom, asha)

        links.reset_password(greenroom, mailed_reset(greenroom, asha, post), NEW)

        assert not is_signed_in(greenroom, cookie)
        assert service.check_password(greenroom, asha.username, NEW, address=HOME).id == asha.user_id
        with pytest.raises(BadCredentials):
            service.check_password(greenroom, asha.username, OLD, address=HOME)
        send_all(greenroom, asha)
        assert post.mails[-1].subject == "Your password was changed"

    def test_a_link_is_good_once_and_ends_the_others(self, greenroom: Greenroom, asha: Actor, post: Post) -> None:
        first, second = mailed_reset(greenroom, asha, post), mailed_reset(greenroom, asha, post)
        links.reset_password(greenroom, second, NEW)

        for spent in (first, second):
            with pytest.raises(LinkSpent):
                links.reset_password(greenroom, spent, OLD)

    def test_that_is_set_while_signed_in_ends_open_links_and_every_other_session(
        self, greenroom: Greenroom, asha: Actor, post: Post
    ) -> None:
        token, here, there = mailed_reset(greenroom, asha, post), signed_in(greenroom, asha), signed_in(greenroom, asha)
        with greenroom.uow() as uow:
            actor = service.actor_of_cookie(uow, here)
        assert actor is not None

        links.change_password(greenroom, actor, current=OLD, new=NEW, address=HOME)

        assert (is_signed_in(greenroom, here), is_signed_in(greenroom, there)) == (True, False)
        with pytest.raises(LinkSpent):
            links.reset_password(greenroom, token, OLD)
        assert service.check_password(greenroom, asha.username, NEW, address=HOME).id == asha.user_id

    def test_is_told_each_time_it_is_set(self, greenroom: Greenroom, asha: Actor, post: Post) -> None:
        links.change_password(greenroom, asha, current=OLD, new=NEW, address=HOME)
        links.change_password(greenroom, asha, current=NEW, new=OLD, address=HOME)
        links.reset_password(greenroom, mailed_reset(greenroom, asha, post), NEW)

        send_all(greenroom, asha)
        assert [mail.subject for mail in post.mails].count("Your password was changed") == 3

    def test_that_is_not_set_is_not_told_and_leaves_the_link_open(
        self, greenroom: Greenroom, asha: Actor, post: Post
    ) -> None:
        token = mailed_reset(greenroom, asha, post)
        with pytest.raises(BadCredentials):
            links.change_password(greenroom, asha, current=NEW, new=NEW, address=HOME)
        with pytest.raises(FieldProblem):
            links.change_password(greenroom, asha, current=OLD, new="short", address=HOME)

        send_all(greenroom, asha)
        assert "Your password was changed" not in [mail.subject for mail in post.mails]
        links.reset_password(greenroom, token, NEW)

    def test_a_refused_password_leaves_the_link_open(self, greenroom: Greenroom, asha: Actor, post: Post) -> None:
        token = mailed_reset(greenroom, asha, post)
        with pytest.raises(FieldProblem):
            links.reset_password(greenroom, token, "short")

        links.reset_password(greenroom, token, NEW)

    def test_a_link_runs_out(self, greenroom: Greenroom, clock: Clock, asha: Actor, post: Post) -> None:
        token = mailed_reset(greenroom, asha, post)
        clock.now += timedelta(minutes=31)
        with pytest.raises(LinkSpent):
            links.reset_password(greenroom, token, NEW)

    def test_a_mail_that_could_not_leave_in_time_is_not_sent(
        self, greenroom: Greenroom, clock: Clock, asha: Actor, post: Post
    ) -> None:
        send_reset(greenroom, user_id=asha.user_id)
        clock.now += timedelta(minutes=31)
        send_all(greenroom, asha)
        assert [mail.subject for mail in post.mails] == ["Confirm your e-mail address"]

    @pytest.mark.parametrize("token", ["", "nothing", "eyJhbGciOiJub25lIn0.e30."])
    def test_a_made_up_token_opens_nothing(self, greenroom: Greenroom, token: str) -> None:
        with pytest.raises(LinkSpent):
            links.reset_password(greenroom, token, NEW)

    def test_a_link_for_another_purpose_opens_nothing(self, greenroom: Greenroom, asha: Actor, post: Post) -> None:
        send_all(greenroom, asha)
        with pytest.raises(LinkSpent):
            links.reset_password(greenroom, post.token("confirm"), NEW)
        reset = mailed_reset(greenroom, asha, post)
        with pytest.raises(LinkSpent):
            links.confirm_address(greenroom, asha, reset)

    def test_asking_does_the_same_for_an_unknown_address(self, greenroom: Greenroom, asha: Actor, post: Post) -> None:
        def queued() -> int:
            with greenroom.engine.connect() as connection:
                query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'accounts.send_reset'"
                return int(connection.execute(text(query)).scalar_one())

        before = queued()
        links.ask_reset(greenroom, address_of(greenroom, asha).upper(), address=HOME)
        links.ask_reset(greenroom, f"{new_id('usr')}@people.test", address=HOME)
        assert queued() == before + 2
        assert links.send_reset(greenroom, new_id("usr")) == "nobody"

    def test_neither_outbox_nor_queue_can_open_an_account(self, greenroom: Greenroom, asha: Actor, post: Post) -> None:
        token = mailed_reset(greenroom, asha, post)
        with greenroom.engine.connect() as connection:
            for table in ("mailed_links", "outgoing_messages", "procrastinate_jobs"):
                rows = connection.execute(text(f"SELECT row_to_json(t)::text FROM {table} t"))  # noqa: S608  our names
                assert all(token not in row[0] for row in rows)

    def test_asking_is_limited(self, settings: Settings, post: Post) -> None:
        strict = build(settings.model_copy(update={"greenroom_rate_scale": 1.0}))
        someone = f"{new_id('usr')}@people.test"
        for _ in range(5):
            links.ask_reset(strict, someone, address=HOME)
        with pytest.raises(TooManyRequests):
            links.ask_reset(strict, someone, address=HOME)
        strict.engine.dispose()


class TestTheAddress:
    def test_is_confirmed_by_its_own_mail(self, greenroom: Greenroom, asha: Actor, post: Post) -> None:
        send_all(greenroom, asha)
        with greenroom.uow() as uow:
            assert not service.account_view(uow, asha).email_is_confirmed

        links.confirm_address(greenroom, asha, post.token("confirm"))

        with greenroom.uow() as uow:
            assert service.account_view(uow, asha).email_is_confirmed

    def test_is_not_confirmed_by_somebody_elses(
        self, greenroom: Greenroom, asha: Actor, ravi: Actor, post: Post
    ) -> None:
        send_all(greenroom, asha)
        with pytest.raises(LinkSpent):
            links.confirm_address(greenroom, ravi, post.token("confirm"))

    def test_a_link_proves_nothing_about_an_address_set_later(
        self, greenroom: Greenroom, asha: Actor, post: Post
    ) -> None:
        send_all(greenroom, asha)
        with greenroom.uow() as uow:
            uow.session.get_one(User, asha.user_id).email = f"{asha.user_id}@elsewhere.test"
        with pytest.raises(LinkSpent):
            links.confirm_address(greenroom, asha, post.token("confirm"))


class TestASecondFactor:
    @pytest.fixture
    def enrolment(self, greenroom: Greenroom, ravi: Actor) -> second_factor.Enrolment:
        with greenroom.uow() as uow:
            made = second_factor.enrol(uow, ravi)
        second_factor.confirm(greenroom, ravi, self.code(greenroom, made))
        return made

    @staticmethod
    def code(greenroom: Greenroom, made: second_factor.Enrolment) -> str:
        return pyotp.TOTP(made.secret).at(greenroom.clock())

    def test_asks_for_a_code_once_it_is_on(
        self, greenroom: Greenroom, clock: Clock, ravi: Actor, enrolment: second_factor.Enrolment
    ) -> None:
        with pytest.raises(SecondFactorNeeded):
            second_factor.check(greenroom, ravi.user_id, None)
        clock.now += timedelta(seconds=60)
        second_factor.check(greenroom, ravi.user_id, self.code(greenroom, enrolment))

    def test_guards_nothing_before_its_first_right_code(self, greenroom: Greenroom, ravi: Actor) -> None:
        with greenroom.uow() as uow:
            second_factor.enrol(uow, ravi)
        with pytest.raises(BadCode):
            second_factor.confirm(greenroom, ravi, "000000")
        second_factor.check(greenroom, ravi.user_id, None)

    def test_takes_no_code_twice(self, greenroom: Greenroom, ravi: Actor, enrolment: second_factor.Enrolment) -> None:
        with pytest.raises(BadCode):
            second_factor.check(greenroom, ravi.user_id, self.code(greenroom, enrolment))

    def test_takes_the_code_of_a_clock_that_is_half_a_minute_off_and_no_older(
        self, greenroom: Greenroom, clock: Clock, ravi: Actor, enrolment: second_factor.Enrolment
    ) -> None:
        clock.now += timedelta(minutes=10)
        late, too_late = (
            pyotp.TOTP(enrolment.secret).at(clock.now - timedelta(seconds=seconds)) for seconds in (30, 90)
        )
        with pytest.raises(BadCode):
            second_factor.check(greenroom, ravi.user_id, too_late)
        second_factor.check(greenroom, ravi.user_id, late)

    def test_takes_each_recovery_code_once(
        self, greenroom: Greenroom, ravi: Actor, enrolment: second_factor.Enrolment
    ) -> None:
        spent = enrolment.recovery_codes[3]
        second_factor.check(greenroom, ravi.user_id, spent.replace("-", " "))
        with pytest.raises(BadCode):
            second_factor.check(greenroom, ravi.user_id, spent)
        second_factor.check(greenroom, ravi.user_id, enrolment.recovery_codes[4])

    def test_is_turned_off_by_a_code_alone(
        self, greenroom: Greenroom, ravi: Actor, enrolment: second_factor.Enrolment
    ) -> None:
        with pytest.raises(BadCode):
            second_factor.turn_off(greenroom, ravi, "123456")
        second_factor.turn_off(greenroom, ravi, enrolment.recovery_codes[0])
        second_factor.check(greenroom, ravi.user_id, None)

    def test_is_not_replaced_by_enrolling_again(
        self, greenroom: Greenroom, ravi: Actor, enrolment: second_factor.Enrolment
    ) -> None:
        with greenroom.uow() as uow, pytest.raises(BadCode):
            second_factor.enrol(uow, ravi)

    def test_is_for_those_who_see_others(self, greenroom: Greenroom, asha: Actor) -> None:
        with greenroom.uow() as uow, pytest.raises(Forbidden):
            second_factor.enrol(uow, asha)

    def test_its_secret_is_sealed(self, greenroom: Greenroom, ravi: Actor, enrolment: second_factor.Enrolment) -> None:
        with greenroom.uow() as uow:
            kept = uow.session.get_one(SecondFactor, ravi.user_id)
            assert kept.secret == enrolment.secret
            assert enrolment.secret not in kept.secret_sealed
            assert not any(code in kept.recovery_hashes for code in enrolment.recovery_codes)
