"""Who is in a running product when screens are measured: people with real reports, a coach, and as long a history as
is asked for."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from sqlalchemy import select

from bench.chaos import CHOICES, Person
from bench.product import Product
from core.accounts import service as accounts
from core.accounts.models import User
from core.accounts.types import Actor, Role
from core.analytics.service import recompute
from core.cohorts import rollups
from core.cohorts import service as cohorts
from core.cohorts.types import Share
from core.ids import new_id
from core.interviews.models import InterviewSession
from core.reports.models import InterviewReport
from core.wiring import Greenroom

AT_ONCE = 3
LEVELS = ("easy", "medium", "hard")


@dataclass(frozen=True)
class Resident:
    """Somebody with a cookie, and the interview whose report they have."""

    actor: Actor
    person: Person
    cookie: str
    session_id: str


@dataclass(frozen=True)
class Coach:
    actor: Actor
    cookie: str
    cohort_id: str


def move_in(product: Product, greenroom: Greenroom, *, count: int) -> list[Resident]:
    """People who register, pay, are interviewed and get their report, all by the product's own ways."""

    def live(_number: int) -> Resident:
        person = Person(product)
        session_id = person.live_through("text")
        actor = actor_named(greenroom, person.name)
        return Resident(actor, person, cookie_of(greenroom, actor), session_id)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(live, range(count)))


def actor_named(greenroom: Greenroom, username: str) -> Actor:
    with greenroom.uow() as uow:
        user = uow.session.scalars(select(User).where(User.username == username)).one()
        return Actor(user.id, user.username, user.name, user.role, "ses_bench")


def cookie_of(greenroom: Greenroom, actor: Actor) -> str:
    with greenroom.uow() as uow:
        ticket = accounts.issue_ticket(uow, actor.user_id)
        uow.session.flush()
        return accounts.redeem_ticket(uow, ticket)[0]


def set_up(resident: Resident, *, paid: bool) -> str:
    """One more interview: waiting for its payment, or ready to begin."""
    person = resident.person
    session_id: str = person.call("POST", "/api/interviews/setup", {**CHOICES, "mode": "text"}).json()["sessionId"]
    if paid:
        order = person.call("POST", "/api/payments/interview/create", {"sessionId": session_id}).json()
        done = person.sandbox(f"razorpay/orders/{order['orderId']}/pay", {"outcome": "captured"}).json()
        person.call("POST", "/api/payments/interview/verify", done)
    return session_id


def give_history(greenroom: Greenroom, actor: Actor, *, count: int) -> None:
    """So many finished and scored interviews, without words: lists and trends read nothing else."""
    dice = Random(count)
    with greenroom.uow() as uow:
        rollups.hold_learner(uow, actor.user_id)
        for number in range(count):
            at, score = uow.now - timedelta(hours=count - number), dice.randint(20, 95)
            session = InterviewSession(
                id=new_id("int"), user_id=actor.user_id, type="technical", difficulty=dice.choice(LEVELS), mode="text",
                status="completed", attempt=1, created_at=at, updated_at=at, ended_at=at, report_generated=True,
                questions_source="question_bank", question_count=3, rubric_hash="x", used_seconds=0,
                duration_seconds=1200, price_amount=0, price_currency="INR", price_lines=[],
            )  # fmt: skip
            session.configuration = {**CHOICES, "language": "en", "role": None}
            session.questions_generated = {}
            report = InterviewReport(
                id=new_id("rep"), session_id=session.id, user_id=actor.user_id, overall_score=score,
                interval_low=max(0, score - 14), interval_high=min(100, score + 14),
                score_breakdown={"databases": score}, engine="rubric", model=None, rubric_version="r1", generated_at=at,
            )  # fmt: skip
            report.strengths = report.weaknesses = report.recommendations = []
            report.report_json = {"sessionId": session.id, "questions": []}
            uow.session.add(session)
            uow.session.flush()
            uow.session.add(report)
        recompute(uow, actor.user_id)
    with greenroom.engine.connect() as connection:
        # What Postgres does on its own within a minute: until then it plans for tables that are nearly empty.
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


def employ_coach(greenroom: Greenroom, learners: list[Resident]) -> Coach:
    """A coach whose cohort these people have joined, sharing everything."""
    coach = new_user(greenroom, Role.COACH)
    with greenroom.uow() as uow:
        cohort_id = cohorts.create(uow, coach, "Batch").cohort_id
        token = cohorts.invite(uow, coach, cohort_id, app_url="https://app.test").token
    for learner in learners:
        with greenroom.uow() as uow:
            cohorts.join(uow, learner.actor, token, Share(scores=True, reports=True, audio=False))
    return Coach(coach, cookie_of(greenroom, coach), cohort_id)


def admin_cookie(greenroom: Greenroom) -> str:
    return cookie_of(greenroom, new_user(greenroom, Role.ADMIN))


def new_user(greenroom: Greenroom, role: Role) -> Actor:
    user_id = new_id("usr")
    with greenroom.uow() as uow:
        uow.session.add(
            User(id=user_id, username=user_id, email=f"{user_id}@people.test", name="Ravi", password_hash="x",  # noqa: S106
                 role=role, locale="en", created_at=uow.now)
        )  # fmt: skip
    return Actor(user_id, user_id, "Ravi", role, "ses_bench")
