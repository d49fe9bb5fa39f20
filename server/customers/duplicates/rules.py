"""What of a half-typed customer can be asked for already. Pure. Source: docs/rules/customers.md, C35."""

from __future__ import annotations

from collections.abc import Callable

from server.core.problems import Refused
from server.customers.rules import check_id_form, check_name, check_phone


def whole_phone(typed: str | None) -> str | None:
    """The number in E.164 when it is a complete one."""
    return _unless_refused(check_phone, typed)


def whole_id_number(typed: str | None) -> str | None:
    """The identity number as stored when it has the form of one."""
    return _unless_refused(check_id_form, typed)


def whole_name(typed: str | None) -> str | None:
    """The name as stored when it is one."""
    return _unless_refused(check_name, typed)


def _unless_refused(check: Callable[[str], str], typed: str | None) -> str | None:
    try:
        return None if typed is None else check(typed)
    except Refused:
        return None
