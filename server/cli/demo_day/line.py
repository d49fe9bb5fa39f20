"""The line between a simulated phone and a real server: HTTP that can be cut, lose answers and deliver things twice."""

from __future__ import annotations

import gzip
import http.client
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Literal
from urllib.parse import urlsplit

from sync_protocol.phone import LineBroken

Fate = Literal["good", "cut", "broken-off", "answer-lost", "twice"]
"""cut: the request never arrives. broken-off: half of its body does. answer-lost: all of it does, and nobody hears. twice:
it arrives two times, the second answer is the one heard."""

Answer = tuple[int, Mapping[str, str], bytes]
_TIMEOUT = 60
_LONGEST_WAIT = 60


class BadLine:
    """Implements sync_protocol.phone.Transport over real HTTP. fates: what happens to the n-th request, from 1."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._https = parts.scheme == "https"
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port
        self._base = url.rstrip("/")
        self.fates: Callable[[int], Fate] = lambda _n: "good"
        self.counted: Counter[Fate] = Counter()
        self._sent = 0

    def url(self, path: str) -> str:
        """The full address of a path, as a proof names it."""
        return self._base + path

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Send one request and let its fate befall it. Raises LineBroken when no answer is heard."""
        self._sent += 1
        fate = self.fates(self._sent)
        self.counted[fate] += 1
        if fate == "cut":
            raise LineBroken("the line was dead")
        if fate == "broken-off" and body:
            self._request(method, path, {**headers, "content-length": str(len(body))}, _half(body))
        answer = self._request(method, path, headers, body)
        while answer[0] == 429 and _waits(answer) <= _LONGEST_WAIT:
            time.sleep(_waits(answer))  # a polite client: two runs within a minute meet the limit on signing in
            answer = self._request(method, path, headers, body)
        if fate == "twice":
            answer = self._request(method, path, headers, body)
        if fate == "answer-lost":
            raise LineBroken("the answer was lost")
        return answer

    def mend(self) -> None:
        """From now on the line is good."""
        self.fates = lambda _n: "good"

    def _request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | Iterator[bytes] | None
    ) -> Answer:
        kind = http.client.HTTPSConnection if self._https else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=_TIMEOUT)
        try:
            connection.request(method, path, body=body, headers={**headers, "accept-encoding": "gzip"})
            response = connection.getresponse()
            content = response.read()
            named = {name.lower(): value for name, value in response.getheaders()}
        except (OSError, http.client.HTTPException) as error:
            raise LineBroken(str(error)) from error
        finally:
            connection.close()
        if named.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return response.status, named, content


def _half(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise ConnectionAbortedError("the line broke off")


def _waits(answer: Answer) -> int:
    """Seconds the server asked to wait."""
    given = answer[1].get("retry-after", "")
    return int(given) if given.isdecimal() else _LONGEST_WAIT + 1


def breaks_every_few(start: int) -> Callable[[int], Fate]:
    """An evening's line: of every seven requests two are cut, one answer is lost and one arrives twice."""
    pattern: tuple[Fate, ...] = ("good", "answer-lost", "twice", "cut", "good", "answer-lost", "cut")
    return lambda n: pattern[(n + start) % len(pattern)]
