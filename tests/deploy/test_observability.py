"""Alerts, their pages and the dashboard speak of metrics that exist, and the rules do what their tests say."""

import json
import re
import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

import core.adapters.resilience
import core.reconciliation
import core.replicas  # noqa: F401  imported for the metrics they register
from core.metrics import REPORT_SECONDS
from core.operations.metrics import COUNTS, LEDGER
from runner.tools import bring

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
RUNBOOKS = ROOT / "docs" / "runbooks"
RULES = DEPLOY / "prometheus" / "rules.yml"
# Procedures that alerts lead to.
PROCEDURES = {"PrimaryDown", "Restore"}
METRIC = re.compile(r"\bgreenroom[a-z_:0-9]*")


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    return [rule for rule in rules() if "alert" in rule]


def dashboard() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DEPLOY / "grafana" / "greenroom.json").read_text())
    return loaded


def known() -> set[str]:
    """Every series the product can show, and every one that a rule records."""
    series = {sample for metric in REGISTRY.collect() for sample in _names(metric)}
    return (
        series
        | {*COUNTS, LEDGER[0], "greenroom_database_up"}
        | {rule["record"] for rule in rules() if "record" in rule}
    )


def _names(metric: Any) -> set[str]:
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}.get(metric.type, ("",))
    return {f"{metric.name}{suffix}" for suffix in suffixes}


def expressions() -> list[str]:
    graphs = [target["expr"] for panel in dashboard()["panels"] for target in panel.get("targets", ())]
    return [rule["expr"] for rule in rules()] + graphs


def test_every_expression_names_series_that_exist():
    named = {name for text in expressions() for name in METRIC.findall(re.sub(r'"[^"]*"', '""', text))}
    assert named - known() == set()
    assert len(named) > 15


def test_the_dashboard_is_what_its_source_makes():
    module = runpy.run_path(str(DEPLOY / "grafana" / "dashboard.py"))
    assert (DEPLOY / "grafana" / "greenroom.json").read_text() == module["as_text"]()
    boxes = [panel["gridPos"] for panel in dashboard()["panels"]]
    assert len({(box["x"], box["y"]) for box in boxes}) == len(boxes)


def test_every_alert_has_its_page_and_every_page_its_alert():
    names = {rule["alert"] for rule in alerts()}
    assert {page.stem for page in RUNBOOKS.glob("*.md")} == names | PROCEDURES
    for rule in alerts():
        assert rule["annotations"]["runbook"] == f"docs/runbooks/{rule['alert']}.md"
        page = (RUNBOOKS / f"{rule['alert']}.md").read_text()
        assert page.startswith(f"# {rule['alert']}\n\n{rule['annotations']['summary']}\n")
        assert all(heading in page for heading in ("## Where to look", "## What to do"))


def test_every_alert_is_seen_to_fire_in_the_rules_own_tests():
    cases = yaml.safe_load((DEPLOY / "prometheus" / "rules.test.yml").read_text())["tests"]
    fired = {check["alertname"] for case in cases for check in case["alert_rule_test"] if check["exp_alerts"]}
    assert fired == {rule["alert"] for rule in alerts()}


def test_the_promised_time_of_a_report_is_a_border_of_its_histogram():
    borders = {float(border) for border in re.findall(r'report_seconds_bucket{le="([0-9.]+)"}', RULES.read_text())}
    assert borders <= set(REPORT_SECONDS._upper_bounds)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", "rules.yml"),
        ("check", "config", "--syntax-only", "prometheus.yml"),
        ("test", "rules", "rules.test.yml"),
    ],
    ids=" ".join,
)
def test_prometheus_own_tool_agrees(arguments: tuple[str, ...]):
    promtool = bring(["promtool"])["promtool"]
    done = subprocess.run(
        [promtool, *arguments], cwd=DEPLOY / "prometheus", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def amtool(*arguments: str) -> str:
    done = subprocess.run(
        [bring(["amtool"])["amtool"], *arguments],
        cwd=DEPLOY / "prometheus",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_alertmanagers_own_tool_agrees():
    assert "SUCCESS" in amtool("check-config", "alertmanager.yml")


@pytest.mark.parametrize(("severity", "receiver"), [("page", "pager"), ("ticket", "tickets")])
def test_an_alert_reaches_whom_it_is_for(severity: str, receiver: str):
    routed = amtool("config", "routes", "test", "--config.file=alertmanager.yml", f"severity={severity}")
    assert routed.strip() == receiver
    assert severity in {rule["labels"]["severity"] for rule in alerts()}
