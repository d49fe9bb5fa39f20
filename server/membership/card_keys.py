"""The keys that make and check cards, as this installation holds or derives them. Pure: bytes in and out.

Printed cards are signed with a file of KEYS_DIR; everything else is derived from SECRET_KEY for an organisation and a card,
so that no table holds a secret. Decision record: docs/decisions/0027-keys-of-cards.md.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.core.keys import Keys
from server.membership.cards import ntag424, printed

NDEF_APPLICATION = bytes.fromhex("D2760000850101")
"""The AID of the NDEF application, the one an NTAG 424 DNA has. With the organisation's id it diversifies a card's key."""

LAYOUT = ntag424.Layout("picc_data=<picc>&cmac=<mac><cmac>")
"""How our chips are set up: UID and counter encrypted, and a MAC; nothing else in the address."""

_AES = 16


@dataclass(frozen=True, slots=True)
class CardKeys:
    """What cards are made and judged with. signing: of printed cards, oldest first; the last one signs."""

    signing: tuple[Ed25519PrivateKey, ...] = field(repr=False)
    phone: bytes = field(repr=False)
    chip: bytes = field(repr=False)

    @classmethod
    def of(cls, keys: Keys) -> CardKeys:
        """Those of this installation."""
        return cls(keys.card_keys, keys.secret("card-phone"), keys.secret("card-chip"))

    @property
    def public(self) -> Mapping[bytes, Ed25519PublicKey]:
        """Key id → public key of every issuer's key that is believed."""
        return {printed.key_id(key.public_key()): key.public_key() for key in self.signing}

    def phone_secret(self, org_id: str, card_ref: bytes) -> bytes:
        """The secret that a card's rotating codes are made with: 32 bytes."""
        return hmac.digest(self.phone, UUID(org_id).bytes + card_ref, "sha256")

    def chip_meta_key(self, org_id: str) -> bytes:
        """SDMMetaRead of the organisation's chips: needed before it is known which card it is, so one for all of them."""
        return hmac.digest(self.chip, b"meta" + UUID(org_id).bytes, "sha256")[:_AES]

    def chip_file_key(self, org_id: str) -> Callable[[bytes], bytes]:
        """SDMFileRead by UID, another for each card (AN10922)."""
        master = hmac.digest(self.chip, b"file" + UUID(org_id).bytes, "sha256")[:_AES]
        system = UUID(org_id).bytes
        return lambda uid: ntag424.diversified(master, uid, application=NDEF_APPLICATION, system=system)
