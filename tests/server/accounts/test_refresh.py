"""Refresh tokens: what presenting one means, as a table and as a state machine with a thief in it. No database."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.accounts.proof import InvalidProof, verify_proof
from server.accounts.refresh import (
    ABSOLUTE_LIFE,
    IDLE_LIFE,
    Expired,
    FamilyState,
    Invalid,
    Late,
    RefreshToken,
    Repeat,
    Rotate,
    Theft,
    Verdict,
    judge_refresh,
    parse_refresh,
    refresh_token,
    token_hash,
)
from server.accounts.tokens import InvalidToken
from server.cli.device_key import DeviceKey

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
ORG, FAMILY, OTHER = (f"01890000-0000-7000-8000-00000000000{digit}" for digit in "123")
KEYS = {"k1": b"K" * 32, "k2": b"L" * 32}
STATE = FamilyState(ORG, FAMILY, "k1", b"0123456789abcdef", n=5, created_at=START, renewed_at=START)
URL = "https://doorstep.test/mobile/v1/session/refresh"


def judge(n: int, state: FamilyState = STATE, now: datetime = START, proved_at: datetime = START + SECOND) -> Verdict:
    return judge_refresh(state, parse_refresh(refresh_token(state, n, KEYS)), proved_at, now, KEYS)


@pytest.mark.parametrize(
    ("n", "verdict"),
    [
        (1, Theft(1)),
        (3, Theft(3)),
        (4, Repeat(5)),
        (5, Rotate(6)),
        (6, Rotate(7)),
        (40, Rotate(41)),
    ],
)
def test_what_presenting_a_number_means(n: int, verdict: Verdict) -> None:
    assert judge(n) == verdict


@pytest.mark.parametrize("proved_at", [START, START - SECOND, START - DAY])
@pytest.mark.parametrize(("n", "verdict"), [(1, Late(1)), (3, Late(3)), (4, Repeat(5)), (5, Rotate(6)), (6, Rotate(7))])
def test_an_overtaken_number_with_a_proof_from_before_is_late(n: int, verdict: Verdict, proved_at: datetime) -> None:
    assert judge(n, proved_at=proved_at) == verdict


def test_the_design_s_figures() -> None:
    assert (ABSOLUTE_LIFE, IDLE_LIFE) == (90 * DAY, 30 * DAY)


def test_the_first_token_has_nothing_before_it() -> None:
    first = dataclasses.replace(STATE, n=1)
    assert judge(1, first) == Rotate(2)
    assert judge(1, dataclasses.replace(STATE, n=2)) == Repeat(2)


def test_a_token_is_derived_and_not_remembered() -> None:
    mac = hmac.digest(KEYS["k1"], FAMILY.encode() + (5).to_bytes(8, "big") + STATE.salt, hashlib.sha256)
    token = refresh_token(STATE, 5, KEYS)
    parsed = parse_refresh(token)
    assert token.startswith(f"dr1.{ORG}.{FAMILY}.5.")
    assert parsed == RefreshToken(ORG, FAMILY, 5, parsed.mac)
    assert base64.urlsafe_b64decode(parsed.mac + "=") == mac
    assert refresh_token(STATE, 5, KEYS) == token
    others = [
        refresh_token(STATE, 6, KEYS),
        refresh_token(dataclasses.replace(STATE, salt=b"another salt 16b"), 5, KEYS),
        refresh_token(dataclasses.replace(STATE, family_id=OTHER), 5, KEYS),
        refresh_token(dataclasses.replace(STATE, key_id="k2"), 5, KEYS),
    ]
    assert len({parse_refresh(each).mac for each in [token, *others]}) == 5


def test_a_token_is_named_by_its_hash_in_a_proof() -> None:
    assert token_hash("abc") == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dr1",
        refresh_token(STATE, 5, KEYS) + "\n",
        refresh_token(STATE, 5, KEYS) + "A",
        refresh_token(STATE, 5, KEYS)[:-1],
        refresh_token(STATE, 5, KEYS).upper(),
        refresh_token(STATE, 5, KEYS).replace("dr1.", "dr2."),
        refresh_token(STATE, 5, KEYS).replace(".5.", ".05."),
        refresh_token(STATE, 5, KEYS).replace(".5.", ".0."),
        refresh_token(STATE, 5, KEYS).replace(".5.", ".-5."),
        refresh_token(STATE, 5, KEYS).replace(".5.", ".５."),
        refresh_token(STATE, 5, KEYS).replace(".5.", "." + "9" * 19 + "."),
        refresh_token(STATE, 5, KEYS).replace("-", ""),
    ],
)
def test_another_spelling_is_no_token(text: str) -> None:
    with pytest.raises(InvalidToken):
        parse_refresh(text)


@given(text=st.text())
def test_no_text_makes_anything_but_a_refusal(text: str) -> None:
    with pytest.raises(InvalidToken):
        parse_refresh(text)


@given(n=st.integers(1, 10**18 - 1))
def test_a_token_reads_as_it_was_written(n: int) -> None:
    parsed = parse_refresh(refresh_token(STATE, n, KEYS))
    assert (parsed.org_id, parsed.family_id, parsed.n) == (ORG, FAMILY, n)


@pytest.mark.parametrize("n", [1, 4, 5, 6])
def test_a_forged_number_harms_nobody(n: int) -> None:
    """Anybody who has seen an id could else log a device out by presenting an old number of its family."""
    assert judge_refresh(STATE, RefreshToken(ORG, FAMILY, n, "A" * 43), START, START, KEYS) == Invalid("forged")
    stolen = parse_refresh(refresh_token(STATE, n + 1, KEYS))
    assert judge_refresh(STATE, dataclasses.replace(stolen, n=n), START, START, KEYS) == Invalid("forged")


@pytest.mark.parametrize("change", [{"org_id": OTHER}, {"family_id": OTHER}])
def test_a_token_opens_its_own_family_only(change: dict[str, Any]) -> None:
    token = parse_refresh(refresh_token(STATE, 5, KEYS))
    assert judge_refresh(STATE, dataclasses.replace(token, **change), START, START, KEYS) == Invalid("another family")


def test_a_family_whose_key_was_thrown_away_is_gone() -> None:
    token = parse_refresh(refresh_token(STATE, 5, KEYS))
    assert judge_refresh(STATE, token, START, START, {"k2": KEYS["k2"]}) == Invalid("key is gone")


@pytest.mark.parametrize("n", [1, 4, 5, 6])
def test_a_revoked_family_stays_revoked(n: int) -> None:
    assert judge(n, dataclasses.replace(STATE, revoked=True), START + 100 * DAY) == Invalid("revoked")


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (START + IDLE_LIFE - SECOND, Rotate(6)),
        (START + IDLE_LIFE, Expired("idle")),
        (START - 3 * DAY, Rotate(6)),  # a server clock that was set back logs nobody out
    ],
)
def test_a_family_ends_after_30_idle_days(now: datetime, verdict: Verdict) -> None:
    assert judge(5, now=now) == verdict


@pytest.mark.parametrize(
    ("now", "verdict"),
    [(START + ABSOLUTE_LIFE - SECOND, Rotate(6)), (START + ABSOLUTE_LIFE, Expired("absolute"))],
)
def test_a_family_ends_after_90_days_however_busy(now: datetime, verdict: Verdict) -> None:
    assert judge(5, dataclasses.replace(STATE, renewed_at=now - DAY), now) == verdict


@pytest.mark.parametrize("n", [1, 4, 5, 6])
def test_an_ended_family_has_no_thief(n: int) -> None:
    assert judge(n, now=START + IDLE_LIFE) == Expired("idle")


class Server:
    """What the caller of judge_refresh does, with a dict for the tables."""

    def __init__(self, device: DeviceKey) -> None:
        self.thumbprint = device.thumbprint()
        self.family = dataclasses.replace(STATE, n=1)
        self.seen: set[str] = set()
        self.verdicts: list[Verdict] = []

    def refresh(self, token: str, proof: str, now: datetime) -> str | None:
        """The next token, or None for a refusal."""
        try:
            found = verify_proof(
                proof, method="POST", url=URL, now=now, thumbprint=self.thumbprint, refresh_token=token
            )
        except InvalidProof:
            return None
        if found.jti in self.seen:
            return None
        self.seen.add(found.jti)
        return self.judge(token, now, found.made_at)

    def judge(self, token: str, now: datetime, proved_at: datetime) -> str | None:
        verdict = judge_refresh(self.family, parse_refresh(token), proved_at, now, KEYS)
        self.verdicts.append(verdict)
        match verdict:
            case Rotate(next_n):
                self.family = dataclasses.replace(self.family, n=next_n, renewed_at=now)
                return refresh_token(self.family, next_n, KEYS)
            case Repeat(same_n):
                self.family = dataclasses.replace(self.family, renewed_at=now)
                return refresh_token(self.family, same_n, KEYS)
            case Theft():
                self.family = dataclasses.replace(self.family, revoked=True)
        return None


class HonestDevice(RuleBasedStateMachine):
    """One device over a bad network, and a thief who reads all it stores and sends, but has no device key.

    Requests are lost, doubled by the device, reordered and late; answers are lost, doubled and late. Nothing of it, and
    nothing the thief does, may ever log the device out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.key, self.thief = DeviceKey.generate(), DeviceKey.generate()
        self.server = Server(self.key)
        self.now = START
        self.skew = timedelta(0)
        self.token = refresh_token(self.server.family, 1, KEYS)
        self.last_refresh = START - DAY
        self.sent: list[tuple[str, str]] = []
        self.answers: list[tuple[str, str]] = []
        self.copied: list[tuple[str, str]] = []

    def ask(self) -> tuple[str, str]:
        return self.token, self.key.sign_proof("POST", URL, self.now + self.skew, refresh_token=self.token)

    @initialize(seconds=st.sampled_from([-299, 0, 299]))
    def the_device_has_a_clock(self, seconds: int) -> None:
        self.skew = seconds * SECOND

    @rule(seconds=st.sampled_from([1, 30, 299, 601, 900, 86400]))
    def time_passes(self, seconds: int) -> None:
        if self.now + seconds * SECOND < START + ABSOLUTE_LIFE:
            self.now += seconds * SECOND

    @precondition(lambda self: self.now - self.last_refresh >= self.skew)
    @rule(copies=st.integers(1, 3))
    def the_device_asks(self, copies: int) -> None:
        """Also several times at once: two tabs, or a retry while the first request still hangs somewhere. As often as it
        likes, unless its clock is fast: then not sooner after the last answer than that."""
        for _ in range(copies):
            request = self.ask()
            self.sent.append(request)
            self.copied.append(request)

    @precondition(lambda self: self.sent)
    @rule(choice=st.integers(min_value=0), is_answer_lost=st.booleans())
    def a_request_arrives(self, choice: int, is_answer_lost: bool) -> None:
        token, proof = self.sent.pop(choice % len(self.sent))
        answer = self.server.refresh(token, proof, self.now)
        if answer is not None and not is_answer_lost:
            self.answers.append((token, answer))

    @precondition(lambda self: self.copied)
    @rule(choice=st.integers(min_value=0))
    def a_request_arrives_again(self, choice: int) -> None:
        """The network doubled it: if it was answered before, nothing comes of it."""
        request = self.copied[choice % len(self.copied)]
        if request not in self.sent:
            before = self.server.family
            assert self.server.refresh(*request, self.now) is None
            assert self.server.family == before

    @precondition(lambda self: self.answers)
    @rule(choice=st.integers(min_value=0), is_doubled=st.booleans())
    def an_answer_arrives(self, choice: int, is_doubled: bool) -> None:
        index = choice % len(self.answers)
        asked, answer = self.answers[index] if is_doubled else self.answers.pop(index)
        if asked == self.token:
            self.token, self.last_refresh = answer, self.now

    @precondition(lambda self: self.copied)
    @rule(choice=st.integers(min_value=0), how=st.sampled_from(["own key", "old proof", "proof of another request"]))
    def the_thief_tries(self, choice: int, how: str) -> None:
        token, proof = self.copied[choice % len(self.copied)]
        if how == "own key":
            proof = self.thief.sign_proof("POST", URL, self.now, refresh_token=token)
        elif how == "proof of another request":
            token, proof = self.token, next((old for other, old in self.copied if other != self.token), "")
        elif (token, proof) in self.sent:
            return  # that would be the device's own request, delivered by the thief
        before = self.server.family
        assert self.server.refresh(token, proof, self.now) is None
        assert self.server.family == before

    @invariant()
    def the_device_is_never_logged_out(self) -> None:
        assert not self.server.family.revoked
        assert not any(isinstance(verdict, Theft | Invalid) for verdict in self.server.verdicts)
        behind = self.server.family.n - parse_refresh(self.token).n
        assert 0 <= behind <= 1

    def teardown(self) -> None:
        """With a good network at last, the device goes on where it was, unless it really was away for 30 days."""
        is_idle = self.now >= self.server.family.renewed_at + IDLE_LIFE
        assert (self.server.refresh(*self.ask(), self.now) is None) == is_idle


TestHonestDevice = HonestDevice.TestCase


@given(steps=st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40))
def test_two_hands_on_one_family_are_noticed_as_soon_as_they_part(steps: list[tuple[bool, bool]]) -> None:
    """The device and an exact copy of it, key included: (who refreshes, is the answer lost).

    The oracle is the sentence of the design: a token presented after its successor was used ends the family.
    """
    server = Server(DeviceKey.generate())
    held = dict.fromkeys((True, False), refresh_token(server.family, 1, KEYS))
    used: set[int] = set()
    is_over = False
    for second, (who, is_lost) in enumerate(steps, 1):
        n, now = parse_refresh(held[who]).n, START + second * SECOND
        answer = server.judge(held[who], now, now)
        is_theft = not is_over and n + 1 in used
        assert isinstance(server.verdicts[-1], Theft) == is_theft
        is_over = is_over or is_theft
        assert (answer is None) == is_over
        used.add(n)
        if answer is not None and not is_lost:
            assert parse_refresh(answer).n == n + 1
            held[who] = answer
    assert server.family.revoked == is_over


def test_a_device_whose_answers_are_always_lost_is_not_idle() -> None:
    server = Server(DeviceKey.generate())
    token = refresh_token(server.family, 1, KEYS)
    answers = {server.judge(token, START + days * DAY, START + days * DAY) for days in range(0, 89, 20)}
    assert answers == {refresh_token(server.family, 2, KEYS)}


def test_of_two_requests_at_once_the_slower_gets_the_same_answer() -> None:
    """Both read n; the update WHERE n = :seen lets one through; the other reads again and judges again."""
    token = parse_refresh(refresh_token(STATE, 5, KEYS))
    assert judge_refresh(STATE, token, START, START, KEYS) == Rotate(6)
    assert judge_refresh(dataclasses.replace(STATE, n=6), token, START, START, KEYS) == Repeat(6)
