"""An amount cell as a decimal string: plain as HubSpot writes it, or in a local spelling."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

Doubt = Literal["ambiguous_amount", "unreadable_amount", "currency_from_symbol"]

_LONGEST = 100
_PLAIN = re.compile(r"(?:0|-?[1-9]\d*)(?:\.\d+)?", re.ASCII)
# Signs that several currencies share stand for the most usual one, and that is said;
# the crown is nobody's in particular.
_SHARED = {"$": "USD", "¥": "JPY"}
_SYMBOLS = {
    **_SHARED, "€": "EUR", "£": "GBP", "₹": "INR", "₺": "TRY", "₽": "RUB", "₴": "UAH", "₪": "ILS",
    "₩": "KRW", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "lei": "RON", "Fr.": "CHF", "kr": None,
    "US$": "USD", "R$": "BRL", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD",
    "HK$": "HKD", "MX$": "MXN", "S$": "SGD", "CN¥": "CNY", "JP¥": "JPY",
}  # fmt: skip
# Where these are used, a comma parts thousands.
_ENGLISH = {"$", "US$", "A$", "AU$", "C$", "CA$", "NZ$", "HK$", "MX$", "S$", "£", "¥", "₹", "₩"}
_SIGN = "|".join(re.escape(symbol) for symbol in sorted(_SYMBOLS, key=len, reverse=True))
_AFFIX = rf"({_SIGN})?\.? ?([A-Z]{{3}})?"
_BEFORE = rf"(?:([A-Z]{{3}}) ?)?({_SIGN})?"
_MONEY = re.compile(
    rf"(\()?([-+]?) ?{_BEFORE} ?([-+]?) ?(\d[\d.,' ]*?) ?(-?) ?{_AFFIX}(\))?", re.ASCII
)
_THOUSANDS = r"\d{{1,3}}(?:{0}\d{{3}})+"
_SPACED = rf"\d+|{_THOUSANDS.format(' ')}|{_THOUSANDS.format(chr(39))}"
_LAKHS = r"\d{1,2}(?:,\d\d)+,\d{3}"
_NUMBER = re.compile(rf"({_SPACED}|{_THOUSANDS.format(',')}|{_LAKHS})(?:\.(\d+))?", re.ASCII)
_COMMA_NUMBER = re.compile(rf"({_SPACED}|{_THOUSANDS.format(chr(92) + '.')})(?:,(\d+))?", re.ASCII)
_PLAINER = str.maketrans("\u00a0\u202f\u2009\u2019\u2212", "   '-")


class Amount:
    """What a cell says. ``value`` is ``None`` when it cannot be told."""

    __slots__ = ("currency", "doubt", "value")

    def __init__(
        self, value: str | None, currency: str | None = None, doubt: Doubt | None = None
    ) -> None:
        self.value = value
        self.currency = currency
        self.doubt = doubt


def amount(text: str, *, resaved: bool = False) -> Amount:
    """Read a cell that is not blank. ``resaved``: a spreadsheet may have put local
    separators where HubSpot had its own.
    """
    if len(text) > _LONGEST:
        return Amount(None, doubt="unreadable_amount")
    if not resaved and _PLAIN.fullmatch(text):
        return Amount(text)
    money = _MONEY.fullmatch(text.translate(_PLAINER))
    if money is None:
        return Amount(None, doubt="unreadable_amount")
    opened, first, code, symbol, second, number, third, symbol_after, code_after, closed = (
        money.groups()
    )
    signs = [sign for sign in (first, second, third, "-" if opened else "") if sign]
    said_twice = (code and code_after) or (symbol and symbol_after) or len(signs) > 1
    if said_twice or bool(opened) != bool(closed):
        return Amount(None, doubt="unreadable_amount")
    code, symbol = code or code_after, symbol or symbol_after
    values = _values(number, symbol, resaved=resaved)
    if len(values) != 1:
        return Amount(None, doubt="ambiguous_amount" if values else "unreadable_amount")
    written = format(Decimal(("-" if signs == ["-"] else "") + values.pop()), "f")
    doubt: Doubt | None = "currency_from_symbol" if symbol in _SHARED and not code else None
    return Amount(written, code or _SYMBOLS.get(symbol), doubt)


def _values(number: str, symbol: str | None, *, resaved: bool) -> set[str]:
    """Everything this spelling may mean: ``1,234`` is two things, unless in dollars or
    pounds; ``1.234`` without a symbol is what HubSpot itself writes, but not in a file
    that is no longer its own.
    """
    values: set[str] = set()
    pointed = _NUMBER.fullmatch(number)
    if pointed:
        values.add(_digits(pointed))
    comma = _COMMA_NUMBER.fullmatch(number)
    settled = symbol in _ENGLISH or (symbol is None and "." in number and not resaved)
    if comma and not (pointed and settled):
        values.add(_digits(comma))
    return {str(Decimal(value)) for value in values}


def _digits(number: re.Match[str]) -> str:
    whole = re.sub(r"\D", "", number[1])
    return f"{whole}.{number[2]}" if number[2] else whole
