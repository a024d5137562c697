"""`python -m runner`: the whole product on this machine. `python -m runner with COMMAND …`: a command on its stores."""

import argparse
import os
import sys
from pathlib import Path

from runner.configuration import read_configuration
from runner.console import say
from runner.data_folder import AlreadyRunning
from runner.processes import CannotStart
from runner.product import run, run_beside

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Returns the exit code: 0 after a stop that was asked for, 1 when the product could not start."""
    try:
        configuration = read_configuration(os.environ, ROOT)
        if arguments[:1] == ["with"] and arguments[1:]:
            return run_beside(configuration, arguments[1:])
        asked = _parse(arguments)
        run(configuration, verbose=asked.verbose, without=asked.without)
    except AlreadyRunning as exc:
        say(str(exc))
        return 1
    except CannotStart as exc:
        say(f"Greenroom cannot start: {exc}")
        return 1
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m runner", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="show everything the processes log")
    parser.add_argument(
        "--without", action="append", default=[], metavar="NAME", help="leave out sandbox, api, worker or app"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
