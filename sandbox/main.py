"""The providers' stand-in: `uvicorn sandbox.main:app`. A tool for development and tests, never part of the product."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import FrameType

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response

from sandbox import control
from sandbox.gemini import errors as gemini_errors
from sandbox.gemini import routes as gemini
from sandbox.razorpay import errors as razorpay_errors
from sandbox.razorpay import routes as razorpay
from sandbox.settings import SandboxSettings
from sandbox.vapi import errors as vapi_errors
from sandbox.vapi import rooms
from sandbox.vapi import routes as vapi
from sandbox.vapi.player import play
from sandbox.wire import BrowserAccess, Wire
from sandbox.world import World

WEB = Path(__file__).resolve().parent / "web"


def create_app(settings: SandboxSettings | None = None) -> FastAPI:
    """The application. Without settings it reads the environment when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        world = app.state.world = World.open(settings or SandboxSettings())
        world.resume()
        for call in world.calls.unfinished_runs():
            if call.run is not None:
                world.calls.start_run(call, call.run, play(world.calls, call, call.run))
        with _told_of_the_end(world.stopping):
            yield
        await world.close()

    app = FastAPI(title="Greenroom sandbox", lifespan=lifespan, middleware=_middleware(lambda: app.state.world))
    for router in (control.router, razorpay.router, razorpay.checkout_router, rooms.router, vapi.router, gemini.router):
        app.include_router(router)
    app.mount("/web", StaticFiles(directory=WEB), name="web")
    _answer_errors(app)
    return app


def _middleware(world: Callable[[], World]) -> list[Middleware]:
    wire = Middleware(
        Wire,
        faults=lambda: world().faults,
        log=lambda: world().requests,
        stopping=lambda: world().stopping,
        errors={
            "gemini": gemini_errors.of_status,
            "vapi": vapi_errors.of_status,
            "razorpay": razorpay_errors.of_status,
        },
    )
    return [Middleware(BrowserAccess), wire]


@contextmanager
def _told_of_the_end(stopping: asyncio.Event) -> Iterator[None]:
    """Answers that are held back are let go when the server is told to stop: it waits for them before it ends."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stopping.set)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _answer_errors(app: FastAPI) -> None:
    """Each provider's refusals in its own words, and the sandbox's own."""

    @app.exception_handler(razorpay_errors.Refusal)
    async def _razorpay(_: Request, exc: razorpay_errors.Refusal) -> Response:
        return razorpay_errors.answer(exc)

    @app.exception_handler(vapi_errors.Refusal)
    async def _vapi(_: Request, exc: vapi_errors.Refusal) -> Response:
        return vapi_errors.answer(exc)

    @app.exception_handler(vapi_errors.NoUserAgent)
    async def _turned_away(_: Request, __: vapi_errors.NoUserAgent) -> Response:
        return vapi_errors.turned_away()

    @app.exception_handler(gemini_errors.Refusal)
    async def _gemini(_: Request, exc: gemini_errors.Refusal) -> Response:
        return gemini_errors.answer(exc)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, exc: RequestValidationError) -> Response:
        found = [{"field": ".".join(map(str, error["loc"][1:])), "message": error["msg"]} for error in exc.errors()]
        return _in_its_words(request, 400, f"The request is not valid: {found}", found)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, exc: HTTPException) -> Response:
        return _in_its_words(request, exc.status_code, str(exc.detail), [])


def _in_its_words(request: Request, status: int, text: str, found: list[dict[str, str]]) -> Response:
    path = request.url.path
    if path.startswith("/gemini/"):
        return gemini_errors.answer(gemini_errors.Refusal(status, text))
    if path.startswith("/vapi/"):
        return vapi_errors.answer(vapi_errors.Refusal(status, text))
    if path.startswith("/razorpay/"):
        description = "The requested URL was not found on the server." if status == 404 else text
        return razorpay_errors.answer(razorpay_errors.Refusal(description, status=status))
    return JSONResponse({"error": text, "status": status, "errors": found}, status_code=status)


app = create_app()
