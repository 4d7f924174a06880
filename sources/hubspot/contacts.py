"""A row of a contact export as a contact."""

from __future__ import annotations

from sources.hubspot.maker import Maker
from sources.hubspot.row import Row, distinct, emails_in
from sources.records import Contact, Item


class ContactRows(Maker):
    """Makes a contact of each row of one file."""

    needs = {
        "id": ("id",),
        "name": ("first_name", "last_name"),
        "email": ("email",),
        "emails": ("email", "more_emails"),
        "company_name": ("company_name", "primary_company_names", "company_names"),
        "company_ids": ("company_ids", "primary_company_ids"),
        "deal_ids": ("deal_ids",),
        "owner": ("owner",),
        "create_date": ("create_date",),
        "job_title": ("job_title",),
        "phone": ("phone",),
        "deleted": ("id",),
    }

    def __call__(self, row: Row, record_id: str) -> Item:
        cells = row.cells
        emails = distinct(emails_in(cells["email"]), emails_in(cells["more_emails"]))
        primary_ids, primary_names = row.paired("primary_company_ids", "primary_company_names")
        company_ids, company_names = row.paired("company_ids", "company_names")
        contact = Contact(
            id=record_id,
            name=f"{cells['first_name']} {cells['last_name']}".strip(),
            email=emails[0] if cells["email"] and emails else None,
            emails=emails,
            company_name=next(
                iter((*filter(None, [cells["company_name"]]), *primary_names, *company_names)),
                None,
            ),
            company_ids=distinct(primary_ids, company_ids),
            owner=cells["owner"] or None,
            create_date=row.moment("create_date"),
            job_title=cells["job_title"] or None,
            phone=cells["phone"] or None,
            deal_ids=row.ids("deal_ids"),
        )
        return self.item(row, contact)
