"""A row of a company export as a company."""

from __future__ import annotations

from sources.hubspot.maker import Maker
from sources.hubspot.row import Row
from sources.records import CrmCompany, Item


class CompanyRows(Maker):
    """Makes a company of each row of one file."""

    needs = {
        **{
            name: (name,)
            for name in (
                *("id", "name", "domain", "website", "owner", "create_date"),
                *("contact_ids", "deal_ids"),
            )
        },
        "deleted": ("id",),
    }

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
        return self.item(row, company)
