"""How settings are read from text. Each says what a good value is as the ValueError it raises: “DOORSTEP_PORT is …”."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

T = TypeVar("T")
Parse = Callable[[str], T]


def text(value: str) -> str:
    return value.strip()


def path(value: str) -> Path:
    return Path(value).expanduser()


def flag(value: str) -> bool:
    word = value.strip().lower()
    if word not in ("1", "true", "on", "yes", "0", "false", "off", "no"):
        raise ValueError("is 1 or 0")
    return word in ("1", "true", "on", "yes")


def number(low: int, high: int) -> Parse[int]:
    def parse(value: str) -> int:
        if not value.strip().isdecimal() or not low <= int(value) <= high:
            raise ValueError(f"is a whole number from {low} to {high}")
        return int(value)

    return parse


def one_of(*choices: str) -> Parse[Any]:
    def parse(value: str) -> str:
        if value.strip() not in choices:
            raise ValueError(f"is one of {', '.join(choices)}")
        return value.strip()

    return parse


def zone(value: str) -> str:
    try:
        return ZoneInfo(value.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is an IANA time zone such as Asia/Shanghai") from None


def time_of_day(value: str) -> time:
    if not re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", value.strip(), re.ASCII):
        raise ValueError("is a time of day such as 09:00")
    return time.fromisoformat(value.strip())


def hours(value: str) -> tuple[time, time]:
    begin, _, end = value.partition("-")
    try:
        return time_of_day(begin), time_of_day(end)
    except ValueError:
        raise ValueError("is two times of day such as 22:00-07:00") from None


def hosts(value: str) -> frozenset[str]:
    names = frozenset(each.strip().lower() for each in value.split(",") if each.strip())
    if any(not re.fullmatch(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+", each, re.ASCII) for each in names):
        raise ValueError("is names of hosts, separated by commas, such as push.example.com, *.push.example.com")
    return names


def address(*schemes: str) -> Parse[Any]:
    def parse(value: str) -> str:
        if urlsplit(value.strip()).scheme.partition("+")[0] not in schemes:
            raise ValueError(f"begins with {', '.join(each + ':' for each in schemes)}")
        return value.strip()

    return parse


def origin(value: str) -> str:
    parts = urlsplit(value.strip())
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or parts.path.strip("/")
        or parts.query
        or parts.username
    ):
        raise ValueError("is an address such as https://crm.example.com, without a path")
    return f"{parts.scheme}://{parts.netloc}"
