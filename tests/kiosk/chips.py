"""A simulated NTAG 424 DNA: writes the address that a tap gives, with its counter one higher each time."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from server.membership.card_keys import CardKeys
from server.membership.cards import ntag424


@dataclass
class Chip:
    """A chip with the keys that its organisation's cards are personalised with."""

    uid: str
    org_id: str
    keys: CardKeys
    counter: int = 0

    def tap(self, by: int = 1) -> str:
        """The address of the next tap. by: how many were made since, elsewhere, this one included."""
        self.counter += by
        uid, counter = bytes.fromhex(self.uid), self.counter.to_bytes(3, "little")
        plain = b"\xc7" + uid + counter + b"\x00" * 5
        encryptor = Cipher(algorithms.AES128(self.keys.chip_meta_key(self.org_id)), modes.CBC(bytes(16))).encryptor()
        picc = (encryptor.update(plain) + encryptor.finalize()).hex().upper()
        session = ntag424.session_keys(self.keys.chip_file_key(self.org_id)(uid), uid, counter)
        return f"https://doorstep.example/c?picc_data={picc}&cmac={ntag424.tag(session.mac, b'').hex().upper()}"
