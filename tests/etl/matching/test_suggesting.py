"""Rows that would settle what the mapping cannot settle now."""

from __future__ import annotations

import random

import msgspec
import pytest

from etl.mapping.read import read_mapping
from etl.matching.suggesting import COLUMNS, as_csv_rows
from tests.etl.matching.corpus import ROWS, Entry, chats, item, learnt

HEADER = "base_company,variant_name,slack_group,telegram_group,calendar_domain\n"


def rows(
    *corpus: Entry, mapping: str = ROWS, maybe_ours: tuple[str, ...] = ()
) -> list[dict[str, str]]:
    matcher = learnt(corpus, mapping)
    suggesting = matcher.suggesting(maybe_ours)
    for number, (summary, people) in enumerate(corpus):
        keyed = msgspec.structs.replace(summary, key=str(number))
        suggesting.add(keyed, matcher.match(summary, people))
    return list(suggesting.rows())


def test_a_chat_in_review_offers_itself_as_a_group() -> None:
    (row,) = rows(*chats("Gorse & Sons <> Ourco"))
    assert row == {
        "base_company": "gorse",
        "telegram_group": "Gorse & Sons <> Ourco",
        "items": "1",
        "reason": "settles what is in review",
    }


@pytest.mark.parametrize("title", ["Ourco x", "and Ourco", "Ourco with OC"])
def test_our_name_and_only_a_connector_name_no_company(title: str) -> None:
    assert rows(*chats(title)) == []


def test_a_pasted_row_is_an_explicit_match() -> None:
    chat = chats("Gorse & Sons <> Ourco")
    (row,) = rows(*chat)
    pasted = ",".join(row.get(column, "") for column in COLUMNS[:5])
    decision = learnt(chat, f"{HEADER}{pasted}\n").match(*chat[0])
    assert [(match.company, match.method) for match in decision.matches] == [("gorse", "explicit")]


def test_of_several_candidates_each_is_offered() -> None:
    both = HEADER + "a,Mirador,,,\nb,Mirador,,,\n"
    found = rows(item("slack", "mirador-ourco"), mapping=both)
    assert [(row["base_company"], row["slack_group"]) for row in found] == [
        ("a", "mirador-ourco"),
        ("b", "mirador-ourco"),
    ]
    assert found[0]["reason"] == "settles what is in review; one of a, b"


def test_guests_of_what_only_a_name_matched_offer_their_domain() -> None:
    mapping = HEADER + "gorse,,,,\n"
    meeting = item("calendar", "Gorse <> Ourco", emails=("a@gorse-works.test", "b@ourco.example"))
    (row,) = rows(meeting, meeting, mapping=mapping)
    assert (row["base_company"], row["calendar_domain"]) == ("gorse", "gorse-works.test")
    assert row["items"] == "2"
    stranger = item("calendar", "Gorse <> Ourco", emails=("a@other.test",))
    assert rows(stranger, mapping=mapping) == []


def test_with_an_empty_mapping_the_rows_are_a_first_one() -> None:
    corpus = [
        *chats("Zorg Works <> Ourco", "Ourco | Quux"),
        item("deal", "Renewal", companies=("Zorg Works Ltd",), emails=("a@zorg.test",)),
        item("calendar", "Weekly", emails=("b@zorg.test", "c@ourco.example", "d@gmail.com")),
        item("calendar", "Weekly", emails=("b@lone.test",)),
    ]
    found = rows(*corpus, mapping=HEADER)
    assert [row["base_company"] for row in found] == ["Zorg Works", "lone"]
    assert found[0]["telegram_group"] == "Zorg Works <> Ourco"
    assert found[0]["calendar_domain"] == "zorg.test"
    assert found[0]["items"] == "3"
    assert found[0]["reason"] == (
        "not in the mapping: named in the CRM, named in titles, "
        "seen as a domain of guests or contacts"
    )


@pytest.mark.parametrize("flag", ["personal", "public"])
def test_people_and_public_channels_are_no_companies(flag: str) -> None:
    chat = item("telegram", "Zorg <> Ourco", flags=(flag,))
    assert rows(chat, chat, mapping=HEADER) == []


@pytest.mark.parametrize("maybe_ours", [("wefirm.example",), ("We Firm",)])
def test_a_name_or_domain_that_may_be_ours_is_no_customer(maybe_ours: tuple[str, ...]) -> None:
    corpus = (
        item("calendar", "Weekly", emails=("a@wefirm.example", "b@lone.test")),
        item("deal", "Renewal", companies=("We Firm Ltd",)),
    )
    found = rows(*corpus, mapping=HEADER, maybe_ours=maybe_ours)
    assert [row["base_company"] for row in found] == ["lone"]
    assert len(rows(*corpus, mapping=HEADER)) > 1


def test_a_domain_called_like_us_is_no_customer_and_a_short_one_may_be() -> None:
    meeting = item("calendar", "Weekly", emails=("a@ourco.test", "b@oc.test"))
    assert [row["base_company"] for row in rows(meeting, mapping=HEADER)] == ["oc"]


def test_a_domain_called_like_a_mapped_company_is_offered_to_it_once() -> None:
    corpus = [
        item("calendar", "Gorse Works <> Ourco", emails=("a@gorseworks.test",)),
        item("calendar", "Weekly", emails=("b@gorseworks.test",)),
        item("calendar", "Weekly", emails=("b@gorseworks.test",)),
    ]
    (row,) = rows(*corpus, mapping=HEADER + "Gorse Works,,,,\n")
    assert (row["base_company"], row["calendar_domain"]) == ("Gorse Works", "gorseworks.test")
    assert row["items"] == "3"
    assert row["reason"] == (
        "a domain of guests or contacts that is called like it; "
        "guests of meetings and deals that only its name matched"
    )


def test_a_domain_that_is_offered_to_a_mapped_company_is_no_new_one() -> None:
    corpus = (
        item("calendar", "Gorse Works <> Ourco", emails=("a@gorse-w.test",)),
        item("calendar", "Weekly", emails=("b@gorse-w.test",)),
    )
    (row,) = rows(*corpus, mapping=HEADER + "Gorse Works,,,,\n")
    assert (row["base_company"], row["calendar_domain"]) == ("Gorse Works", "gorse-w.test")


def test_a_domain_called_like_what_is_nobodys_is_not_offered() -> None:
    mapping = "base_company,variant_type\nNotetaker,ignore\n"
    meeting = item("calendar", "Weekly", emails=("b@notetaker.test",))
    assert rows(meeting, mapping=mapping) == []


def test_rows_do_not_depend_on_the_order_and_can_be_read_back() -> None:
    corpus = [
        *chats("Gorse & Sons <> Ourco", "Acme Pay | Ourco", "Zorg <> Ourco", "Ourco | Zorg"),
        item("calendar", "Weekly", emails=("b@zorg.test", "x@quux.test")),
    ]
    expected = rows(*corpus)
    for seed in range(3):
        random.Random(seed).shuffle(corpus)
        assert rows(*corpus) == expected
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in as_csv_rows(expected))
    mapping = read_mapping(text.encode())
    assert len(mapping.rows) == len(expected)
