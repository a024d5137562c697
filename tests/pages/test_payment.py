"""Paying: by the checkout's claim, or by money that arrives without it."""

from collections.abc import Callable

import pytest

from core.accounts.types import Actor, Role
from core.cohorts import service as cohorts
from core.cohorts import sponsoring
from core.cohorts.types import Share
from core.interviews.types import SessionStatus
from core.money import Money
from core.payments import flows
from core.payments.receipt import receipt_of, receipt_pdf
from core.payments.service import payments_page
from core.payments.types import OpenOrder
from core.ports.payments import ProviderPayment
from core.wiring import Greenroom
from tests.pages.fakes import FakePayments, checkout_signature
from tests.pages.support import Story, Visitor, button, said
from ui.components.checkout import CheckoutOutcome, outcome_of
from ui.routes import Screen

Claim = Callable[[OpenOrder], CheckoutOutcome | None]


@pytest.fixture
def claims(monkeypatch: pytest.MonkeyPatch) -> Callable[[Claim], None]:
    """Plays the browser's half of the checkout."""

    def play(claim: Claim) -> None:
        monkeypatch.setattr("ui.components.checkout.checkout", lambda order, **_: claim(order))

    return play


def paid(order: OpenOrder) -> CheckoutOutcome:
    payment_id = order.order_id.replace("order_", "paid_", 1)
    return CheckoutOutcome(order.order_id, payment_id, checkout_signature(order.order_id, payment_id))


def test_every_line_of_the_price_and_the_sandbox_are_named(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.PAYMENT, session=story.set_up(minutes=12))

    shown = said(app).replace("\\", "")
    assert "Sandbox: no real money" in shown
    assert [line in shown for line in ("₹99.00", "₹96.00", "**₹195.00**")] == [True] * 3
    assert len(app.get("bidi_component")) == 1


def test_a_cohort_pays_at_a_press_and_nothing_is_charged(
    visit: Visitor, story: Story, greenroom: Greenroom, person: Callable[..., Actor]
) -> None:
    ravi, admin = person("Ravi", Role.COACH), person("Admin", Role.ADMIN)
    session_id = story.set_up()
    with greenroom.uow() as uow:
        cohort_id = cohorts.create(uow, ravi, "Batch of 2027").cohort_id
        token = cohorts.invite(uow, ravi, cohort_id, app_url="https://app.test").token
        cohorts.join(uow, story.actor, token, Share())
        sponsoring.grant(uow, admin, cohort_id, Money(100_000, "INR"))
    assert "Let your cohort pay" not in said(visit.open(Screen.PAYMENT, session=session_id))
    with greenroom.uow() as uow:
        sponsoring.set_each(uow, ravi, cohort_id, 1)

    button(visit.open(Screen.PAYMENT, session=session_id), "Let your cohort pay").click().run()

    assert story.view(session_id).status is SessionStatus.READY
    assert "Paid by your cohort. Nothing was charged to you." in said(visit.open(Screen.ACCOUNT))
    with greenroom.uow() as uow:
        [paid_for] = payments_page(uow, story.actor).items
        receipt = receipt_of(uow, story.actor.user_id, paid_for.payment_id)
    assert (receipt.paid_by, receipt.is_sponsored) == ("Batch of 2027", True)
    assert receipt_pdf(receipt).startswith(b"%PDF")


def test_a_valid_claim_makes_the_interview_ready_and_goes_there(
    visit: Visitor, story: Story, claims: Callable[[Claim], None]
) -> None:
    session_id = story.set_up()
    claims(paid)

    app = visit.open(Screen.PAYMENT, session=session_id)

    assert story.view(session_id).status is SessionStatus.READY
    assert app.query_params["session"] == session_id
    assert "Start the interview" in said(app)


def test_a_forged_claim_is_refused_and_nothing_is_granted(
    visit: Visitor, story: Story, claims: Callable[[Claim], None]
) -> None:
    session_id = story.set_up()
    claims(lambda order: CheckoutOutcome(order.order_id, order.order_id.replace("order_", "paid_", 1), "0" * 64))

    app = visit.open(Screen.PAYMENT, session=session_id)

    assert "signature is not valid" in said(app)
    assert story.view(session_id).status is SessionStatus.AWAITING_PAYMENT
    assert len(app.get("bidi_component")) == 0  # the played checkout draws nothing; the page around it stands
    assert "**Total**" in said(app)


def test_money_that_is_not_captured_yet_is_said_plainly(
    visit: Visitor, story: Story, claims: Callable[[Claim], None]
) -> None:
    payments = story.greenroom.payments
    assert isinstance(payments, FakePayments)
    payments.status = "failed"
    session_id = story.set_up()
    claims(paid)

    app = visit.open(Screen.PAYMENT, session=session_id)

    assert "has not gone through yet" in said(app)
    assert story.view(session_id).status is SessionStatus.AWAITING_PAYMENT


def test_a_payment_that_arrives_only_by_webhook_moves_the_page_on(visit: Visitor, story: Story) -> None:
    session_id = story.set_up()
    app = visit.open(Screen.PAYMENT, session=session_id)
    order = flows.open_order(story.greenroom, story.actor, session_id)
    money = story.view(session_id).pricing.total

    flows.settle_captured(
        story.greenroom, order.payment_id, ProviderPayment("paid_elsewhere", order.order_id, money, "captured")
    )
    app.run()

    assert "Start the interview" in said(app)


def test_money_that_arrives_while_the_page_is_drawn_moves_it_on(
    visit: Visitor, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = story.set_up()
    real = flows.open_order

    def overtaken(greenroom: Greenroom, actor: Actor, session: str) -> OpenOrder:
        monkeypatch.setattr(flows, "open_order", real)
        story.pay(session)
        return real(greenroom, actor, session)

    monkeypatch.setattr(flows, "open_order", overtaken)

    app = visit.open(Screen.PAYMENT, session=session_id)

    assert "Start the interview" in said(app)
    assert not app.warning


def test_what_is_paid_already_goes_on_without_a_checkout(visit: Visitor, story: Story) -> None:
    app = visit.open(Screen.PAYMENT, session=story.ready())

    assert "Start the interview" in said(app)
    assert not app.error


def test_coming_back_finds_the_same_order(visit: Visitor, story: Story) -> None:
    session_id = story.set_up()
    visit.open(Screen.PAYMENT, session=session_id)
    visit.open(Screen.PAYMENT, session=session_id)

    payments = story.greenroom.payments
    assert isinstance(payments, FakePayments)
    assert len(payments.orders) == 1


ORDER = OpenOrder("pay_1", "order_1", 19500, "INR", "rzp_test", "Asha", "asha@people.test")


@pytest.mark.parametrize(
    ("what", "claim"),
    [
        ("nothing happened", None),
        ("another order", {"outcome": "paid", "order": "order_2", "payment": "p", "signature": "s"}),
        ("not paid", {"outcome": "dismissed", "order": "order_1"}),
        ("a part is missing", {"outcome": "paid", "order": "order_1", "payment": "p"}),
        ("not words", {"outcome": "paid", "order": "order_1", "payment": 1, "signature": ["s"]}),
        ("no object", "paid"),
    ],
)
def test_only_a_whole_claim_about_this_order_is_taken(what: str, claim: object) -> None:
    assert outcome_of(claim, ORDER) is None, what


def test_a_whole_claim_is_taken() -> None:
    claim = {"outcome": "paid", "order": "order_1", "payment": "pay_x", "signature": "s"}

    assert outcome_of(claim, ORDER) == CheckoutOutcome("order_1", "pay_x", "s")
