"""The same record in several exports is one item."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest

from sources.hubspot.reading import export_date
from sources.records import Contact, CrmCompany, Deal
from tests.reading import Reading, merge, source

Read = Callable[..., Reading]

OLD = (
    "Record ID,Deal Name,Deal Stage,Amount,Pipeline,Associated Contact IDs,Associated Contact,"
    "Associated Company IDs,Associated Company\n"
    "1,Old,Contract Sent,5,Sales,8,Ann (ann@acme.example),7,Acme\n"
)
NEW = "ID de registro,Nombre del negocio,Etapa del negocio,Cantidad\n1,Nuevo,Cierre ganado,\n"


def _both(read_csv: Read, old: str, new: str) -> Reading:
    name = "export-2024-01-01.csv"
    first = read_csv(old, name).items
    second = read_csv(new, name.replace("01-01", "02-01")).items
    return merge(source("hubspot"), [first[0], second[-1]])


def test_newest_decides_only_what_it_has_columns_for(read_csv: Read) -> None:
    reading = _both(read_csv, OLD, NEW)
    assert len(reading.items) == 1
    deal = reading.items[0].head
    assert isinstance(deal, Deal)
    assert (deal.name, deal.stage, deal.status) == ("Nuevo", "Cierre ganado", "won")
    assert deal.amount is None, "a blank cell is known to be blank"
    assert (deal.pipeline, deal.company_ids, deal.contact_ids) == ("Sales", ("7",), ("8",))


def test_evidence_follows_the_merged_head(read_csv: Read) -> None:
    summary = _both(read_csv, OLD, NEW).items[0].summary
    assert (summary.key, summary.title) == ("hubspot:deal:1", "Nuevo")
    assert summary.archive == "export-2024-02-01.csv"
    assert summary.version == ("2024-02-01", "")
    assert summary.emails == ("ann@acme.example",)
    assert (summary.companies, summary.company_ids) == (("Acme",), ("7",))
    assert "merged" in [finding.kind for finding in summary.findings]
    assert set(summary.known) >= {"pipeline", "stage", "company_ids"}


def test_merging_says_one_less_accepted(read_csv: Read) -> None:
    account = _both(read_csv, OLD, NEW).account
    assert (account.accepted, account.duplicate, account.found) == (-1, 1, 0)


def test_unreadable_cell_does_not_replace_what_was_known(read_csv: Read) -> None:
    reading = _both(
        read_csv,
        "Record ID,Deal Name,Close Date\n1,One,2024-03-05\n",
        "Record ID,Deal Name,Close Date\n1,One,03/05/2024\n",
    )
    deal = reading.items[0].head
    assert isinstance(deal, Deal)
    assert deal.close_date == "2024-03-05"
    assert "ambiguous_date" in [finding.kind for finding in reading.items[0].summary.findings]


def test_contacts_replaced_by_none_take_their_addresses_with_them(read_csv: Read) -> None:
    header = "Record ID,Deal Name,Associated Contact\n"
    reading = _both(read_csv, header + "1,One,Ann (ann@acme.example)\n", header + "1,One,\n")
    assert reading.items[0].summary.emails == ()


def test_companies_and_contacts_merge_too(read_csv: Read) -> None:
    reading = _both(
        read_csv,
        "Record ID,Company name,Company Domain Name\n7,Acme,acme.example\n",
        "Record ID,Company name,Website URL\n7,Acme Ltd,www.acme.example\n",
    )
    company = reading.items[0].head
    assert isinstance(company, CrmCompany)
    assert (company.name, company.domain) == ("Acme Ltd", "acme.example")
    assert reading.items[0].summary.domains == ("acme.example", "www.acme.example")
    reading = _both(
        read_csv,
        "Record ID,Email,Job Title\n8,ann@acme.example,Buyer\n",
        "Record ID,Email\n8,ann@new.example\n",
    )
    contact = reading.items[0].head
    assert isinstance(contact, Contact)
    assert (contact.emails, contact.job_title) == (("ann@new.example",), "Buyer")


def test_merging_again_with_an_older_reading_changes_nothing_newer(read_csv: Read) -> None:
    rows = "Record ID,Deal Name\n1,First\n1,Second\n1,Third\n"
    items = read_csv(rows).items
    reading = merge(source("hubspot"), items)
    assert reading.items[0].summary.title == "Third"
    assert reading.account.duplicate == 2


DATED = "Record ID,Deal Name,Create Date,Amount\n"
ACME = DATED + "1,Acme deal,2024-01-05 10:00,5\n"
GLOBEX = DATED + "1,Globex deal,2024-03-09 10:00,7\n"


def _all(read_csv: Read, *texts: str) -> Reading:
    """One row of each file, merged in this order."""
    items = []
    for number, text in enumerate(texts):
        found = read_csv(text, f"{number}.csv").items
        items += [item for item in found if item.summary.archive == f"{number}.csv"]
    return merge(source("hubspot"), items)


def _kinds(reading: Reading) -> list[set[str]]:
    return [{finding.kind for finding in item.summary.findings} for item in reading.items]


def test_another_name_and_create_date_is_another_record(read_csv: Read) -> None:
    found = []
    for texts in permutations((ACME, GLOBEX, ACME.replace(",5", ",6"))):
        reading = _all(read_csv, *texts)
        assert (reading.account.accepted, reading.account.duplicate) == (-1, 1)
        assert all("id_shared" in kinds for kinds in _kinds(reading))
        found.append({key: item.summary.title for key, item in reading.by_key.items()})
    assert len(found[0]) == 2
    assert all(one == found[0] for one in found)
    assert all(key.startswith("hubspot:deal:1:") for key in found[0])


def test_record_that_stands_apart_keeps_its_own_fields(read_csv: Read) -> None:
    amounts = {
        item.head.name: item.head.amount
        for item in _all(read_csv, ACME, GLOBEX).items
        if isinstance(item.head, Deal)
    }
    assert amounts == {"Acme deal": "5", "Globex deal": "7"}


@pytest.mark.parametrize(
    "row",
    [
        "1,Acme  DEAL,2024-03-09 10:00,7",  # the same name
        "1,Globex deal,2024-01-06 00:30,7",  # the same moment in another zone
    ],
)
def test_same_name_or_create_date_is_the_same_record(read_csv: Read, row: str) -> None:
    reading = _all(read_csv, ACME, f"{DATED}{row}\n")
    assert list(reading.by_key) == ["hubspot:deal:1"]
    assert "names_differ" not in _kinds(reading)[0]


def test_without_create_dates_names_that_differ_are_told(read_csv: Read) -> None:
    reading = _all(read_csv, ACME, "Record ID,Deal Name\n1,Globex deal\n")
    assert list(reading.by_key) == ["hubspot:deal:1"]
    assert _kinds(reading)[0] >= {"merged", "names_differ"}


def test_row_without_create_date_is_of_the_record_with_its_name(read_csv: Read) -> None:
    bare = "Record ID,Deal Name,Pipeline\n1,Globex deal,Sales\n"
    for texts in permutations((ACME, GLOBEX, bare)):
        pipelines = {
            item.head.name: item.head.pipeline
            for item in _all(read_csv, *texts).items
            if isinstance(item.head, Deal)
        }
        assert pipelines == {"Acme deal": None, "Globex deal": "Sales"}


def test_row_that_may_be_of_either_record_stands_alone(read_csv: Read) -> None:
    bare = "Record ID,Deal Name\n1,Initech deal\n"
    keys = {tuple(sorted(_all(read_csv, *t).by_key)) for t in permutations((ACME, GLOBEX, bare))}
    assert len(keys) == 1
    assert len(keys.pop()) == 3


def test_row_without_a_name_is_of_the_record(read_csv: Read) -> None:
    reading = _all(read_csv, ACME, DATED + "1,,2024-03-09 10:00,7\n")
    assert list(reading.by_key) == ["hubspot:deal:1"]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("deals-2025-03-14.csv", "deals-2025-03-14-1.csv"),
        ("deals-2025-03-14.csv", "deals-2025-03-14 (1).csv"),
        ("deals-2025-03-14-2.csv", "deals-2025-03-14-10.csv"),
        ("deals-2025-03-14 (9).csv", "deals-2025-03-15.csv"),
        ("z-2025-03-14.zip!deals-2025-03-14.csv", "z-2025-03-14 (1).zip!deals-2025-03-14.csv"),
        ("z-2025-03-14 (1).zip!deals-2025-03-14.csv", "z-2025-03-14.zip!deals-2025-03-14-2.csv"),
        ("z-2025-03-14-7.zip!deals-2025-03-14.csv", "deals-2025-03-15.csv"),
        ("deals.csv", "deals-2025-03-14.csv"),
    ],
)
def test_later_download_of_one_day_is_newer(older: str, newer: str) -> None:
    assert export_date(older) < export_date(newer)


def test_every_finding_is_a_sentence(read_csv: Read) -> None:
    reading = _all(
        read_csv,
        "Record ID,Deal Name,Create Date,Close Date,Amount\n1,A,2024-01-05 10:00,03/04/2024,1\n",
        'Record ID,Deal Name,Create Date,Amount\n1,B,2024-05-05 10:00,"1,234"\n',
        "Record ID,Deal Name,Deal Stage\n1,C,123\n",
    )
    details = [finding.detail for item in reading.items for finding in item.summary.findings]
    assert len(details) > 6
    assert all(detail.endswith(".") for detail in details), details
