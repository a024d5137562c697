"""A stand-in for one of the product's programs: `python stand_in_program.py NAME [PORT]`.

With a port it answers over HTTP, without one it makes the worker's file. What goes wrong is asked for by the
environment: STAND_IN_BROKEN names a program that ends at once, STAND_IN_STUBBORN one that does not heed SIGTERM.
"""

import os
import signal
import socket
import sys
import time
from pathlib import Path


def serve(port: int) -> None:
    with socket.create_server(("127.0.0.1", port)) as server:
        while True:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def work() -> None:
    Path(os.environ["GREENROOM_WORKER_READY_FILE"]).touch()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    name, *port = sys.argv[1:]
    if os.environ.get("STAND_IN_STUBBORN") == name:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.environ.get("STAND_IN_BROKEN") == name:
        sys.exit(f"{name} has a reason to give up")
    serve(int(port[0])) if port else work()
