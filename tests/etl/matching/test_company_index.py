"""Whose a key is."""

from __future__ import annotations

from etl.mapping.claims import Table
from etl.mapping.read import read_mapping
from etl.matching.company_index import CompanyIndex, build_index
from etl.names.normalise import normalise

HEADER = (
    "base_company,variant_name,slack_group,telegram_group,calendar_domain,"
    "full_node_address,variant_type\n"
)


def index(rows: str, names: tuple[str, ...] = (), domains: tuple[str, ...] = ()) -> CompanyIndex:
    return build_index(read_mapping((HEADER + rows).encode()), names, domains)


def companies(found: CompanyIndex, table: Table, key: str) -> list[str]:
    return [owner.company for owner in found.owners(table, key)]


def named(found: CompanyIndex, name: str) -> list[tuple[str, str | None]]:
    return [(owner.company, owner.variant) for owner in found.of_name(normalise(name).tokens)]


def test_every_cell_leads_to_its_company_line_and_column() -> None:
    found = index("acme,acme-minter,acme-ourco,Acme <> Ourco,eu.acme.example,node-1::AB,minter\n")
    keys: dict[Table, str] = {
        "slack": "acmeourco",
        "telegram": "acmeourco",
        "domain": "acme.example",
        "node": "node-1::ab",
    }
    columns = ["slack_group", "telegram_group", "calendar_domain", "full_node_address"]
    owners = [found.owners(table, key) for table, key in keys.items()]
    assert [[(o.company, o.line, o.column) for o in each] for each in owners] == [
        [("acme", 2, column)] for column in columns
    ]


def test_variants_lead_to_their_base_company_by_name() -> None:
    found = index("acme,acme-minter,,,,,minter\n")
    assert named(found, "Acme") == [("acme", None)]
    assert named(found, "Acme Minter") == [("acme", "acme-minter")]
    assert found.with_variants == {"acme"}


def test_a_variant_called_like_its_kind_is_no_name_of_its_own() -> None:
    found = index("acme,Mainnet,,,,,\nbrindle,Edge,,,,,edge\n")
    assert named(found, "Mainnet") == []
    assert named(found, "Edge") == []
    assert named(found, "acme mainnet") == [("acme", "Mainnet")]
    assert named(found, "brindle edge") == [("brindle", "Edge")]


def test_a_legal_form_makes_no_difference_on_either_side() -> None:
    found = index("Acme Ltd,,,,,,\nbrindle,,,,,,\n")
    for name in ("Acme", "Acme Ltd", "Acme Inc."):
        assert named(found, name) == [("Acme Ltd", None)]
    assert named(found, "Brindle GmbH") == [("brindle", None)]


def test_names_that_differ_by_a_legal_form_tie_unless_it_is_said() -> None:
    found = index("acme,,,,,,\nacme-co,,,,,,\n")
    assert named(found, "Acme") == [("acme", None), ("acme-co", None)]
    assert named(found, "Acme Co") == [("acme-co", None)]


def test_keys_of_two_companies_have_two_owners_whatever_the_order() -> None:
    rows = ["acme,,g,,acme.example,,", "brindle,Acme,g,,acme.example,,"]
    for order in (rows, rows[::-1]):
        found = index("\n".join(order) + "\n")
        for table, key in (("slack", "g"), ("domain", "acme.example"), ("name", "acme")):
            assert companies(found, table, key) == ["acme", "brindle"]  # type: ignore[arg-type]


def test_a_row_is_about_a_variant_only_when_all_that_say_so_are() -> None:
    found = index("acme,,g,,,,\nacme,acme-dev,g,,,,dev\nacme,acme-dev,h,,,,dev\n")
    assert [owner.variant for owner in found.owners("slack", "g")] == [None]
    assert [owner.variant for owner in found.owners("slack", "h")] == ["acme-dev"]


def test_a_domain_tells_the_variant_only_among_different_domains() -> None:
    found = index("acme,,,,acme.example,,\nacme,acme-fi,,,acme.test,,region\n")
    assert [owner.variant for owner in found.owners("domain", "acme.test")] == ["acme-fi"]
    found = index("acme,,,,,,\nacme,acme-dev,,,acme.test,,dev\n")
    assert [owner.variant for owner in found.owners("domain", "acme.test")] == [None]


def test_what_is_ours_leads_nowhere() -> None:
    rows = "ourco,,ourco,,mail.ourco.example,,\n"
    found = index(rows, names=("OurCo",), domains=("ourco.example",))
    assert companies(found, "name", "ourco") == []
    assert companies(found, "slack", "ourco") == []
    assert companies(found, "domain", "ourco.example") == []


def test_free_mail_public_suffixes_and_placeholders_lead_nowhere() -> None:
    found = index('acme,,N/A,-,"gmail.com\nco.uk\nacme",node-1,\n')
    for table in ("domain", "slack", "telegram", "node"):
        assert found.tables[table] == {}


def test_rows_of_what_is_nobodys_do_not_take_a_companys_name() -> None:
    found = index("acme,,,,,,\nacme,,acme-social,,,,ignore\n")
    assert [owner.ignored for owner in found.owners("name", "acme")] == [False]
    assert [owner.ignored for owner in found.owners("slack", "acmesocial")] == [True]
