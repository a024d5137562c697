"""What the benchmarks reckon with: shares, exponents, verdicts, and a client that counts what it is answered."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.growth import TIMES, exponent
from bench.load import Seen, closed, opened, request
from bench.table import Row, markdown
from bench.visitor import Run, _read


def test_percentiles_are_of_what_was_taken_in_milliseconds() -> None:
    seen = Seen(taken=[n / 1000 for n in range(100, 0, -1)])
    assert [seen.percentile(share) for share in (0, 0.5, 0.99, 1)] == [1, 51, 100, 100]
    assert Seen().percentile(0.5) == 0


def test_sums_of_turns_are_of_both() -> None:
    one = Seen(seconds=2, taken=[0.1], statuses=Counter({200: 6, 503: 2}), cpu_seconds=1)
    one.add(Seen(seconds=1, taken=[0.2], statuses=Counter({200: 3, 500: 1}), cpu_seconds=2))
    assert one.rate == 3
    assert one.cpu_each == 0.25
    assert one.taken == [0.1, 0.2]
    assert one.statuses == {200: 9, 503: 2, 500: 1}


@pytest.mark.parametrize("power", [-0.5, 0, 0.15, 1, 2])
def test_the_exponent_of_a_power_is_that_power(power: float) -> None:
    assert exponent([(float(x), 3 * x**power) for x in TIMES]) == pytest.approx(power)


def test_an_exponent_is_not_moved_by_the_unit() -> None:
    ms = [(1.0, 2.0), (10.0, 3.0), (100.0, 4.0)]
    assert exponent(ms) == pytest.approx(exponent([(x, y / 1000) for x, y in ms]))


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        (Row("p", "w", 0.6, 0.6, "at least"), True),
        (Row("p", "w", 0.59, 0.6, "at least"), False),
        (Row("p", "w", 100, 100, "at most"), True),
        (Row("p", "w", 100.1, 100, "at most"), False),
        (Row("p", "w", 1e9, None), True),
    ],
)
def test_a_figure_holds_on_its_limit_and_not_beyond(row: Row, holds: bool) -> None:
    assert row.holds is holds
    assert ("DOES NOT HOLD" in markdown([row])[-1]) is not holds


@pytest.fixture
def server() -> Iterator[tuple[int, list[bytes]]]:
    """Answers in two pieces: every third request with 503, the others with 200."""
    got: list[bytes] = []
    turn = itertools.count(1)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
            got.append(await reader.readexactly(length))
            status = b"503 Busy" if next(turn) % 3 == 0 else b"200 OK"
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 6\r\n\r\nabc")
            await writer.drain()
            await asyncio.sleep(0.001)
            writer.write(b"def")
        writer.close()

    port: Future[int] = Future()
    loop: Future[asyncio.AbstractEventLoop] = Future()

    async def run(stop: asyncio.Event) -> None:
        loop.set_result(asyncio.get_running_loop())
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
            port.set_result(listening.sockets[0].getsockname()[1])
            await stop.wait()

    stop = asyncio.Event()
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(asyncio.run, run(stop))
        yield port.result(10), got
        loop.result().call_soon_threadsafe(stop.set)
        running.result(10)


def aside(measure: Callable[[], Seen]) -> Seen:
    """In a thread of its own: where browser tests ran before, this one has a loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(measure).result()


def test_a_client_that_waits_for_its_answers_counts_each_of_them(server: tuple[int, list[bytes]]) -> None:
    port, got = server
    numbers = itertools.count()

    def numbered() -> bytes:
        return request("POST", "/", body=str(next(numbers)).encode())

    seen = aside(lambda: closed(port, numbered, connections=4, seconds=0.3))
    assert sorted(map(int, got)) == list(range(seen.statuses.total()))
    assert seen.statuses[503] == seen.statuses.total() // 3
    assert len(seen.taken) == seen.statuses.total() > 4
    assert seen.seconds >= 0.3


def test_a_client_that_keeps_its_pace_sends_what_is_due_and_counts_the_waiting(server: tuple[int, list[bytes]]) -> None:
    port, got = server
    sent = request("POST", "/", body=b"x")
    seen = aside(lambda: opened(port, lambda: sent, each_second=2000, connections=1, seconds=0.1))
    assert len(got) == seen.statuses.total() == 200
    assert seen.percentile(0.99) > seen.percentile(0.01)


def drawn(form: Alert.Format.ValueType, icon: str = "") -> ForwardMsg:
    message = ForwardMsg()
    message.delta.new_element.alert.CopyFrom(Alert(body="Said.", format=form, icon=icon))
    return message


def login() -> ForwardMsg:
    message = ForwardMsg()
    message.delta.add_block.form.form_id = "auth.login"
    return message


@pytest.mark.parametrize(
    ("message", "failed"),
    [
        (drawn(Alert.ERROR, ":material/error:"), "Said."),
        (drawn(Alert.WARNING, ":material/info:"), "Said."),
        (drawn(Alert.WARNING, ":material/keyboard:"), ""),
        (drawn(Alert.INFO, ":material/info:"), ""),
        (drawn(Alert.SUCCESS), ""),
        (login(), "not signed in"),
    ],
)
def test_a_screen_that_says_it_failed_is_no_good_answer(message: ForwardMsg, failed: str) -> None:
    run = Run()
    _read(message, run)
    assert run.failed == failed
