"""Names made comparable."""

from __future__ import annotations

import string
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from etl.names.letters import composed
from etl.names.normalise import normalise
from tests.guarding import no_hang

NAMES = st.text(max_size=40)


@given(NAMES)
@example("İstanbul ŉ")
@example("\u0345")
@example("½ ™ &")
@example("ВОК вок ВОДА")
@example("ь")
@example("e\u0301 \u200b🔥")
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    twice = normalise(" ".join(once.tokens))
    assert twice.tokens == once.tokens
    assert twice.key == once.key


@given(NAMES)
@example("🔥")
@example("---")
@example("\u200b")
def test_a_name_that_is_not_empty_keeps_something(text: str) -> None:
    assert bool(normalise(text).key) == bool(text.strip())


@given(NAMES)
def test_every_token_has_a_place_in_the_text(text: str) -> None:
    name = normalise(text)
    assert len(name.tokens) == len(name.spans) == len(name.breaks)
    for start, end in name.spans:
        assert 0 <= start < end <= len(text)
    assert list(name.spans) == sorted(name.spans)


@given(st.text(alphabet=string.printable, max_size=40))
def test_plain_letters_are_read_like_any_others(text: str) -> None:
    # a letter outside ASCII in front sends the text the long way round
    plain, long = normalise("a " + text), normalise("ж " + text)
    assert plain.tokens[1:] == long.tokens[1:]
    assert plain.spans[1:] == long.spans[1:]
    assert plain.breaks[1:] == long.breaks[1:]


@pytest.mark.parametrize(
    "spelling", ["Corvid One", "corvid-one", "corvidone", "CORVID  ONE", "CorvidOne", "corvid_one"]
)
def test_spaces_hyphens_and_capitals_make_no_difference(spelling: str) -> None:
    assert normalise(spelling).key == "corvidone"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Асме", "acme"),  # all Cyrillic
        ("Αcme", "acme"),  # Greek capital, Latin rest
        ("Вrиck", "brick"),  # mixed: as it looks, what has no look-alike as it sounds
        ("Ромашка", "romashka"),
        ("Ａｃｍｅ", "acme"),
        ("Ácmé", "acme"),
        ("Ac\u200bme", "acme"),
        ("Acme™", "acme"),
        ("Mac'Neil’s", "macneils"),
        ("Fox & Hound", "foxandhound"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("바다", "바다"),
        ("がらす", "がらす"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_letters_as_people_write_them(text: str, key: str) -> None:
    assert normalise(text).key == key


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("Acme <> Ourco", True),
        ("Acme | Ourco", True),
        ("Acme - Ourco", True),
        ("Acme – Ourco", True),
        ("Acme: Ourco", True),
        ("Acme, Ourco", True),
        ("Acme+Ourco", True),
        ("Acme 🤝 Ourco", True),
        ("Acme (Ourco", True),
        ("Acme-Ourco", False),
        ("Acme_Ourco", False),
        ("Acme.Ourco", False),
        ("Acme Ourco", False),
    ],
)
def test_what_breaks_a_title(text: str, broken: bool) -> None:
    assert normalise(text).breaks == (False, broken)


@pytest.mark.parametrize(
    "text", ["Ac\u200bme", "Ac\u00adme", "Acm\ufe0fe", "A\u200dcme", "Ác\u0301me"]
)
def test_invisible_characters_do_not_split_a_word(text: str) -> None:
    assert normalise(text).tokens == ("acme",)


def test_a_quote_is_the_text_as_it_was_written() -> None:
    name = normalise("🔥 Ｃｏｒｖｉｄ One™ <> Ourco")
    assert name.quote(0, 2) == ("Ｃｏｒｖｉｄ One", 2, 12)


@given(st.text(alphabet=st.sampled_from("aB1 -_.|/<>\t\0,:()&'"), max_size=14))
def test_a_plain_text_is_taken_apart_like_any_other(text: str) -> None:
    # a zero-width space makes a text not plain, and stands for nothing
    name, other = normalise(text), normalise(f"\u200b{text}")
    if name.key.isalnum():
        assert (name.tokens, name.breaks) == (other.tokens, other.breaks)
        assert [(a + 1, b + 1) for a, b in name.spans] == list(other.spans)
    assert len(name.tokens) == len(name.breaks) == len(name.spans)


def test_a_legal_form_that_is_written_to_a_name_is_a_token_of_its_own() -> None:
    name = normalise("- 株式会社Acme | x")
    assert name.tokens == ("株式会社", "acme", "x")
    assert name.breaks == (True, False, True)
    assert [name.quote(n, n + 1)[0] for n in range(3)] == ["株式会社", "Acme", "x"]


@pytest.mark.parametrize(
    ("written", "typed"),
    [("Ørnfjord", "Ornfjord"), ("Łąka", "Laka"), ("Yıldız", "Yildiz"), ("Kærlund", "Kaerlund")],
)
def test_letters_of_some_keyboards_are_those_of_all(written: str, typed: str) -> None:
    assert normalise(written).key == normalise(typed).key


def test_a_latin_name_ends_where_chinese_or_japanese_begins() -> None:
    assert normalise("Acme技术群").tokens == ("acme", "技术群")
    assert normalise("対応Acme2チーム").tokens == ("対応", "acme2", "チーム")
    assert normalise("Лютик群").tokens == ("lyutik", "群")
    assert normalise("Acme한국").tokens == ("acme", "한국")
    name = normalise("Лютик群 株式会社Acme")
    assert [name.text[start:end] for start, end in name.spans] == [
        "Лютик",
        "群",
        "株式会社",
        "Acme",
    ]


def test_a_slash_is_no_break_in_a_legal_form_only() -> None:
    assert normalise("Acme A/S <> Ourco").breaks == (False, False, False, True)
    assert normalise("A/S | a/b").breaks[1] is True


ORDERED = st.text(
    "aé\u0301\u0316\u0344\u0f73\u0f77\u05b0\u0591\u064b\u0650\u1112\u1161\u11abﹰﳲﬁ", min_size=300
)


@given(ORDERED)
def test_a_long_text_is_composed_as_a_short_one_is(text: str) -> None:
    assert composed(text, "NFC") == unicodedata.normalize("NFC", text)
    assert composed(text, "NFKD") == unicodedata.normalize("NFKD", text)


MASSES = [
    "\u0650\u064b",
    "\u0f73",
    "\u05b0\u0591",
    "\u0301\u0316",
    "ا",
    "🔥",
    "'",
    "한",
    "株式会社",
]


@pytest.mark.parametrize("mass", MASSES)
def test_a_word_of_any_length_is_taken_apart(mass: str) -> None:
    with no_hang():
        assert normalise(f"ا{mass * 200_000} Acme").tokens[-1] == "acme"


@pytest.mark.parametrize("text", ["word " * 20_000, "wörd " * 20_000, "a/s " * 10_000])
def test_every_word_of_a_long_text_is_quoted(text: str) -> None:
    with no_hang():
        name = normalise(text)
        for place in range(len(name.tokens)):
            quoted, start, end = name.quote(place, place + 1)
            assert text[start:end] == quoted
            assert normalise(quoted).key == name.tokens[place]


def test_what_only_a_title_in_other_letters_needs_is_made_for_the_first() -> None:
    code = (
        "from etl.names import normalise as n, words as w; n.normalise('Acme <> Ourco');"
        "print(w._scripts.cache_info().currsize); n.normalise('Акме');"
        "print(w._scripts.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.split() == [b"0", b"1"]
