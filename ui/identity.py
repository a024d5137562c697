"""The Streamlit server's border: who a connection belongs to, the cookie, the headers of every answer."""

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.accounts import service
from core.accounts.errors import NotSignedIn
from core.settings import Settings
from core.wiring import greenroom

COOKIE = "greenroom_session"
EXCHANGE_PATH = "/auth/exchange"
USER_HEADER = b"x-auth-user"
REQUESTED_WITH = "greenroom"


def _cookie_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == b"cookie":
            try:
                found = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except CookieError:
                return ""
            return found.value if found else ""
    return ""


def _user_of(cookie: str) -> str | None:
    with greenroom().uow() as uow:
        actor = service.actor_of_cookie(uow, cookie)
    return actor.username if actor else None


class Identity:
    """Bind each websocket to its user: a session of Streamlit's is resumed by its own user alone.

    A header of that name that comes from outside is dropped.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            headers = [(name, value) for name, value in scope["headers"] if name != USER_HEADER]
            cookie = _cookie_of(headers)
            user = await run_in_threadpool(_user_of, cookie) if cookie else None
            if user:
                headers.append((USER_HEADER, user.encode()))
            scope = {**scope, "headers": headers}
        await self._app(scope, receive, send)


class SecurityHeaders:
    """Content policy and the like. Only what the product loads may be loaded, and nobody frames it."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
            "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, send_framed if scope["type"] == "http" else send)


STREAMLIT_INLINE = "'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='"
"""The script in Streamlit's own page that keeps the theme from flashing."""


def content_policy(settings: Settings) -> str:
    """No eval. `blob:` is how Streamlit loads its components' modules."""
    if settings.is_sandbox:
        origin = (
            f"{urlsplit(settings.razorpay_checkout_url).scheme}://{urlsplit(settings.razorpay_checkout_url).netloc}"
        )
        scripts = frames = origin
        connects = f"{origin} {origin.replace('http', 'ws', 1)}"
    else:
        sdk = urlsplit(settings.vapi_web_sdk_url)
        scripts = f"https://*.razorpay.com https://c.daily.co {sdk.scheme}://{sdk.netloc}"
        frames = "https://*.razorpay.com https://*.daily.co"
        connects = "https://*.razorpay.com https://api.vapi.ai https://*.daily.co wss://*.daily.co"
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' blob: 'wasm-unsafe-eval' {STREAMLIT_INLINE} {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            f"connect-src 'self' {connects}",
            f"frame-src 'self' {frames}",
            "object-src 'none'",
            "base-uri 'self'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        )
    )


async def exchange(request: Request) -> Response:
    """Trade a login ticket for the session cookie. Only a page of ours can send it: header and origin are checked."""
    origin = urlsplit(request.headers.get("origin", "")).netloc
    if request.headers.get("x-requested-with") != REQUESTED_WITH or origin != request.headers.get("host"):
        return JSONResponse({"detail": "Not allowed."}, 403)
    app = greenroom()

    def redeem() -> tuple[str, int]:
        with app.uow() as uow:
            return service.redeem_ticket(uow, request.headers.get("x-ticket", ""))

    try:
        secret, seconds = await run_in_threadpool(redeem)
    except NotSignedIn:
        return JSONResponse({"detail": "This ticket is spent."}, 401)
    reply = Response(status_code=204)
    secure = app.settings.app_url.startswith("https://")
    reply.set_cookie(COOKIE, secret, max_age=seconds, httponly=True, secure=secure, samesite="lax", path="/")
    return reply
