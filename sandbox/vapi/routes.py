"""Vapi's HTTP interface: making, reading and erasing calls, controlling them, and their recordings."""

import hmac
import json
import time
from datetime import UTC, datetime
from typing import Annotated, Any

import jwt
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from sandbox.settings import SandboxSettings
from sandbox.vapi import messages, recording
from sandbox.vapi.assistant import Assistant, parse_web_call
from sandbox.vapi.call import Call, iso
from sandbox.vapi.errors import WRONG_KEY, NoUserAgent, Refusal
from sandbox.vapi.rooms import obey
from sandbox.world import World, world_of

AnyWorld = Annotated[World, Depends(world_of)]
Bearer = Annotated[str, Header(alias="authorization")]
router = APIRouter(prefix="/vapi")


def _authorize(world: World, bearer: str, kind: str) -> None:
    """Public keys make and control calls, private keys read and erase them; a JWT signed by the private is either."""
    settings = world.settings
    held = settings.vapi_public_key if kind == "public" else settings.vapi_private_key
    scheme, _, given = bearer.partition(" ")
    if scheme.lower() == "bearer" and given:
        if hmac.compare_digest(given.encode(), held.get_secret_value().encode()):
            return
        if _tag_of_token(given, settings) == kind:
            return
    raise Refusal(401, WRONG_KEY)


def _tag_of_token(given: str, settings: SandboxSettings) -> str | None:
    try:
        claims = jwt.decode(given, settings.vapi_private_key.get_secret_value(), algorithms=["HS256"])
    except jwt.InvalidTokenError:
        return None
    token = claims.get("token")
    return str(token.get("tag")) if isinstance(token, dict) else None


def client(user_agent: Annotated[str, Header()] = "") -> None:
    if not user_agent:
        raise NoUserAgent


Client = Depends(client)


def public(world: AnyWorld, authorization: Bearer = "") -> World:
    _authorize(world, authorization, "public")
    return world


def private(world: AnyWorld, authorization: Bearer = "") -> World:
    _authorize(world, authorization, "private")
    return world


Public = Annotated[World, Depends(public)]
Private = Annotated[World, Depends(private)]


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError as exc:
        raise Refusal(400, "Invalid JSON in request body") from exc


Body = Annotated[Any, Depends(_json)]


def _call(world: World, call_id: str) -> Call:
    call = world.calls.table.find(call_id)
    if call is None:
        raise Refusal(404, f"Call not found: {call_id}")
    return call


@router.post("/call/web", status_code=201, dependencies=[Client])
async def create_web_call(world: Public, request: Request, body: Body) -> dict[str, Any]:
    parsed, _ = parse_web_call(body)
    base = str(request.base_url).rstrip("/")
    call = world.calls.create(body["assistant"], overrides=parsed.assistant_overrides, base_url=base)
    return messages.created(call)


@router.post("/call", dependencies=[Client])
async def create_phone_call(_: Private) -> None:
    raise Refusal(400, "Couldn't Get Phone Number. Need Either `phoneNumberId` Or `phoneNumber`.")


@router.get("/call", dependencies=[Client])
async def list_calls(
    world: Private,
    limit: Annotated[int, Query(ge=0, le=1000)] = 100,
    created_at_gt: Annotated[datetime | None, Query(alias="createdAtGt")] = None,
    created_at_lt: Annotated[datetime | None, Query(alias="createdAtLt")] = None,
) -> list[dict[str, Any]]:
    """Newest first."""
    after = _utc(created_at_gt) or datetime.min.replace(tzinfo=UTC)
    before = _utc(created_at_lt) or datetime.max.replace(tzinfo=UTC)
    found = [call for call in reversed(world.calls.table.all()) if after < call.created_at < before]
    return [messages.fetched(call, _secret(world)) for call in found[:limit]]


@router.get("/call/{call_id}", dependencies=[Client])
async def fetch_call(world: Private, call_id: str) -> dict[str, Any]:
    return messages.fetched(_call(world, call_id), _secret(world))


@router.delete("/call/{call_id}", dependencies=[Client])
async def delete_call(world: Private, call_id: str) -> dict[str, Any]:
    call = _call(world, call_id)
    body = messages.fetched(call, _secret(world))
    world.calls.forget(call)
    return {**body, "updatedAt": iso(datetime.now(UTC))}


@router.get("/call/{call_id}/{track}-recording", dependencies=[Client])
async def find_recording(world: Private, call_id: str, track: str) -> RedirectResponse:
    call = _call(world, call_id)
    known = next((name for name in recording.TRACKS if name == track), None)
    if known is None or not recording.is_recorded(call):
        raise Refusal(404, "Artifact not found.")
    return RedirectResponse(recording.signed_url(call, known, _secret(world)), status_code=302)


@router.get("/recordings/{name}")
async def serve_recording(
    world: AnyWorld, name: str, expires: int = 0, signed: Annotated[str, Query(alias="X-Amz-Signature")] = ""
) -> Response:
    """The audio file, for whoever holds a link that is still good; a bare address is refused."""
    if not signed:
        return _storage_error("InvalidArgument", "Authorization", 400)
    good = hmac.compare_digest(signed.encode(), recording.signature(name, expires, _secret(world)).encode())
    if not good:
        return _storage_error("SignatureDoesNotMatch", "The request signature we calculated does not match.", 403)
    if expires < time.time():
        return _storage_error("ExpiredRequest", "Request has expired", 403)
    call_id, _, rest = name.rpartition("-")
    call = world.calls.table.find(call_id)
    track = next((known for known in recording.TRACKS if rest.startswith(f"{known}.")), None)
    if call is None or track is None:
        return _storage_error("NoSuchKey", "The specified key does not exist.", 404)
    return Response(recording.audio(call, track), media_type=recording.media_type(call)[1])


def _storage_error(code: str, message: str, status: int) -> Response:
    xml = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Response(xml, status_code=status, media_type="application/xml")


@router.post("/monitor/{call_id}/control")
async def control_call(world: AnyWorld, call_id: str, body: Body, authorization: Bearer = "") -> dict[str, Any]:
    """The live call's control URL."""
    call = _call(world, call_id)
    plan = Assistant.model_validate(call.assistant).monitor_plan
    if not plan.control_enabled:
        raise Refusal(404, "Control is not enabled for this call.")
    if plan.control_authentication_enabled:
        _authorize(world, authorization, "public")
    if call.status != "in-progress":
        raise Refusal(404, "Call is not in progress.")
    if not obey(world.calls, call, body):
        raise Refusal(
            400, ["type must be one of the following values: say, add-message, control, end-call, transfer, handoff"]
        )
    return {}


@router.get("/monitor/{call_id}/listen")
async def listen(world: AnyWorld, call_id: str) -> PlainTextResponse:
    _call(world, call_id)
    return PlainTextResponse(
        "Sandbox: there is no sound to listen to.", status_code=426, headers={"Upgrade": "websocket"}
    )


def _secret(world: World) -> str:
    return world.settings.vapi_private_key.get_secret_value()


def _utc(at: datetime | None) -> datetime | None:
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
