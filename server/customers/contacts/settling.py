"""Values of contacts as rows hold them, however they were spelt. Pure; as server/customers/settling.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.customers.contacts.rules import check_mail
from server.customers.rules import check_name, optional


def settle_contact(values: Mapping[str, Any]) -> dict[str, Any]:
    """A contact's fields. Raises Refused NAME_REQUIRED, MAIL_INVALID at the field."""
    settled = dict(values)
    if "name" in values:
        settled["name"] = check_name(values["name"])
    for name in ("title", "note", "mail"):
        if name in values:
            settled[name] = optional(values[name])
    if settled.get("mail") is not None:
        settled["mail"] = check_mail(settled["mail"])
    return settled
