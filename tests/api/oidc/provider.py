"""A demo identity provider: it signs tokens with keys of its own, and serves what an OpenID Connect provider serves."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from api.oidc.fetching import Fetched, ProviderFailed

ISSUER = "https://login.example/realms/acme"
AUDIENCE = "lifecycle-fsm"
_HOUR = 3600

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass
class Provider:
    """Keys by id, the tokens that they sign, and what was asked for."""

    clock: Any
    issuer: str = ISSUER
    keys: dict[str, PrivateKey] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    max_age: int | None = None
    is_down: bool = False
    calls_itself: str | None = None

    def add_rsa(self, key_id: str) -> None:
        self.keys[key_id] = rsa.generate_private_key(65537, 2048)

    def add_ec(self, key_id: str) -> None:
        self.keys[key_id] = ec.generate_private_key(ec.SECP256R1())

    def claims(self, **changed: Any) -> dict[str, Any]:
        """What a token for Ada says; a claim that is changed to None is left out."""
        now = self.clock()
        stamp = int(now.timestamp()) if isinstance(now, datetime) else int(now)
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": "user-1",
            "email": "ada@example.com",
            "roles": ["cs-team"],
            "iat": stamp,
            "exp": stamp + _HOUR,
        }
        return {name: value for name, value in {**claims, **changed}.items() if value is not None}

    def token(self, key_id: str = "one", headers: Mapping[str, Any] | None = None, **changed: Any) -> str:
        key = self.keys[key_id]
        algorithm = "RS256" if isinstance(key, rsa.RSAPrivateKey) else "ES256"
        return jwt.encode(self.claims(**changed), key, algorithm, {"kid": key_id, **(headers or {})})

    def public_pem(self, key_id: str) -> bytes:
        return self.keys[key_id].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def documents(self) -> dict[str, dict[str, Any]]:
        """What it serves, by the path below the issuer."""
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.calls_itself or self.issuer,
                "jwks_uri": f"{self.issuer}/keys",
            },
            "/keys": {"keys": [_jwk(key_id, key) for key_id, key in self.keys.items()]},
        }

    async def fetch(self, url: str) -> Fetched:
        self.fetched.append(url)
        if self.is_down:
            raise ProviderFailed("the identity provider does not answer", retryable=True)
        return Fetched(self.documents()[url.removeprefix(self.issuer)], self.max_age)


def _jwk(key_id: str, key: PrivateKey) -> dict[str, Any]:
    if isinstance(key, rsa.RSAPrivateKey):
        described = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        described = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**described, "kid": key_id, "use": "sig"}


def unsigned(claims: Mapping[str, Any], header: Mapping[str, Any], signature: bytes = b"") -> str:
    """A token put together by hand."""
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@contextmanager
def serving(provider: Provider) -> Iterator[str]:
    """Serve the provider on loopback, and make that its issuer."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = provider.documents().get(self.path)
            body = json.dumps(document).encode()
            self.send_response(200 if document else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider.issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
