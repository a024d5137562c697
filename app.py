"""The Streamlit application: `streamlit run app.py`.

The main script lies in `ui/`, so that `pages/` beside this file is no way round the login.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from core import collector, tracing
from core.settings import load_settings
from core.telemetry import Process, configure_logging, serve_metrics
from core.wiring import greenroom
from ui.border import Border
from ui.federation import secrets_of
from ui.identity import EXCHANGE_PATH, Identity, SecurityHeaders, content_policy, exchange
from ui.live import PATH as LIVE
from ui.live import hub, live
from ui.recordings import PATH, recording

settings = load_settings()


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Import what the first visitor would wait for, then keep it out of the garbage collector's way."""
    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401

    configure_logging(level=settings.greenroom_log_level, as_json=not settings.is_local)
    serve_metrics(settings.greenroom_metrics_port, Process.APPLICATION, address=settings.greenroom_metrics_address)
    tracing.configure(settings.otel_exporter_otlp_endpoint, service="greenroom-app")
    running = greenroom()
    collector.keep_what_is_loaded()
    async with hub.running(running):
        yield


app = st.App(
    "ui/main.py",
    routes=[Route(EXCHANGE_PATH, exchange, methods=["POST"]), Route(PATH, recording), WebSocketRoute(LIVE, live)],
    middleware=[
        Middleware(Identity),
        Middleware(SecurityHeaders, policy=content_policy(settings)),
        Middleware(Border),
    ],
    lifespan=lifespan,
    secrets=secrets_of(settings),
)
