"""Passwords: how they are spelled, stored, checked and chosen. Pure but for the salt, which the hash draws by itself.

Spelling: NFKC (NIST SP 800-63B-4 §3.1.1.2), not OpaqueString (RFC 8265). OpaqueString leaves full-width letters and
digits as they are, and a Chinese input method in full-width mode types them unseen: one password, typed in either mode,
must be the same password.

Stored: argon2id by the second profile of RFC 9106 §4: 64 MiB, 3 passes, 4 lanes.
Chosen: length, no well-known password, no name of one's own; no rules about kinds of characters, no expiry.
"""

from __future__ import annotations

import base64
import re
import threading
import unicodedata
from dataclasses import dataclass
from datetime import date

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError, VerifyMismatchError

from server.core.problems import Refused, problem_type

PASSWORD_TOO_SHORT = problem_type(
    "accounts.password-too-short",
    status=422,
    zh="密码至少需要 {least} 个字符。",
    en="A password needs at least {least} characters.",
)
PASSWORD_TOO_LONG = problem_type(
    "accounts.password-too-long",
    status=422,
    zh="密码最多 {most} 个字符。",
    en="A password has at most {most} characters.",
)
PASSWORD_CHARACTERS = problem_type(
    "accounts.password-characters",
    status=422,
    zh="密码中有无法可靠输入的字符，例如控制字符。",
    en="The password has a character that cannot be typed reliably, such as a control character.",
)
PASSWORD_COMMON = problem_type(
    "accounts.password-common",
    status=422,
    zh="这个密码太常见，很容易被猜到，请换一个。",
    en="This password is well known and quickly guessed. Please choose another.",
)
PASSWORD_HAS_NAME = problem_type(
    "accounts.password-has-name",
    status=422,
    zh="密码中不能包含用户名或企业代码。",
    en="The password must not contain the user name or the organisation code.",
)

MIN_LENGTH = 8
MAX_LENGTH = 128
_MAX_TYPED = 4 * MAX_LENGTH
"""Characters looked at before spelling: one character can become eighteen by NFKC."""

_LONG_NAME = 5
"""From this length on a name inside a password is no accident."""


@dataclass(frozen=True, slots=True)
class HashCost:
    """What one argon2id hash costs. The default is RFC 9106's second profile; tests inject a cheap one."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """matches: let him in. rehash: it matches, but its stored hash is of another cost: store `hash(password)` now."""

    matches: bool
    rehash: bool


class PasswordHashes:
    """Makes and checks stored passwords at one cost. One for the process: it bounds the memory of all checks together.

    at_once: hashes computed at the same time, `cost.memory_kib` each; further threads wait their turn.
    """

    def __init__(self, cost: HashCost = HashCost(), *, at_once: int = 4) -> None:
        self._argon = PasswordHasher(cost.passes, cost.memory_kib, cost.lanes, hash_len=32, salt_len=16)
        price = f"m={cost.memory_kib},t={cost.passes},p={cost.lanes}"
        self._nobody = f"$argon2id$v=19${price}${_plain64(bytes(16))}${_plain64(bytes(32))}"
        self._places = threading.BoundedSemaphore(at_once)

    def hash(self, password: str) -> str:
        """The text to store for a password, with a salt of its own (PHC string, under 128 characters)."""
        with self._places:
            return self._argon.hash(_bytes(password))

    def check(self, stored: str | None, password: str) -> PasswordCheck:
        """Compare what was typed with what is stored.

        stored: None when there is no such organisation or user, or he has no password; that costs the same time.
        Raises nothing, whatever was typed or stored.
        """
        # What is too long to be a password is not worth spelling, yet must cost the same.
        typed = _bytes(password) if len(password) <= _MAX_TYPED else b""
        with self._places:
            is_same = self._verify(stored or self._nobody, typed)
        if stored is None or not typed or not is_same:
            return PasswordCheck(matches=False, rehash=False)
        return PasswordCheck(matches=True, rehash=self._argon.check_needs_rehash(stored))

    def _verify(self, stored: str, typed: bytes) -> bool:
        try:
            return self._argon.verify(stored, typed)
        except VerifyMismatchError:
            return False
        except (VerificationError, ValueError):  # a damaged row must not answer faster than a healthy one
            return stored != self._nobody and self._verify(self._nobody, typed)


def choose_password(password: str, *, username: str, org_code: str, field: str = "/password") -> str:
    """Judge a new password and return it as it is to be hashed.

    Raises Refused PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG (characters after NFKC), PASSWORD_CHARACTERS, PASSWORD_COMMON,
    PASSWORD_HAS_NAME, each at `field`.
    """
    if len(password) > _MAX_TYPED:
        raise Refused(PASSWORD_TOO_LONG, field=field, most=MAX_LENGTH)
    spelled = unicodedata.normalize("NFKC", password)
    if len(spelled) > MAX_LENGTH:
        raise Refused(PASSWORD_TOO_LONG, field=field, most=MAX_LENGTH)
    if len(spelled) < MIN_LENGTH:
        raise Refused(PASSWORD_TOO_SHORT, field=field, least=MIN_LENGTH)
    # Control characters, lone surrogates, and code points that a later Unicode may spell otherwise.
    if any(unicodedata.category(character) in ("Cc", "Cs", "Cn") for character in spelled):
        raise Refused(PASSWORD_CHARACTERS, field=field)
    if is_common(spelled):
        raise Refused(PASSWORD_COMMON, field=field)
    if any(_leans_on(spelled, name) for name in (username, org_code)):
        raise Refused(PASSWORD_HAS_NAME, field=field)
    return spelled


def is_common(password: str) -> bool:
    """Whether a password is among those that are tried first.

    The list is a rule: a well-known word (also in look-alike characters) with up to 6 digits or signs around it or an
    easy number; a few letters with an easy number; keyboard walks, sequences, repetitions, birthdays, phone numbers.
    The words and numbers are those that published breach statistics agree on, Chinese ones among them.
    """
    folded = password.casefold()
    if _is_easy(folded):
        return True
    for text in (folded, folded.lstrip(_SIGNS)):
        stem = text.rstrip(_SIGNS)
        ending, beginning = text[len(stem) :], folded[: len(folded) - len(text)]
        is_dressed = all(len(part) <= _DRESS or _is_easy(part) for part in (beginning, ending))
        if is_dressed and stem.translate(_LOOK_ALIKES) in _WORDS:
            return True
        if len(stem) <= _INITIALS and _is_easy(beginning) and _is_easy(ending):
            return True
    return False


def _is_easy(text: str) -> bool:
    """A walk over keyboard or alphabet, a repetition, a favourite, a birthday, a phone number; nothing is easy too."""
    if text in _EASY or any(text in row for row in _ROWS) or re.fullmatch(r"(.{1,4}?)\1+(?:.{0,3})", text) is not None:
        return True
    if re.fullmatch(r"1[3-9][0-9]{9}", text) is not None:
        return True
    return re.fullmatch(r"(?:19|20)[0-9]{6}", text) is not None and _is_date(text)


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def _leans_on(password: str, name: str) -> bool:
    """Whether a password contains a name. A short one may stand in it by chance, if enough is left without it."""
    folded, name = password.casefold(), name.casefold()
    if name not in folded:
        return False
    return len(name) >= _LONG_NAME or len(folded.replace(name, "")) < MIN_LENGTH


def _bytes(password: str) -> bytes:
    # surrogatepass: half a character from a broken client is a wrong password, not an error.
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")


def _plain64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii").rstrip("=")


_SIGNS = "0123456789!@#$%^&*()_-+=.,?~ "
_DRESS = 6
_INITIALS = 3
_LOOK_ALIKES = str.maketrans("@4831!0$57", "aabeiiosst")

_FORWARD_ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "a1b2c3d4e5f6g7h8",
    "1a2b3c4d5e6f7g8h",
    "147258369",
    "159357258456",
    "!@#$%^&*()_+",
)
_ROWS = (*_FORWARD_ROWS, *(row[::-1] for row in _FORWARD_ROWS))

_EASY_TEXT = """
520 521 1314 5201314 1314520 7758521 7758258 5211314 147258 258369 159753 159357 147852 741852963 789456 789456123
456789123 963852741 110110 119119 10086 12306 12345678910 100200300 112233 11223344 1122334455 112233445566 5201314520 223344 aabbcc aabbccdd
121212 123123 123321 1234554321 12344321 123454321 321321 654321 135790 13579 24680 2468 246810 1357924680 112358
zaq12wsx zaq1xsw2 zxcvbnm123 qweasdzxc qweasd qwaszx asdzxc 1qazxsw2 qazwsx123 qwe123456 asd123456 zxc123456 q1w2e3
letmein1 iloveyou2 trustno1 ncc1701 thx1138 blink182 michael23 jordan23 number1 love4ever 4everlove me2you
"""
_EASY = frozenset(_EASY_TEXT.split())

_WORD_TEXT = """
password passwd passw pass passwort parola motdepasse contrasena senha secret letmein welcome login logon signin admin
administrator root toor super superuser user username guest test tester testing testtest demo default changeme change
temp temporary master manager office company computer internet server service system oracle database network windows
microsoft apple google facebook twitter amazon android iphone samsung huawei xiaomi taobao alibaba tencent weixin wechat
baidu qwer qwert qwerty qwertyui qwertyuiop asdf asdfg asdfgh asdfghjkl zxcv zxcvb zxcvbn zxcvbnm qaz qazwsx qweasd
qweasdzxc abcd abcde abcdef abcdefg abcabc aabb aaaa asas iloveyou iloveu loveyou lovely love lover forever always
sunshine princess prince football baseball basketball soccer hockey tennis superman batman spiderman ironman pokemon
naruto starwars startrek dragon monkey tiger lion panda shadow ninja hunter killer warrior knight wizard angel devil
heaven freedom flower summer winter spring autumn monday friday january october december michael jennifer jordan
daniel charlie thomas robert andrew joshua matthew jessica ashley nicole amanda michelle andrea anthony george william
richard steven alexander elizabeth victoria maggie ginger pepper buster cookie chocolate cheese banana orange cherry
chicken whatever nothing something anything please trustno mustang corvette ferrari porsche mercedes yamaha harley
liverpool arsenal chelsea barcelona realmadrid juventus london paris berlin america canada mexico brazil china beijing
shanghai guangzhou shenzhen hangzhou nanjing chengdu wuhan tianjin chongqing suzhou xian hongkong taiwan zhongguo
zhonghua woaini woaiwo woaiwojia aini ainiwo woaiziji woxihuan woshishui woshini wobuzhidao nihao nihaoma mima mimashi
buzhidao zhang wang zhao chen yang huang zhou liu xiaoming xiaohong xiaoxiao laopo laogong baobao baobei baobeier
qinaide tianshi tianya gongsi jiayou xingfu kuaile shengri woyaofacai facai gongxi gongxifacai jixiang ruyi
fuckyou sexy hello hellohello helloworld world goodluck goodbye lucky money dollar
business sales doorstep customer house home family mother father mommy daddy sister brother friend friends
access private public security secure hacker matrix phoenix diamond silver golden purple yellow black white
blue green pretty rainbow butterfly cowboy cowboys steelers lakers yankees rangers eagles packers juice music guitar
piano dance dancer player game games gamer minecraft fortnite roblox zelda mario sonic pikachu unicorn
"""
_WORDS = frozenset(_WORD_TEXT.split())
