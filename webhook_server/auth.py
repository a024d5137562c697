"""Accounts and tokens."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from core.accounts import links, second_factor, service
from core.accounts.types import Role
from webhook_server.deps import Address, App, Caller
from webhook_server.wire import RequestBody, Wire

router = APIRouter(prefix="/api", tags=["account"])
Text = Annotated[str, Field(max_length=400)]


class RegisterRequest(RequestBody):
    username: Text
    email: Text
    name: Text
    password: Text


class Registered(Wire):
    user_id: str
    role: Role


class TokenRequest(RequestBody):
    username: Text
    password: Text
    code: Annotated[
        str | None,
        Field(max_length=20, description="Of the authenticator app, or a recovery code, where the account has one."),
    ] = None


class RefreshRequest(RequestBody):
    refresh_token: Annotated[str, Field(max_length=4000)]


class TokenReply(Wire):
    access_token: str
    token_type: str = "bearer"  # noqa: S105  the scheme's name
    expires_in: int
    refresh_token: str
    role: Role


class Me(Wire):
    user_id: str
    username: str
    name: str
    email: str
    role: Role


@router.post("/auth/register", status_code=201)
def register(body: RegisterRequest, app: App, address: Address) -> Registered:
    app.rates.hit("register_address", address)
    with app.uow() as uow:
        user = links.register(uow, username=body.username, email=body.email, name=body.name, password=body.password)
        return Registered(user_id=user.id, role=Role(user.role))


@router.post("/auth/token")
def token(body: TokenRequest, app: App, address: Address) -> TokenReply:
    user = service.check_password(app, body.username, body.password, address=address)
    second_factor.check(app, user.id, body.code)
    with app.uow() as uow:
        return _reply(service.open_api_session(uow, user, app.settings))


@router.post("/auth/refresh")
def refresh(body: RefreshRequest, app: App, address: Address) -> TokenReply:
    app.rates.hit("refresh", address)
    return _reply(service.refresh(app, body.refresh_token))


@router.post("/auth/logout", status_code=204)
def logout(app: App, caller: Caller) -> None:
    with app.uow() as uow:
        service.sign_out(uow, caller.session_id)


@router.get("/me")
def me(app: App, caller: Caller) -> Me:
    with app.uow() as uow:
        email = service.email_of(uow, caller.user_id)
    return Me(user_id=caller.user_id, username=caller.username, name=caller.name, email=email, role=caller.role)


def _reply(pair: service.TokenPair) -> TokenReply:
    return TokenReply(access_token=pair.access, expires_in=pair.expires_in, refresh_token=pair.refresh, role=pair.role)
