"""Requests to addresses that somebody else chose (a Web Push endpoint): where they may go, and that they go nowhere else.

Source: security design §2.8. Checked when an endpoint is saved and again when something is sent to it.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import certifi
import requests.utils
import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProxyError, SSLError

BROWSER_MAKERS = (
    "fcm.googleapis.com", "jmt17.google.com", "*.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com",
    "*.wns.windows.com",
)  # fmt: skip
"""Hosts of the push services that browsers come with."""
TIMEOUT = urllib3.Timeout(connect=5, read=5)
MOST_ANSWERED = 64 * 1024


class Forbidden(Exception):
    """An address that must not be asked. The text says why, without the address."""


class NoAnswer(Exception):
    """The line failed. was_sent: the request may have arrived."""

    def __init__(self, *, was_sent: bool) -> None:
        super().__init__(was_sent)
        self.was_sent = was_sent


@dataclass(frozen=True, slots=True)
class Answer:
    """status, and headers by lower-case name. The body is not kept."""

    status: int
    headers: Mapping[str, str]


def check_endpoint(url: str, further: frozenset[str] = frozenset()) -> tuple[str, str]:
    """Host and path of an https address on port 443 of a known push service. further: hosts the operator allows.

    Raises Forbidden. What the name resolves to is looked at when it is asked.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Forbidden("no address") from None
    host = parts.hostname or ""
    if not url.isascii() or any(each <= " " or each == "\\" for each in url):
        raise Forbidden("odd characters")
    if parts.scheme != "https" or port not in (None, 443) or "@" in parts.netloc or parts.fragment:
        raise Forbidden("not https on port 443")
    if not any(_matches(host, each) for each in (*BROWSER_MAKERS, *further)):
        raise Forbidden("no known push service")
    path = parts.path or "/"
    return host, f"{path}?{parts.query}" if parts.query else path


def _matches(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _never_connected(error: Exception) -> bool:
    """Whether a proxy could not be reached, or would not connect. (A line that breaks later is a fault of the proxy too.)"""
    return isinstance(error, (NewConnectionError, ConnectTimeoutError)) or "Tunnel connection failed" in str(error)


Resolve = Callable[[str], list[str]]


def resolve(host: str) -> list[str]:
    """The addresses of a host. Raises OSError."""
    return [str(each[4][0]) for each in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an address is on the open internet, so that nothing inside can be reached through it."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


class Outbound:
    """Posts to such addresses. Resolves a name once and connects to what it found, so that nobody can change it between.

    Through HTTPS_PROXY where one is set: the name is then resolved by the proxy, whose rules guard the inside.
    further: hosts beside the known ones. Used by several threads.
    """

    def __init__(self, further: frozenset[str] = frozenset(), *, find: Resolve = resolve) -> None:
        self._further = further
        self._find = find

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One POST; redirects are not followed. Raises Forbidden, NoAnswer."""
        host, path = check_endpoint(url, self._further)
        authorities = os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where()
        proxy = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))
        try:
            if proxy is not None:
                with urllib3.ProxyManager(proxy, ca_certs=authorities, timeout=TIMEOUT, retries=False) as pools:
                    return self._ask(pools.connection_from_host(host, 443, "https"), path, body, headers)
            with urllib3.HTTPSConnectionPool(
                self._address(host), 443, ca_certs=authorities, server_hostname=host, assert_hostname=host,
                timeout=TIMEOUT, retries=False,
            ) as pool:  # fmt: skip
                return self._ask(pool, path, body, {**headers, "Host": host})
        except ProxyError as error:
            raise NoAnswer(was_sent=not _never_connected(error.original_error)) from None
        except (NewConnectionError, ConnectTimeoutError, SSLError):
            raise NoAnswer(was_sent=False) from None
        except (HTTPError, OSError):
            raise NoAnswer(was_sent=True) from None

    def _address(self, host: str) -> str:
        """One address of the host, all of which have to be public. Raises Forbidden, NoAnswer."""
        try:
            found = self._find(host)
        except OSError:
            raise NoAnswer(was_sent=False) from None
        if not found or not all(map(is_public, found)):
            raise Forbidden("leads inside")
        return found[0]

    @staticmethod
    def _ask(pool: urllib3.HTTPConnectionPool, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        answer = pool.urlopen(
            "POST",
            path,
            body,
            dict(headers),
            redirect=False,
            retries=False,
            preload_content=False,
            decode_content=False,
        )
        try:
            answer.read(MOST_ANSWERED)
            return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()})
        finally:
            answer.close()
