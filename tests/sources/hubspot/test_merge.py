"""The same record in several exports is one item."""

from __future__ import annotations

from collections.abc import Callable

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
