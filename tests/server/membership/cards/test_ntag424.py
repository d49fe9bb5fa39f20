"""SUN messages: every published value, every bit of them flipped, and addresses that were tampered with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from server.membership.cards import ntag424
from server.membership.cards.ntag424 import Layout
from server.membership.cards.reading import Reading, Unreadable
from tests.server.membership.cards.hostile import HOSTILE, flipped, other_bits

ZEROS = "00" * 16
BARE = Layout("picc_data=<picc>&cmac=<mac><cmac>")
WITH_FILE = Layout("picc_data=<picc>&enc=<mac><enc>&cmac=<cmac>", enc_bytes=16)
RUN_ON = Layout("e=<picc><mac><enc><cmac>", enc_bytes=16)
PLAIN = Layout("uid=<uid>&ctr=<ctr>&cmac=<mac><cmac>")


@dataclass(frozen=True)
class Case:
    layout: Layout
    query: str
    uid: str
    counter: int
    meta: str = ZEROS
    file_key: str = ZEROS
    file: bytes | None = None


# NXP AN12196 tables 2–4 (A) and 5 (B); sdm-backend's test_sun3 (C), plain mirror (P) and derived keys (D).
A = Case(BARE, "picc_data=EF963FF7828658A599F3041510671E88&cmac=94EED9EE65337086", "04DE5F1EACC040", 61)
B = Case(
    WITH_FILE,
    "picc_data=FD91EC264309878BE6345CBE53BADF40&enc=CEE9A53E3E463EF1F459635736738962&cmac=ECC1E7F6C6C73BF6",
    "04958CAA5C5E80",
    8,
    file=b"x" * 16,
)
C = Case(
    RUN_ON,
    "e=8ACADDEF0A9B62CDAE39A16B83FC14DEB8436E11F627BB7F543FCC0C1E0D1A89238B2543A8DEBAD8",
    "041D3C8A2D6B80",
    291,
    meta="42AFF114F2CB3B6141BE6DC95DFC5416",
    file_key="B62A9BAF092439BD43C62AEE96B970C5",
    file=b"NTXXqno_oBFpwy-V",
)
P = Case(PLAIN, "uid=041E3C8A2D6B80&ctr=000006&cmac=4B00064004B0B3D3", "041E3C8A2D6B80", 6)
D = Case(
    RUN_ON,
    "e=4F5B914723915D456C038FE658686CD55CE7DCDEA93F5DA7AAA0AADC97485ABFFFCD8DE82AD05289",
    "047D5F2AAA6180",
    2,
    meta="C3B653D8484D82FD9D5DC48840E1F94E",
    file_key="97D1C3D765BC22AB707E80723E17B126",
)
CASES = {"A": A, "B": B, "C": C, "P": P, "D": D}
cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def judged(case: Case, query: str | None = None) -> Reading:
    return ntag424.verify(
        case.query if query is None else query,
        layout=case.layout,
        meta_key=bytes.fromhex(case.meta),
        file_key=lambda uid: bytes.fromhex(case.file_key),
    )


def refused(case: Case, query: str | None = None) -> str:
    with pytest.raises(Unreadable) as found:
        judged(case, query)
    return found.value.reason


@cases
def test_published_messages(case: Case) -> None:
    reading = judged(case)
    assert (reading.kind, reading.card, reading.counter) == ("ntag424", bytes.fromhex(case.uid), case.counter)
    assert (reading.file is None) == (case.layout.enc_bytes == 0)
    if case is not D:  # of D no file is given
        assert reading.file == case.file


@cases
def test_no_bit_of_a_message_can_be_flipped(case: Case) -> None:
    """Of the characters, and of the bytes that they are the hex of."""
    for query in other_bits(case.query):
        refused(case, query)
    found = case.layout.pattern.fullmatch(case.query)
    assert found is not None
    for name, text in found.groupdict().items():
        for other in flipped(bytes.fromhex(text)):
            query = case.query[: found.start(name)] + other.hex().upper() + case.query[found.end(name) :]
            assert refused(case, query) in ("tag", "mac")


@cases
def test_no_bit_of_a_key_can_be_flipped(case: Case) -> None:
    for other in flipped(bytes.fromhex(case.file_key)):
        assert refused(replace(case, file_key=other.hex())) == "mac"
    if case.layout is not PLAIN:
        for other in flipped(bytes.fromhex(case.meta)):
            assert refused(replace(case, meta=other.hex())) in ("tag", "mac")


@pytest.mark.parametrize(
    ("file_key", "uid", "counter", "enc", "mac"),
    [
        ("5ACE7E50AB65D5D51FD5BF5A16B8205B", "04C767F2066180", 1, "66DA61797E23DECA5D8ECA13BBADF7A9", "3A3E8110E05311F7A3FCF0D969BF2B48"),
        (ZEROS, "04DE5F1EACC040", 61, None, "3FB5F6E3A807A03D5E3570ACE393776F"),
        (ZEROS, "04958CAA5C5E80", 8, "42132D669442AD43E072C8C0C9828A72", "3ED0920E5E6A0320D823D5987FEAFBB1"),
        (ZEROS, "041E3C8A2D6B80", 6, None, "C16F8EAA1A08E2736E718F1F1FDEF0A2"),
    ],
    ids="SABP",
)  # fmt: skip
def test_published_session_keys(file_key: str, uid: str, counter: int, enc: str | None, mac: str) -> None:
    """AN12196 table 1 (S) and the values on the way of A, B and P."""
    keys = ntag424.session_keys(bytes.fromhex(file_key), bytes.fromhex(uid), counter.to_bytes(3, "little"))
    assert keys.mac == bytes.fromhex(mac)
    assert enc is None or keys.enc == bytes.fromhex(enc)


@pytest.mark.parametrize(
    ("session", "covered", "whole", "shown"),
    [
        ("3FB5F6E3A807A03D5E3570ACE393776F", b"", "E194C7EE12D9F7EE8A65C8331B704386", "94EED9EE65337086"),
        ("3ED0920E5E6A0320D823D5987FEAFBB1", b"CEE9A53E3E463EF1F459635736738962&cmac=",
         "81EC45C175E72FF6FAC61BC7AB3BAEF6", "ECC1E7F6C6C73BF6"),
    ],
    ids="AB",
)  # fmt: skip
def test_published_macs_and_what_is_shown_of_them(session: str, covered: bytes, whole: str, shown: str) -> None:
    assert ntag424.cmac(bytes.fromhex(session), covered) == bytes.fromhex(whole)
    assert ntag424.tag(bytes.fromhex(session), covered) == bytes.fromhex(shown)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("", "BB1D6929E95937287FA37D129B756746"),
        ("6BC1BEE22E409F96E93D7E117393172A", "070A16B46B4D4144F79BDD9DD04A287C"),
    ],
)
def test_cmac_is_that_of_rfc_4493(message: str, expected: str) -> None:
    key = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C")
    assert ntag424.cmac(key, bytes.fromhex(message)) == bytes.fromhex(expected)


MASTER = bytes.fromhex("00112233445566778899AABBCCDDEEFF")
of_house = partial(
    ntag424.diversified, MASTER, application=bytes.fromhex("3042F5"), system=bytes.fromhex("4E585020416275")
)


def test_the_published_diversified_key() -> None:
    uid = bytes.fromhex("04782E21801D80")
    assert of_house(uid) == bytes.fromhex("A8DD63A3B89D54B37CA802473FDA9175")
    assert len({of_house(other) for other in [uid, *flipped(uid)]}) == 57


@pytest.mark.parametrize(("uid", "system"), [(6, 7), (8, 7), (4, 10), (7, 5), (7, 22), (7, 0)])
def test_diversification_input_of_another_length_is_the_callers_mistake(uid: int, system: int) -> None:
    """Shorter ones AN10922 pads differently from plain CMAC."""
    with pytest.raises(ValueError):
        ntag424.diversified(MASTER, bytes(uid), application=bytes(3), system=bytes(system))


@given(
    uid=st.binary(min_size=7, max_size=7),
    counter=st.integers(0, 2**24 - 1),
    data=st.binary(min_size=32, max_size=32),
    meta=st.binary(min_size=16, max_size=16),
    pad=st.binary(min_size=5, max_size=5),
)
def test_what_a_chip_with_a_diversified_key_writes_is_read(
    uid: bytes, counter: int, data: bytes, meta: bytes, pad: bytes
) -> None:
    layout = Layout("c=<mac><picc>&f=<enc>&m=<cmac>", enc_bytes=32)
    query = _chip(uid, counter, data, meta, b"\xc7", pad)
    reading = ntag424.verify(query, layout=layout, meta_key=meta, file_key=of_house)
    assert reading == Reading("ntag424", uid, counter=counter, file=data)
    with pytest.raises(Unreadable, match="mac"):
        ntag424.verify(query, layout=layout, meta_key=meta, file_key=lambda _: MASTER)


@pytest.mark.parametrize("mark", [0x00, 0x47, 0x87, 0xC4, 0xCA, 0xD7, 0xE7, 0xFF])
def test_a_card_that_hides_uid_or_counter_is_refused_after_the_same_work(
    mark: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though its own keys made the MAC."""
    layout = Layout("c=<mac><picc>&f=<enc>&m=<cmac>", enc_bytes=32)
    query = _chip(bytes(range(7)), 5, bytes(32), bytes(16), bytes([mark]), bytes(5))
    genuine = _chip(bytes(range(7)), 5, bytes(32), bytes(16), b"\xc7", bytes(5))
    wrong_mac = genuine[:-1] + ("0" if genuine[-1] != "0" else "1")
    made: list[int] = []
    compute = ntag424.cmac

    def counted(key: bytes, message: bytes) -> bytes:
        made.append(len(message))
        return compute(key, message)

    monkeypatch.setattr(ntag424, "cmac", counted)
    work = []
    for text, reason in ((query, "tag"), (wrong_mac, "mac")):
        made.clear()
        with pytest.raises(Unreadable, match=reason):
            ntag424.verify(text, layout=layout, meta_key=bytes(16), file_key=of_house)
        work.append(list(made))
    assert work[0] == work[1]


def _chip(uid: bytes, counter: int, data: bytes, meta: bytes, mark: bytes, pad: bytes) -> str:
    """What a chip writes into "c=<mac><picc>&f=<enc>&m=<cmac>"."""

    def encrypted(key: bytes, start: bytes, plain: bytes) -> bytes:
        return Cipher(algorithms.AES128(key), modes.CBC(start)).encryptor().update(plain)

    at = counter.to_bytes(3, "little")
    keys = ntag424.session_keys(of_house(uid), uid, at)
    picc = encrypted(meta, bytes(16), mark + uid + at + pad).hex().upper()
    file = encrypted(keys.enc, encrypted(keys.enc, bytes(16), at + bytes(13)), data).hex().upper()
    mac = ntag424.tag(keys.mac, f"{picc}&f={file}&m=".encode()).hex().upper()
    return f"c={picc}&f={file}&m={mac}"


PICC, ENC, MAC = B.query.split("&")


@pytest.mark.parametrize(
    "query",
    [
        f"{PICC}&{ENC}",
        f"{PICC}&{MAC}",
        f"{ENC}&{PICC}&{MAC}",
        f"{PICC}&{ENC}&{MAC}&{MAC}",
        f"{PICC}&{PICC}&{ENC}&{MAC}",
        f"{PICC}&{ENC}&{MAC}&utm_source=x",
        f"?{B.query}",
        f"{B.query}\n",
        f"{B.query} ",
        B.query.replace("&", "&amp;"),
        B.query.replace("=", "%3D"),
        B.query.lower(),
        f"{PICC}&{ENC.lower()}&{MAC}",
        f"{PICC[:-1]}G&{ENC}&{MAC}",
        f"{PICC[:-2]}&{ENC}&{MAC}",
        f"{PICC}00&{ENC}&{MAC}",
        f"picc_data=1FCBE61B3E4CAD980CBFDD333E7A4AC4A579569BAFD22C5F&{ENC}&{MAC}",
        f"{PICC}&{ENC}{ENC[4:]}&{MAC}",
        *HOSTILE,
    ],
    ids=lambda query: ascii(query[:30]),
)
def test_only_the_address_as_the_chip_wrote_it_is_read(query: str) -> None:
    assert refused(B, query) == "shape"


def test_a_mac_over_another_part_than_the_layout_says_is_refused() -> None:
    assert refused(replace(B, layout=Layout("picc_data=<picc>&<mac>enc=<enc>&cmac=<cmac>", 16))) == "mac"
    assert refused(replace(A, layout=Layout("picc_data=<picc>&<mac>cmac=<cmac>"))) == "mac"


def test_lrp_mode_is_refused() -> None:
    """The published LRP message (case L): 24 bytes of PICC data."""
    query = "picc_data=1FCBE61B3E4CAD980CBFDD333E7A4AC4A579569BAFD22C5F&cmac=4231608BA7B02BA9"
    assert refused(A, query) == "shape"


@pytest.mark.parametrize(
    ("query", "enc_bytes"),
    [
        ("", 0),
        ("picc=<picc>", 0),
        ("picc=<picc>&cmac=<cmac>", 0),
        ("cmac=<mac><cmac>", 0),
        ("uid=<uid>&cmac=<mac><cmac>", 0),
        ("ctr=<ctr>&cmac=<mac><cmac>", 0),
        ("picc=<picc>&uid=<uid>&ctr=<ctr>&cmac=<mac><cmac>", 0),
        ("picc=<picc>&picc=<picc>&cmac=<mac><cmac>", 0),
        ("picc=<picc>&cmac=<cmac><mac>", 0),
        ("cmac=<mac><cmac>&picc=<picc>&cmac=<cmac>", 0),
        ("cmac=<mac>&x=<cmac>&picc=<picc>", 0),
        ("picc=<picc>&enc=<enc>&cmac=<mac><cmac>", 16),
        ("picc=<picc>&enc=<mac><enc>&cmac=<cmac>", 0),
        ("picc=<picc>&enc=<mac><enc>&cmac=<cmac>", 15),
        ("picc=<picc>&cmac=<mac><cmac>", 16),
        ("picc=<picc>&cmac=<mac><cmac>&x=<x>", 0),
    ],
)
def test_a_layout_that_proves_too_little_cannot_be_made(query: str, enc_bytes: int) -> None:
    with pytest.raises(ValueError):
        Layout(query, enc_bytes)


@given(st.text() | st.from_regex(WITH_FILE.pattern, fullmatch=True) | st.from_regex(PLAIN.pattern, fullmatch=True))
def test_no_text_raises_anything_else(query: str) -> None:
    for case in CASES.values():
        refused(case, query)
