"""Passwords: which are taken, how they are hashed and checked, and that hashing is bounded. No database."""

from __future__ import annotations

import threading
import time
import unicodedata
from types import SimpleNamespace
from typing import Any, Literal

import argon2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.accounts import passwords
from server.accounts.passwords import (
    PASSWORD_CHARACTERS,
    PASSWORD_COMMON,
    PASSWORD_HAS_NAME,
    PASSWORD_TOO_LONG,
    PASSWORD_TOO_SHORT,
    HashCost,
    PasswordCheck,
    PasswordHashes,
    choose_password,
    is_common,
)
from server.core.problems import ProblemType, Refused

CHEAP = HashCost(memory_kib=8, passes=1, lanes=1)
HASHES = PasswordHashes(CHEAP)
GOOD = "doorstep-demo"
STORED = HASHES.hash(GOOD)


def choose(password: str, username: str = "li.wang", org_code: str = "demo") -> str:
    return choose_password(password, username=username, org_code=org_code)


def refused(password: str, **names: str) -> ProblemType:
    with pytest.raises(Refused) as caught:
        choose(password, **names)
    assert (caught.value.field, caught.value.status) == ("/password", 422)
    return caught.value.problem


def test_the_right_password_opens_and_another_does_not() -> None:
    assert HASHES.check(STORED, GOOD) == PasswordCheck(matches=True, rehash=False)
    assert HASHES.check(STORED, GOOD + "!") == PasswordCheck(matches=False, rehash=False)
    assert HASHES.check(STORED, "") == PasswordCheck(matches=False, rehash=False)
    assert HASHES.check(HASHES.hash(""), "") == PasswordCheck(matches=False, rehash=False)
    assert HASHES.hash(GOOD) != STORED


def test_a_password_is_the_same_in_full_width_and_composed_otherwise() -> None:
    assert HASHES.check(STORED, "ｄｏｏｒｓｔｅｐ－ｄｅｍｏ").matches
    assert HASHES.check(HASHES.hash("Zoë-und-ihr-Hund"), "Zoe\u0308-und-ihr-Hund").matches
    assert not HASHES.check(STORED, GOOD.upper()).matches


def test_the_default_cost_is_the_second_profile_of_rfc_9106() -> None:
    stored = PasswordHashes().hash(GOOD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert len(stored) < 128


def test_a_hash_of_another_cost_is_made_anew_after_a_good_password_only() -> None:
    dearer = PasswordHashes(HashCost(memory_kib=16, passes=1, lanes=1))
    assert dearer.check(STORED, GOOD) == PasswordCheck(matches=True, rehash=True)
    assert dearer.check(STORED, "something else") == PasswordCheck(matches=False, rehash=False)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[argon2.Parameters]:
    """What each hash that is really computed costs."""
    found: list[argon2.Parameters] = []
    verify = argon2.low_level.verify_secret

    def counted(stored: bytes, *more: Any) -> bool:
        try:
            return verify(stored, *more)
        except argon2.exceptions.VerifyMismatchError:
            found.append(argon2.extract_parameters(stored.decode()))
            raise

    monkeypatch.setattr("argon2._password_hasher.verify_secret", counted)
    return found


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        (STORED, "wrong"),
        (None, GOOD),
        (None, ""),
        ("", GOOD),
        ("disabled", GOOD),
        ("$argon2id$v=19$damaged", GOOD),
        (STORED.replace("$v=19$", "$v=19"), GOOD),
        (STORED, "x" * 100_000),
        (STORED, "\ud800 half a character"),
    ],
    ids=[f"case{n}" for n in range(9)],  # a salted hash is another one in each xdist worker
)
def test_every_refusal_costs_one_hash(computed: list[argon2.Parameters], stored: str | None, typed: str) -> None:
    """Else the time of the answer would say which organisations and users exist."""
    assert HASHES.check(stored, typed) == PasswordCheck(matches=False, rehash=False)
    assert computed == [argon2.extract_parameters(STORED)]


def test_what_is_too_long_is_compared_as_nothing_not_as_its_beginning() -> None:
    assert HASHES.check(HASHES.hash("x" * 512), "x" * 512).matches
    assert not HASHES.check(HASHES.hash("x" * 513), "x" * 513).matches
    assert not HASHES.check(HASHES.hash("x" * 512), "x" * 513).matches


def test_what_is_too_long_is_not_even_spelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spelling costs more than its length says; the body of a request may have two million characters."""
    spelled: list[int] = []

    def spell(form: Literal["NFKC"], text: str) -> str:
        spelled.append(len(text))
        return unicodedata.normalize(form, text)

    monkeypatch.setattr(passwords, "unicodedata", SimpleNamespace(normalize=spell, category=unicodedata.category))
    for size in (512, 513):
        assert not HASHES.check(STORED, "x" * size).matches
        assert refused("x" * size) == PASSWORD_TOO_LONG
    assert spelled == [512, 512]


def test_nobody_s_hash_opens_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argon2.PasswordHasher, "verify", lambda *_: True)
    assert HASHES.check(None, GOOD) == PasswordCheck(matches=False, rehash=False)


def test_a_library_that_fails_every_time_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bool:
        raise argon2.exceptions.VerificationError

    monkeypatch.setattr(argon2.PasswordHasher, "verify", fail)
    assert HASHES.check(STORED, GOOD) == PasswordCheck(matches=False, rehash=False)


def test_the_memory_of_all_checks_together_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, guard = 0, 0, threading.Lock()

    def slow(*_: object) -> bool:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with guard:
            running -= 1
        return True

    monkeypatch.setattr(argon2.PasswordHasher, "verify", slow)
    monkeypatch.setattr(argon2.PasswordHasher, "hash", slow)
    hashes = PasswordHashes(CHEAP, at_once=2)
    work = [lambda: hashes.check(STORED, GOOD), lambda: hashes.hash(GOOD)] * 4
    threads = [threading.Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


@given(stored=st.none() | st.text(), typed=st.text())
def test_no_text_makes_an_error(stored: str | None, typed: str) -> None:
    assert not HASHES.check(stored, typed).matches


def test_a_chosen_password_comes_back_as_it_is_hashed() -> None:
    assert choose("ｄｏｏｒｓｔｅｐ－ｄｅｍｏ") == GOOD
    assert choose("四个汉字也可以的") == "四个汉字也可以的"


@pytest.mark.parametrize("org", ["demo", "rival"])
@pytest.mark.parametrize(
    "username",
    ["li.wang", "min.zhao", "na.sun", "jie.chen", "hong.wu", "yang.liu", "fang.zhou", "admin", "spy"],
)
def test_the_demo_s_password_is_allowed(username: str, org: str) -> None:
    assert choose(GOOD, username, org) == GOOD


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("kT7!vq2", PASSWORD_TOO_SHORT),
        ("", PASSWORD_TOO_SHORT),
        ("e\u0301" * 7, PASSWORD_TOO_SHORT),  # seven characters, however many keys
        ("vqkT7!mz" * 16 + "x", PASSWORD_TOO_LONG),
        ("vqkT7!mz" * 200_000, PASSWORD_TOO_LONG),
        ("\ufdfa" * 8, PASSWORD_TOO_LONG),  # one character that NFKC spells out to eighteen
        ("kT7!vq2\x00", PASSWORD_CHARACTERS),
        ("kT7!vq2\n", PASSWORD_CHARACTERS),
        ("kT7!vq2\ud800", PASSWORD_CHARACTERS),
        ("kT7!vq2\u0378", PASSWORD_CHARACTERS),
    ],
)
def test_a_password_has_8_to_128_characters_that_can_be_typed(password: str, problem: ProblemType) -> None:
    assert refused(password) == problem


@pytest.mark.parametrize("password", ["kT7!vq2m", "kT7!vq2mzB" * 12 + "kT7!vq2m", "kT7 vq2m", "\u200dkT7!vq2"])
def test_the_edges_of_what_is_allowed(password: str) -> None:
    assert choose(password) == password


COMMON_TEXT = """
    password PASSWORD Password1 password123 P@ssw0rd P@55w0rd! passw0rd 123password p@ssword2024!! Welcome2024! admin888
    admin@123 Administrator1 letmein1 iloveyou iloveyou520 sunshine88 football! dragon123456 princess#1 monkey12 qwerty12
    qwertyuiop Qwer1234 1qaz2wsx zaq12wsx 1q2w3e4r q1w2e3r4 asdfghjkl zxcvbnm1 qazwsxedc a1b2c3d4 abcd1234 abc12345 12345678
    123456789 1234567890 0987654321 87654321 11111111 88888888 12121212 123123123 abcabcabc aaaa1111 112233445566 147258369
    woaini1314 woaini520 5201314520 1314520woaini woaiwojia1 a123456789 qq123456 wl19900101 lxy19881212 19900101
    20010203 13800138000 Zhang123! xiaoming1 huawei123 taobao888 beijing2008 shanghai123 nihao123 mima1234 laopo520
    doorstep1 customer123 !@#$%^&* 1234qwer asdf1234 87654321a trustno1 qweasdzxc mustang1 liverpool1 superman1 ironman3
    computer1 internet1 hello123 HelloWorld! test1234 guest123 summer2026 january1 michael1 jordan23
"""


@pytest.mark.parametrize("password", COMMON_TEXT.split())
def test_a_password_that_is_tried_first_is_refused(password: str) -> None:
    assert refused(password, username="someone.else", org_code="other-firm") == PASSWORD_COMMON


def test_a_thousand_common_passwords_and_many_more_are_refused() -> None:
    made = {
        variant
        for word in passwords._WORDS
        for ending in ("", "1", "12", "123", "1234", "!", "@123", "2024", "2026!", "888", "520", "1314")
        for variant in (word + ending, word.capitalize() + ending, word.upper() + ending)
        if len(variant) >= 8
    }
    assert len(made) > 1000
    assert not [each for each in made if not is_common(each)]


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "kT7!vq2m",
        "correct horse battery staple",
        "passwordless-login",
        "password8371946",  # seven digits of one's own
        "my-dragon-eats",
        "18990215",  # no year of a living person
        "20230230",  # no day
        "19900245",
        "19901301",  # no month
        "kxqv19900101",
        "23800138000",
        "xkq83917462",
        "春天来了花儿开",
    ],
)
def test_a_password_nobody_would_try_first_is_allowed(password: str) -> None:
    assert not is_common(password)


@pytest.mark.parametrize(
    ("password", "names", "expected"),
    [
        ("li.wang-vq2m", {}, PASSWORD_HAS_NAME),
        ("x7Li.WanGvq2", {}, PASSWORD_HAS_NAME),
        ("vq2m-li.wan", {}, None),
        ("rivalry-vq2mz8k", {"org_code": "rival"}, PASSWORD_HAS_NAME),
        ("li.wang-vq2mz8k", {"username": "Li.Wang"}, PASSWORD_HAS_NAME),
        ("demo-demo-vq2", {}, PASSWORD_HAS_NAME),
        ("vq2mz-demo", {}, PASSWORD_HAS_NAME),
        ("vq2mz-k8demo", {}, None),
        ("spy-x9v2m7", {"username": "spy"}, PASSWORD_HAS_NAME),
        ("vq2m-z8k4", {"username": "", "org_code": ""}, None),
    ],
)
def test_one_s_own_name_is_no_password(password: str, names: dict[str, str], expected: ProblemType | None) -> None:
    if expected is None:
        assert choose(password, **names) == password
    else:
        assert refused(password, **names) == expected


@given(st.text())
def test_any_text_is_chosen_or_refused(password: str) -> None:
    try:
        chosen = choose(password)
    except Refused:
        return
    assert choose(chosen) == chosen
    assert HASHES.check(HASHES.hash(chosen), password).matches
