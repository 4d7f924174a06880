"""Cases that tools like this are known to get wrong, each with a corpus that tempts."""

from __future__ import annotations

import pytest

from tests.etl.matching.corpus import Entry, beside, chats, decide, item, said

ROWS = """\
base_company,variant_name,slack_group,telegram_group,calendar_domain
allferns,,,,allferns.example
lugaferns,,,,lugaferns.example
fernders,,,,
gorse,,-,N/A,gmail.com
corvid-one,,,,
p2p,,,,co.uk
acme,,,,acme.co.uk
tarn,,,,tarn.github.io
mirador,,,,mirador.example
mirador-2,mirador,,,mirador.test
"""
CORPUS = beside("C trading <> Ourco", "Allferns", "Lugaferns", "Fernders", "Acme", "Tarn", "Gorse")


def found(entry: Entry, *more: Entry) -> tuple[str, list[str]]:
    decision = decide(entry, *CORPUS, *more, rows=ROWS)
    return decision.status, [company for company, _ in said(decision)[1]]


@pytest.mark.parametrize("name", ["allferns", "lugaferns", "fernders"])
def test_names_that_share_our_name_behind_them_are_not_alike(name: str) -> None:
    assert found(item("slack", f"{name}-ourco", flags=("ext_shared",))) == ("matched", [name])


def test_another_firm_that_shares_all_but_a_few_letters_is_nobody() -> None:
    others = chats("Noferns | Ourco", "Ourco / Noferns")
    assert found(item("slack", "noferns-ourco", flags=("ext_shared",)), *others)[0] == "unmatched"


def test_a_longer_word_is_another_name_and_an_idiom_is_none() -> None:
    assert found(*chats("Gorse <> Ourco")) == ("matched", ["gorse"])
    assert found(*chats("Gorseworks <> Ourco")) == ("unmatched", [])
    assert found(*chats("Gorse cutting schedule (garden)")) == ("unmatched", [])


def test_a_common_word_beside_one_that_many_have_is_nobody_without_us() -> None:
    assert found(*chats("P2P trading Lisbon")) == ("unmatched", [])
    assert found(*chats("P2P trading <> Ourco")) == ("matched", ["p2p"])


def test_letters_of_another_script_are_read_as_they_look() -> None:
    assert found(*chats("Асме <> Ourco")) == ("matched", ["acme"])


@pytest.mark.parametrize("email", ["a@co.uk", "a@github.io", "gorse@gmail.com", "a@gmail.com"])
def test_what_is_everybodys_is_nobodys(email: str) -> None:
    assert found(item("calendar", "Weekly", emails=(email,))) == ("unmatched", [])


@pytest.mark.parametrize("title", ["-", "N/A"])
def test_a_placeholder_is_no_group(title: str) -> None:
    assert found(*chats(title)) == ("unmatched", [])
    assert found(item("slack", title)) == ("unmatched", [])


def test_who_introduced_a_deal_does_not_get_it() -> None:
    via = item("deal", "Foo Capital (via Gorse)", companies=("Foo Capital",))
    assert found(via) == ("review", ["gorse"])


def test_two_companies_of_one_name_are_told_apart_by_domain_only() -> None:
    assert found(*chats("Mirador trading <> Ourco")) == ("review", ["mirador", "mirador-2"])
    guest = item("calendar", "Mirador <> Ourco", emails=("a@mirador.test",))
    assert found(guest) == ("matched", ["mirador-2"])


@pytest.mark.parametrize("name", ["Corvid One", "corvidone", "corvid-one", "CORVID  ONE"])
def test_one_name_however_it_is_spaced(name: str) -> None:
    assert found(*chats(f"{name} trading | Ourco")) == ("matched", ["corvid-one"])
