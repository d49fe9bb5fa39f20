"""The server's secrets: Ed25519 keys that sign access tokens and printed cards, and one derived secret for each other purpose.

Files of KEYS_DIR: `access-<made at>-<kid>.pem` and `card-<made at>-<kid>.pem` (PKCS 8, mode 0600), of each kind the newest
signs and all are believed; and in development `secret.key`; `vapid.pem` signs Web Push. To change a key: add one, restart every process; an old access
key is taken away after 15 minutes, an old card key stays as long as cards it signed are to be read.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from server.config import BadSettings, Settings

SECRET_BYTES = 32
_SECRET_FILE = "secret.key"  # noqa: S105 (a file's name)
_VAPID_FILE = "vapid.pem"
_FIRST = "00000000T000000Z-first.pem"
ACCESS, CARD = "access", "card"


@dataclass(frozen=True, slots=True)
class Keys:
    """What this process signs and derives with. public_keys: by key id, every one that is believed.

    card_keys: of printed cards, oldest first; the last one signs. Empty where nobody made one: cards are then not printed.
    """

    signing_kid: str
    signing_key: Ed25519PrivateKey = field(repr=False)
    public_keys: Mapping[str, Ed25519PublicKey]
    root: bytes = field(repr=False)
    card_keys: tuple[Ed25519PrivateKey, ...] = field(default=(), repr=False)

    def secret(self, purpose: str) -> bytes:
        """32 bytes for one purpose (`refresh`, `commitment`, `cursor`), by HKDF-SHA-256 from SECRET_KEY.

        The same for every process of the installation; none of them leads back to SECRET_KEY or to another purpose.
        Raises ValueError for a purpose that is no plain word.
        """
        if not purpose.isascii() or not purpose.replace("-", "").isalnum():
            raise ValueError(f"{purpose!r} is no purpose")
        return HKDF(SHA256(), SECRET_BYTES, salt=None, info=b"doorstep/v1/" + purpose.encode()).derive(self.root)


def load_keys(settings: Settings) -> Keys:
    """Read the keys. In development missing ones are made, also when several processes start at once.

    Raises BadSettings when a key is missing in production, unreadable, or readable by others.
    """
    if not settings.is_production:
        _make_first(settings)
    root = _root(settings)
    files = _key_files(settings.keys_dir, ACCESS)
    if not files:
        raise BadSettings([f"{settings.keys_dir} holds no access-*.pem; `doorstep keys new` makes one."])
    keys = [_read_key(each, settings) for each in files]
    return Keys(
        signing_kid=kid_of(keys[-1].public_key()),
        signing_key=keys[-1],
        public_keys={kid_of(key.public_key()): key.public_key() for key in keys},
        root=root,
        card_keys=tuple(_read_key(each, settings) for each in _key_files(settings.keys_dir, CARD)),
    )


def load_vapid_key(settings: Settings) -> EllipticCurvePrivateKey | None:
    """The key of Web Push: the setting, else `vapid.pem` of KEYS_DIR, made in development when missing. None: there is none.

    Browsers subscribe to this key: with another one, all subscriptions are void. Raises BadSettings.
    """
    if settings.vapid_private_key is not None:
        try:
            scalar = base64.urlsafe_b64decode(settings.vapid_private_key + "=" * (-len(settings.vapid_private_key) % 4))
            return derive_private_key(int.from_bytes(scalar, "big"), SECP256R1())
        except ValueError:
            raise BadSettings(["DOORSTEP_VAPID_PRIVATE_KEY is not base64url of a P-256 scalar."]) from None
    file = settings.keys_dir / _VAPID_FILE
    if not settings.is_production:
        _write_once(file, _pem(generate_private_key(SECP256R1())))
    elif not file.exists():
        return None
    try:
        key = load_pem_private_key(_read(file, settings), password=None)
    except (ValueError, TypeError):
        raise BadSettings([f"{file} is not an unencrypted private key in PEM."]) from None
    if not isinstance(key, EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise BadSettings([f"{file} is not a P-256 key."])
    return key


def kid_of(key: Ed25519PublicKey) -> str:
    """The key id: the first 12 bytes of the SHA-256 of the raw public key, base64url."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.urlsafe_b64encode(hashlib.sha256(raw).digest()[:12]).decode()


def new_access_key(keys_dir: Path, now: datetime) -> Path:
    """Make a key that signs tokens after the next restart of each process, and return its file. now: aware."""
    return _new_key(keys_dir, ACCESS, now)


def new_card_key(keys_dir: Path, now: datetime) -> Path:
    """The same for printed cards."""
    return _new_key(keys_dir, CARD, now)


def _new_key(keys_dir: Path, kind: str, now: datetime) -> Path:
    key = Ed25519PrivateKey.generate()
    made_at = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = keys_dir / f"{kind}-{made_at}-{kid_of(key.public_key())}.pem"
    _write_once(target, _pem(key))
    return target


def _key_files(keys_dir: Path, kind: str) -> list[Path]:
    # The name begins with the time of making, so that order of names is order of age.
    return sorted(keys_dir.glob(f"{kind}-*.pem"))


def _make_first(settings: Settings) -> None:
    if settings.secret_key is None:
        _write_once(settings.keys_dir / _SECRET_FILE, secrets.token_urlsafe(48).encode())
    for kind in (ACCESS, CARD):
        if not _key_files(settings.keys_dir, kind):
            # A fixed name: of two processes that start together, one makes the key and both read it.
            _write_once(settings.keys_dir / f"{kind}-{_FIRST}", _pem(Ed25519PrivateKey.generate()))


def _root(settings: Settings) -> bytes:
    if settings.secret_key is not None:
        return settings.secret_key.encode()
    if settings.is_production:
        raise BadSettings(["DOORSTEP_SECRET_KEY is required in production."])
    return _read(settings.keys_dir / _SECRET_FILE, settings)


def _read_key(file: Path, settings: Settings) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(_read(file, settings), password=None)
    except (ValueError, TypeError):
        raise BadSettings([f"{file} is not an unencrypted private key in PEM."]) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadSettings([f"{file} is not an Ed25519 key."])
    return key


def _read(file: Path, settings: Settings) -> bytes:
    try:
        content = file.read_bytes()
        mode = file.stat().st_mode
    except OSError as error:
        raise BadSettings([f"{file} cannot be read ({error.strerror})."]) from None
    if settings.is_production and os.name == "posix" and mode & stat.S_IRWXO:
        raise BadSettings([f"{file} can be read by others; `chmod 600 {file}`."])
    return content


def _pem(key: Ed25519PrivateKey | EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_once(target: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all, mode 0600; leave one that is already there."""
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            return
        draft = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A hard link is refused where the target exists: that is what makes one of two processes the first.
        with contextlib.suppress(FileExistsError):
            os.link(draft, target)
        draft.unlink()
    except OSError as error:
        raise BadSettings([f"{target} cannot be written ({error.strerror})."]) from None
