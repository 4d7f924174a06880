"""The three types of objects that the CRM API knows and we do: what is asked of each, and
under which labels of an export it stands.
"""

from __future__ import annotations

from sources.records import Kind, Record


class ObjectType(Record, frozen=True, kw_only=True, gc=False):
    """``properties`` are few and fixed: a long list exceeds what an address may hold.
    ``modified`` is the one that tells when an object was last changed. ``associated`` are the
    types whose ids stand beside an object; ``primary`` is how a listing names the association
    with the main company, and ``primary_id`` how all else does.
    """

    name: str
    kind: Kind
    properties: tuple[str, ...]
    modified: str
    associated: tuple[str, ...]
    primary: str = ""
    primary_id: int = 0


_EVERY = ("hs_object_id", "createdate", "hubspot_owner_id", "hs_merged_object_ids")

DEALS = ObjectType(
    name="deals",
    kind="hubspot_deals",
    properties=(
        *_EVERY,
        *("hs_lastmodifieddate", "dealname", "dealstage", "pipeline", "amount"),
        *("deal_currency_code", "closedate", "description"),
        *("hs_is_closed_won", "hs_is_closed_lost", "hs_is_closed"),
    ),
    modified="hs_lastmodifieddate",
    associated=("companies", "contacts"),
    primary="deal_to_company",
    primary_id=5,
)
COMPANIES = ObjectType(
    name="companies",
    kind="hubspot_companies",
    properties=(*_EVERY, "hs_lastmodifieddate", "name", "domain", "website"),
    modified="hs_lastmodifieddate",
    associated=("contacts", "deals"),
)
CONTACTS = ObjectType(
    name="contacts",
    kind="hubspot_contacts",
    properties=(
        *_EVERY,
        *("lastmodifieddate", "firstname", "lastname", "email", "hs_additional_emails"),
        *("phone", "jobtitle", "company"),
    ),
    modified="lastmodifieddate",
    associated=("companies", "deals"),
    primary="contact_to_company",
    primary_id=1,
)
OBJECT_TYPES: dict[str, ObjectType] = {each.name: each for each in (DEALS, COMPANIES, CONTACTS)}

OWNERS, PIPELINES = "owners", "pipelines"
"""The other streams: what ids of people and of stages mean."""

# What was asked, as it stands beside each answer.
LISTED = "crm.objects.get_page"
READ = "crm.objects.batch.read"
ASSOCIATED = "crm.associations.v4.batch.get_page"
ACCOUNT = "account-info.details"

NOT_FOUND = "OBJECT_NOT_FOUND"
"""What an answer to several questions says of some of them: there is none."""
