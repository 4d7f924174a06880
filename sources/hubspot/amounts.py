"""An amount cell as a decimal string: plain as HubSpot writes it, or in a local spelling."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

Doubt = Literal["ambiguous_amount", "unreadable_amount", "currency_from_symbol"]

_PLAIN = re.compile(r"(?:0|-?[1-9]\d*)(?:\.\d+)?", re.ASCII)
_SYMBOLS = {"€": "EUR", "£": "GBP", "US$": "USD", "$": "USD"}
_AFFIX = r"(US\$|[€£$]|[A-Z]{3})"
_MONEY = re.compile(rf"(-?) ?{_AFFIX}? ?(-?)(\d[\d.,' ]*?) ?{_AFFIX}?", re.ASCII)
_NUMBER = re.compile(
    r"(\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d{1,3}(?:'\d{3})+)(?:\.(\d+))?", re.ASCII
)
_COMMA_NUMBER = re.compile(
    r"(\d+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})+|\d{1,3}(?:'\d{3})+)(?:,(\d+))?", re.ASCII
)
_SPACES = str.maketrans("\u00a0\u202f\u2009’", "   '")


class Amount:
    """What a cell says. ``value`` is ``None`` when it cannot be told."""

    __slots__ = ("currency", "doubt", "value")

    def __init__(
        self, value: str | None, currency: str | None = None, doubt: Doubt | None = None
    ) -> None:
        self.value = value
        self.currency = currency
        self.doubt = doubt


def amount(text: str) -> Amount:
    """Read a cell that is not blank."""
    if _PLAIN.fullmatch(text):
        return Amount(text)
    money = _MONEY.fullmatch(text.translate(_SPACES))
    if money is None or (money[1] and money[3]) or (money[2] and money[5]):
        return Amount(None, doubt="unreadable_amount")
    symbol = money[2] or money[5]
    values = _values(money[4], symbol)
    if len(values) != 1:
        return Amount(None, doubt="ambiguous_amount" if values else "unreadable_amount")
    sign = "-" if money[1] or money[3] else ""
    number = format(Decimal(sign + values.pop()), "f")
    # The dollar sign is that of many currencies: say that it was guessed.
    doubt: Doubt | None = "currency_from_symbol" if symbol == "$" else None
    return Amount(number, _SYMBOLS.get(symbol, symbol), doubt)


def _values(number: str, symbol: str | None) -> set[str]:
    """Everything this spelling may mean: ``1,234`` is two things, unless in dollars or
    pounds; ``1.234`` without a symbol is what HubSpot itself writes.
    """
    values: set[str] = set()
    pointed = _NUMBER.fullmatch(number)
    if pointed:
        values.add(_digits(pointed))
    comma = _COMMA_NUMBER.fullmatch(number)
    settled = symbol in ("$", "US$", "£") or (symbol is None and "." in number)
    if comma and not (pointed and settled):
        values.add(_digits(comma))
    return {str(Decimal(value)) for value in values}


def _digits(number: re.Match[str]) -> str:
    whole = re.sub(r"\D", "", number[1])
    return f"{whole}.{number[2]}" if number[2] else whole
