"""Row, enrolment and epoch ids: UUIDv7 (RFC 9562 §5.7), minted by whoever creates the thing."""

import os
import re
import secrets
import threading
import time

# Any version is taken, because a row may come from a client or an import with a mint of its own; only v7 is minted here.
ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
matches_id = re.compile(ID_PATTERN[1:-1]).fullmatch

_TAIL_BITS = 74  # rand_a (12) and rand_b (62) of RFC 9562, used as one counter (method 2 of §6.2)
_TAIL_TOP = 1 << _TAIL_BITS
_MS_TOP = 1 << 48


class _Mint:
    """Hands out rising (milliseconds, tail) pairs. A tail starts with its top bit clear, which leaves room to count."""

    def __init__(self, *, clings: bool) -> None:
        self._clings = clings
        self._lock = threading.Lock()
        self._ms = -1
        self._tail = 0

    def forget(self) -> None:
        """Start afresh. The lock is replaced too: a forked child may have inherited it held."""
        self._lock = threading.Lock()
        self._ms = -1

    def next(self, ms: int) -> tuple[int, int]:
        """The pair for this millisecond; on a clock that stepped back, a clinging mint stays at its last one."""
        with self._lock:
            if ms == self._ms or (self._clings and ms < self._ms):
                self._tail += 1 + secrets.randbits(32)
                if self._tail >= _TAIL_TOP:
                    self._ms, self._tail = self._ms + 1, secrets.randbits(_TAIL_BITS - 1)
            else:
                self._ms, self._tail = ms, secrets.randbits(_TAIL_BITS - 1)
            return self._ms, self._tail


_by_clock = _Mint(clings=True)
# A caller with a clock of its own (a simulated device two days ahead) must not drag the process's ids with it.
_by_caller = _Mint(clings=False)


if hasattr(os, "register_at_fork"):  # absent on Windows
    os.register_at_fork(after_in_child=_by_clock.forget)


def new_id(now_ms: int | None = None) -> str:
    """Mint a UUIDv7, canonical lower-case. Thread-safe.

    now_ms: milliseconds since 1970 UTC; without it the system's clock. Ids minted without it rise within the process
    even when the clock steps back; ids minted with it rise as long as now_ms does not fall.
    """
    ms, tail = _by_clock.next(time.time_ns() // 1_000_000) if now_ms is None else _by_caller.next(now_ms)
    if not 0 <= ms < _MS_TOP:
        raise ValueError("now_ms does not fit a UUIDv7")
    number = ms << 80 | 0x7 << 76 | (tail >> 62) << 64 | 0b10 << 62 | tail & ((1 << 62) - 1)
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def is_id(text: object) -> bool:
    """True for a UUID of RFC 9562 in its one canonical spelling: lower case, with dashes. Nil and max are no ids."""
    return type(text) is str and matches_id(text) is not None
