"""One example for every body that is sent or answered, by the name its shape has in the OpenAPI document."""

from collections.abc import Mapping
from typing import Any

SESSION, PAYMENT, USER, COHORT = (
    "int_01kb2m7q0x3v5c8d9e1f2g3h4j",
    "pay_01kb2m8r4t6w8y0a2c4e6g8j0m",
    "usr_01kb2m5n7p9r1t3v5x7z9b1d3f",
    "coh_01kb2m9s1v3x5z7b9d1f3h5k7m",
)
EVENT, NOTICE, REPORT = (
    "evt_01kb2mat2w4y6a8c0e2g4j6m8p",
    "ntf_01kb2mbv3x5z7b9d1f3h5k7m9q",
    "rep_01kb2mcw4y6a8c0e2g4j6m8p0r",
)
CURSOR = "aW50XzAxa2IybTdxMHgzdjVjOGQ5ZTFmMmczaDRq"
IDS = {"session_id": SESSION, "cohort_id": COHORT, "user_id": USER, "event_id": EVENT}
AT, LATER = "2026-11-24T09:30:00Z", "2026-11-24T09:51:40Z"
PASSWORD = "Quiet-9-river-Lantern"  # noqa: S105  nobody's

PRICING = {
    "amount": 39900,
    "currency": "INR",
    "lines": [
        {"label": "Question plan and scored report", "amount": 9900},
        {"label": "Voice interview, 20 minutes", "amount": 30000},
    ],
}
QUESTION = {"order": 1, "text": "How would you find out why a query has become slow?", "isFollowUp": False}
TOKENS = {
    "accessToken": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c3JfMDEifQ.c2lnbmF0dXJl",
    "tokenType": "bearer",
    "expiresIn": 900,
    "refreshToken": "eyJhbGciOiJIUzI1NiJ9.eyJnZW4iOjF9.c2lnbmF0dXJl",
    "role": "candidate",
}
EVIDENCE = {"quote": "I read the execution plan first", "questionOrder": 1, "turnId": "t3", "startMs": 64000}
SHARE = {"scores": True, "reports": True, "audio": False}
MEMBERSHIP = {
    "cohortId": COHORT,
    "name": "Batch of 2027",
    "share": SHARE,
    "feedbackOnly": False,
    "joinedAt": AT,
}
COHORT_REPLY = {
    "cohortId": COHORT,
    "name": "Batch of 2027",
    "memberCount": 24,
    "feedbackOnly": False,
    "archived": False,
    "createdAt": AT,
}
EVENT_REPLY = {
    "eventId": EVENT,
    "source": "vapi",
    "type": "end-of-call-report",
    "status": "handled",
    "attempts": 1,
    "outcome": "report queued",
    "sessionId": SESSION,
    "receivedAt": AT,
    "handledAt": AT,
}
OF_INTERVIEW = {
    "sessionId": SESSION,
    "type": "technical",
    "difficulty": "medium",
    "focusAreas": ["databases", "apis"],
    "mode": "voice",
    "status": "completed",
    "createdAt": AT,
    "endedAt": LATER,
    "durationSeconds": 1190,
    "overallScore": 72,
    "pricing": PRICING,
}
COMPETENCY = {"competency": "depth", "n": 41, "mean": 63.2}

_REQUESTS: Mapping[str, Any] = {
    "RegisterRequest": {
        "username": "asha",
        "email": "asha@example.com",
        "name": "Asha Rao",
        "password": PASSWORD,
    },
    "TokenRequest": {"username": "asha", "password": PASSWORD},
    "RefreshRequest": {"refreshToken": TOKENS["refreshToken"]},
    "DeleteAccountRequest": {"password": PASSWORD},
    "PasswordRequest": {"currentPassword": PASSWORD, "newPassword": "Loud-4-mountain-Candle"},
    "SetupRequest": {
        "type": "technical",
        "difficulty": "medium",
        "focusAreas": ["databases", "apis"],
        "mode": "voice",
        "durationMinutes": 20,
        "role": "Backend engineer",
    },
    "AnswerRequest": {"text": "I read the execution plan first, then I looked for lock waits."},
    "RetryRequest": {"questionOrder": 2, "text": "I would measure first, then change one thing at a time."},
    "OrderRequest": {"sessionId": SESSION},
    "VerifyRequest": {
        "razorpay_order_id": "order_QxYz12AbCd34Ef",
        "razorpay_payment_id": "pay_QxYz98ZyXw76Vu",
        "razorpay_signature": "5ad4d3f1c6a0d0c2f2f0c6d7b1a6b9f1e0c3d2b4a59687f6e5d4c3b2a1908070",
    },
    "CohortRequest": {"name": "Batch of 2027"},
    "CohortChange": {"name": "Batch of 2027, evening"},
    "InviteRequest": {"emails": ["asha@example.com"], "expiresInDays": 14},
    "JoinRequest": {"token": "Zk3bV0p8QmW2xY5tR7uN1cA4", "share": SHARE},
    "ShareRequest": {"share": SHARE},
    "OverrideRequest": {"questionOrder": 2, "score": 70, "reason": "The trade-off was named, in other words."},
}
_ANSWERS: Mapping[str, Any] = {
    "Live": {"status": "ok"},
    "Ready": {"status": "ok", "cache": "ok"},
    "Received": {"received": True},
    "Registered": {"userId": USER, "role": "candidate"},
    "TokenReply": TOKENS,
    "Me": {
        "userId": USER,
        "username": "asha",
        "name": "Asha Rao",
        "email": "asha@example.com",
        "role": "candidate",
    },
    "CatalogueReply": {
        "types": [{"type": "technical", "focusAreas": ["databases", "apis"]}],
        "difficulties": ["easy", "medium", "hard", "expert"],
        "modes": ["voice", "text"],
        "durationMinutes": {"min": 10, "max": 60},
        "languages": ["en", "hi"],
    },
    "SetupReply": {
        "sessionId": SESSION,
        "status": "awaiting_payment",
        "questionCount": 6,
        "questionsSource": "gemini",
        "pricing": PRICING,
    },
    "StartReply": {
        "status": "in_progress",
        "mode": "text",
        "callId": f"{SESSION}.1",
        "firstQuestion": QUESTION,
    },
    "AnswerReply": {"done": False, "question": {**QUESTION, "order": 2}},
    "StatusReply": {"status": "processing"},
    "SessionReply": {
        **OF_INTERVIEW,
        "durationMinutes": 20,
        "language": "en",
        "role": "Backend engineer",
        "attempt": 1,
        "questionCount": 6,
        "questionsSource": "gemini",
        "callId": "0b6f0c2e-5a1d-4f57-9d53-0c2f8f4f7b11",
        "startedAt": AT,
        "endedReason": "customer-ended-call",
        "failure": None,
        "reportGenerated": True,
        "secondsLeft": None,
        "question": None,
    },
    "HistoryReply": {"items": [OF_INTERVIEW], "nextCursor": CURSOR},
    "StatisticsReply": {
        "totalInterviews": 1,
        "totalSpent": 39900,
        "averageScore": 72.0,
        "lastInterviewAt": LATER,
        "trend": [
            {
                "sessionId": SESSION,
                "at": LATER,
                "type": "technical",
                "difficulty": "medium",
                "score": 72,
                "low": 66,
                "high": 78,
            }
        ],
    },
    "TranscriptReply": {
        "segments": [
            {
                "speaker": "candidate",
                "text": "I read the execution plan first.",
                "startMs": 64000,
                "endMs": 67200,
                "questionOrder": 1,
            }
        ],
        "confidence": 0.94,
        "corrected": False,
    },
    "Report": {
        "reportId": REPORT,
        "sessionId": SESSION,
        "overallScore": 72,
        "band": "good",
        "scoreBreakdown": {"depth": {"score": 72, "evidence": [EVIDENCE], "questions": [1]}},
        "questions": [
            {
                "order": 1,
                "text": QUESTION["text"],
                "competency": "depth",
                "difficulty": "medium",
                "asked": True,
                "score": 72,
                "band": "good",
                "keyPoints": [
                    {
                        "text": "Reads the execution plan",
                        "covered": True,
                        "verdict": "covered",
                        "mustHave": True,
                        "quote": EVIDENCE["quote"],
                    }
                ],
                "criteria": [],
                "answer": "I read the execution plan first, then I looked for lock waits.",
                "followUpAsked": False,
                "feedback": "You started from evidence; say as well how you would confirm the cause.",
                "betterAnswer": None,
                "evidence": [EVIDENCE],
                "override": None,
            }
        ],
        "strengths": ["Starts from evidence"],
        "weaknesses": ["Stops before the cause is confirmed"],
        "strengthFindings": [{"text": "Starts from evidence", "evidence": [EVIDENCE]}],
        "weaknessFindings": [],
        "recommendations": [
            {
                "title": "Confirm the cause",
                "detail": "Name the measurement that would prove you wrong.",
                "practice": "Take three slow queries and write that measurement down for each.",
            }
        ],
        "oneThingFirst": "Confirm the cause before you change anything.",
        "speech": {},
        "confidence": {"standardError": 3.1, "interval": [66, 78]},
        "coverage": {"planned": 6, "asked": 6, "answered": 6},
        "flags": [],
        "scoredBy": {
            "engine": "gemini",
            "model": "gemini-3.8-flash",
            "rubricVersion": "1",
            "promptVersion": "1",
        },
        "generatedAt": LATER,
    },
    "RetryReply": {"questionOrder": 2, "before": 41, "after": 66, "feedback": "The order of the steps is clear now."},
    "OrderReply": {
        "paymentId": PAYMENT,
        "orderId": "order_QxYz12AbCd34Ef",
        "amount": 39900,
        "currency": "INR",
        "keyId": "rzp_live_1A2b3C4d5E6f7G",
        "prefill": {"name": "Asha Rao", "email": "asha@example.com"},
    },
    "VerifyReply": {"paymentId": PAYMENT, "status": "paid", "sessionId": SESSION, "sessionStatus": "ready"},
    "PaymentsReply": {
        "items": [
            {
                "paymentId": PAYMENT,
                "sessionId": SESSION,
                "orderId": "order_QxYz12AbCd34Ef",
                "amount": 39900,
                "currency": "INR",
                "status": "paid",
                "createdAt": AT,
                "refundedAt": None,
            }
        ],
        "nextCursor": None,
    },
    "NoticesReply": {
        "items": [
            {
                "notificationId": NOTICE,
                "kind": "report_ready",
                "title": "Your report is ready",
                "sessionId": SESSION,
                "createdAt": LATER,
                "readAt": None,
            }
        ],
        "nextCursor": None,
    },
    "CohortReply": COHORT_REPLY,
    "CohortsReply": {"items": [COHORT_REPLY], "nextCursor": None},
    "InvitationReply": {
        "token": "Zk3bV0p8QmW2xY5tR7uN1cA4",
        "joinUrl": "https://greenroom.example.com/account?join=Zk3bV0p8QmW2xY5tR7uN1cA4",
        "expiresAt": "2026-12-08T09:30:00Z",
        "invited": 1,
    },
    "JoinedReply": {"cohortId": COHORT, "name": "Batch of 2027", "share": SHARE},
    "MembershipReply": MEMBERSHIP,
    "MembershipsReply": {"items": [MEMBERSHIP], "nextCursor": None},
    "MembersReply": {
        "items": [
            {
                "userId": USER,
                "name": "Asha Rao",
                "interviews": 5,
                "averageScore": 64.4,
                "lastInterviewAt": LATER,
                "atRisk": [],
            }
        ],
        "nextCursor": None,
    },
    "LearnerReply": {
        "userId": USER,
        "name": "Asha Rao",
        "joinedAt": AT,
        "share": SHARE,
        "interviews": [
            {
                "sessionId": SESSION,
                "at": LATER,
                "type": "technical",
                "difficulty": "medium",
                "score": 72,
                "low": 66,
                "high": 78,
            }
        ],
        "averageScore": 72.0,
        "competencies": [{"competency": "depth", "n": 1, "mean": 72.0}],
        "atRisk": [],
    },
    "OverrideReply": {
        "questionOrder": 2,
        "score": 70,
        "modelScore": 55,
        "reason": "The trade-off was named, in other words.",
        "by": "Ravi Kumar",
        "at": LATER,
    },
    "AnalyticsReply": {
        "cohortId": COHORT,
        "interviews": 41,
        "learners": 24,
        "scores": {
            "mean": 63.2,
            "median": 64.0,
            "p25": 51.0,
            "p75": 75.0,
            "standardDeviation": 14.8,
            "histogram": [1 if score in (51, 64, 75) else 0 for score in range(101)],
        },
        "weekly": [{"week": "2026-11-23", "interviews": 41, "mean": 63.2, "interval": [58.6, 67.8]}],
        "competencies": [COMPETENCY],
        "heatmap": [{"userId": USER, **COMPETENCY}],
        "atRisk": [{"userId": USER, "reasons": ["falling"]}],
        "generatedAt": LATER,
    },
    "QuestionQualitiesReply": {
        "items": [
            {
                "questionId": "technical-databases-014",
                "text": QUESTION["text"],
                "competency": "depth",
                "n": 38,
                "p": 0.61,
                "discrimination": 0.34,
                "flags": [],
            }
        ],
        "nextCursor": None,
    },
    "EventReply": EVENT_REPLY,
    "EventsReply": {"items": [EVENT_REPLY], "nextCursor": None},
}
BODIES: Mapping[str, Any] = {**_REQUESTS, **_ANSWERS}
