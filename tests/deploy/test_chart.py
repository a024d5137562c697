"""Helm renders the chart to resources that Kubernetes' own schemas take, which keep what an operator relies on."""

import re
from typing import Any

import kubernetes_validate
import pytest
import yaml

from core.settings import Settings
from tests.deploy.helm import CHART, rendered

# requirements-dev.in says where it is not to be had.
pytest.importorskip("helm_python", reason="there is no Helm for Linux on arm64")

VERSION = "1.31"
SERVED = {"app", "api"}


RENDERED = rendered()
RESOURCES: list[dict[str, Any]] = [
    one for _, text in sorted(RENDERED["manifests"].items()) for one in yaml.safe_load_all(text) if one
]


def of(kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"].removeprefix("greenroom-"): one for one in RESOURCES if one["kind"] == kind}


def container(deployment: dict[str, Any]) -> dict[str, Any]:
    (only,) = deployment["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = only
    return found


def test_helm_finds_no_fault_with_it():
    assert [found for found in RENDERED["lint"]["messages"] if found["severity"] > 1] == []
    assert RENDERED["lint"]["errors"] == []
    assert set(RENDERED["manifests"]) == {
        f"greenroom/templates/{path.name}" for path in (CHART / "templates").iterdir()
    }


@pytest.mark.parametrize("one", RESOURCES, ids=lambda one: f"{one['kind']} {one['metadata']['name']}")
def test_kubernetes_takes_it(one: dict[str, Any]):
    kubernetes_validate.validate(one, VERSION, strict=True)


def test_the_schemas_refuse_what_is_wrong():
    wrong = {**of("Deployment")["api"], "spec": {"replicas": "many"}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


def test_every_part_has_a_budget_and_grows_by_itself():
    assert set(of("Deployment")) == {*SERVED, "worker"}
    for name in of("Deployment"):
        budget, scaler = of("PodDisruptionBudget")[name]["spec"], of("HorizontalPodAutoscaler")[name]["spec"]
        assert 0 < budget["minAvailable"] < scaler["minReplicas"] < scaler["maxReplicas"]
        assert budget["selector"]["matchLabels"] == of("Deployment")[name]["spec"]["selector"]["matchLabels"]
        # A fixed number would undo the scaler's at each release.
        assert "replicas" not in of("Deployment")[name]["spec"]


def test_nobody_is_cut_off_while_a_release_rolls():
    for name, deployment in of("Deployment").items():
        assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        assert "readinessProbe" in container(deployment)
        if name in SERVED:
            assert container(deployment)["lifecycle"]["preStop"]
            assert container(deployment)["livenessProbe"]["httpGet"]["path"] != "/health/ready"


def test_nothing_secret_stands_in_the_chart():
    secrets = {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    assert set(of("ConfigMap")["settings"]["data"]) & secrets == set()
    for deployment in of("Deployment").values():
        assert {"secretRef": {"name": "greenroom"}} in container(deployment)["envFrom"]
    assert of("Secret") == {}


def test_pods_run_as_nobody_in_particular_and_write_nowhere_but_in_their_own_folder():
    for deployment in of("Deployment").values():
        pod = deployment["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["automountServiceAccountToken"] is False
        held = container(deployment)["securityContext"]
        assert (held["readOnlyRootFilesystem"], held["allowPrivilegeEscalation"]) == (True, False)
        assert container(deployment)["resources"]["limits"]["memory"]


def test_only_the_ingress_and_the_monitoring_come_in():
    rules = of("NetworkPolicy")["greenroom"]["spec"]["ingress"]
    assert [[port["port"] for port in rule["ports"]] for rule in rules] == [["http"], ["metrics"]]
    assert all(rule["from"] for rule in rules)


def test_every_setting_the_chart_gives_exists():
    known = {name.upper() for name in Settings.model_fields} | {"FORWARDED_ALLOW_IPS"}
    assert set(of("ConfigMap")["settings"]["data"]) <= known


def test_names_that_lead_somewhere_lead_to_what_is_there():
    services = {one["metadata"]["name"] for one in RESOURCES if one["kind"] == "Service"}
    text = "\n".join(path.read_text() for path in (CHART / "templates").glob("*.yaml"))
    assert set(re.findall(r"service: \{ name: ([\w-]+)", text)) == services
