"""Keys: made in development only, the same for all processes, one secret for each purpose."""

from __future__ import annotations

import os
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from server.config import BadSettings, Settings
from server.core.keys import Keys, kid_of, load_keys, new_access_key, new_card_key

SECRET = "pV4x-9sLqWz0aT7mKc2eYb8RuJd5HnGf"


def development(path: Path) -> Settings:
    return Settings(keys_dir=path / "keys")


def production(path: Path, secret: str | None = SECRET) -> Settings:
    return Settings(env="production", keys_dir=path / "keys", secret_key=secret)


def test_development_makes_its_keys_and_finds_them_again(tmp_path: Path) -> None:
    first = load_keys(development(tmp_path))
    again = load_keys(development(tmp_path))
    assert first.signing_kid == again.signing_kid
    assert first.secret("refresh") == again.secret("refresh")
    assert first.public_keys.keys() == {first.signing_kid}
    assert first.public_keys[first.signing_kid] == first.signing_key.public_key()
    files = sorted(each.name for each in (tmp_path / "keys").iterdir())
    assert files == ["access-00000000T000000Z-first.pem", "card-00000000T000000Z-first.pem", "secret.key"]
    assert first.card_keys[0].private_bytes_raw() == again.card_keys[0].private_bytes_raw()
    if os.name == "posix":
        assert {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "keys").iterdir()} == {0o600}


def test_processes_that_start_together_end_up_with_the_same_keys(tmp_path: Path) -> None:
    found: list[Keys] = []
    barrier = threading.Barrier(12)

    def start() -> None:
        barrier.wait()
        found.append(load_keys(development(tmp_path)))

    threads = [threading.Thread(target=start) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert len({each.signing_kid for each in found}) == 1
    assert len({each.root for each in found}) == 1
    assert len({each.card_keys[-1].private_bytes_raw() for each in found}) == 1
    assert len(list((tmp_path / "keys").iterdir())) == 3


def test_production_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="doorstep keys new"):
        load_keys(production(tmp_path))
    new_access_key(tmp_path / "keys", datetime(2025, 1, 1, tzinfo=UTC))
    with pytest.raises(BadSettings, match="SECRET_KEY"):
        load_keys(production(tmp_path, None))
    assert load_keys(production(tmp_path)).root == SECRET.encode()
    assert load_keys(production(tmp_path)).card_keys == ()
    assert len(list((tmp_path / "keys").iterdir())) == 1


def test_the_newest_key_signs_and_all_are_believed(tmp_path: Path) -> None:
    first = load_keys(development(tmp_path))
    file = new_access_key(tmp_path / "keys", datetime(2025, 6, 1, 12, tzinfo=UTC))
    second = load_keys(development(tmp_path))
    assert second.signing_kid != first.signing_kid
    assert file.name == f"access-20250601T120000Z-{second.signing_kid}.pem"
    assert second.public_keys.keys() == {first.signing_kid, second.signing_kid}
    (tmp_path / "keys" / "access-00000000T000000Z-first.pem").unlink()
    assert load_keys(development(tmp_path)).public_keys.keys() == {second.signing_kid}


def test_the_newest_card_key_signs_and_older_ones_stay(tmp_path: Path) -> None:
    first = load_keys(development(tmp_path))
    file = new_card_key(tmp_path / "keys", datetime(2025, 6, 1, 12, tzinfo=UTC))
    second = load_keys(development(tmp_path))
    assert file.name == f"card-20250601T120000Z-{kid_of(second.card_keys[-1].public_key())}.pem"
    assert [each.private_bytes_raw() for each in second.card_keys[:-1]] == [
        each.private_bytes_raw() for each in first.card_keys
    ]
    assert second.signing_kid == first.signing_kid


def test_each_purpose_has_its_own_secret(tmp_path: Path) -> None:
    keys = load_keys(development(tmp_path))
    secrets = {keys.secret(purpose) for purpose in ("refresh", "commitment", "cursor", "blind-index")}
    assert len(secrets) == 4
    assert {len(each) for each in secrets} == {32}
    other = load_keys(Settings(keys_dir=tmp_path / "keys", secret_key=SECRET))
    assert other.secret("refresh") not in secrets


def test_a_derived_secret_never_changes(tmp_path: Path) -> None:
    """What was stored under it must be found again: a change here logs everybody out and breaks every commitment."""
    keys = load_keys(Settings(keys_dir=tmp_path / "keys", secret_key=SECRET))
    assert keys.secret("commitment").hex() == "f6b204d8d043b533829ac21432f97b1e02514d69d46395c6a6faaa5ea53d9460"


@pytest.mark.parametrize("purpose", ["", "a/b", "a b", "é", "a\x00"])
def test_a_purpose_is_a_plain_word(tmp_path: Path, purpose: str) -> None:
    with pytest.raises(ValueError):
        load_keys(development(tmp_path)).secret(purpose)


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    shown = repr(load_keys(Settings(keys_dir=tmp_path / "keys", secret_key=SECRET)))
    assert SECRET not in shown
    assert "root" not in shown
    assert "signing_key=" not in shown


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_file_that_is_no_key_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "access-1.pem").write_bytes(content)
    with pytest.raises(BadSettings, match=r"access-1\.pem"):
        load_keys(development(tmp_path))


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "keys" / "access-1.pem").write_bytes(pem)
    with pytest.raises(BadSettings, match="Ed25519"):
        load_keys(development(tmp_path))


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_in_production_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = new_access_key(tmp_path / "keys", datetime(2025, 1, 1, tzinfo=UTC))
    file.chmod(0o644)
    with pytest.raises(BadSettings, match="chmod 600"):
        load_keys(production(tmp_path))
    file.chmod(0o640)
    assert load_keys(production(tmp_path)).signing_kid


def test_a_directory_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file stands where the directory should be")
    with pytest.raises(BadSettings, match="cannot be written"):
        load_keys(development(tmp_path))


def test_a_key_id_is_short_and_fits_a_file_name(tmp_path: Path) -> None:
    kid = kid_of(load_keys(development(tmp_path)).signing_key.public_key())
    assert len(kid) == 16
    assert kid.replace("-", "").replace("_", "").isalnum()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys" / "access-1.pem").mkdir(parents=True)
    with pytest.raises(BadSettings, match=r"access-1\.pem cannot be read"):
        load_keys(development(tmp_path))


def test_a_secret_that_was_given_is_not_joined_by_one_that_was_made(tmp_path: Path) -> None:
    load_keys(Settings(keys_dir=tmp_path / "keys", secret_key=SECRET))
    assert not (tmp_path / "keys" / "secret.key").exists()
