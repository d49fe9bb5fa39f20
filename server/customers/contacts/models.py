"""Rows of contacts. Their phones are rows of `customer_phones`, so that every search and lead conflict knows them."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Annotated

from sqlalchemy import String

from server.core.rows import Marks, Scoped, index, refers, table
from server.core.types import Id, Json, Protected
from server.customers.models import PersonalText, PersonName, SortKey
from server.customers.search.sound import SOUND_MOST

TITLE_MOST, MAIL_MOST, NOTE_MOST = 60, 254, 1000


class MailAddress(Protected):
    """A mail address: shown to all who see the row, masked in the audit trail."""

    impl = String(MAIL_MOST)
    cache_ok = True
    kind = "mail"

    def mask(self, value: str) -> str:
        local, _, domain = value.partition("@")
        return f"{local[:1]}**@{domain[:1]}**"


@table("customer_contacts", refers("customer_id", "customers"), index("customer_id", "id"))
class Contact(Scoped):
    """Somebody at a customer, or beside him. It belongs to the customer and goes with him.

    name_key, pinyin: as a customer's. title: what he is there. left_on: since when he is not there any more; he is still found.
    is_primary: whom one asks for first; one of a customer at most.
    """

    customer_id: Annotated[str, Id()]
    name: Annotated[str, PersonName()]
    name_key: Annotated[str, SortKey]
    pinyin: Annotated[str | None, String(SOUND_MOST)] = None
    title: Annotated[str | None, String(TITLE_MOST)] = None
    mail: Annotated[str | None, MailAddress()] = None
    note: Annotated[str | None, PersonalText()] = None
    is_primary: bool = False
    left_on: date | None = None
    marks: Annotated[Marks, Json()] = dataclasses.field(default_factory=dict)
