"""Rate limits: how often one account, address or device may do a thing. Pure but for Redis; the views call `http.limit`.

With REDIS_URL all web processes count together; without it each counts for itself. When Redis fails, each counts for itself
until it is back: an outage of Redis must not lock everybody out, nor open the door wide.
Decision record: docs/decisions/0013-rate-limits.md. Figures: docs/security, “Edge”.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from limits import RateLimitItemPerSecond
from limits.errors import ConfigurationError
from limits.storage import RedisStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from server.config import BadSettings, Settings
from server.core import logs
from server.core.problems import RATE_LIMITED, Refused

log = logs.logger("limits")

MAX_KEYS = 100_000
"""Keys one process remembers. Past it the longest unused is forgotten, so that no flood of addresses fills the memory."""

SILENCE_SECONDS = 10
"""How long Redis is left alone after it did not answer, so that not every sign-in waits for it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `amount` times within any `seconds`. name: of the limit, in logs and in the answer. per: whom it counts."""

    name: str
    amount: int
    seconds: int
    per: str


RATES: dict[str, Rate] = {}
"""All limits by name, for docs/settings.md."""


def rate(name: str, amount: int, seconds: int, *, per: str) -> Rate:
    """Declare a limit. Raises ValueError when the name is taken."""
    if name in RATES:
        raise ValueError(f"the limit {name} is declared twice")
    RATES[name] = Rate(name, amount, seconds, per)
    return RATES[name]


LOGIN_PER_ACCOUNT = rate("login-account", 5, 60, per="organisation and user name, known or not")
LOGIN_PER_ADDRESS = rate("login-address", 20, 60, per="client address (IPv6: /64)")
ENROL_PER_CODE = rate("enrol-code", 5, 600, per="one-time code")
REFRESH_PER_DEVICE = rate("refresh-device", 30, 3600, per="session")
PUSH_PER_DEVICE = rate("push-device", 120, 60, per="enrolment")
SCAN_PER_KIOSK = rate("scan-kiosk", 60, 60, per="kiosk")
EXPORT_PER_PERSON = rate("export-person", 3, 86400, per="user")


class Window(Protocol):
    """Counts within a moving window."""

    def hit(self, rate: Rate, key: str) -> float:
        """Count one, and return 0; or count nothing and return the seconds until there is room, more than 0."""
        ...


class MemoryWindow:
    """Exact counts in this process. Safe between threads. clock: monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, max_keys: int = MAX_KEYS) -> None:
        self._clock = clock
        self._max_keys = max_keys
        self._hits: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def hit(self, rate: Rate, key: str) -> float:
        with self._lock:
            now = self._clock()
            hits = self._hits.setdefault((rate.name, key), deque())
            self._hits.move_to_end((rate.name, key))
            while hits and hits[0] <= now - rate.seconds:
                hits.popleft()
            if len(hits) >= rate.amount:
                return hits[0] + rate.seconds - now
            hits.append(now)
            if len(self._hits) > self._max_keys:
                self._hits.popitem(last=False)
            return 0


class RedisWindow:
    """Exact counts shared through Redis. Raises whatever the client raises when Redis does not answer."""

    def __init__(self, url: str) -> None:
        # The connection must give up sooner than the person who waits for the sign-in.
        storage = storage_from_string(url, socket_timeout=1, socket_connect_timeout=1)
        assert isinstance(storage, RedisStorage)  # noqa: S101 (the setting takes redis: and rediss: only)
        self._window = MovingWindowRateLimiter(storage)

    def hit(self, rate: Rate, key: str) -> float:
        item = RateLimitItemPerSecond(rate.amount, rate.seconds, namespace="doorstep")
        if self._window.hit(item, rate.name, key):
            return 0
        # The oldest hit may leave the window between the two calls.
        return max(0.001, self._window.get_window_stats(item, rate.name, key).reset_time - time.time())


class Limits:
    """The limits of one application."""

    def __init__(self, shared: Window | None = None, *, own: Window | None = None, enabled: bool = True) -> None:
        self._own = own or MemoryWindow()
        self._shared = shared
        self._silent_until = 0.0
        self._enabled = enabled

    @classmethod
    def from_settings(cls, settings: Settings) -> Limits:
        """The limits the settings ask for. Raises BadSettings when REDIS_URL is set and the redis package is missing."""
        if not settings.redis_url or not settings.rate_limits:
            return cls(enabled=settings.rate_limits)
        try:
            return cls(RedisWindow(settings.redis_url))
        except ConfigurationError:
            raise BadSettings(
                ["DOORSTEP_REDIS_URL needs the Python package redis: pip install 'doorstep[redis]'."]
            ) from None

    def hit(self, rate: Rate, *key: str) -> None:
        """Count one for that key. Raises Refused RATE_LIMITED, with the seconds to wait, when there is no room."""
        if not self._enabled:
            return
        # Hashed: user names and addresses have no business in Redis.
        hashed = hashlib.blake2b("\0".join(key).encode("utf-8", "replace"), digest_size=16).hexdigest()
        wait = self._wait(rate, hashed)
        if wait > 0:
            raise Refused(RATE_LIMITED, retry_after=math.ceil(wait), limit=rate.name)

    def _wait(self, rate: Rate, key: str) -> float:
        if self._shared is not None and time.monotonic() >= self._silent_until:
            try:
                return self._shared.hit(rate, key)
            except Exception:
                # Each client library has exceptions of its own; none of them may stop a sign-in.
                self._silent_until = time.monotonic() + SILENCE_SECONDS
                log.warning("redis does not answer", limit=rate.name, exc_info=True)
        return self._own.hit(rate, key)


def address_key(address: str | None) -> str:
    """What stands for a client address: an IPv4 address, or the /64 of an IPv6 one, which one customer owns whole."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
