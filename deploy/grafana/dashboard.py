"""Writes `greenroom.json`, the dashboard, from the rows below: `python deploy/grafana/dashboard.py`."""

import json
import sys
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("greenroom.json")
RATE = "[$__rate_interval]"
ROWS: dict[str, list[tuple[str, str, list[tuple[str, str]]]]] = {
    "What people get": [
        ("Interviews", "short", [
            (f'sum(increase(greenroom_interview_steps_total{{before="awaiting_payment",after="ready"}}{RATE}))',
             "paid"),
            (f'sum(increase(greenroom_interview_steps_total{{after="in_progress"}}{RATE}))', "started"),
            (f'sum(increase(greenroom_interview_steps_total{{after="completed"}}{RATE}))', "delivered"),
            (f'sum(increase(greenroom_interview_steps_total{{before=~"in_progress|processing",after="ready"}}{RATE}))',
             "given back"),
            (f'sum(increase(greenroom_interview_steps_total{{after="failed"}}{RATE}))', "failed"),
        ]),
        ("Time to report", "s", [
            (f"histogram_quantile({q}, sum by (le) (rate(greenroom_report_seconds_bucket{RATE})))", f"p{int(q * 100)}")
            for q in (0.5, 0.95, 0.99)
        ]),
        ("Reports later than 300 s, one hour", "percentunit", [("greenroom:reports_late:ratio1h", "late")]),
        ("Open interviews", "short", [("sum by (state) (greenroom_interviews_open)", "{{state}}")]),
    ],
    "Money": [
        ("Movements, major units", "short", [
            (f"sum by (movement, currency) (increase(greenroom_money_total{RATE})) / 100", "{{movement}} {{currency}}"),
        ]),
        ("Booked, major units", "short", [
            ("sum by (account, side, currency) (greenroom_ledger) / 100", "{{account}} {{side}} {{currency}}"),
        ]),
        ("Providers' charges, US dollars an hour", "currencyUSD", [
            (f"sum(rate(greenroom_provider_dollars_total{RATE})) * 3600", "dollars"),
        ]),
        ("Reconciled", "short", [(f"sum by (kind, outcome) (increase(greenroom_reconciled_total{RATE}))",
                                  "{{kind}} {{outcome}}")]),
    ],
    "HTTP interface": [
        ("Calls", "reqps", [(f"sum by (operation) (rate(greenroom_api_requests_total{RATE}))", "{{operation}}")]),
        ("Server errors, one hour", "percentunit", [("greenroom:api_errors:ratio1h", "share")]),
        ("Errors by code", "short", [(f"sum by (status, code) (increase(greenroom_api_errors_total{RATE}))",
                                      "{{status}} {{code}}")]),
        ("Time a call takes, p95", "s", [
            (f"histogram_quantile(0.95, sum by (le, operation) (rate(greenroom_api_seconds_bucket{RATE})))",
             "{{operation}}"),
        ]),
    ],
    "Screens and limits": [
        ("Errors on screens", "short", [(f"sum by (screen, code) (increase(greenroom_screen_errors_total{RATE}))",
                                         "{{screen}} {{code}}")]),
        ("Refused for being done too often", "short", [
            (f"sum by (action) (increase(greenroom_rate_refusals_total{RATE}))", "{{action}}"),
            (f"sum(increase(greenroom_local_rates_total{RATE}))", "Redis away"),
        ]),
    ],
    "Providers": [
        ("Calls by outcome", "reqps", [
            (f"sum by (provider, outcome) (rate(greenroom_provider_calls_total{RATE}))", "{{provider}} {{outcome}}"),
        ]),
        ("Time a provider takes, p95", "s", [
            ("histogram_quantile(0.95, "
             f"sum by (le, provider, operation) (rate(greenroom_provider_seconds_bucket{RATE})))",
             "{{provider}} {{operation}}"),
        ]),
        ("Stood in for", "short", [(f"sum by (what) (increase(greenroom_fallbacks_total{RATE}))", "{{what}}")]),
        ("Messages not done with", "short", [("sum by (source, state) (greenroom_events)", "{{source}} {{state}}")]),
    ],
    "Jobs and stores": [
        ("Jobs run", "ops", [(f"sum by (job, outcome) (rate(greenroom_jobs_run_total{RATE}))", "{{job}} {{outcome}}")]),
        ("Time a job takes, p95", "s", [
            (f"histogram_quantile(0.95, sum by (le, job) (rate(greenroom_job_seconds_bucket{RATE})))", "{{job}}"),
        ]),
        ("Jobs not done", "short", [("sum by (job, state) (greenroom_jobs)", "{{job}} {{state}}")]),
        ("Mails and texts not sent", "short", [
            ("sum by (channel, state) (greenroom_messages)", "{{channel}} {{state}}"),
        ]),
        ("Replica lag", "s", [("max by (replica) (greenroom_replica_lag_seconds)", "{{replica}}")]),
        ("Reads that may lag", "reqps", [(f"sum by (where) (rate(greenroom_reads_total{RATE}))", "{{where}}")]),
        ("Primary reached", "short", [("min(greenroom_database_up)", "reached")]),
        ("Log not archived, pieces", "short", [
            ("max(greenroom_archive_waiting)", "waiting"), ("max(greenroom_archive_failing)", "last try failed"),
        ]),
        ("Nodes up", "short", [('sum by (job) (up{job=~"greenroom-.*"})', "{{job}}")]),
    ],
}  # fmt: skip


def panel(number: int, title: str, unit: str, queries: list[tuple[str, str]], x: int, y: int) -> dict[str, Any]:
    return {
        "id": number,
        "type": "timeseries",
        "title": title,
        "datasource": {"type": "prometheus", "uid": "prometheus"},
        "gridPos": {"x": x, "y": y, "w": 6, "h": 8},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + at), "expr": expression, "legendFormat": legend}
            for at, (expression, legend) in enumerate(queries)
        ],
    }


def dashboard() -> dict[str, Any]:
    panels: list[dict[str, Any]] = []
    y = 0
    for row, graphs in ROWS.items():
        panels.append(
            {"id": len(panels) + 1, "type": "row", "title": row, "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}}
        )
        y += 1
        for at, (title, unit, queries) in enumerate(graphs):
            panels.append(panel(len(panels) + 1, title, unit, queries, x=at % 4 * 6, y=y + at // 4 * 8))
        y += (len(graphs) + 3) // 4 * 8
    return {
        "uid": "greenroom",
        "title": "Greenroom",
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "panels": panels,
    }


def as_text() -> str:
    return json.dumps(dashboard(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(as_text())
    sys.stdout.write(f"{FILE}\n")
