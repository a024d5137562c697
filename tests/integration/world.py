"""One Greenroom over a real database, with providers that are played and a clock that a test moves."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import text

from bench.inbox import Inbox
from core import reconciliation
from core.accounts.models import User
from core.accounts.types import Actor, Role
from core.errors import AppError
from core.ids import new_id
from core.interviews.catalogue import Difficulty, InterviewType, Mode
from core.interviews.jobs import erase_traces  # noqa: F401  registers the domain's jobs
from core.interviews.types import EndedBy, SetUp
from core.jobs import queue
from core.notifications.jobs import deliver  # noqa: F401  registers the domain's jobs
from core.payments.jobs import capture  # noqa: F401  registers the domain's jobs
from core.ports.payments import ProviderRefund
from core.ports.voice import Incoming
from core.reports.jobs import write_report  # noqa: F401  registers the domain's jobs
from core.settings import Settings
from core.webhooks.jobs import handle_event  # noqa: F401  registers the domain's jobs
from core.webhooks.service import Arrival
from core.wiring import Greenroom, build
from tests.integration.played import NoModel, PlayedPayments, PlayedVoice, Post

VOICE = SetUp(InterviewType.TECHNICAL, Difficulty.MEDIUM, ("databases",), Mode.VOICE, 12)
DRAIN_ROUNDS = 12
TABLES = (
    "users",
    "cohorts",
    "webhook_events",
    "interview_payments",
    "ledger_entries",
    "ledger_proofs",
    "delivered_days",
    "procrastinate_jobs",
)


class World:
    """One Greenroom over a real database, with providers that are played and a clock that a test moves."""

    def __init__(self, settings: Settings) -> None:
        self.now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
        self.real = build(settings, clock=lambda: self.now)
        self.inbox = Inbox(self.real)
        self.reset()

    def close(self) -> None:
        self.inbox.close()
        self.real.engine.dispose()

    def reset(self) -> None:
        self.post = Post()
        self.voice, self.payments = PlayedVoice(self.post), PlayedPayments(self.post)
        self.app: Greenroom = dataclasses.replace(self.real, voice=self.voice, payments=self.payments, model=NoModel())
        with self.app.uow() as uow:
            uow.session.execute(text(f"TRUNCATE {', '.join(TABLES)} CASCADE"))
        self.asha = self.stranger()

    def stranger(self) -> Actor:
        """Somebody new."""
        user_id = new_id("usr")
        with self.app.uow() as uow:
            uow.session.add(
                User(id=user_id, username=user_id, email=f"{user_id}@people.test", name="Asha", password_hash="x",
                     role=Role.CANDIDATE, locale="en", created_at=uow.now)
            )  # fmt: skip
        return Actor(user_id, user_id, "Asha", Role.CANDIDATE, "ses_test")

    def rows(self, query: str) -> list[Any]:
        with self.real.engine.connect() as connection:
            return list(connection.execute(text(query)))

    def deliver(self, number: int) -> None:
        source, key, _ = self.post.sent[number]
        raw = json.dumps({"number": number, "key": key}).encode()
        self.inbox.put([Arrival(source, Incoming(key, "played"), raw)])  # type: ignore[arg-type]  # one of the two

    def run_jobs(self, at_most: int = 1000) -> None:
        """Run what is queued, oldest first. A job that fails is queued again, as the worker would."""
        for job_id, name, args in self.rows(
            "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
        )[:at_most]:
            context = SimpleNamespace(
                additional_context={"greenroom": self.app}, job=SimpleNamespace(id=job_id, attempts=0)
            )
            try:
                queue.tasks[name].func(context, **args)
            except AppError as exc:
                if exc.kind in ("limited", "provider_down", "provider_timeout"):
                    continue
            with self.real.engine.begin() as connection:
                connection.execute(text("DELETE FROM procrastinate_jobs WHERE id = :id"), {"id": job_id})

    def settle(self) -> None:
        """Everything that would happen by itself over the next days, without a further event of what we do ourselves.

        What is done by hand at the provider we learn by its event alone, which is sent again for a day.
        """
        for number, (_, _, event) in enumerate(self.post.sent):
            if isinstance(event, ProviderRefund) and event in self.payments.by_hand:
                self.deliver(number)
        for call_id in list(self.voice.calls):
            self.voice.play(call_id, answered=1, ended_by=EndedBy.CANDIDATE_LEFT, now=self.now)
        for _ in range(DRAIN_ROUNDS):
            self.now += timedelta(hours=3)
            for _ in range(3):
                self.run_jobs()
            reconciliation.run(self.app)
