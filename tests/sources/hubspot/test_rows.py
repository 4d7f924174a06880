"""Rows as people, spreadsheets and damage leave them."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest

from sources.errors import Damaged, TooLarge
from sources.records import Deal
from tests.reading import Read as ReadItem
from tests.reading import Reading

Read = Callable[..., Reading]


def _kinds(read: ReadItem) -> list[str]:
    return [finding.kind for finding in read.summary.findings]


def _deal(reading: Reading, number: str = "1") -> Deal:
    head = reading.by_key[f"hubspot:deal:{number}"].head
    assert isinstance(head, Deal)
    return head


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_separator_and_byte_order_mark_do_not_matter(
    read_csv: Read, delimiter: str, bom: str
) -> None:
    text = bom + '"Record ID",Deal Name,"Amount"\n1,"a\nb","2"\n'.replace(",", delimiter)
    deal = _deal(read_csv(text))
    assert (deal.name, deal.amount) == ("a\nb", "2")


def test_labels_are_compared_without_case_width_and_spacing(read_csv: Read) -> None:
    deal = _deal(read_csv("RECORD  ID,Deal\u00a0name,ＡＭＯＵＮＴ\n1,One,5\n"))
    assert (deal.name, deal.amount) == ("One", "5")


def test_cell_beyond_the_csv_modules_limit_is_read_and_the_limit_left_alone(
    read_csv: Read,
) -> None:
    usual = csv.field_size_limit(131_072)
    long = "x" * 180_000
    deal = _deal(read_csv(f"Record ID,Deal Name,Deal Description\n1,One,{long}\n"))
    assert deal.description == long
    assert csv.field_size_limit(usual) == 131_072


def test_table_of_one_endless_line_is_refused_before_any_of_it_is_held(
    read_csv: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sources.hubspot.files.LINE_BYTES", 10_000)
    monkeypatch.setattr("sources._endless.LINE_BYTES", 10_000)
    monkeypatch.setattr("sources._endless._CHUNK", 1000)
    rows = "".join(f"{number},Deal,{'x' * 100}\n" for number in range(1, 300))
    whole = f"Record ID,Deal Name,Deal Description\n{rows}"
    assert read_csv(whole).account.accepted == 299
    with pytest.raises(TooLarge, match=r"^export\.csv: a line of it has no end"):
        read_csv(f"{whole}300,Deal,{'x' * 20_000}\n")


def test_row_too_long_to_hold_is_refused_before_any_of_it_is_held(
    read_csv: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, lines = "Record ID,Deal Name,Deal Description\n", "x\n" * 6000
    whole = f'{head}1,One,"{lines}"\n2,Two,y\n'
    assert read_csv(whole).account.accepted == 2
    monkeypatch.setattr("sources.hubspot.files.LINE_BYTES", 10_000)
    with pytest.raises(TooLarge, match=r"^export\.csv: a row of it has 1\d{4} characters"):
        read_csv(whole)
    # One that never ends costs its own row, as ever.
    torn = read_csv(f'{head}1,One,z\n2,Two,"{lines}')
    assert [problem.reason for problem in torn.problems] == ["torn_row"]
    assert torn.account.accepted == 1


def test_long_description_is_no_evidence(read_csv: Read) -> None:
    reading = read_csv(f"Record ID,Deal Name,Deal Description\n1,One,{'x' * 500}\n")
    assert reading.items[0].summary.texts == ()


def test_first_of_two_columns_with_one_label_wins_and_says_so(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Name,Amount,Amount\n1,One,5,6\n2,Two,5,5\n")
    assert _deal(reading).amount == "5"
    assert [_kinds(read) for read in reading.items] == [["repeated_column"], []]


def test_short_row_is_kept_and_knows_less(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Name,Pipeline,Amount\n1,One\n2,Two,x,3\n")
    read = reading.by_key["hubspot:deal:1"]
    assert _kinds(read) == ["short_row"]
    assert read.summary.known == ("id", "name", "deleted")
    assert reading.account.accepted == 2


def test_long_row_of_blanks_is_kept_and_one_of_shifted_cells_is_not(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Name,Amount\n1,One,5,,\n2,Harbour, Ltd,5\n")
    assert [read.summary.key for read in reading.items] == ["hubspot:deal:1"]
    assert [(p.reason, p.found) for p in reading.problems] == [("long_row", 1)]
    assert reading.account.balanced


def test_blank_rows_are_no_rows(read_csv: Read) -> None:
    reading = read_csv('\n\nRecord ID,Deal Name\n\n1,One\n,\n"",""\n \n\n')
    assert (reading.account.found, reading.account.accepted) == (1, 1)
    assert not reading.problems


def test_unclosed_quote_at_the_end_costs_only_its_row(read_csv: Read) -> None:
    reading = read_csv('Record ID,Deal Name\n1,"One\nmore"\n2,"Two\nand')
    assert list(reading.by_key) == ["hubspot:deal:1"]
    assert [(p.reason, p.found) for p in reading.problems] == [("torn_row", 1)]
    assert "line 4" in reading.problems[0].detail
    assert (reading.account.found, reading.account.quarantined) == (2, 1)


def test_rows_behind_a_quote_that_is_never_closed_are_found(read_csv: Read) -> None:
    reading = read_csv(
        "Record ID,Deal Name,Amount,Pipeline\n"
        '1,"One,5,x\n2,Two,6,x\nof a text, 7\n,Blank,,\n3,Three,7,x\n4,Cut,8,x'
    )
    assert list(reading.by_key) == ["hubspot:deal:2", "hubspot:deal:3"]
    assert _deal(reading, "3").amount == "7"
    assert _kinds(reading.items[0]) == ["after_torn_row"]
    assert [p.reason for p in reading.problems] == ["torn_row"]
    assert (reading.account.found, reading.account.balanced) == (3, True)


def test_lines_of_a_text_are_no_rows_where_rows_are_short(read_csv: Read) -> None:
    reading = read_csv('Record ID,Deal Name\n1,"One\n2, rue du Port\n')
    assert not reading.items
    assert (reading.account.found, reading.account.quarantined) == (1, 1)


def test_row_cut_between_quotes_is_not_half_believed(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Name,Amount,Pipeline\n1,One,5,x\n2,Two,12")
    assert [p.reason for p in reading.problems] == ["torn_row"]
    assert list(reading.by_key) == ["hubspot:deal:1"]


def test_short_last_row_with_its_line_break_is_kept(read_csv: Read) -> None:
    assert list(read_csv("Record ID,Deal Name,Amount\n1,One\n").by_key) == ["hubspot:deal:1"]


def test_last_row_without_line_break_is_whole(read_csv: Read) -> None:
    assert list(read_csv("Record ID,Deal Name\n1,One").by_key) == ["hubspot:deal:1"]


def test_quote_torn_in_the_middle_is_one_problem_and_the_rest_is_read(read_csv: Read) -> None:
    reading = read_csv('Record ID,Deal Name\n1,"One\n2,"Two"\n3,Three\n')
    assert list(reading.by_key) == ["hubspot:deal:3"]
    assert [p.reason for p in reading.problems] == ["torn_row"]
    assert "lines 2 to 3" in reading.problems[0].detail
    assert reading.account.balanced


def test_text_behind_a_torn_row_is_no_short_row(read_csv: Read) -> None:
    reading = read_csv(
        'Record ID,Deal Name,Amount\n1,"One,5\n2,"Two\n12,rue du Port\n\n3,Three,5\n4,Short\n'
    )
    assert list(reading.by_key) == ["hubspot:deal:3", "hubspot:deal:4"]
    assert [p.reason for p in reading.problems] == ["torn_row", "torn_row"]
    assert reading.account.balanced


def test_file_cut_within_a_character_is_still_utf8(read_csv: Read) -> None:
    text = "Record ID,Deal Name\n1,Señal\n2,Año"
    reading = read_csv(text.encode()[:-2])
    assert _deal(reading).name == "Señal"
    assert _kinds(reading.by_key["hubspot:deal:1"]) == []


def test_few_bad_bytes_do_not_spoil_the_rest(read_csv: Read) -> None:
    content = "Record ID,Deal Name\n1,Señal\n2,Año\n3,Caño".encode() + b"\xff\n"
    reading = read_csv(content)
    assert _deal(reading).name == "Señal"
    assert _kinds(reading.by_key["hubspot:deal:3"]) == ["encoding_damaged"]
    assert _kinds(reading.by_key["hubspot:deal:1"]) == []


@pytest.mark.parametrize("text", ["1.23457E+10", "1,23E+10", "5e9"])
def test_id_rounded_by_a_spreadsheet_is_refused(read_csv: Read, text: str) -> None:
    reading = read_csv(f'Record ID,Deal Name\n"{text}",One\n7,Two\n')
    assert [(p.reason, p.found) for p in reading.problems] == [("rounded_id", 1)]
    assert list(reading.by_key) == ["hubspot:deal:7"]
    assert reading.account.balanced


def test_whole_float_is_an_id_and_a_fraction_is_not(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Name\n123.0,One\n123.5,Two\n,Three\n")
    assert list(reading.by_key) == ["hubspot:deal:123"]
    assert [p.reason for p in reading.problems] == ["no_id", "no_id"]


def test_same_id_twice_in_a_file_is_two_readings_of_one_deal(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Name\n1,Old\n1,New\n")
    assert [read.summary.key for read in reading.items] == ["hubspot:deal:1"] * 2


def test_rounded_id_of_an_associated_company_is_dropped_and_said(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Name,Associated Company IDs\n1,One,7;1.2E+10\n")
    assert _deal(reading).company_ids == ("7",)
    assert _kinds(reading.items[0]) == ["unreadable_id"]


def test_id_of_no_portals_length_is_none(read_csv: Read) -> None:
    reading = read_csv(f"Record ID,Deal Name\n{'1' * 41},One\n{'1' * 40},Two\n")
    assert [problem.reason for problem in reading.problems] == ["no_id"]
    assert [read.summary.title for read in reading.items] == ["Two"]


def test_long_word_is_gone_through_once_for_addresses(read_csv: Read) -> None:
    """From each of its letters, it would take hours."""
    word = "a" * 2_000_000
    reading = read_csv(f"Record ID,First Name,Email\n1,Ann,{word} x@acme.example\n")
    assert reading.items[0].summary.emails == ("x@acme.example",)


NAMES = "Record ID,Deal Name,Associated Company IDs,Associated Company\n"


def test_ids_decide_where_names_cannot_be_told_apart(read_csv: Read) -> None:
    reading = read_csv(NAMES + "1,One,7;8,Harbour Ltd;Salt; Sons Ltd\n")
    deal = _deal(reading)
    assert (deal.company_ids, deal.company_names) == (("7", "8"), ())
    assert _kinds(reading.items[0]) == ["names_unpaired"]


def test_name_of_the_only_company_may_hold_a_semicolon(read_csv: Read) -> None:
    assert _deal(read_csv(NAMES + "1,One,7,Salt; Sons Ltd\n")).company_names == ("Salt; Sons Ltd",)


def test_names_without_ids_count_only_when_they_can_be_told_apart(read_csv: Read) -> None:
    reading = read_csv(NAMES + "1,One,,Harbour Ltd\n2,Two,,Harbour Ltd;Sons\n")
    assert _deal(reading).company_names == ("Harbour Ltd",)
    assert _deal(reading, "2").company_names == ()


def test_addresses_of_contacts_are_found_whether_names_pair_or_not(read_csv: Read) -> None:
    reading = read_csv(
        "Record ID,Deal Name,Associated Contact IDs,Associated Contact\n"
        "1,One,8,Ann (ann@acme.example);Bob (bob@acme.example)\n"
        "2,Two,8;9;10,Ann (ann@acme.example);Bob (bob@acme.example)\n"
    )
    for read in reading.items:
        assert read.summary.emails == ("ann@acme.example", "bob@acme.example")
    assert _deal(reading, "2").contact_names == ()


def test_header_in_another_encoding_than_its_rows_is_refused(read_csv: Read) -> None:
    header = "ID de registro,Propietario del contacto,Correo electrónico\n".encode("cp1252")
    with pytest.raises(Damaged, match="header"):
        read_csv(header + "1,Año,\n2,Año,\n".encode())


@pytest.mark.parametrize(
    ("stage", "status"),
    [
        ("Closed Won", "won"),
        ("closed won (Sales Pipeline)", "won"),
        ("closedwon", "won"),
        ("Cierre ganado", "won"),
        ("Closed Lost", "lost"),
        ("closedlost", "lost"),
        ("Cierre perdido (Ventas)", "lost"),
        ("Won over by a rival", "open"),
        ("", "open"),
    ],
)
def test_status_comes_from_the_stage(read_csv: Read, stage: str, status: str) -> None:
    assert _deal(read_csv(f"Record ID,Deal Name,Deal Stage\n1,One,{stage}\n")).status == status


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ("true,false,true,Signed", "won"),
        ("false,true,true,Signed", "lost"),
        ("Sí,No,Sí,Firmado", "won"),
        ("false,,true,Signed", "lost"),
        ("false,false,false,Closed Won", "open"),
        (",,,Closed Won", "won"),
        (",,false,Closed Won", "open"),
        ("false,,,Closed Won", "open"),
        (",false,,Closed Lost", "open"),
    ],
)
def test_status_columns_decide_over_the_stage(read_csv: Read, cells: str, status: str) -> None:
    header = "Record ID,Deal Name,Is Closed Won,Is closed lost,Is Deal Closed?,Deal Stage\n"
    assert _deal(read_csv(f"{header}1,One,{cells}\n")).status == status


def test_closed_without_an_outcome_is_said(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Name,Is Deal Closed?\n1,One,true\n")
    assert _kinds(reading.items[0]) == ["status_unknown"]


def test_dates_without_a_zone_are_read_in_the_given_one(read_csv: Read) -> None:
    text = "Record ID,Deal Name,Close Date\n1,One,2024-07-01 12:00\n"
    reading = read_csv(text)
    assert _deal(reading).close_date == "2024-07-01T12:00:00Z"
    assert _kinds(reading.items[0]) == ["zone_assumed_utc"]
    reading = read_csv(text, hubspot_timezone="Europe/Madrid")
    assert _deal(reading).close_date == "2024-07-01T10:00:00Z"
    assert _kinds(reading.items[0]) == []


def test_ambiguous_date_is_refused_and_not_known(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Name,Close Date,Amount\n1,One,03/04/2024,about five\n")
    deal = _deal(reading)
    assert (deal.close_date, deal.amount) == (None, None)
    assert sorted(_kinds(reading.items[0])) == ["ambiguous_date", "unreadable_amount"]
    assert reading.items[0].summary.known == ("id", "name", "deleted")


@pytest.mark.parametrize(
    ("order", "day"), [("dmy", "2024-04-03T10:00:00Z"), ("mdy", "2024-03-04T10:00:00Z")]
)
def test_setting_decides_of_an_ambiguous_date(read_csv: Read, order: str, day: str) -> None:
    text = "Record ID,Deal Name,Close Date\n1,One,03/04/2024 10:00\n"
    reading = read_csv(text, hubspot_date_order=order)
    assert _deal(reading).close_date == day
    assert _kinds(reading.items[0]) == ["zone_assumed_utc"]


@pytest.mark.parametrize(
    ("cell", "value"), [("1.234", None), ("1234.5", "1234.5"), ("12.50", "12.50")]
)
def test_amount_in_a_file_that_a_spreadsheet_wrote_is_doubted_where_its_own_is_not(
    read_csv: Read, cell: str, value: str | None
) -> None:
    text = f"Record ID,Deal Name,Amount\n1,One,{cell}\n"
    assert _deal(read_csv(text)).amount == cell
    for delimiter in ";\t":
        assert _deal(read_csv(text.replace(",", delimiter))).amount == value


def test_currency_column_decides_over_the_symbol(read_csv: Read) -> None:
    reading = read_csv('Record ID,Deal Name,Amount,Currency\n1,One,"$1,234.50",CAD\n')
    deal = _deal(reading)
    assert (deal.amount, deal.currency) == ("1234.50", "CAD")


def test_names_are_stripped(read_csv: Read) -> None:
    assert _deal(read_csv("Record ID,Deal Name\n 1 ,  One  \n")).name == "One"


def test_file_without_rows_is_empty(read_csv: Read) -> None:
    reading = read_csv("Record ID,Deal Name\n")
    assert len(reading.units) == 1
    assert reading.account.found == 0


def test_old_mac_line_ends_are_line_ends(read_csv: Read) -> None:
    assert read_csv("Record ID,Deal Name\r1,One\r2,Two\r").account.accepted == 2
