from __future__ import annotations

import pytest

from sources.hubspot.amounts import amount


@pytest.mark.parametrize(
    ("text", "value", "currency", "doubt"),
    [
        ("1234.5", "1234.5", None, None),
        ("0", "0", None, None),
        ("-5", "-5", None, None),
        ("0.10", "0.10", None, None),
        ("007", "7", None, None),
        ("123456789012345678901234.01", "123456789012345678901234.01", None, None),
        ("$1,234.50", "1234.50", "USD", "currency_from_symbol"),
        ("-$5.00", "-5.00", "USD", "currency_from_symbol"),
        ("$1,234", "1234", "USD", "currency_from_symbol"),
        ("US$3", "3", "USD", None),
        ("1.234,50 €", "1234.50", "EUR", None),
        ("€1.234.567", "1234567", "EUR", None),
        ("1\u202f234,50\u00a0€", "1234.50", "EUR", None),
        ("CHF 1’234.50", "1234.50", "CHF", None),
        ("£1,234", "1234", "GBP", None),
        ("12,50", "12.50", None, None),
        ("1,234,567", "1234567", None, None),
        ("1.234", "1.234", None, None),
        ("1 234,50 kr", "1234.50", None, None),
        ("1 234 567,89 zł", "1234567.89", "PLN", None),
        ("R$ 1.234,50", "1234.50", "BRL", None),
        ("¥1,234", "1234", "JPY", "currency_from_symbol"),
        ("₹1,23,456.00", "123456.00", "INR", None),
        ("A$1,234", "1234", "AUD", None),
        ("1,234.50 USD", "1234.50", "USD", None),
        ("EUR 1.234,50", "1234.50", "EUR", None),
        ("$1,234.50 CAD", "1234.50", "CAD", None),
        ("(1,234.50)", "-1234.50", None, None),
        ("1.234,50-", "-1234.50", None, None),
        ("\u22125", "-5", None, None),
        ("€-5", "-5", "EUR", None),
        ("+5", "5", None, None),
        ("9" * 100, "9" * 100, None, None),
        ("9" * 101, None, None, "unreadable_amount"),
        ("-5-", None, None, "unreadable_amount"),
        ("(-5)", None, None, "unreadable_amount"),
        ("(5", None, None, "unreadable_amount"),
        ("5 EUR EUR", None, None, "unreadable_amount"),
        ("5%", None, None, "unreadable_amount"),
        ("1 2 3", None, None, "unreadable_amount"),
        ("1,234", None, None, "ambiguous_amount"),
        ("1.234 €", None, None, "ambiguous_amount"),
        ("1,23,4", None, None, "unreadable_amount"),
        ("1.25E+05", None, None, "unreadable_amount"),
        ("€5 €", None, None, "unreadable_amount"),
        ("٣", None, None, "unreadable_amount"),
        ("n/a", None, None, "unreadable_amount"),
    ],
)
def test_amount_is_read_in_its_local_spelling_or_refused(
    text: str, value: str | None, currency: str | None, doubt: str | None
) -> None:
    read = amount(text)
    assert (read.value, read.doubt) == (value, doubt)
    if value is not None:
        assert read.currency == currency
