"""Names of one alphabet met in the spelling of another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.matching.readings import Readings
from etl.names.normalise import normalise
from tests.etl.matching.corpus import Entry, chats, decide, item, learnt, said

ROWS = "base_company,telegram_group\n"


def found(entry: Entry | str, *names: str) -> tuple[str, list[tuple[str, str]]]:
    entry = chats(entry)[0] if isinstance(entry, str) else entry
    return said(decide(entry, rows=ROWS + "".join(f"{name},\n" for name in names)))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Веста <> Ourco", "Vesta"),
        ("Vesta <> Ourco", "Веста"),
        ("Веста <> Ourco", "Веста"),
        ("Акме x Ourco", "Acme"),
        ("Acme x Ourco", "Акме"),
        ("Асме x Ourco", "Acme"),  # as it looks
        ("ООО Веста <> Оурко", "Vesta"),
        ("Северный Поток <> Ourco", "Severny Potok"),
        ("Severny Potok <> Ourco", "Северный Поток"),
        ("Бета Ренессанс <> Ourco", "Beta Renessans"),
        ("ΔΕΛΤΑ <> Ourco", "Delta"),
    ],
)
def test_a_name_is_met_in_the_other_alphabet(title: str, name: str) -> None:
    assert found(title, name, "Brindle") == ("matched", [(name, "segment")])


def test_our_own_name_is_met_in_the_other_alphabet() -> None:
    for ours, status in (("Ourco", "review"), ("Оурко", "review"), ("Порка", "unmatched")):
        assert found(f"Brindle Paperwork <> {ours}", "Brindle")[0] == status


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Веста <> Ourco", ("Vesta", "Becta")),  # one by its sound, one by its looks
        ("Касса <> Ourco", ("Kassa", "Cassa")),  # two that sound alike
        ("Akme <> Ourco", ("Acme", "Brindle")),  # one alphabet: another name
        ("Касса <> Ourco", ("Casa", "Brindle")),
        ("Акс <> Ourco", ("Ax", "Brindle")),  # too short
        ("Весталия <> Ourco", ("Vesta", "Brindle")),
    ],
)
def test_what_may_be_another_is_attributed_to_nobody(title: str, names: tuple[str, ...]) -> None:
    assert found(title, *names)[0] == "unmatched"


def test_a_spelling_of_the_mapping_goes_before_a_sound() -> None:
    for title, company in (("Веста <> Ourco", "Веста"), ("Vesta <> Ourco", "Vesta")):
        assert found(title, "Веста", "Vesta") == ("matched", [(company, "segment")])


def test_a_group_is_what_is_written_in_it() -> None:
    rows = ROWS + "Vesta,\nAcme,Веста <> Ourco\n"
    (entry,) = chats("Веста <> Ourco")
    assert said(decide(entry, rows=rows)) == ("matched", [("Acme", "explicit")])


def test_the_crm_and_people_are_read_alike() -> None:
    deal = item("deal", "Renewal", companies=("ООО Веста",))
    assert found(deal, "Vesta") == ("matched", [("Vesta", "company_field")])
    chat = item("telegram", "W", "Анна | Веста", "Борис | Vesta")
    assert found(chat, "Vesta") == ("matched", [("Vesta", "participants")])
    assert not learnt([deal], ROWS + "Vesta,\n").learnt.fields


def test_the_evidence_is_what_stands_there() -> None:
    (entry,) = chats("📌 Веста <> Ourco")
    (match,) = decide(entry, rows=ROWS + "Vesta,\n").matches
    assert (match.evidence.text, match.evidence.start, match.evidence.end) == ("Веста", 2, 7)


def test_a_word_ends_where_another_script_begins() -> None:
    assert Readings(["Acme"]).of("Акме技术群 - 株式会社Акме").tokens == (
        *("acme", "技术群", "株式会社", "acme"),
    )


NAMES = st.lists(st.text(alphabet="acestvikoмнортускае -", min_size=1), max_size=5)


@given(NAMES, st.text(alphabet="acestvikoмнортускае -<>x"))
def test_reading_changes_no_place_and_no_mapped_name(names: list[str], text: str) -> None:
    readings = Readings(names)
    read, plain = readings.of(text), normalise(text)
    assert (len(read.tokens), read.breaks, read.text) == (len(plain.tokens), plain.breaks, text)
    assert read.key == "".join(read.tokens)
    assert bool(read.key) == bool(plain.key)
    if text.isascii() and all(name.isascii() for name in names):
        assert read == plain


@given(NAMES)
def test_a_mapped_name_is_read_as_itself_unless_it_can_be_two(names: list[str]) -> None:
    readings = Readings(names)
    for name in names:
        read = readings.of(name)
        assert all(
            token == plain or "|" in token or not name.isascii()
            for token, plain in zip(read.tokens, normalise(name).tokens, strict=True)
        )
