"""The reference device: what docs/protocol.md says a client does, in the plainest form. Oracle in tests, demo device."""

from sync_protocol.phone.answers import Exchanged, Step
from sync_protocol.phone.device import Phone, Request
from sync_protocol.phone.entries import Entry
from sync_protocol.phone.ports import LineBroken, Signer, Storage, Transport
from sync_protocol.phone.session import Session, SignInRefused
from sync_protocol.phone.storage import JournalStorage, MemoryStorage
from sync_protocol.phone.store import Mend

__all__ = [
    "Entry",
    "Exchanged",
    "JournalStorage",
    "LineBroken",
    "MemoryStorage",
    "Mend",
    "Phone",
    "Request",
    "Session",
    "SignInRefused",
    "Signer",
    "Step",
    "Storage",
    "Transport",
]
