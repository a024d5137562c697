"""The HTTP interface: `uvicorn webhook_server.main:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send

from core import collector, tracing
from core.settings import load_settings
from core.telemetry import Process, configure_logging, serve_metrics
from core.webhooks.intake import intake_of
from core.wiring import Greenroom, build
from webhook_server import (
    admin,
    auth,
    cohorts,
    contract,
    docs,
    errors,
    interviews,
    me,
    notifications,
    operations,
    payments,
    retries,
    webhooks,
)
from webhook_server.middleware import Frame

COMPRESS_FROM_BYTES = 1000


class Api(FastAPI):
    """The application, but for messages of providers: those are answered ahead of it, within the same frame."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._inboxes = Frame(webhooks.answered)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if webhooks.is_posted(scope):
            scope["app"] = self
            await self._inboxes(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def make_app(greenroom: Greenroom | None = None) -> FastAPI:
    """The application over a given Greenroom, or over the environment's once it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if greenroom is None:
            settings = load_settings()
            configure_logging(level=settings.greenroom_log_level, as_json=not settings.is_local)
            serve_metrics(settings.greenroom_metrics_port, Process.API, address=settings.greenroom_metrics_address)
            tracing.configure(settings.otel_exporter_otlp_endpoint, service="greenroom-api")
            app.state.greenroom = build(settings)
            collector.keep_what_is_loaded()
            collector.collect_seldom()
        async with intake_of(app.state.greenroom) as app.state.intake:
            yield
        app.state.greenroom.engine.dispose()

    app = Api(
        title="Greenroom",
        version="1.0.0",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=contract.operation_id,
    )
    if greenroom is not None:
        app.state.greenroom = greenroom
    errors.install(app)
    contract.install(app)
    webhooks.install(app)
    docs.install(app)
    for module in (auth, me, interviews, retries, payments, cohorts, notifications, operations, admin):
        app.include_router(module.router)
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESS_FROM_BYTES)
    app.add_middleware(Frame)
    return app


app = make_app()
