"""Sends a running Greenroom requests that schemathesis makes up from its OpenAPI document, as everybody there is.

`make fuzz ARGS="--requests 20000"` exits with 1 on a server error, an undocumented status, header or body, or an
operation that answers somebody whom its document shuts out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import httpx

from bench.product import ROOT, Product, running

DEMO_PASSWORD = "Quiet-9-river-Lantern"  # noqa: S105  of a product that lives for one run
PEOPLE = ("candidate", "coach", "admin")
# These judge input by the schema alone: a cohort's name that is refused as too common in words is no fault of theirs.
LEFT_OUT = "positive_data_acceptance,negative_data_rejection"
# Signing out would end the run; what is created is not to be read again by those who may not see it.
SIGN_OUT = "/api/auth/logout"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000, help="about how many, over all people")
    parser.add_argument("--people", nargs="+", choices=PEOPLE, default=PEOPLE)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with running(GREENROOM_DEMO_PASSWORD=DEMO_PASSWORD, ACCESS_TOKEN_MINUTES="60") as product:  # noqa: S106  minutes
        document = httpx.get(f"{product.api}/openapi.json").json()
        operations = sum(len(methods) for methods in document["paths"].values())
        each = max(1, given.requests // (operations * len(given.people)))
        failed = [person for person in given.people if not fuzz(product, person, each, given.seed)]
    sys.stdout.write(f"failed {', '.join(failed) or 'nobody'}\n")
    return 1 if failed else 0


def fuzz(product: Product, person: str, examples: int, seed: int) -> bool:
    """Run as one person; prints how many requests were answered with which status. Returns whether all held."""
    token = httpx.post(
        f"{product.api}/api/auth/token", json={"username": person, "password": DEMO_PASSWORD}, timeout=30
    ).json()["accessToken"]
    with tempfile.TemporaryDirectory(prefix="greenroom-fuzz-") as folder:
        report = Path(folder) / "events.ndjson"
        command = [
            *(
                str(Path(sys.executable).with_name("st")),
                "run",
                f"{product.api}/openapi.json",
            ),
            *("--header", f"Authorization: Bearer {token}", "--exclude-path", SIGN_OUT),
            # What is slow is measured elsewhere: an export of hundreds of interviews may take its time here.
            *("--request-timeout", "60"),
            *("--max-examples", str(examples), "--seed", str(seed), "--continue-on-failure"),
            *("--checks", "all", "--exclude-checks", LEFT_OUT, "--suppress-health-check", "all"),
            *("--report", "ndjson", "--report-ndjson-path", str(report), "--no-color"),
        ]
        env = {**os.environ, "SCHEMATHESIS_HOOKS": "bench.fuzz_hooks"}
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        statuses = statuses_in(report)
    told = ", ".join(f"{status} × {count}" for status, count in sorted(statuses.items()))
    sys.stdout.write(f"{person:10} {sum(statuses.values())} requests: {told}\n")
    if done.returncode:
        sys.stdout.write(done.stdout[-20_000:] + done.stderr[-2_000:])
    return done.returncode == 0


def statuses_in(report: Path) -> Counter[int]:
    """How often each status was answered, from schemathesis's own record."""
    found: Counter[int] = Counter()
    for line in report.read_text().splitlines():
        _count(json.loads(line), found)
    return found


def _count(value: object, found: Counter[int]) -> None:
    if isinstance(value, dict):
        if isinstance(value.get("status_code"), int):
            found[value["status_code"]] += 1
        for inner in value.values():
            _count(inner, found)
    elif isinstance(value, list):
        for inner in value:
            _count(inner, found)


if __name__ == "__main__":
    sys.exit(main())
