"""Whether the server lives, and whether it can work."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webhook_server.deps import App
from webhook_server.errors import problem
from webhook_server.wire import Wire

router = APIRouter(prefix="/health", tags=["operations"])


class Live(Wire):
    status: Literal["ok"] = "ok"


class Ready(Live):
    cache: Literal["ok", "degraded"]


@router.get("/live")
def live() -> Live:
    return Live()


@router.get("/ready", responses={200: {"model": Ready}})
def ready(request: Request, app: App) -> Any:
    """Without the database nothing works; without the cache everything does, only slower."""
    try:
        with app.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return problem(request, 503, "not_ready", "The database is not available.", part="database")
    return JSONResponse({"status": "ok", "cache": "ok" if app.cache.is_up() else "degraded"})
