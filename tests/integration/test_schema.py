"""The migrations make the schema the models describe, and the constraints hold in the database itself."""

import base64
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import sealing
from core.accounts.models import User
from core.accounts.types import Role
from core.crypto import Keyring
from core.interviews.models import InterviewSession
from core.models import Base
from core.payments.models import InterviewPayment
from core.payments.types import PaymentStatus
from core.reports.models import InterviewReport
from runner.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres")) as postgres:
        env = {**os.environ, "DATABASE_URL": postgres.url}
        subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, env=env, check=True)
        engine = create_engine(postgres.url.replace("postgresql://", "postgresql+psycopg://"))
        yield engine
        engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One transaction that is always rolled back."""
    sealing.install(Keyring.parse(f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"))
    with Session(engine) as session:
        yield session
        session.rollback()


@pytest.fixture
def interview(session: Session) -> InterviewSession:
    session.add(
        User(
            id="usr_1",
            username="asha",
            email="asha@example.com",
            name="Asha",
            password_hash="x",
            role=Role.CANDIDATE,
            locale="en",
            created_at=NOW,
        )  # fmt: skip
    )
    session.flush()
    row = InterviewSession(
        id="int_1", user_id="usr_1", type="technical", difficulty="medium", mode="voice", status="completed",
        attempt=1, created_at=NOW, updated_at=NOW, questions_source="gemini", question_count=1, rubric_hash="x",
        report_generated=True, used_seconds=0, price_amount=100, price_currency="INR", price_lines=[],
    )  # fmt: skip
    row.configuration, row.questions_generated = {"role": "welder"}, {}
    session.add(row)
    session.flush()
    return row


def report(name: str, score: int | None) -> InterviewReport:
    row = InterviewReport(
        id=name, session_id="int_1", user_id="usr_1", overall_score=score, score_breakdown={}, engine="rubric",
        rubric_version="1", generated_at=NOW,
    )  # fmt: skip
    row.strengths = row.weaknesses = row.recommendations = []
    row.report_json = {}
    return row


def payment(name: str, **more: object) -> InterviewPayment:
    fields = {"session_id": "int_1", "user_id": "usr_1", "amount": 100, "currency": "INR", "receipt": name, **more}
    return InterviewPayment(id=name, status=PaymentStatus.CREATED, created_at=NOW, updated_at=NOW, **fields)


def is_ours(_object: object, name: str, kind: str, *_: object) -> bool:
    return not (kind == "table" and name.startswith("procrastinate"))


def test_migrations_and_models_agree(engine: Engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda _o, name, kind, *_: not (kind == "table" and name.startswith("procrastinate"))
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_one_interview_has_one_report(session: Session, interview: InterviewSession):
    session.add(report("rep_1", 50))
    session.flush()
    session.add(report("rep_2", 50))
    with pytest.raises(IntegrityError, match="session_id"):
        session.flush()


@pytest.mark.parametrize("score", [-1, 101])
def test_a_score_out_of_bounds_is_refused(session: Session, interview: InterviewSession, score: int):
    session.add(report("rep_1", score))
    with pytest.raises(IntegrityError, match="overall_score"):
        session.flush()


def test_one_interview_has_one_payment(session: Session, interview: InterviewSession):
    session.add_all([payment("pay_1"), payment("pay_2")])
    with pytest.raises(IntegrityError, match="session_id"):
        session.flush()


@pytest.mark.parametrize(("field", "value"), [("amount", -1), ("status", text("'stolen'"))])
def test_a_payment_that_cannot_be_is_refused(session: Session, interview: InterviewSession, field: str, value: object):
    session.add(payment("pay_1"))
    session.flush()
    with pytest.raises(IntegrityError, match=f"ck_interview_payments_{field}"):
        session.execute(update(InterviewPayment).values({field: value}))


def test_a_deleted_interview_leaves_the_stripped_payment(session: Session, interview: InterviewSession):
    session.add_all([payment("pay_1"), report("rep_1", 50)])
    session.flush()
    session.execute(text("DELETE FROM interview_sessions"))
    assert session.execute(text("SELECT session_id, amount FROM interview_payments")).one() == (None, 100)
    assert session.execute(text("SELECT count(*) FROM interview_reports")).scalar() == 0


def test_what_somebody_said_is_sealed_in_the_row(session: Session, interview: InterviewSession):
    stored = session.execute(text("SELECT configuration::text FROM interview_sessions")).scalar_one()
    assert "welder" not in stored
    session.expire_all()
    found = session.get(InterviewSession, "int_1")
    assert found is not None
    assert found.configuration == {"role": "welder"}
