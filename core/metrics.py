"""What is counted on every path of an error: refused, limited, failed at a provider, helped out, broken.

Labels are words of ours (codes, actions, names of screens and jobs), never ids, addresses or what somebody sent.
"""

from prometheus_client import Counter, Histogram

REQUESTS = Counter("greenroom_api_requests", "Requests by operation and status", ["operation", "status"])
REQUEST_SECONDS = Histogram("greenroom_api_seconds", "Time a request takes", ["operation"])
API_ERRORS = Counter("greenroom_api_errors", "Errors the API answered with", ["status", "code"])
SCREEN_ERRORS = Counter("greenroom_screen_errors", "Errors a screen showed", ["screen", "code"])
RATE_REFUSALS = Counter("greenroom_rate_refusals", "What was refused for being done too often", ["action"])
LOCAL_RATES = Counter("greenroom_local_rates", "Rates that were counted in this process, Redis being away")
FALLBACKS = Counter("greenroom_fallbacks", "Times something stood in for a provider", ["what"])
JOBS_RUN = Counter("greenroom_jobs_run", "Jobs that were run, by what came of it", ["job", "outcome"])
JOB_SECONDS = Histogram("greenroom_job_seconds", "Time a job takes", ["job"])
INTERVIEW_STEPS = Counter("greenroom_interview_steps", "Steps of interviews from state to state", ["before", "after"])
REPORT_SECONDS = Histogram(
    "greenroom_report_seconds",
    "Time from the end of an interview to its report",
    buckets=(5, 15, 30, 60, 120, 300, 600, 1800),
)
MONEY = Counter("greenroom_money", "Money that moved, in minor units", ["movement", "currency"])
PROVIDER_DOLLARS = Counter("greenroom_provider_dollars", "What providers charged for interviews, in US dollars")
