"""The row of an attachment: one version of one document."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from sqlalchemy import CheckConstraint, String

from server.core.rows import Code, Scoped, index, refers, table
from server.core.types import Id
from server.customers.attachments import rules
from server.customers.models import PersonalText


@table(
    "attachments",
    refers("customer_id", "customers"),
    refers("version_of", "attachments"),
    index("customer_id", "created_at", "id"),
    index("version_of"),
    index("sha256"),
    CheckConstraint(f"form IN ({', '.join(repr(each) for each in rules.FORMS)})", name="form"),
)
class Attachment(Scoped):
    """One version of a document that hangs on a customer. It belongs to the customer and goes with him.

    version_of: the first version; None for that one. revision: 1 for the first, in order of arrival. newest: of the first
    version alone, the revision that was given last. about, about_id: a row of his that it hangs on, and its collection; no
    foreign key, because visits are of an area above (parents.py). sha256: names the file, whose bytes come by another way.
    form, size, added_at: as the device claims. added_by: whose deed it was; not `author_id`, as with notes.
    """

    customer_id: Annotated[str, Id()]
    version_of: Annotated[str | None, Id()] = None
    revision: int = 1
    newest: int = 1
    about: Annotated[str | None, Code] = None
    about_id: Annotated[str | None, Id()] = None
    name: Annotated[str, PersonalText()]
    form: Annotated[str, Code]
    size: int
    sha256: Annotated[str, String(64)]
    added_by: Annotated[str, Id()]
    added_at: datetime
    removed_at: datetime | None = None
    removed_by: Annotated[str | None, Id()] = None
