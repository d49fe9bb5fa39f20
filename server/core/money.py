"""Amounts of money: whole minor units of one currency. No floats, no rates; a rate is a Decimal at its place of use. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_EXPONENTS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
        CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
        INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN
        NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC
        SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR ZMW ZWL
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
CURRENCIES: dict[str, int] = {code: exponent for exponent, codes in _EXPONENTS.items() for code in codes.split()}
"""Decimals of each currency's minor unit. ISO 4217 list one, without metals, bond units, testing and no-currency codes."""

MAX_MINOR = 2**53 - 1
"""The largest amount, either sign: what every JSON reader holds exactly. 90 million million yuan."""

_DECIMAL = re.compile(r"(?P<sign>-?)(?P<whole>\d{1,17})(?:\.(?P<fraction>\d{1,6}))?", re.ASCII)


class MixedCurrencies(ValueError):
    """Two amounts of different currencies were added or compared. Not a refusal: the code forgot to ask."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (fen, cents) of an ISO 4217 currency.

    Raises ValueError for an unknown currency or an amount past MAX_MINOR, TypeError for an amount that is not an int.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError(f"minor units are whole, not {type(self.minor).__name__}")
        if self.currency not in CURRENCIES:
            raise ValueError(f"{self.currency!r} is not a currency")
        if abs(self.minor) > MAX_MINOR:
            raise ValueError("the amount is too large")

    @property
    def exponent(self) -> int:
        """Decimals of the currency."""
        return CURRENCIES[self.currency]

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency}")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Shares in proportion to `weights`, which add up to this amount to the last minor unit.

        Largest remainder; of equal remainders the earlier share gets the unit, so that the result depends on nothing but
        the arguments. A negative amount is split as its opposite, negated.
        Raises ValueError when there is no weight, one is negative, or all are zero.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must not be negative, and one must be positive")
        amount = abs(self.minor)
        shares = [amount * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda place: (-(amount * weights[place] % total), place))
        for place in by_remainder[: amount - sum(shares)]:
            shares[place] += 1
        sign = -1 if self.minor < 0 else 1
        return [Money(sign * share, self.currency) for share in shares]

    def to_text(self) -> str:
        """The amount in major units as plain decimal text, `-1234.50`; without the currency and without separators."""
        digits = str(abs(self.minor)).zfill(self.exponent + 1)
        sign = "-" if self.minor < 0 else ""
        if not self.exponent:
            return sign + digits
        return f"{sign}{digits[: -self.exponent]}.{digits[-self.exponent :]}"

    @classmethod
    def from_text(cls, text: str, currency: str) -> Money:
        """The amount that decimal text in major units names: `1234.5` CNY is 123450 fen.

        Raises ValueError for any other form (signs but a leading -, separators, exponents, full-width digits), for more
        decimals than the currency has, and as Money does.
        """
        parts = _DECIMAL.fullmatch(text)
        if parts is None:
            raise ValueError("not an amount")
        exponent = CURRENCIES.get(currency)
        if exponent is None:
            raise ValueError(f"{currency!r} is not a currency")
        fraction = parts["fraction"] or ""
        if len(fraction) > exponent:
            raise ValueError(f"{currency} has {exponent} decimals")
        minor = int(parts["whole"] + fraction.ljust(exponent, "0"))
        return cls(-minor if parts["sign"] else minor, currency)
