"""Facts about attachments. What they are called is in none of them."""

from __future__ import annotations

from server.core.events import Event, event


@event("customers.attachment-added")
class AttachmentAdded(Event):
    """A file was hung on a customer. Subject: the customer. revision: 1 for a new document. late: by a former owner."""

    attachment_id: str
    version_of: str | None
    revision: int
    sha256: str
    late: bool


@event("customers.attachment-removed")
class AttachmentRemoved(Event):
    """Subject: the customer."""

    attachment_id: str


@event("customers.attachment-restored")
class AttachmentRestored(Event):
    """Subject: the customer."""

    attachment_id: str
