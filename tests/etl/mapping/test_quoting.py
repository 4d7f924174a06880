"""A quote that is never closed is said, and none that is closed."""

from __future__ import annotations

import pytest

from etl.mapping.read import Mapping, read_mapping

HEADER = "base_company,variant_name,slack_group,calendar_domain\n"


def unreadable(mapping: Mapping) -> list[tuple[int, str]]:
    return [(i.line, i.detail) for i in mapping.issues if i.kind == "unreadable"]


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("row", ['Acme,"Acme Main,,', '"Acme,,,', 'Acme,,,"'])
def test_rows_behind_a_quote_that_is_never_closed_are_said_to_be_lost(
    delimiter: str, end: str, row: str
) -> None:
    text = f"{HEADER}{row}\nBrindle,,,brindle.example\nCorvid,,,corvid.example{end}"
    mapping = read_mapping(text.replace(",", delimiter).encode())
    never = "a quote opened here is never closed: lines 2 to 4 are read as one cell"
    assert unreadable(mapping) == [(2, never)]


def test_the_last_row_with_an_open_quote_is_said() -> None:
    mapping = read_mapping(f'{HEADER}Brindle,,,\nAcme,"Acme Main,,acme.example\n'.encode())
    never = "a quote opened here is never closed: the rest of the line is read as one cell"
    assert unreadable(mapping) == [(3, never)]


@pytest.mark.parametrize("next_quote", ['"Brindle",,,', 'Brindle,,"a\nb",', 'Brindle,,,"', ',,,",'])
def test_a_quote_that_only_the_next_one_closes_is_said(next_quote: str) -> None:
    text = f'{HEADER}Acme,"Acme Main,,\nDunlin,,,dunlin.example\n{next_quote}\n'
    ((line, detail),) = unreadable(read_mapping(text.encode()))
    assert (line, detail.partition(":")[0]) == (
        2,
        "a quote opened here seems to be closed too late",
    )


@pytest.mark.parametrize(
    "row",
    [
        'Acme,,"acme-ourco\nacme, ops, and more",acme.example',
        '"Acme ""One""",,"a ""b"" c\nd",',
        'Acme "One",,5" pipes,acme.example',
        '"Acme","","","acme.example"',
        'Acme,,"\n\n",acme.example',
    ],
)
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_quotes_that_are_closed_are_none_of_it(row: str, end: str) -> None:
    assert unreadable(read_mapping(f"{HEADER}{row}{end}".encode())) == []
    assert unreadable(read_mapping(f"{HEADER}{row}\nBrindle,,,{end}".encode())) == []
