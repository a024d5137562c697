"""What routes are handed: the application, the caller, the raw body, the rate."""

import re
from typing import Annotated

from fastapi import Depends, Query, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from core import acting
from core.accounts.errors import NotSignedIn
from core.accounts.service import actor_of_token
from core.accounts.types import Actor
from core.errors import NotFound
from core.ratelimit import normal_address
from core.wiring import Greenroom

WHAT = {"session_id": "interview", "cohort_id": "cohort", "user_id": "member", "event_id": "event"}
_ID = re.compile(r"[a-z]{3}_[0-9A-Za-z]{1,64}")


async def current_app(request: Request) -> Greenroom:
    app: Greenroom = request.app.state.greenroom
    return app


App = Annotated[Greenroom, Depends(current_app)]


def address_of(request: Request) -> str:
    return normal_address(request.client.host if request.client else "unknown")


Address = Annotated[str, Depends(address_of)]

bearer = HTTPBearer(
    scheme_name="accessToken", bearerFormat="JWT", description="What POST /api/auth/token answers.", auto_error=False
)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]


def current_actor(request: Request, app: App, _documented: Bearer = None) -> Actor:
    """The bearer of a valid access token. A cookie is never looked at here.

    Counts the call, once however often it is asked; and an id in the path that is no such thing is not there.
    """
    known: Actor | None = getattr(request.state, "actor", None)
    if known is not None:
        return known
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn
    actor = actor_of_token(app, token.strip())
    app.rates.hit("api", actor.user_id)
    app.rates.hit("read" if request.method == "GET" else "write", actor.user_id, request.scope["route"].name)
    for name, value in request.path_params.items():
        if not _ID.fullmatch(value):
            raise NotFound(WHAT.get(name, "page"))
    request.state.actor = actor
    acting.name(actor.user_id)
    return actor


Caller = Annotated[Actor, Depends(current_actor)]


Limit = Annotated[int, Query(ge=1, le=100)]
