"""Names found in texts by a list that does not hold them."""

from __future__ import annotations

import unicodedata

import pytest

from etl.privacy.terms import FORGOTTEN, Terms, normal, term

SALT = b"salt of this test"


def terms(*names: str) -> Terms:
    return Terms(SALT, [term(SALT, name) for name in names])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Anna Quill", "[forgotten]"),
        ("ask Anna Quill!", "ask [forgotten]!"),
        ("ANNA  QUILL's desk", "[forgotten]'s desk"),
        ("anna-quill, anna_quill", "[forgotten], [forgotten]"),
        ("Anna\nQuill and Anna Quill", "[forgotten] and [forgotten]"),
        ("mailto:anna.quill@acorn.example?x", "mailto:[forgotten]?x"),
        ("Anna Quillfeather", "Anna Quillfeather"),
        ("Joanna Quill", "Joanna Quill"),
        ("Anna and Quill", "Anna and Quill"),
        ("Anna", "Anna"),
        ("", ""),
    ],
)
def test_name_is_taken_out_however_it_is_written(text: str, left: str) -> None:
    assert terms("Anna Quill", "anna.quill@acorn.example").redacted(text) == left


def test_longest_name_goes_first() -> None:
    both = terms("Anna", "Anna Quill Marsh")
    assert both.redacted("Anna Quill Marsh, Anna Quill") == f"{FORGOTTEN}, {FORGOTTEN} Quill"


@pytest.mark.parametrize("name", ["José Ñandú", "Анна Перова", "李 娜", "Ａｎｎａ Strauß"])
def test_name_of_any_script_is_found_composed_or_not(name: str) -> None:
    found = terms(name)
    for form in ("NFC", "NFD"):
        assert found.redacted(f"- {unicodedata.normalize(form, name)} -") == "- [forgotten] -"
    assert found.is_one(name.upper())


def test_name_without_words_is_known_but_not_looked_for_in_texts() -> None:
    found = terms("🌸🌸")
    assert found.is_one(" 🌸🌸 ")
    assert found.redacted("🌸🌸 all over") == "🌸🌸 all over"
    assert not found.is_one("🌸")


def test_name_alone_is_told_from_a_text_that_holds_it() -> None:
    found = terms("@anna_q", "U02ABC")
    assert found.is_one("@anna_q")
    assert found.is_one("u02abc")
    assert not found.is_one("@anna_q and others")
    assert not found.is_one(None)
    assert not found.is_one("")


def test_text_without_a_name_comes_back_itself() -> None:
    text = "nothing to see, Anna 😀"
    assert terms("Anna Quill").redacted(text) is text
    assert not terms()


def test_nothing_of_a_name_stands_in_its_term() -> None:
    said = term(SALT, "Anna Quill")
    assert "anna" not in said.lower()
    assert said == term(SALT, "  anna   QUILL ")
    assert said != term(b"another salt", "Anna Quill")
    assert normal("Anna (Quill)") == "anna quill"
