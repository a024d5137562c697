"""Every table in one place, for migrations and for tests that look at the whole schema."""

from core.accounts.models import AuthSession, FederatedIdentity, LoginTicket, User
from core.analytics.models import InterviewStatistics
from core.cohorts.models import (
    Cohort,
    CohortAssignment,
    CohortCoach,
    CohortComment,
    CohortCompetency,
    CohortCredit,
    CohortDay,
    CohortFact,
    CohortInvitation,
    CohortLearner,
    CohortMember,
    CohortNote,
    CohortQuestion,
)
from core.db import Base
from core.idempotency.models import IdempotentCall
from core.interviews.models import (
    InterviewCall,
    InterviewPreference,
    InterviewQuestion,
    InterviewSession,
    InterviewTranscript,
    TranscriptCorrection,
)
from core.keys import DataKey
from core.ledger.models import LedgerEntry, LedgerProof
from core.notifications.models import Notification, NotificationPreference, OutgoingMessage
from core.operations.models import DeliveredDay
from core.payments.models import InterviewPayment
from core.privacy.audit import AuditEntry
from core.reports.models import (
    AnswerRetry,
    InterviewReport,
    PracticeItem,
    ReportLink,
    ReportReview,
    ReportRevision,
    ScoreOverride,
)
from core.webhooks.models import WebhookEvent

__all__ = [
    "AnswerRetry",
    "AuditEntry",
    "AuthSession",
    "Base",
    "Cohort",
    "CohortAssignment",
    "CohortCoach",
    "CohortComment",
    "CohortCompetency",
    "CohortCredit",
    "CohortDay",
    "CohortFact",
    "CohortInvitation",
    "CohortLearner",
    "CohortMember",
    "CohortNote",
    "CohortQuestion",
    "DataKey",
    "DeliveredDay",
    "FederatedIdentity",
    "IdempotentCall",
    "InterviewCall",
    "InterviewPayment",
    "InterviewPreference",
    "InterviewQuestion",
    "InterviewReport",
    "InterviewSession",
    "InterviewStatistics",
    "InterviewTranscript",
    "LedgerEntry",
    "LedgerProof",
    "LoginTicket",
    "Notification",
    "NotificationPreference",
    "OutgoingMessage",
    "PracticeItem",
    "ReportLink",
    "ReportReview",
    "ReportRevision",
    "ScoreOverride",
    "TranscriptCorrection",
    "User",
    "WebhookEvent",
]
