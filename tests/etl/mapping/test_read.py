"""The mapping's cells, and what is said about them."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.mapping.claims import claims
from etl.mapping.read import Mapping, load_mapping, read_mapping

HEADER = (
    "base_company,variant_name,slack_group,telegram_group,calendar_domain,"
    "full_node_address,variant_type\n"
)


def read(rows: str) -> Mapping:
    return read_mapping((HEADER + rows).encode())


def issues(mapping: Mapping) -> list[tuple[int, str | None, str]]:
    return [(issue.line, issue.column, issue.kind) for issue in mapping.issues]


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_mapping(tmp_path / "company_mapping.csv")


@pytest.mark.parametrize("data", [b"", b"\n\n", HEADER.encode(), b"\xef\xbb\xbf" + HEADER.encode()])
def test_an_empty_mapping_is_allowed(data: bytes) -> None:
    assert read_mapping(data) == Mapping()


def test_every_column_is_read() -> None:
    mapping = read("acme,acme-minter,acme-ourco,Acme <> Ourco,acme.example,acme-1::12ab34,minter\n")
    row = mapping.companies["acme"].rows[0]
    assert msgspec.to_builtins(row) == {
        "line": 2,
        "base_company": "acme",
        "variant_name": "acme-minter",
        "slack_groups": ("acme-ourco",),
        "telegram_groups": ("Acme <> Ourco",),
        "calendar_domains": ("acme.example",),
        "node_addresses": ("acme-1::12ab34",),
        "variant_type": "minter",
    }
    assert mapping.issues == ()


def test_other_spellings_of_the_columns_are_the_same() -> None:
    other = (
        "Base Company,Company Name,Slack Groups,Telegram Groups,Calendar Search Domain,"
        "Full Node Address,Variants\n"
    )
    rows = "acme,acme-minter,acme-ourco,Acme <> Ourco,acme.example,acme-1::12ab34,minter\n"
    assert read_mapping((other + rows).encode()) == read(rows)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_delimiters_and_encodings(delimiter: str, encoding: str) -> None:
    text = delimiter.join(["base_company", "telegram_group"]) + "\r\n"
    text += delimiter.join(["café", "Café / Ourco"]) + "\r\n"
    mapping = read_mapping(text.encode(encoding))
    assert mapping.companies["café"].rows[0].telegram_groups == ("Café / Ourco",)
    assert mapping.issues == ()


def test_bytes_of_no_encoding_are_reported() -> None:
    mapping = read_mapping(b"base_company\nacme\nbr\x81ndle\n")
    assert issues(mapping) == [(3, None, "encoding")]
    assert "acme" in mapping.companies


def test_several_values_stand_on_lines_of_their_own() -> None:
    mapping = read('acme,,"acme-ourco\nacme-dev",Acme / Beta,"acme.example\n\nacme.test",,\n')
    row = mapping.companies["acme"].rows[0]
    assert row.slack_groups == ("acme-ourco", "acme-dev")
    assert row.telegram_groups == ("Acme / Beta",)
    assert row.calendar_domains == ("acme.example", "acme.test")


def test_repeated_rows_add_up_under_one_company() -> None:
    mapping = read("acme,,one,,,,\nbrindle,,,,,,\nacme,acme-minter,two,,,,minter\n")
    assert list(mapping.companies) == ["acme", "brindle"]
    assert [row.line for row in mapping.companies["acme"].rows] == [2, 4]
    assert mapping.companies["acme"].variants == ("acme-minter",)
    assert issues(mapping) == []


@pytest.mark.parametrize(
    ("cell", "group"),
    [
        ("#acme-ourco", "acme-ourco"),
        ("@acme_chat", "acme_chat"),
        ("https://t.me/acme_chat", "acme_chat"),
        ("t.me/+AbCdEf", "AbCdEf"),
        ("https://ourco.slack.com/archives/C0ABCDEF1", "C0ABCDEF1"),
        ("Acme #1 @ Ourco", "Acme #1 @ Ourco"),
        ("#", "#"),
    ],
)
def test_wrappings_of_groups_are_taken_off(cell: str, group: str) -> None:
    assert read(f"acme,,,{cell},,,\n").companies["acme"].rows[0].telegram_groups == (group,)


@pytest.mark.parametrize(
    "cell",
    [
        "@acme.example",
        "https://acme.example/",
        "mailto:hi@acme.example",
        "www.ACME.example",
        " acme.example ",
    ],
)
def test_wrappings_of_domains_are_taken_off(cell: str) -> None:
    assert read(f"acme,,,,{cell},,\n").companies["acme"].rows[0].calendar_domains == (
        "acme.example",
    )


@pytest.mark.parametrize("cell", ["N/A", "-", "TBD", "none", "–"])
def test_placeholders_are_empty_and_reported(cell: str) -> None:
    mapping = read(f"acme,,{cell},,,,\n")
    assert mapping.companies["acme"].rows[0].slack_groups == ()
    assert issues(mapping) == [(2, "slack_group", "placeholder")]


@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        ("gmail.com", "free_mail_domain"),
        ("co.uk", "public_suffix"),
        ("github.io", "public_suffix"),
        ("acme", "not_a_domain"),
        ("'acme.example brindle.example'", "not_a_domain"),
        ("mail.ourco.example", "own_domain"),
    ],
)
def test_domains_of_no_use_are_reported(domain: str, kind: str) -> None:
    data = (HEADER + f"acme,,,,{domain},,\n").encode()
    mapping = read_mapping(data, our_domains=["ourco.example"])
    assert issues(mapping) == [(2, "calendar_domain", kind)]


def test_line_numbers_count_line_breaks_inside_quotes() -> None:
    mapping = read('acme,,"one\ntwo",,,,\n\nbrindle,,-,,,,\n')
    assert issues(mapping) == [(5, "slack_group", "placeholder")]


@pytest.mark.parametrize(
    ("rows", "issue"),
    [
        ("Acme Inc,,,,,,\nacme,,,,,,\n", (3, "base_company", "name_claimed_twice")),
        ("acme,,,,,,\nbrindle,Acme,,,,,\n", (3, "variant_name", "name_claimed_twice")),
        (
            "acme,,,,acme.example,,\nbrindle,,,,eu.acme.example,,\n",
            (3, "calendar_domain", "domain_claimed_twice"),
        ),
        (
            "acme,,a-ourco,,,,\nbrindle,,A Ourco,,,,\n",
            (3, "slack_group", "group_claimed_twice"),
        ),
        (
            "acme,,,,,node-1::ab12,\nbrindle,,,,,NODE-1::ab12,\n",
            (3, "full_node_address", "node_address_claimed_twice"),
        ),
        (",,acme-ourco,,,,\n", (2, "base_company", "no_base_company")),
        ("acme,,a\n", (2, None, "short_row")),
        ("acme,,,,,,,extra\n", (2, None, "long_row")),
        ("acme,,,,,,ingore\n", (2, "variant_type", "nearly_ignore")),
        ("acme,,,,,,Ignored\n", (2, "variant_type", "nearly_ignore")),
        ("acme,,,,,,ignor\n", (2, "variant_type", "nearly_ignore")),
        ("acme,,,,,,ignare\n", (2, "variant_type", "nearly_ignore")),
        ("acme,,,,,n1,\n", (2, "full_node_address", "short_node_address")),
        (",,,,,,word\n", (2, "variant_name", "no_word")),
        (",,onboarding,,,,name\n", (2, "variant_name", "no_word")),
        (",ops,,,ops.example,,word\n", (2, "calendar_domain", "not_of_a_word")),
        (",ops,,,,,word\n,O.P.S,,,,,name\n", (3, "variant_type", "word_and_name")),
    ],
)
def test_what_looks_wrong_is_said_with_its_line(
    rows: str, issue: tuple[int, str | None, str]
) -> None:
    assert issues(read(rows)) == [issue]


@pytest.mark.parametrize("kind", ["ignore", "IGNORE", "ignoring", "innore", "core", "region"])
def test_only_a_slip_is_taken_for_a_slip(kind: str) -> None:
    expected = [(2, "variant_type", "nearly_ignore")] if kind == "innore" else []
    assert issues(read(f"acme,,,,,,{kind}\n")) == expected


def test_a_cell_that_is_missing_in_an_unknown_column_is_not_missed() -> None:
    mapping = read_mapping(b"base_company,slack_group,colour\nacme,a-ourco\nbrindle\n")
    assert issues(mapping) == [(1, None, "unknown_column"), (3, None, "short_row")]
    assert mapping.issues[1].detail.startswith("1 cell where")


def test_one_company_may_say_a_thing_twice() -> None:
    assert issues(read("acme,,g,,acme.example,,\nacme,acme-dev,g,,acme.example,,\n")) == []


def test_unknown_repeated_and_missing_columns_are_reported() -> None:
    mapping = read_mapping(b"base_company,colour,Base Company\nacme,red,brindle\n")
    assert issues(mapping) == [(1, None, "unknown_column"), (1, "base_company", "repeated_column")]
    assert list(mapping.companies) == ["acme"]
    assert issues(read_mapping(b"\nslack_group\nacme\n")) == [(2, "base_company", "missing_column")]


def test_rows_of_what_is_nobodys_are_no_companies() -> None:
    mapping = read(",,runners,,,,ignore\nClub,,,,club.example,,Ignore\n")
    assert mapping.companies == {}
    assert [row.line for row in mapping.ignored] == [2, 3]
    assert issues(mapping) == []


def test_rows_about_words_are_no_companies_and_claim_nothing() -> None:
    mapping = read(",ops,,,,,Word\n,Acme Hosts,,,,,name\nacme,ops,,,,,word\n")
    assert list(mapping.companies) == ["acme"]
    assert [(row.line, row.says, row.variant_name) for row in mapping.words] == [
        (2, "word", "ops"),
        (3, "name", "Acme Hosts"),
    ]
    assert [claim.line for claim in claims(mapping)] == [4, 4]  # with a company: a variant
    assert issues(mapping) == []


def test_company_info_is_json() -> None:
    mapping = read("acme,acme-minter,acme-ourco,,acme.example,,minter\n")
    assert msgspec.json.decode(msgspec.json.encode(mapping.companies["acme"].info())) == {
        "rows": [
            {
                "line": 2,
                "variant_name": "acme-minter",
                "slack_groups": ["acme-ourco"],
                "telegram_groups": [],
                "calendar_domains": ["acme.example"],
                "node_addresses": [],
                "variant_type": "minter",
            }
        ],
        "variants": ["acme-minter"],
    }


def test_an_issue_reads_as_a_sentence() -> None:
    (issue,) = read("acme,,-,,,,\n").issues
    assert str(issue) == (
        "line 2, slack_group: '-' is read as empty; leave the cell empty [placeholder]"
    )


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_a_crash(rest: bytes) -> None:
    for data in (rest, HEADER.encode() + rest):
        assert read_mapping(data) == read_mapping(data)


def test_a_cell_beyond_the_limit_of_the_csv_module_is_reported_and_the_rest_read() -> None:
    limit = csv.field_size_limit(1000)
    try:
        mapping = read(f"brindle,,,,,,\nacme,,{'x' * 2000},,,,\ncorvid,,,,,,\n")
    finally:
        csv.field_size_limit(limit)
    assert "unreadable" in {issue.kind for issue in mapping.issues}
    assert {"brindle", "corvid"} <= set(mapping.companies)
