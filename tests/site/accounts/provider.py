"""A small OpenID Connect provider on this machine, for tests: authorization code, PKCE, signed answers."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

KEY = generate_private_key(public_exponent=65537, key_size=2048)
CLIENT, SECRET = "carreau", "a secret of the tests"


class Provider:
    """`claims` is who signs in next; `signed` sends the claims as a JWT, as ProConnect and FranceConnect do.

    `nonce` takes the place of the one that was asked for. `asked` is the last authorization request.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.claims: dict[str, Any] = {}
        self.signed = False
        self.nonce: str | None = None
        self.asked: dict[str, str] = {}
        self.codes: dict[str, dict[str, str]] = {}

    def token(self, claims: dict[str, Any]) -> str:
        now = int(time.time())
        times = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 60}
        return jwt.encode({**claims, **times}, KEY, algorithm="RS256", headers={"kid": "1"})

    def get(self, path: str, query: dict[str, str]) -> tuple[int, str, str]:
        """Status, content type (or where to, for a redirection) and content."""
        if path == "/.well-known/openid-configuration":
            places = {name: f"{self.address}/{place}" for name, place in PLACES.items()}
            methods = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
            return 200, "application/json", json.dumps({"issuer": self.address, **places, **methods})
        if path == "/keys":
            key = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())), "kid": "1", "alg": "RS256"}
            return 200, "application/json", json.dumps({"keys": [key]})
        if path == "/authorize":
            self.asked, code = query, secrets.token_hex(8)
            self.codes[code] = query
            answer = urlencode({"code": code, "state": query["state"]})
            return 302, f"{query['redirect_uri']}?{answer}", ""
        if self.signed:
            return 200, "application/jwt", self.token(self.claims)
        return 200, "application/json", json.dumps(self.claims)

    def exchange(self, form: dict[str, str]) -> tuple[int, str, str]:
        """A code for a token: once, for who knows the secret and the verifier."""
        asked = self.codes.pop(form["code"], None)
        hashed = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        right = asked is not None and asked["code_challenge"] == hashed.decode().rstrip("=")
        if not right or asked is None or (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
            return 400, "application/json", '{"error": "invalid_grant"}'
        identity = self.token({"sub": self.claims["sub"], "nonce": self.nonce or asked["nonce"]})
        token = {"access_token": "t", "token_type": "Bearer", "id_token": identity}
        return 200, "application/json", json.dumps(token)


PLACES = {
    "authorization_endpoint": "authorize",
    "token_endpoint": "token",
    "userinfo_endpoint": "userinfo",
    "jwks_uri": "keys",
}


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self.answer(*provider.get(parts.path, {name: one[0] for name, one in parse_qs(parts.query).items()}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(*provider.exchange({name: one[0] for name, one in parse_qs(body).items()}))

        def answer(self, status: int, kind: str, content: str) -> None:
            self.send_response(status)
            self.send_header("Location" if status == 302 else "Content-Type", kind)
            self.send_header("Content-Length", str(len(content.encode())))
            self.end_headers()
            self.wfile.write(content.encode())

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = Provider(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
