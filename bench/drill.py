"""Takes parts away from a running cluster while people are in interviews, and tells what they saw.

`make cluster` kills a node of each kind and the primary, promotes a replica, cuts another off, and replaces every node,
which ran the commit before this one on this one's schema. It exits with 1 when an interview was lost, anything was
doubled, or anybody saw an error while nodes were replaced.
"""

import argparse
import io
import signal
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect as open_websocket
from websockets.typing import Origin

from bench.chaos import Lost, Person, Tally, _doubled
from bench.cluster import ROOT, Cluster, cluster
from runner.backup import checksums
from runner.replica import StreamingReplica
from runner.valkey_cluster import MASTERS

PATIENCE_SECONDS = 240
SLOW_SECONDS = 20


@dataclass
class Phase:
    """What people met between one blow and the next."""

    name: str
    calls: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    """Seconds one thing that was asked for took, tries included."""


class Watch:
    """Counts for the phase that is on."""

    def __init__(self) -> None:
        self.phases: list[Phase] = [Phase("start")]
        self._lock = threading.Lock()

    @property
    def now(self) -> Phase:
        return self.phases[-1]

    def begin(self, name: str) -> None:
        with self._lock:
            self.phases.append(Phase(name))
        sys.stdout.write(f"  {name} ...\n")
        sys.stdout.flush()

    def saw(self, failure: str | None, seconds: float) -> None:
        with self._lock:
            self.now.calls += 1
            self.now.longest = max(self.now.longest, seconds)
            if failure:
                self.now.failed[failure] += 1


@dataclass
class Observed(Person):
    """A person whose every try is counted."""

    watch: Watch = field(default_factory=Watch)

    def insist(self, ask: Callable[[], httpx.Response], *, fine: tuple[int, ...] = ()) -> httpx.Response:
        started = time.monotonic()

        def watched() -> httpx.Response:
            try:
                reply = ask()
            except httpx.HTTPError as exc:
                self.watch.saw(type(exc).__name__, time.monotonic() - started)
                raise
            broken = reply.status_code >= 500
            self.watch.saw(str(reply.status_code) if broken else None, time.monotonic() - started)
            return reply

        return super().insist(watched, fine=fine)


def live(made: Cluster, watch: Watch, stop: threading.Event, tally: Tally, seed: int) -> None:
    """One interview after another, in turn by voice and typed."""
    turn = seed
    while not stop.is_set():
        person = Observed(made, watch=watch)  # type: ignore[arg-type]  # it has the same addresses
        turn += 1
        try:
            tally.sessions.append((person, person.live_through("voice" if turn % 2 else "text")))
        except Lost as exc:
            tally.lost.append(str(exc))


def look_at_screens(made: Cluster, watch: Watch, stop: threading.Event) -> None:
    """A browser that keeps its cookies: the page, and the websocket everything on it comes through."""
    with httpx.Client(base_url=made.app, timeout=20) as browser:
        while not stop.is_set():
            started, failure = time.monotonic(), None
            try:
                page = browser.get("/")
                failure = f"screen {page.status_code}" if page.status_code != 200 else _websocket(made, browser)
            except httpx.HTTPError as exc:
                failure = f"screen {type(exc).__name__}"
            watch.saw(failure, time.monotonic() - started)
            time.sleep(0.3)


def _websocket(made: Cluster, browser: httpx.Client) -> str | None:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    address = made.app.replace("http", "ws", 1) + "/_stcore/stream"
    try:
        headers, origin = {"Cookie": cookies}, Origin(made.app)
        with open_websocket(address, additional_headers=headers, origin=origin, open_timeout=20):
            return None
    except (WebSocketException, OSError, TimeoutError) as exc:
        return f"websocket {type(exc).__name__}"


def blows(made: Cluster, watch: Watch, pause: float) -> None:
    """Every kind of part is taken away once."""
    watch.begin("nothing happens")
    made.tend(pause)
    for name, what in (("app-1", "an application is killed"), ("api-1", "an API is killed"),
                       ("worker-1", "a worker is killed")):  # fmt: skip
        watch.begin(what)
        made.nodes[name].kill()
        made.tend(pause)
        made.nodes[name].held = False
        made.nodes[name].start()
        made.wait(name)
    watch.begin("a replica is killed")
    made.replicas[0].kill()
    made.tend(pause)
    made.replicas[0].start()
    made.until(lambda: holds_all(made, made.replicas[0]), "the replica catching up")
    silences(made, watch, pause)
    watch.begin("a Redis master is killed")
    victim = made.valkeys.masters()[0]
    victim.stop()
    made.until(lambda: len(made.valkeys.masters()) == MASTERS, "a new Redis master")
    made.tend(pause)
    victim.start()
    watch.begin("the primary is killed, a replica promoted")
    made.primary.kill()
    made.tend(2)
    made.promote(made.furthest())
    made.tend(pause)
    watch.begin("the former primary comes back as a replica")
    former = made.replica("former")
    made.replicas.append(former)
    former.start()
    made.tend(pause)


def silences(made: Cluster, watch: Watch, pause: float) -> None:
    """Parts that are there and answer nobody, which says less than one that is gone."""
    watch.begin(f"a replica is cut off ({'by its network' if made.island else 'stopped: no namespaces here'})")
    made.far.cut_off()
    made.tend(pause * 2)
    watch.begin("it is joined again")
    made.far.let_back()
    made.until(lambda: holds_all(made, made.far), "the replica catching up")
    made.tend(pause)
    watch.begin("a Redis master hangs, and wakes as a replica")
    hung = made.valkeys.masters()[0]
    hung.pause()
    made.until(lambda: len(made.valkeys.masters()) == MASTERS, "a new Redis master")
    made.tend(pause)
    hung.resume()
    made.until(lambda: len(made.valkeys.masters()) == MASTERS, "the former master following")


def holds_all(made: Cluster, replica: StreamingReplica) -> bool:
    """Whether a replica holds what the primary had written a moment ago."""
    try:
        with psycopg.connect(made.primary.url) as primary, psycopg.connect(replica.url, connect_timeout=3) as behind:
            written = primary.execute("SELECT pg_current_wal_lsn()::text").fetchone()
            return behind.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", written).fetchone() == (True,)
    except psycopg.Error:
        return False


def roll(made: Cluster, watch: Watch, former: str | None) -> Phase:
    """Every application, API and worker is replaced, one at a time: until the last, two releases are at work."""
    watch.begin(f"nodes go one by one from {former} to this release" if former else "every node is replaced in turn")
    phase = watch.now
    for name in [name for name in made.nodes if name.startswith(("app-", "api-", "worker-"))]:
        made.roll(name)
    return phase


def differences(made: Cluster) -> list[str]:
    """Every replica holds, table by table, what the primary holds once nothing is written any more."""

    def sums(url: str) -> dict[str, tuple[int, str]]:
        with psycopg.connect(url) as connection:
            return checksums(connection)

    for name in ("worker-1", "worker-2"):
        made.nodes[name].stop()
    expected = sums(made.primary.url)

    def equal(replica: StreamingReplica) -> bool:
        return sums(replica.url) == expected

    wrong = []
    for replica in made.replicas:
        try:
            made.until(lambda replica=replica: equal(replica), "equality", SLOW_SECONDS)  # type: ignore[misc]
        except RuntimeError:
            wrong.append(f"{replica.folder.name} differs from the primary")
    return wrong


def restored(made: Cluster, folder: Path) -> list[str]:
    """A backup of the cluster, brought back beside it, is equal row by row."""
    env = {**made.env, "DATABASE_URL": made.primary.url}
    file = folder / "drill.backup"
    for what in ("make", "restore"):
        done = subprocess.run([sys.executable, "-m", "runner.backup", what, str(file)], env=env, capture_output=True,
                              text=True, check=False)  # fmt: skip
        if done.returncode != 0:
            return [f"backup {what}: {done.stderr.strip()[-300:]}"]
    return []


def tell(watch: Watch, rows: dict[str, int], problems: list[str]) -> None:
    sys.stdout.write(f"\n{'phase':46}{'calls':>7}{'failed':>8}{'longest':>10}\n")
    for phase in watch.phases[1:]:
        sys.stdout.write(f"{phase.name:46}{phase.calls:7}{phase.failed.total():8}{phase.longest:9.1f}s\n")
        for failure, count in phase.failed.most_common():
            sys.stdout.write(f"{'':8}{failure} × {count}\n")
    for name, count in rows.items():
        sys.stdout.write(f"{name:46}{count:7}\n")
    for problem in problems:
        sys.stdout.write(f"  {problem}\n")


def release_before(wanted: str | None) -> str | None:
    """The revision whose code runs until it is replaced: the one asked for, else the commit before this one."""
    found = subprocess.run(["git", "rev-parse", "--short", wanted or "HEAD~1"], cwd=ROOT, capture_output=True,
                           text=True, check=False)  # fmt: skip
    if wanted and found.returncode != 0:
        raise SystemExit(f"There is no revision {wanted}.")
    return found.stdout.strip() if found.returncode == 0 else None


def bring_code(revision: str, folder: Path) -> Path:
    """The tree of a revision, beside the present one."""
    place = folder / "former"
    place.mkdir()
    packed = subprocess.run(["git", "archive", revision], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(place, filter="data")
    return place


def run(people: int, pause: float, former: str | None) -> int:
    tally, watch, stop = Tally(), Watch(), threading.Event()
    with (
        tempfile.TemporaryDirectory(prefix="greenroom-code-") as aside,
        tempfile.TemporaryDirectory(prefix="greenroom-cluster-") as folder,
        cluster(Path(folder), bring_code(former, Path(aside)) if former else None) as made,
    ):
        sys.stdout.write(f"The cluster is up at {made.app}; {people} people are in interviews.\n")
        threads = [
            threading.Thread(target=live, args=(made, watch, stop, tally, number), daemon=True)
            for number in range(people)
        ]
        threads.append(threading.Thread(target=look_at_screens, args=(made, watch, stop), daemon=True))
        for thread in threads:
            thread.start()
        blows(made, watch, pause)
        rolled = roll(made, watch, former)
        watch.begin("the last interviews end")
        stop.set()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(thread.is_alive() for thread in threads) and time.monotonic() < deadline:
            made.tend(0.3)
        doubled = _doubled(tally)
        problems = [*tally.lost, *doubled]
        apart = differences(made)
        apart += restored(made, Path(folder))
        problems += apart
        if rolled.failed:
            problems.append("somebody saw an error while nodes were replaced")
        rows = {
            "interviews delivered": len(tally.sessions),
            "lost": len(tally.lost),
            "doubled": len(doubled),
            "stores that differ, backups that failed": len(apart),
        }
        tell(watch, rows, problems)
        return 1 if problems or not tally.sessions else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=3, help="how many are in interviews at any time")
    parser.add_argument("--pause", type=float, default=6.0, help="seconds after each blow")
    parser.add_argument("--former", help="the revision that runs first (the commit before this one)")
    chosen = parser.parse_args()
    # Ended from outside, it still stops what it has started and takes its network down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    return run(chosen.people, chosen.pause, release_before(chosen.former))


if __name__ == "__main__":
    sys.exit(main())
