"""Which files are HubSpot's, and what a whole export gives."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sources._archive import FolderTree
from sources.errors import Unreadable
from sources.hubspot import HubSpotExport
from sources.protocol import ReaderOptions
from sources.records import Contact, CrmCompany, Deal
from tests.reading import Reading, discover, read_archive, source

DATA = Path(__file__).parents[2] / "data" / "hubspot"
Read = Callable[..., Reading]


def test_objects_are_told_apart_by_columns_whatever_the_file_is_called(case: Read) -> None:
    reading = case("portal")
    assert sorted(reading.by_key) == [
        "hubspot:company:71",
        "hubspot:company:72",
        "hubspot:contact:81",
        "hubspot:contact:82",
        "hubspot:deal:501",
        "hubspot:deal:502",
        "hubspot:deal:503",
    ]
    assert reading.account.found == reading.account.accepted == 7


def test_deal_has_all_its_fields(case: Read) -> None:
    read = case("portal").by_key["hubspot:deal:501"]
    assert read.head == Deal(
        id="501",
        name="Harbour rollout",
        stage="Closed Won (Sales Pipeline)",
        pipeline="Sales Pipeline",
        amount="1234.5",
        currency="EUR",
        close_date="2024-03-31T17:00:00Z",
        create_date="2024-01-02T09:15:00Z",
        owner="Pat Example",
        status="won",
        company_ids=("71", "72"),
        contact_ids=("81", "82"),
        company_names=("Harbour Ltd", "Wharf GmbH"),
        contact_names=("Ann Test (Ann@harbour.example)", "Bob Test (bob@wharf.example)"),
        description="Phase one",
    )
    summary = read.summary
    assert summary.title == "Harbour rollout"
    assert summary.version == ("2024-05-01", "2024-04-01T08:00:00Z")
    assert summary.archive == "hubspot-crm-exports-all-deals-2024-05-01.csv"
    assert summary.emails == ("ann@harbour.example", "bob@wharf.example")
    assert summary.companies == ("Harbour Ltd", "Wharf GmbH")
    assert (summary.company_ids, summary.contact_ids) == (("71", "72"), ("81", "82"))
    assert summary.texts == ("Phase one",)


def test_company_has_all_its_fields_and_its_hosts(case: Read) -> None:
    items = case("portal").by_key
    read = items["hubspot:company:71"]
    assert read.head == CrmCompany(
        id="71",
        name="Harbour Ltd",
        domain="harbour.example",
        website="https://www.harbour.example/en",
        owner="Pat Example",
        create_date="2023-01-01T10:00:00Z",
        contact_ids=("81",),
        deal_ids=("501",),
    )
    assert read.summary.domains == ("harbour.example", "www.harbour.example")
    assert read.summary.companies == ("Harbour Ltd",)
    assert items["hubspot:company:72"].summary.domains == ("wharf.example",)


def test_contact_has_all_its_fields_and_each_address_once(case: Read) -> None:
    items = case("portal").by_key
    read = items["hubspot:contact:81"]
    assert read.head == Contact(
        id="81",
        name="Ann Test",
        email="ann@harbour.example",
        emails=("ann@harbour.example", "ann2@harbour.example"),
        company_name="Harbour Ltd",
        company_ids=("71",),
        owner="Pat Example",
        create_date="2023-01-01T10:00:00Z",
        job_title="Buyer",
        phone="+00 1",
    )
    assert read.summary.emails == ("ann@harbour.example", "ann2@harbour.example")
    assert items["hubspot:contact:82"].summary.title == "Bob"


def test_spanish_labels_and_semicolons_are_understood(case: Read) -> None:
    read = case("spanish").by_key["hubspot:deal:501"]
    assert isinstance(read.head, Deal)
    assert (read.head.name, read.head.status) == ("Despliegue del puerto", "won")
    assert (read.head.amount, read.head.currency) == ("1234.50", "EUR")
    assert read.head.company_ids == ("71",)
    assert "pipeline" not in read.summary.known
    assert {"id", "name", "stage", "status", "currency"} <= set(read.summary.known)


def test_windows_encoding_is_guessed_and_said(case: Read) -> None:
    read = case("spanish").by_key["hubspot:contact:81"]
    assert read.summary.title == "Begoña Núñez"
    assert "encoding_guessed" in [finding.kind for finding in read.summary.findings]


def test_internal_names_are_understood(case: Read) -> None:
    items = case("internal").by_key
    deal = items["hubspot:deal:501"].head
    assert isinstance(deal, Deal)
    assert (deal.status, deal.close_date) == ("won", "2024-03-31T17:00:00Z")
    assert deal.create_date == "2024-01-02T09:15:00.250000Z"
    assert items["hubspot:deal:501"].summary.findings == ()
    assert [f.kind for f in items["hubspot:deal:504"].summary.findings] == ["status_unknown"]


def test_zip_is_read_in_place_and_dates_its_files(tmp_path: Path) -> None:
    path = tmp_path / "hubspot-crm-exports-all-2024-06-02-2024-06-02.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "Record ID,Deal Name\n1,One\n")
        archive.writestr("deep/b-2024-06-01.csv", "Record ID,Deal Name\n2,Two\n")
    items = read_archive(source("hubspot"), path).by_key
    one, two = items["hubspot:deal:1"].summary, items["hubspot:deal:2"].summary
    assert (one.archive, one.version) == (f"{path.name}!a.csv", ("2024-06-02", ""))
    assert two.version == ("2024-06-01", "")


def test_older_labels_are_understood(read_csv: Read) -> None:
    read_csv("Record ID,Name,Company Domain Name\n7,Acme,acme.example\n", "companies.csv")
    reading = read_csv("Contact ID,First Name,Email\n8,Ann,ann@acme.example\n", "contacts.csv")
    assert reading.by_key["hubspot:company:7"].summary.title == "Acme"
    assert reading.by_key["hubspot:contact:8"].summary.title == "Ann"


def test_company_mapping_is_left_alone(read_csv: Read) -> None:
    reading = read_csv("base_company,variant_name,telegram_group\nHarbour,Harbour Ltd,\n")
    assert reading == Reading()


def test_record_id_with_nothing_else_is_a_problem_naming_the_headers(read_csv: Read) -> None:
    reading = read_csv("Record ID,Colour\n1,red\n")
    assert not reading.units
    assert reading.problems[0].reason == "unknown_object"
    assert "Record ID, Colour" in reading.problems[0].detail


def test_columns_of_two_objects_alike_are_a_problem(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Name,Email\n1,a,b@c.example\n")
    assert [problem.reason for problem in reading.problems] == ["unknown_object"]


def test_missing_record_id_names_what_was_not_found(read_csv: Read) -> None:
    reading = read_csv("Deal Name,Deal Stage\nOne,Closed Won\n")
    assert reading.problems[0].reason == "missing_columns"
    assert "'record id'" in reading.problems[0].detail
    assert "Deal Name, Deal Stage" in reading.problems[0].detail


def test_missing_deal_name_names_what_was_not_found(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Stage\n1,Closed Won\n")
    assert "'deal name'" in reading.problems[0].detail


def test_company_name_makes_a_company_only_without_a_contacts_columns(read_csv: Read) -> None:
    assert list(read_csv("Record ID,Company name\n1,Acme\n", "a.csv").by_key) == [
        "hubspot:company:1"
    ]
    items = read_csv("Record ID,Company Name,Email\n2,Acme,a@acme.example\n", "a.csv").by_key
    assert items["hubspot:contact:2"].summary.companies == ("Acme",)


def test_noise_under_an_exports_name_is_a_problem(read_csv: Read) -> None:
    reading = read_csv(b"\x93\x00\x17", "hubspot-crm-exports-all-deals-2024-05-01.csv")
    assert [problem.reason for problem in reading.problems] == ["damaged"]
    assert reading.problems[0].detail.isprintable()


def test_export_in_a_zip_of_hubspots_name_is_known_by_it(tmp_path: Path) -> None:
    path = tmp_path / "hubspot-crm-exports-alle-deals-2024-06-02.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("alle-deals-2024-06-02.csv", "Datensatz-ID;Dealname\n1;Hafen\n")
    (problem,) = read_archive(source("hubspot"), path).problems
    assert "Datensatz-ID, Dealname" in problem.detail


def test_workbook_of_the_old_kind_is_refused_in_plain_words(read_csv: Read) -> None:
    (problem,) = read_csv(b"\xd0\xcf\x11\xe0", "hubspot-crm-exports-deals-2024-05-01.xls").problems
    assert problem.reason == "old_workbook"
    assert "CSV" in problem.remedy


def test_file_that_cannot_be_opened_is_a_problem_to_try_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deals.csv").write_text("Record ID,Deal Name\n")

    def refuse(self: FolderTree, path: str, size: int = 0) -> bytes:
        raise Unreadable(path, "Permission denied")

    monkeypatch.setattr(FolderTree, "head", refuse)
    reading = discover(HubSpotExport(ReaderOptions()), FolderTree(tmp_path))
    assert [(p.path, p.retry) for p in reading.problems] == [("deals.csv", True)]


def test_settings_are_part_of_the_fingerprint() -> None:
    labels = '[deals]\nid = "x"'
    reader = source(
        "hubspot",
        hubspot_timezone="Europe/Madrid",
        hubspot_date_order="dmy",
        hubspot_labels=labels,
    )
    assert reader.settings == ("Europe/Madrid", "dmy", labels)
