"""Labels of other languages, from a settings file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sources.hubspot.labels import FIELDS, normal
from sources.records import Contact, Deal, Kind
from tests.reading import Reading, source

Read = Callable[..., Reading]
GERMAN = (Path(__file__).parents[2] / "data" / "hubspot_labels.toml").read_text(encoding="utf-8")
DEALS = "Datensatz-ID,DEALNAME,Deal-Phase,Betrag\n1,Hafen,Gewonnen (Vertrieb),5\n2,Kai,Verloren,6\n"


def deal(reading: Reading, number: str = "1") -> Deal:
    head = reading.by_key[f"hubspot:deal:{number}"].head
    assert isinstance(head, Deal)
    return head


def test_unknown_language_is_left_alone_without_a_setting(read_csv: Read) -> None:
    assert read_csv(DEALS) == Reading()


def test_unknown_language_under_an_exports_name_is_a_problem_naming_the_setting(
    read_csv: Read,
) -> None:
    (problem,) = read_csv(DEALS, "hubspot-crm-exports-alle-deals-2024-05-01.csv").problems
    assert "Datensatz-ID, DEALNAME" in problem.detail
    assert "HUBSPOT_LABELS" in problem.remedy


def test_unknown_language_is_known_by_its_associations(read_csv: Read) -> None:
    text = "Datensatz-ID,Dealname,Associated Company IDs (Primary)\n1,Hafen,7\n"
    (problem,) = read_csv(text).problems
    assert problem.reason == "missing_columns"
    assert "headers seen: Datensatz-ID, Dealname, Associated" in problem.detail
    assert "HUBSPOT_LABELS" in problem.remedy
    assert list(read_csv(text, hubspot_labels=GERMAN).by_key) == ["hubspot:deal:1"]


def test_further_labels_and_words_are_understood(read_csv: Read) -> None:
    reading = read_csv(DEALS, hubspot_labels=GERMAN)
    assert (deal(reading).name, deal(reading).amount, deal(reading).status) == ("Hafen", "5", "won")
    assert deal(reading, "2").status == "lost"


def test_further_words_are_booleans(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Name,Is Closed Won\n1,A,JA\n", hubspot_labels=GERMAN)
    assert deal(reading).status == "won"


def test_objects_of_another_language_are_told_apart(read_csv: Read) -> None:
    contacts = "Datensatz-ID,Vorname,Nachname,E-Mail\n8,Änne,Test,aenne@acme.example\n"
    reading = read_csv(contacts, hubspot_labels=GERMAN)
    head = reading.by_key["hubspot:contact:8"].head
    assert isinstance(head, Contact)
    assert (head.name, head.email) == ("Änne Test", "aenne@acme.example")
    reading = read_csv("Datensatz-ID,Unternehmensname\n7,Acme\n", hubspot_labels=GERMAN)
    assert list(reading.by_key) == ["hubspot:company:7"]


def test_required_column_of_another_language_is_missed(read_csv: Read) -> None:
    (problem,) = read_csv("Dealname,Deal-Phase\nA,B\n", hubspot_labels=GERMAN).problems
    assert problem.reason == "missing_columns"
    assert "headers seen: Dealname, Deal-Phase" in problem.detail
    assert "HUBSPOT_LABELS" in problem.remedy


def test_label_of_the_settings_goes_before_a_built_in_one(read_csv: Read) -> None:
    labels = '[deals]\namount = "Contract value"\n'
    text = "Record ID,Deal Name,Amount,Contract value\n1,A,5,7\n"
    reading = read_csv(text, hubspot_labels=labels)
    assert deal(reading).amount == "7"
    assert reading.items[0].summary.findings == ()
    assert deal(read_csv(text)).amount == "5"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("deals", "Expected"),
        ("[deal]\nid = 'x'", "'deal' is none of its tables"),
        ("deals = 'x'", "'deals' is none of its tables"),
        ("[deals]\nnmae = 'x'", "has no 'nmae': use amount, close_date"),
        ("[words]\nmaybe = 'x'", "has no 'maybe': use lost, no, won, yes"),
        ("[deals]\nid = 7", "'id' of .deals. must be a text"),
        ("[deals]\nid = [' ']", "must be a text"),
        ("[deals]\nid = 'x'\nname = 'X '", "gives 'x' to 'id' and 'name'"),
    ],
)
def test_file_that_cannot_be_used_is_refused_in_plain_words(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        source("hubspot", hubspot_labels=text)


@pytest.mark.parametrize("kind", FIELDS)
def test_built_in_label_is_spelt_plainly_and_means_one_thing(kind: Kind) -> None:
    labels = [label for group in FIELDS[kind].values() for label in group]
    assert labels == list(map(normal, labels))
    assert len(set(labels)) == len(labels)
