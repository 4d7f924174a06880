"""Against the synthetic exports beside the project, where they are present."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from sources.records import Deal
from tests.reading import Reading, merge, read_archive, source

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "hubspot"


@pytest.fixture(scope="module")
def reading() -> Reading:
    if not CORPUS.is_dir():
        pytest.skip(f"{CORPUS.name} exports are not beside the project")
    return read_archive(source("hubspot"), CORPUS)


def test_three_deals_in_two_files_with_every_row_accounted_for(reading: Reading) -> None:
    assert (reading.account.found, reading.account.accepted) == (4, 4)
    assert not reading.problems
    assert sorted(reading.by_key) == [f"hubspot:deal:900000000{n}" for n in (1, 2, 3)]


def test_amounts_names_and_ids_are_as_expected(reading: Reading) -> None:
    english = [read.head for read in reading.items if "all-deals" in read.summary.archive]
    deals = [head for head in english if isinstance(head, Deal)]
    assert sum(Decimal(deal.amount or 0) for deal in deals) == Decimal("126234.5")
    third = deals[2]
    assert third.name.count("\n") == 1
    assert (len(third.company_ids), third.company_names) == (2, ())


def test_deal_met_in_both_languages_is_one(reading: Reading) -> None:
    twice = [read for read in reading.items if read.summary.key == "hubspot:deal:9000000001"]
    merged = merge(source("hubspot"), sorted(twice, key=lambda read: read.summary.version))
    deal = merged.items[0].head
    assert isinstance(deal, Deal)
    assert (deal.status, deal.pipeline, deal.contact_ids) == (
        "won",
        "Sales Pipeline",
        ("8001", "8002"),
    )
    assert merged.account.duplicate == 1
