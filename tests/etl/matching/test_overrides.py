"""What the mapping says of words, against what the items teach."""

from __future__ import annotations

import pytest

from etl.mapping.read import read_mapping
from etl.matching.overrides import overrides_of
from tests.etl.matching.corpus import BILLING, Entry, chats, item, learnt, said

HEAD = "base_company,calendar_domain,variant_name,variant_type\n"
COMPANIES = "acme,acme.example,,\nbrindle,,,\ndunlin,,,\nemberfold,,,\nfigtree,,,\ngorse,,,\n"
COMPANIES += "fern-labs,,,\nBridge,,,\n"


def told(kind: str, *words: str) -> str:
    return HEAD + COMPANIES + "".join(f",,{word},{kind}\n" for word in words)


def found(title: str, *corpus: Entry, rows: str = HEAD + COMPANIES) -> tuple[str, list[str]]:
    (entry,) = chats(title)
    decision = learnt([*corpus, entry], rows).match(*entry)
    return decision.status, [method for _, method in said(decision)[1]]


MATCHED, REVIEW = ("matched", ["segment"]), ("review", ["segment"])


def test_a_word_needs_no_other_company_beside_it() -> None:
    title = "Gorse Paperwork 12 <> Ourco"
    assert found(title) == REVIEW
    assert found(title, rows=told("word", "paperwork 3")) == MATCHED
    assert found(title, rows=told("word", "Paperwork")) == REVIEW  # the number says something
    assert found("Paperwork Gorse / Ourco", rows=told("word", "paperwork")) == MATCHED


def test_a_word_and_what_is_learnt_add_up_and_the_evidence_says_which() -> None:
    rows = told("word", "paperwork")
    (entry,) = chats("Gorse paperwork billing <> Ourco")
    (match,) = learnt([*BILLING, entry], rows).match(*entry).matches
    assert match.evidence.detail == "'paperwork billing' stands beside 5 other companies"
    (entry,) = chats("Gorse paperwork <> Ourco")
    (match,) = learnt([*BILLING, entry], rows).match(*entry).matches
    assert match.evidence.detail == "'paperwork' is no name, says the mapping"


def test_a_name_is_never_excused_however_many_it_stands_beside() -> None:
    title = "Gorse billing <> Ourco"
    assert found(title, *BILLING) == MATCHED
    assert found(title, *BILLING, rows=told("name", "Billing")) == REVIEW
    assert found("Gorse monthly billing <> Ourco", *BILLING, rows=told("name", "billing")) == REVIEW


def test_a_mapped_name_within_anothers_is_not_meant() -> None:
    rows = told("name", "Gorse Hosts") + ",,hosts,word\n"
    assert found("Gorse hosts <> Ourco", rows=rows) == REVIEW
    assert found("Gorse <> Ourco", rows=rows) == MATCHED
    assert found("Acme hosts <> Ourco", rows=rows) == MATCHED


def test_a_word_is_no_name_of_somebody_else() -> None:
    guest = item("calendar", "W", emails=("ann@paperwork.example",))
    deals = [item("deal", "D", companies=("Paperwork",)) for _ in range(9)]
    title = "Acme & Paperwork <> Ourco"
    # another party takes part; a word does not, and half a pair is half a pair
    assert found(title, guest, *deals) == MATCHED
    assert found(title, guest, *deals, rows=told("word", "Paperwork")) == MATCHED
    matcher = learnt([guest, *deals], told("word", "Paperwork"))
    assert not {"paperwork"} & matcher.learnt.foreign
    assert matcher.learnt.as_a_name(("paperwork",)) == 0
    assert "paperwork" in learnt([guest, *deals]).learnt.foreign


def test_neither_is_a_slip_or_a_short_name_of_a_company() -> None:
    for kind in ("word", "name"):
        assert found("Emberfald <> Ourco") == ("matched", ["typo"])
        assert found("Emberfald <> Ourco", rows=told(kind, "emberfald"))[0] == "unmatched"
        assert found("Fern <> Ourco") == ("matched", ["core"])
        assert found("Fern <> Ourco", rows=told(kind, "fern"))[0] == "unmatched"


def test_a_company_that_is_called_like_a_word_needs_more_evidence() -> None:
    meeting = item("calendar", "Bridge | standup")
    loose = chats("the bridge across")

    def status(rows: str, *corpus: Entry) -> str:
        return learnt([*corpus, meeting], rows).match(*meeting).status

    plain = HEAD + COMPANIES
    assert (status(plain), status(plain, *loose)) == ("matched", "review")
    assert status(told("word", "Bridge")) == "review"
    assert status(told("name", "Bridge"), *loose) == "matched"


def test_a_name_of_the_mapping_is_nobody_elses_whatever_a_row_says() -> None:
    assert found("Gorse <> Ourco", rows=told("name", "Gorse")) == MATCHED
    assert "gorse" not in learnt([], told("name", "Gorse")).learnt.foreign


def test_what_is_said_to_be_both_is_a_name() -> None:
    for rows in (",,Mining,word\n,,mining,name\n", ",,mining,name\n,,Mining,word\n"):
        both = overrides_of(read_mapping((HEAD + rows).encode()))
        assert (list(both.words), list(both.names)) == ([], ["mining"])
        assert (set(both.word_keys), set(both.name_keys)) == (set(), {"mining"})


def test_a_word_is_offered_as_no_company() -> None:
    deal = item("deal", "Renewal", companies=("Zorg",))

    def offered(rows: str) -> list[str]:
        matcher = learnt([deal], rows)
        suggesting = matcher.suggesting()
        suggesting.add(deal[0], matcher.match(*deal))
        return [row["base_company"] for row in suggesting.rows()]

    assert offered(told("name", "Zorg")) == ["Zorg"]
    assert offered(told("word", "Zorg")) == []


@pytest.mark.parametrize(("kind", "line"), [("word", 10), ("name", 10)])
def test_the_line_that_says_so_is_known(kind: str, line: int) -> None:
    both = overrides_of(read_mapping(told(kind, "cold storage").encode()))
    tokens = ("cold", "storage")
    assert (both.word(tokens), both.name_in(("the", *tokens))) == (
        (line, 0) if kind == "word" else (0, line)
    )
    assert both.name_in(("cold",)) == both.word(("storage",)) == 0
