"""An OpenID Connect provider on this machine: it vouches for one person, without asking."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT = "greenroom-e2e"
PERSON = {"sub": "person-1", "email": "nila@people.example", "email_verified": True, "name": "Nila Sen"}


class _Handler(BaseHTTPRequestHandler):
    provider: "Provider"

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if path == "/authorize":
            self.provider.nonce = query.get("nonce", [None])[0]
            back = urlencode({"code": "proof", "state": query["state"][0]})
            self.send_response(302)
            self.send_header("Location", f"{query['redirect_uri'][0]}?{back}")
            self.end_headers()
            return
        self._answer(self.provider.documents[path])

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(
            {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": self.provider.id_token()}
        )

    def _answer(self, body: Any) -> None:
        raw = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        return


class Provider:
    def __init__(self, address: str) -> None:
        self.address = address
        self.nonce: str | None = None
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        self.documents = {
            "/.well-known/openid-configuration": {
                "issuer": address,
                "authorization_endpoint": f"{address}/authorize",
                "token_endpoint": f"{address}/token",
                "jwks_uri": f"{address}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            },
            "/keys": {"keys": [{**public, "kid": "k1", "alg": "RS256", "use": "sig"}]},
        }

    def id_token(self) -> str:
        now = int(time.time())
        claims = {**PERSON, "iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": self.nonce}
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": "k1"})

    @property
    def settings(self) -> dict[str, str]:
        return {
            "OIDC_METADATA_URL": f"{self.address}/.well-known/openid-configuration",
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": "of-nobody-else",
            "OIDC_NAME": "Campus ID",
        }


@contextmanager
def provider() -> Iterator[Provider]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    made = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    _Handler.provider = made
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
