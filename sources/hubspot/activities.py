"""A row of an export of notes, meetings, calls ... as an activity."""

from __future__ import annotations

from sources.hubspot.maker import Maker
from sources.hubspot.rich_text import plain
from sources.hubspot.row import Row, distinct, emails_of_names
from sources.records import Activity, Item


class ActivityRows(Maker):
    """Makes an activity of each row of one file."""

    needs = {
        **{
            name: (name,)
            for name in (
                *("id", "type", "title", "body", "date", "end", "owner", "create_date"),
                *("contact_ids", "contact_names", "deal_ids", "deal_names"),
            )
        },
        "company_ids": ("company_ids", "primary_company_ids"),
        "company_names": ("company_names", "primary_company_names"),
    }

    def __call__(self, row: Row, record_id: str) -> Item:
        cells = row.cells
        primary_ids, primary_names = row.paired("primary_company_ids", "primary_company_names")
        company_ids, company_names = row.paired("company_ids", "company_names")
        contact_ids, contact_names = row.paired("contact_ids", "contact_names")
        deal_ids, deal_names = row.paired("deal_ids", "deal_names")
        activity = Activity(
            id=record_id,
            type=cells["type"] or None,
            title=cells["title"],
            body=plain(cells["body"]),
            date=row.moment("date"),
            end=row.moment("end"),
            owner=cells["owner"] or None,
            create_date=row.moment("create_date"),
            company_ids=distinct(primary_ids, company_ids),
            contact_ids=contact_ids,
            deal_ids=deal_ids,
            company_names=distinct(primary_names, company_names),
            contact_names=contact_names,
            deal_names=deal_names,
        )
        emails = emails_of_names(cells["contact_names"])
        return self.item(row, activity, emails)
