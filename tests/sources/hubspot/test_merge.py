"""The same record in several exports is one item."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import pytest

from sources.hubspot.reading import export_date
from sources.records import Contact, CrmCompany, Deal
from tests.reading import Read as ReadItem
from tests.reading import Reading, merge, source

Read = Callable[..., Reading]

OLD = (
    "Record ID,Deal Name,Deal Stage,Amount,Pipeline,Associated Contact IDs,Associated Contact,"
    "Associated Company IDs,Associated Company,Create Date\n"
    "1,Old,Contract Sent,5,Sales,8,Ann (ann@acme.example),7,Acme,2024-01-05 10:00\n"
)
NEW = (
    "ID de registro,Nombre del negocio,Etapa del negocio,Cantidad,Fecha de creación\n"
    "1,Nuevo,Cierre ganado,,2024-01-05 11:00\n"
)


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
        "Record ID,Email,Job Title,First Name\n8,ann@acme.example,Buyer,Ann\n",
        "Record ID,Email,First Name\n8,ann@new.example,Ann\n",
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


BARE = "Record ID,Deal Name,Amount\n1,{},{}\n"


def test_without_create_dates_deals_of_other_names_are_never_one(read_csv: Read) -> None:
    for texts in permutations((BARE.format("Acme deal", 5), BARE.format("Globex deal", 7))):
        reading = _all(read_csv, *texts)
        amounts = {
            item.head.name: item.head.amount
            for item in reading.items
            if isinstance(item.head, Deal)
        }
        assert amounts == {"Acme deal": "5", "Globex deal": "7"}
        assert len(reading.by_key) == 2
        assert (reading.account.accepted, reading.account.duplicate) == (0, 0)
        assert all(kinds >= {"id_shared", "names_differ"} for kinds in _kinds(reading))


def test_one_create_date_does_not_tell_deals_of_other_names_to_be_one(read_csv: Read) -> None:
    reading = _all(read_csv, ACME, BARE.format("Globex deal", 7))
    kinds = {item.summary.title: "names_differ" in k for item, k in _told(reading)}
    assert kinds == {"Acme deal": False, "Globex deal": True}


def _told(reading: Reading) -> list[tuple[ReadItem, set[str]]]:
    return list(zip(reading.items, _kinds(reading), strict=True))


def test_rows_of_one_file_are_of_one_record_whatever_their_names(read_csv: Read) -> None:
    text = "Record ID,Deal Name\n1,Acme deal\n1,Renamed\n"
    items = read_csv(text).items
    assert [item.summary.title for item in merge(source("hubspot"), items).items] == ["Renamed"]


TERMS = "Record ID,Deal Name,Amount,Close Date,Associated Company IDs\n"


def test_deal_named_in_two_languages_is_one_by_its_terms(read_csv: Read) -> None:
    reading = _all(
        read_csv,
        TERMS + "1,Rollout,125000,2024-03-31 17:00,7;8\n",
        TERMS + "1,Despliegue,125000.00,2024-03-31,7\n",
    )
    assert list(reading.by_key) == ["hubspot:deal:1"]


@pytest.mark.parametrize(
    "row",
    ["125001,2024-03-31 17:00,7", "125000,2024-04-01 17:00,7", "125000,2024-03-31 17:00,9", ",,7"],
)
def test_deals_that_differ_in_a_term_stand_apart(read_csv: Read, row: str) -> None:
    reading = _all(
        read_csv,
        TERMS + "1,Rollout,125000,2024-03-31 17:00,7\n",
        TERMS + f"1,Despliegue,{row}\n",
    )
    assert len(reading.by_key) == 2


def test_all_names_of_a_file_are_those_of_its_record(read_csv: Read) -> None:
    renamed = read_csv("Record ID,Deal Name\n1,Acme deal\n1,Renamed\n", "0.csv").items
    plain = read_csv(BARE.format("Acme deal", 5), "1.csv").items[-1]
    assert list(merge(source("hubspot"), [*renamed, plain]).by_key) == ["hubspot:deal:1"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Record ID,Email\n8,ann@acme.example\n", "Record ID,Email\n8,bob@globex.example\n"),
        (
            "Record ID,Company Domain Name\n7,acme.example\n",
            "Record ID,Company Domain Name\n7,globex.example\n",
        ),
        (
            "Record ID,Body,Activity date\n3,Call them,2024-01-05 10:00\n",
            "Record ID,Body,Activity date\n3,Write to them,2024-03-05 10:00\n",
        ),
    ],
)
def test_other_objects_of_two_portals_stand_apart_too(read_csv: Read, one: str, other: str) -> None:
    assert len(_all(read_csv, one, other).by_key) == 2
    assert len(_all(read_csv, one, one).by_key) == 1


def test_contact_is_known_by_address_though_its_name_changed(read_csv: Read) -> None:
    header = "Record ID,Email,First Name,Last Name\n"
    reading = _all(
        read_csv, f"{header}8,ann@acme.example,Ann,Test\n", f"{header}8,Ann@acme.example,Ann,Best\n"
    )
    assert list(reading.by_key) == ["hubspot:contact:8"]


def test_row_that_says_nothing_is_of_the_only_record(read_csv: Read) -> None:
    blank = "Record ID,Deal Name,Pipeline\n1,,Sales\n"
    (item,) = _all(read_csv, ACME, blank).items
    assert isinstance(item.head, Deal)
    assert item.head.pipeline == "Sales"
    assert len(_all(read_csv, ACME, GLOBEX, blank, blank).by_key) == 3


MERGED = "Record ID,Deal Name,Create Date,Merged object IDs,Amount\n"


def test_records_that_were_merged_into_one_are_one(read_csv: Read) -> None:
    """Whichever file is read last: the record that goes on decides."""
    survivor = MERGED + "3,Harbour,2024-03-01 10:00,1;2,9\n"
    for texts in permutations((ACME, GLOBEX.replace("\n1,", "\n2,"), survivor)):
        reading = _all(read_csv, *texts)
        (item,) = reading.items
        assert isinstance(item.head, Deal)
        assert (item.summary.key, item.head.id) == ("hubspot:deal:3", "3")
        assert (item.head.name, item.head.amount) == ("Harbour", "9")
        assert (reading.account.accepted, reading.account.duplicate) == (-2, 2)


def test_merged_record_offers_the_keys_of_those_it_goes_on_for(read_csv: Read) -> None:
    reading = read_csv(MERGED + "3,Harbour,2024-03-01 10:00,1;2,9\n")
    assert reading.items[0].summary.identity == ("hubspot:deal:1", "hubspot:deal:2")


def test_record_merged_into_one_that_was_merged_in_turn(read_csv: Read) -> None:
    reading = _all(
        read_csv,
        MERGED + "1,A,2024-01-01 10:00,,1\n",
        MERGED + "2,B,2024-02-01 10:00,1,2\n",
        MERGED + "3,C,2024-03-01 10:00,2,3\n",
    )
    assert list(reading.by_key) == ["hubspot:deal:3"]


def test_records_that_each_claim_the_other_are_not_lost(read_csv: Read) -> None:
    reading = _all(
        read_csv, MERGED + "1,A,2024-01-01 10:00,2,1\n", MERGED + "2,B,2024-02-01 10:00,1,2\n"
    )
    assert reading.items
    assert reading.account.accepted == len(reading.items) - 2


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


def test_row_without_a_name_is_of_the_record_with_its_create_date(read_csv: Read) -> None:
    nameless = DATED + "1,,2024-03-09 10:00,7\n"
    assert len(_all(read_csv, ACME, nameless).by_key) == 2
    assert list(_all(read_csv, GLOBEX, nameless).by_key) == ["hubspot:deal:1"]


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
