"""Helm's own library renders the chart and looks it over: `python tests/deploy/helm.py` prints both as JSON.

A process of its own: the library is another language's runtime, with threads and signals that tests need not share.
"""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

CHART = Path(__file__).resolve().parents[2] / "deploy" / "chart"


def rendered() -> dict[str, Any]:
    """`lint`: its findings, `severity` 3 for an error; `manifests`: the resources as text by template."""
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _render() -> dict[str, Any]:
    helm = importlib.import_module("helm_python")
    with helm.Chart.load(str(CHART)) as chart:
        return {"lint": helm.lint(str(CHART)), "manifests": chart.render({}, name="greenroom", namespace="greenroom")}


if __name__ == "__main__":
    json.dump(_render(), sys.stdout)
