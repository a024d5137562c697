"""The compose file, the image and the files they name agree with each other."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
# Made by the operator, as deploy/README.md says; never part of the repository.
OPERATORS = "./secrets/"


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text())
    return loaded


SERVICES: dict[str, dict[str, Any]] = compose()["services"]


def by_the_specification(**changed: Any) -> PyCompose:
    """The file as the parser of the Compose specification reads it, anchors and variables resolved.

    Raises: ValueError for what the specification does not know.
    """
    text = (DEPLOY / "compose.yml").read_text()
    given = re.sub(r"\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}", lambda found: found[2] or "https://greenroom.test", text)
    loaded = yaml.safe_load(given)
    loaded["services"]["s3"] |= changed
    return PyCompose.from_json(json.dumps(loaded))


def test_the_specification_of_compose_takes_every_service():
    assert set(by_the_specification().service_names()) == set(SERVICES)


@pytest.mark.parametrize("wrong", [{"restrat": "always"}, {"restart": "sometimes"}, {"volumes": [3]}], ids=str)
def test_what_the_specification_does_not_know_is_refused(wrong: dict[str, Any]):
    with pytest.raises(ValueError, match=r"restrat|sometimes|integer"):
        by_the_specification(**wrong)


def test_every_network_a_service_is_on_is_there():
    assert {network for service in SERVICES.values() for network in service["networks"]} == set(compose()["networks"])


def kinds(prefix: str) -> set[str]:
    return {name for name in SERVICES if re.fullmatch(rf"{prefix}-\d", name)}


def test_there_is_what_an_installation_needs():
    assert [len(kinds(name)) for name in ("app", "api", "worker", "redis", "postgres-replica")] == [3, 2, 2, 6, 2]
    assert {"balancer", "pgbouncer", "postgres-primary", "s3", "prometheus", "alertmanager", "grafana"} <= set(SERVICES)


def test_every_service_that_is_waited_for_is_there_and_says_when_it_is_ready():
    for service in SERVICES.values():
        for name, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[name], name
            else:
                assert "command" in SERVICES[name], name


def test_every_file_that_is_mounted_is_there():
    volumes = set(compose()["volumes"])
    for name, service in SERVICES.items():
        for mount in service.get("volumes", ()):
            source = mount.partition(":")[0]
            if source.startswith("./") and not source.startswith(OPERATORS):
                assert (DEPLOY / source).exists(), (name, source)
            elif not source.startswith((".", "/")):
                assert source in volumes, (name, source)


def test_what_a_container_runs_by_itself_may_be_run():
    for name in ("postgres/replica", "postgres/setup.sh", "postgres/archive"):
        assert os.access(DEPLOY / name, os.X_OK), name


def test_whichever_server_takes_writes_keeps_its_log_in_one_place():
    """A promoted replica goes on where its primary stopped."""
    found = re.search(
        r"^archive_command = '(\S+) %p %f (\S+)'$", (DEPLOY / "postgres/postgresql.conf").read_text(), re.M
    )
    assert found is not None
    script, folder = found.groups()
    for name in ("postgres-primary", *kinds("postgres-replica")):
        mounted = dict(mount.split(":")[1::-1] for mount in SERVICES[name]["volumes"])
        assert mounted[folder] == "archive"
        assert any(script.startswith(place) for place in mounted)


def test_the_balancer_and_prometheus_name_the_nodes_there_are():
    upstreams = set(re.findall(r"server ([\w-]+):\d+", (DEPLOY / "nginx" / "upstreams.conf").read_text()))
    assert upstreams == kinds("app") | kinds("api")
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    targets = {target for job in scraped for group in job["static_configs"] for target in group["targets"]}
    assert {target.partition(":")[0] for target in targets} == kinds("app") | kinds("api") | kinds("worker")
    first = int(SERVICES["api-1"]["environment"]["GREENROOM_METRICS_PORT"])
    for kind, offset in (("api", 0), ("worker", 1), ("app", 2)):
        assert {t.partition(":")[2] for t in targets if t.startswith(kind)} == {str(first + offset)}


def test_nothing_secret_stands_in_the_file():
    secrets = {name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    known = {name.upper() for name in Settings.model_fields} | {"FORWARDED_ALLOW_IPS"}
    for name in kinds("app") | kinds("api") | kinds("worker"):
        given = set(SERVICES[name]["environment"])
        assert given & secrets == set()
        assert given <= known


def test_the_example_of_the_operators_secrets_names_what_the_product_requires():
    example = (DEPLOY / "greenroom.env.example").read_text()
    named = set(re.findall(r"^([A-Z0-9_]+)=", example, re.M))
    required = {name.upper() for name, field in Settings.model_fields.items() if field.is_required()}
    given = set(SERVICES["api-1"]["environment"])
    assert required <= named | given
    assert named <= {name.upper() for name in Settings.model_fields} | {
        "STREAMLIT_SERVER_COOKIE_SECRET",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
    }


def test_the_image_holds_everything_the_product_imports_and_nothing_of_the_tests():
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    copied = {
        source for line in lines if line.startswith("COPY ") and "--from" not in line for source in line.split()[1:-1]
    }
    assert all((ROOT / source).exists() for source in copied)
    ours = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()} | {"pages"}
    code = [path for source in copied for path in _python(ROOT / source)]
    imported = {
        name
        for path in code
        for name in re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(), re.M)
        if name in ours
    }
    assert imported <= copied
    assert copied & {"tests", "sandbox", "runner", "bench"} == set()
    kept = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.M))
    assert copied <= kept


def _python(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path] * (path.suffix == ".py")
