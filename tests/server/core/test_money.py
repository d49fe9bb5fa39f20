"""Money: whole minor units, one currency, nothing lost in a split."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.money import CURRENCIES, MAX_MINOR, MixedCurrencies, Money

currencies = st.sampled_from(sorted(CURRENCIES))
amounts = st.integers(-MAX_MINOR, MAX_MINOR)
weights = st.lists(st.integers(0, 10_000), min_size=1, max_size=30).filter(any)


@given(amount=amounts, currency=currencies)
def test_an_amount_survives_its_text(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    assert Money.from_text(money.to_text(), currency) == money


@given(amount=amounts, weights=weights)
def test_a_split_adds_up_to_the_last_unit(amount: int, weights: list[int]) -> None:
    whole = Money(amount, "CNY")
    shares = whole.split(weights)
    assert sum(share.minor for share in shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        exact_numerator = amount * weight
        # Never a whole unit away from the exact share, and on its side of nothing.
        assert abs(share.minor * sum(weights) - exact_numerator) < sum(weights)
        assert share.minor * amount >= 0
        assert weight or not share
    assert [-share for share in shares] == (-whole).split(weights)


@given(amount=st.integers(0, 10**6), parts=st.integers(1, 50))
def test_equal_weights_differ_by_one_unit_at_most_the_earlier_more(amount: int, parts: int) -> None:
    shares = [share.minor for share in Money(amount, "CNY").split([1] * parts)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] <= 1


@pytest.mark.parametrize(
    ("minor", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [3, 7], [2, 3]),  # 1.5 and 3.5: equal remainders, the earlier gets the unit
        (10, [0, 1, 0], [0, 10, 0]),
        (1, [1, 1_000_000], [0, 1]),
        (0, [2, 3], [0, 0]),
    ],
)
def test_the_largest_remainder_gets_the_unit(minor: int, weights: list[int], shares: list[int]) -> None:
    assert [share.minor for share in Money(minor, "CNY").split(weights)] == shares


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [5, -1]])
def test_a_split_needs_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError):
        Money(100, "CNY").split(weights)


@given(a=st.integers(-(10**12), 10**12), b=st.integers(-(10**12), 10**12))
def test_money_adds_and_compares_like_its_units(a: int, b: int) -> None:
    x, y = Money(a, "CNY"), Money(b, "CNY")
    assert x + y - y == x
    assert (x < y, x <= y, x > y, x >= y) == (a < b, a <= b, a > b, a >= b)
    assert (x * 3).minor == 3 * a
    assert bool(x) is (a != 0)


@pytest.mark.parametrize(
    "mix",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a <= b,
        lambda a, b: a > b,
        lambda a, b: a >= b,
    ],
)
def test_currencies_do_not_mix(mix: Any) -> None:
    with pytest.raises(MixedCurrencies):
        mix(Money(1, "CNY"), Money(1, "USD"))
    assert Money(1, "CNY") != Money(1, "USD")


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123450, "CNY", "1234.50"),
        (5, "CNY", "0.05"),
        (-5, "CNY", "-0.05"),
        (7, "JPY", "7"),
        (1, "KWD", "0.001"),
        (0, "CNY", "0.00"),
    ],
)
def test_amounts_read_as_the_currency_writes_them(minor: int, currency: str, text: str) -> None:
    assert Money(minor, currency).to_text() == text


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("", "CNY"), ("1,234.50", "CNY"), ("1e3", "CNY"), ("+1", "CNY"), ("1.", "CNY"), (".5", "CNY"), ("1.005", "CNY"),
        ("1.0", "JPY"), ("１２", "CNY"), (" 1", "CNY"), ("1\n", "CNY"), ("NaN", "CNY"), ("1", "RMB"), ("9" * 18, "CNY"),
        ("90071992547409.92", "CNY"),
    ],
)  # fmt: skip
def test_other_texts_are_no_amount(text: str, currency: str) -> None:
    with pytest.raises(ValueError):
        Money.from_text(text, currency)


@pytest.mark.parametrize("minor", [1.0, "1", True, None])
def test_units_are_whole(minor: Any) -> None:
    with pytest.raises(TypeError):
        Money(minor, "CNY")


def test_amounts_stay_where_every_reader_is_exact() -> None:
    with pytest.raises(ValueError):
        Money(MAX_MINOR + 1, "CNY")
    with pytest.raises(ValueError):
        Money(1, "cny")


def test_the_list_of_currencies_is_whole() -> None:
    assert len(CURRENCIES) == 165
    assert {code for code, exponent in CURRENCIES.items() if exponent == 3} == {
        "BHD",
        "IQD",
        "JOD",
        "KWD",
        "LYD",
        "OMR",
        "TND",
    }
    assert CURRENCIES["JPY"] == CURRENCIES["KRW"] == CURRENCIES["VND"] == 0
    assert CURRENCIES["CNY"] == CURRENCIES["HKD"] == CURRENCIES["TWD"] == 2
    assert not {"XXX", "XTS", "XAU"} & CURRENCIES.keys()
