"""What words sound like."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from etl.names.normalise import normalise, sounds_of
from etl.names.sounds import heard, roughly


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        *(("vesta", "Веста"), ("acme", "Акме"), ("kassa", "Касса"), ("yandex", "Яндекс")),
        *(("fernhollow", "Фернхоллоу"), ("halcyon", "Халсион"), ("bitcoin", "Биткоин")),
        *(("northwind", "Нортвинд"), ("severny", "Северный"), ("phoenix", "Фоеникс")),
        *(("jito", "Джито"), ("quantum", "Квантум"), ("hacker", "Хакер"), ("delta", "Δελτα")),
    ],
)
def test_a_name_sounds_alike_in_both_alphabets(latin: str, cyrillic: str) -> None:
    (sound,) = sounds_of(cyrillic)
    assert roughly(latin) == sound != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("Касса", "casa"), ("Веста", "becta"), ("Банк", "bang"), ("Чорус", "khorus")],
)
def test_what_sounds_otherwise_stays_otherwise(one: str, other: str) -> None:
    assert heard(one) != roughly(other)


@pytest.mark.parametrize("word", ["", "Acme", "Аcme", "Дом", "мир2", "株式会社", "🔥", "кіт"])
def test_latin_mixed_and_short_words_have_no_sound_of_their_own(word: str) -> None:
    assert heard(word) == ""


@pytest.mark.parametrize("word", ["", "x", "abc", "a1b2c3", "naïve", "-", "co.uk"])
def test_what_is_no_long_latin_word_sounds_like_nothing(word: str) -> None:
    assert roughly(word) == ""


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x3100)))
@example("0ᄀ")
@example("Акме技术 株式会社Веста")
def test_every_token_of_any_text_has_a_sound_or_none(text: str) -> None:
    sounds = sounds_of(text)
    assert len(sounds) == len(normalise(text).tokens)
    assert all(len(sound) > 3 and sound.isascii() and sound.isalpha() for sound in sounds if sound)
