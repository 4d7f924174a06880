"""Whose a CRM record is, when the association stands in another record's export only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etl import current, placing
from etl.knowing import crm_summary
from etl.mapping.read import read_mapping
from etl.matching.company_index import build_index
from etl.matching.matcher import Matcher
from etl.merging import merge_all
from etl.reading import Job, read_batch
from etl.state import State
from etl.statistics import Statistics
from sources import registry
from sources._archive import FolderTree
from sources.protocol import ReaderOptions, Unit

MAPPING = b"base_company,calendar_domain\nAcme,acme.example\nGlobex,globex.example\n"
DEALS = "Record ID,Deal Name\n1,Harbour\n"
ACME = "Record ID,Company name,Company Domain Name,Associated Deal IDs\n7,A. Inc,acme.example,1\n"
CONTACT = "Record ID,Email,Associated Deal IDs\n8,ann@acme.example,1\n"

Places = Callable[..., dict[str, list[str]]]


@pytest.fixture
def places(tmp_path: Path, state: State) -> Places:
    """Where the records of these files stand: company names by key."""

    def run(*texts: str) -> dict[str, list[str]]:
        data, spool = tmp_path / "data", tmp_path / "spool"
        data.mkdir()
        spool.mkdir()
        for number, text in enumerate(texts):
            (data / f"x-2024-01-{number + 1:02}.csv").write_text(text, encoding="utf-8")
        source = registry.load("hubspot", ReaderOptions())
        units = tuple(u for u in source.discover(FolderTree(data)) if isinstance(u, Unit))
        assert len(units) == len(texts)
        job = Job(source="hubspot", options=ReaderOptions(), units=units, spool_dir=str(spool))
        state.commit(read_batch(job), [unit.name for unit in units])
        state.execute("INSERT INTO current SELECT id FROM units")
        current.make_live(state, merge_all(state, {"hubspot": source}, str(spool)))
        mapping = read_mapping(MAPPING)
        index = build_index(mapping, ["Ourco"])
        matcher = Matcher(index, ["Ourco"], [], lambda key: crm_summary(state, key))
        statistics = Statistics(mapping.companies)
        found: dict[str, list[str]] = {
            s.key: [] for s in placing.place_all(state, matcher, statistics)
        }
        for key, company in state.query(
            "SELECT key, company FROM placements WHERE bucket = 'companies' ORDER BY company"
        ):
            found[key].append(company)
        return found

    return run


@pytest.mark.parametrize("listing", [ACME, CONTACT])
def test_deal_is_of_the_company_that_lists_it(places: Places, listing: str) -> None:
    assert places(DEALS, listing)["hubspot:deal:1"] == ["Acme"]


def test_deal_that_nobody_lists_is_nobodys(places: Places) -> None:
    found = places("Record ID,Deal Name\n1,Harbour\n2,Mill\n", ACME)
    assert found["hubspot:deal:2"] == []


def test_deal_is_of_its_own_company_and_of_that_which_lists_it(places: Places) -> None:
    found = places(
        "Record ID,Deal Name,Associated Company IDs\n1,Harbour,6\n",
        "Record ID,Company name,Company Domain Name,Associated Deal IDs\n"
        "6,G,globex.example,\n7,A,acme.example,1\n",
    )
    assert found["hubspot:deal:1"] == ["Acme", "Globex"]


def test_contact_is_of_the_company_that_lists_it(places: Places) -> None:
    found = places(
        "Record ID,First Name\n8,Ann\n",
        "Record ID,Company name,Company Domain Name,Associated Contact IDs\n7,A,acme.example,8\n",
    )
    assert found["hubspot:contact:8"] == ["Acme"]


def test_note_on_a_deal_is_of_the_company_that_lists_the_deal(places: Places) -> None:
    note = "Record ID,Body,Activity date,Associated Deal IDs\n9,They called,2024-01-01,1\n"
    assert places(DEALS, ACME, note)["hubspot:activity:9"] == ["Acme"]


def test_company_and_contact_are_not_of_those_their_deal_is_of(places: Places) -> None:
    found = places(
        "Record ID,Deal Name,Associated Company IDs\n1,Harbour,6\n",
        "Record ID,Company name,Company Domain Name,Associated Deal IDs\n"
        "6,G,globex.example,\n7,Mill,,1\n",
        "Record ID,First Name,Associated Deal IDs\n8,Ann,1\n",
    )
    assert found["hubspot:deal:1"] == ["Globex"]
    assert found["hubspot:company:7"] == found["hubspot:contact:8"] == []


def test_company_of_another_portal_does_not_lend_its_deals(places: Places) -> None:
    header = "Record ID,Company name,Create Date,Company Domain Name,Associated Deal IDs\n"
    found = places(
        DEALS,
        header + "7,A,2020-01-01 10:00,acme.example,1\n",
        header + "7,G,2023-01-01 10:00,globex.example,\n",
    )
    assert found["hubspot:deal:1"] == []
    assert len(found) == 3


SURVIVOR = (
    "Record ID,Company name,Company Domain Name,Merged object IDs\n7,A. Inc,acme.example,5;6\n"
)
OLD_DEAL = "Record ID,Deal Name,Associated Company IDs\n1,Harbour,5\n"
OLD_COMPANY = "Record ID,Company name\n5,Old one\n"


@pytest.mark.parametrize("older", [(), (OLD_COMPANY,)])
def test_company_that_was_merged_away_leads_to_the_one_that_goes_on(
    places: Places, older: tuple[str, ...]
) -> None:
    found = places(OLD_DEAL, *older, SURVIVOR)
    assert found == {"hubspot:deal:1": ["Acme"], "hubspot:company:7": ["Acme"]}


def test_company_that_two_go_on_for_leads_to_neither(places: Places) -> None:
    other = SURVIVOR.replace("\n7,A. Inc,acme", "\n8,G. Inc,globex")
    assert places(OLD_DEAL, SURVIVOR, other)["hubspot:deal:1"] == []


def test_deal_that_was_merged_away_is_listed_all_the_same(places: Places) -> None:
    found = places("Record ID,Deal Name,Merged object IDs\n3,Harbour,1;2\n", ACME)
    assert found["hubspot:deal:3"] == ["Acme"]


def test_company_merged_into_one_that_shares_its_id_leads_nowhere(places: Places) -> None:
    header = "Record ID,Company name,Create Date,Company Domain Name,Merged object IDs\n"
    found = places(
        OLD_DEAL,
        header + "7,A,2020-01-01 10:00,acme.example,5\n",
        header + "7,G,2023-01-01 10:00,globex.example,\n",
    )
    assert found["hubspot:deal:1"] == []
