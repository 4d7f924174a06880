"""A row of a company export as a company."""

from __future__ import annotations

from sources.hubspot.columns import Columns
from sources.hubspot.evidence import item
from sources.hubspot.row import Origin, Row
from sources.records import CrmCompany, Item

NEEDS = {
    **{
        name: (name,)
        for name in (
            *("id", "name", "domain", "website", "owner", "create_date"),
            *("contact_ids", "deal_ids"),
        )
    },
    "deleted": ("id",),
}
"""Which columns a field of the head is read from. Whatever is exported is not deleted."""


class CompanyRows:
    """Makes a company of each row of one file."""

    def __init__(self, columns: Columns, origin: Origin) -> None:
        self._columns = columns
        self._origin = origin
        self._known = columns.known(NEEDS)

    def __call__(self, row: Row, record_id: str) -> Item:
        cells = row.cells
        company = CrmCompany(
            id=record_id,
            name=cells["name"],
            domain=cells["domain"] or None,
            website=cells["website"] or None,
            owner=cells["owner"] or None,
            create_date=row.moment("create_date"),
            contact_ids=row.ids("contact_ids"),
            deal_ids=row.ids("deal_ids"),
        )
        known = self._columns.known(NEEDS, row.unread) if row.unread else self._known
        return item(row, company, known, self._origin)
