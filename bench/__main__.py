"""Every figure of how fast Greenroom is, as a ratio taken in one run: `make bench` (ARGS=--quick for a short look).

The sides of a ratio are measured in turns, so that whatever else the machine does falls on both. Exits with 1 when a
limit does not hold.
"""

import argparse
import sys

from bench import api, webhooks
from bench.stores import stores
from bench.table import Row, show


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter rounds")
    given = parser.parse_args()
    rounds, seconds = (2, 2.0) if given.quick else (6, 5.0)
    rows: list[Row] = []
    with stores() as real:
        rows += webhooks.measure(real, rounds=rounds, seconds=seconds)
        rows += api.measure(real, rounds=rounds, seconds=seconds / 2)
    return 0 if show(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
