"""Honest push services on this machine: FCM with its token server, and Web Push, behind a proxy that ends TLS for them.

The product reaches them at their real addresses through HTTPS_PROXY, and trusts a certificate authority made for the
run (REQUESTS_CA_BUNDLE). Both check what the real ones check: the account's signature and the access token; the VAPID
token against the subscription's key, its audience and its age; and the body is decrypted as a browser would.
"""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import http_ece
import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from notifications.rules import TargetKind
from notifications.targets import Subscription

MOZILLA = "updates.push.services.mozilla.com"
FCM_HOST, TOKEN_HOST = "fcm.googleapis.com", "oauth2.googleapis.com"
PROJECT = "doorstep-tests"
TOKEN_URL = f"https://{TOKEN_HOST}/token"


@dataclass(frozen=True)
class Reply:
    """What a service answers. cut: it takes the request and hangs up without a word. delay: seconds before the answer."""

    status: int = 201
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    delay: float = 0.0


@dataclass(frozen=True)
class Taken:
    """A message as it arrived: to whom, what it said, under which headers (lower case) and fields."""

    to: str
    said: Any
    headers: Mapping[str, str]


class Browser:
    """One subscription of a browser, with the keys that only the browser has."""

    def __init__(self, name: str, vapid: ec.EllipticCurvePublicKey, host: str = MOZILLA) -> None:
        self.name = name
        self.host = host
        self.path = f"/wpush/v2/{name}"
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = name.encode().ljust(16, b"\0")[:16]
        self.vapid = vapid.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> Subscription:
        """What the browser hands its page."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": _unpadded(point), "auth": _unpadded(self.auth)}
        return Subscription(TargetKind.WEBPUSH, f"https://{self.host}{self.path}", keys)

    def read(self, body: bytes) -> Any:
        """The message, decrypted."""
        return json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"))


def token(name: str) -> Subscription:
    """An app on Android that FCM knows by that token."""
    return Subscription(TargetKind.FCM_TOKEN, f"token-{name}")


def _unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _padded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class PushServices:
    """All of them. replies: path or token → answers, one after the other, the last one for ever."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.browsers: dict[str, Browser] = {}
        self.replies: dict[str, list[Reply]] = {}
        self.taken: list[Taken] = []
        self.faults: list[str] = []
        self.tokens_given = 0
        self._account_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._authority = ec.generate_private_key(ec.SECP256R1())
        self._lock = threading.Lock()
        self._contexts: dict[str, ssl.SSLContext] = {}
        services = self

        class Door(_Door):
            house = services

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.authority_file = folder / "authority.pem"
        self.authority_file.write_bytes(self._certificate("Throw-away", None).public_bytes(Encoding.PEM))
        self.account_file = folder / "account.json"
        self.account_file.write_text(json.dumps(self._account()))

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to be led here."""
        return {
            "HTTPS_PROXY": f"http://127.0.0.1:{self.port}",
            "https_proxy": f"http://127.0.0.1:{self.port}",
            "REQUESTS_CA_BUNDLE": str(self.authority_file),
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }

    @contextmanager
    def serving(self) -> Iterator[PushServices]:
        """Answer while the block runs; afterwards nothing may have been asked in a way the real ones would refuse."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
        assert not self.faults, self.faults

    def subscribe(self, name: str, vapid: ec.EllipticCurvePublicKey, host: str = MOZILLA) -> Subscription:
        """A browser that has subscribed to the product's key."""
        browser = Browser(name, vapid, host)
        self.browsers[browser.path] = browser
        return browser.subscription

    def to(self, name: str) -> list[Taken]:
        """What arrived for one browser or token."""
        return [each for each in self.taken if each.to in (f"/wpush/v2/{name}", f"token-{name}")]

    # -- what the services do --------------------------------------------------------------------------------------

    def answer(self, host: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Check a request and say what comes of it."""
        if host == TOKEN_HOST:
            return self._give_token(body)
        if host == FCM_HOST and path == f"/v1/projects/{PROJECT}/messages:send":
            return self._take_fcm(headers, body)
        if path in self.browsers and self.browsers[path].host == host:
            return self._take_push(self.browsers[path], headers, body)
        return Reply(404)

    def _next(self, key: str, usual: Reply) -> Reply:
        with self._lock:
            waiting = self.replies.get(key)
            if not waiting:
                return usual
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def _give_token(self, body: bytes) -> Reply:
        (assertion,) = parse_qs(body.decode())["assertion"]
        claims = jwt.decode(assertion, self._account_key.public_key(), algorithms=["RS256"], audience=TOKEN_URL)
        assert "firebase.messaging" in claims["scope"] or "cloud-platform" in claims["scope"]
        with self._lock:
            self.tokens_given += 1
        return self._next(
            "token", Reply(200, {"access_token": "open-sesame", "expires_in": 3600, "token_type": "Bearer"})
        )

    def _take_fcm(self, headers: Mapping[str, str], body: bytes) -> Reply:
        if headers.get("authorization") != "Bearer open-sesame":
            return Reply(401, _google_error("UNAUTHENTICATED"))
        message = json.loads(body)["message"]
        to = message.get("token") or message.get("fid")
        reply = self._next(to, Reply(200, {"name": f"projects/{PROJECT}/messages/1"}))
        if reply.status < 300:
            with self._lock:
                self.taken.append(Taken(to, message, headers))
        return reply

    def _take_push(self, browser: Browser, headers: Mapping[str, str], body: bytes) -> Reply:
        reply = self._next(browser.path, Reply(201))
        if reply.status >= 300:
            return reply
        scheme, _, rest = headers["authorization"].partition(" ")
        parts = dict(each.strip().split("=", 1) for each in rest.split(","))
        assert scheme == "vapid"
        assert _padded(parts["k"]) == browser.vapid
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser.vapid)
        claims = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=f"https://{browser.host}")
        assert time.time() < claims["exp"] <= time.time() + 24 * 3600
        assert claims["sub"].startswith(("mailto:", "https:"))
        assert headers["content-encoding"] == "aes128gcm"
        assert len(headers["topic"]) <= 32
        assert len(body) < 4096
        with self._lock:
            self.taken.append(Taken(browser.path, browser.read(body), headers))
        return reply

    # -- keys and certificates -------------------------------------------------------------------------------------

    def _account(self) -> dict[str, str]:
        pem = self._account_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "1",
            "private_key": pem.decode(),
            "client_email": f"tests@{PROJECT}.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": TOKEN_URL,
        }

    def context(self, host: str) -> ssl.SSLContext:
        """TLS as that host, with a certificate of the throw-away authority."""
        with self._lock:
            if host not in self._contexts:
                key = ec.generate_private_key(ec.SECP256R1())
                file = self.folder / f"{host}.pem"
                pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
                file.write_bytes(pem + self._certificate(host, key).public_bytes(Encoding.PEM))
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(file)
                self._contexts[host] = context
            return self._contexts[host]

    def _certificate(self, name: str, key: ec.EllipticCurvePrivateKey | None) -> x509.Certificate:
        """Of a host; without a key, of the authority itself."""
        now = datetime.now(UTC)
        owner = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:60])])
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Throw-away")])
        public = (key or self._authority).public_key()
        mine = self._authority.public_key()
        builder = (
            x509.CertificateBuilder()
            .subject_name(owner)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=key is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(mine), critical=False)
        )
        if key is not None:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        else:
            usage = x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
                key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
                decipher_only=False,
            )  # fmt: skip
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(self._authority, SHA256())


class _Door(BaseHTTPRequestHandler):
    """One connection: CONNECT, then TLS as the host that was asked for, then its requests."""

    protocol_version = "HTTP/1.1"
    house: PushServices
    host = ""

    def do_CONNECT(self) -> None:
        self.host = self.path.rpartition(":")[0]
        self.send_response(200)
        self.end_headers()
        self.close_connection = False  # some clients ask for it in HTTP/1.0
        self.connection = self.house.context(self.host).wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            reply = self.house.answer(self.host, self.path, headers, body)
        except Exception as fault:  # noqa: BLE001 - said by the test, not by a thread nobody reads
            self.house.faults.append(repr(fault))
            reply = Reply(400)
        time.sleep(reply.delay)
        if reply.cut:
            self.close_connection = True
            return
        content = b"" if reply.body is None else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


def _google_error(status: str, code: str | None = None, message: str = "no") -> dict[str, Any]:
    details = [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}] if code else []
    return {"error": {"status": status, "message": message, "details": details}}


def fcm_error(http: int, status: str, code: str | None = None, message: str = "no", **headers: str) -> Reply:
    """A refusal in FCM's form."""
    return Reply(
        http, _google_error(status, code, message), {name.replace("_", "-"): value for name, value in headers.items()}
    )
