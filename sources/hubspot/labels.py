"""Which column is which: labels in English and Spanish, and HubSpot's internal names.

The labels are those of HubSpot's export of index pages; the internal names stand there
instead when the export was asked for internal values. Labels of associations stay
English whatever the language.
"""

from __future__ import annotations

import unicodedata

from sources.records import Kind

Fields = dict[str, tuple[str, ...]]

RECORD_ID = ("record id", "hs_object_id", "id de registro")
_OWNER = ("hubspot_owner_id", "owner")
_CREATED = ("create date", "createdate", "fecha de creación")
_MODIFIED = (
    "last modified date",
    "hs_lastmodifieddate",
    "lastmodifieddate",
    "fecha de última modificación",
    "fecha de la última modificación",
)
_COMPANIES: Fields = {
    "primary_company_ids": (
        "associated company ids (primary)",
        "associated company id (primary)",
    ),
    "primary_company_names": (
        "associated company (primary)",
        "associated company names (primary)",
        "associated company name (primary)",
    ),
    "company_ids": (
        "associated company ids",
        "associated company id",
        "associated company id(s)",
    ),
    "company_names": (
        "associated company",
        "associated companies",
        "associated company names",
    ),
}
_CONTACT_IDS = ("associated contact ids", "associated contact id", "associated contact id(s)")

DEALS: Fields = {
    "id": (*RECORD_ID, "deal id", "id del negocio"),
    "name": ("deal name", "dealname", "nombre del negocio"),
    "stage": ("deal stage", "dealstage", "etapa del negocio"),
    "pipeline": ("pipeline", "pipeline de negocios"),
    "amount": ("amount", "cantidad", "importe", "valor"),
    "currency": ("currency", "deal_currency_code", "moneda"),
    "close_date": ("close date", "closedate", "fecha de cierre"),
    "create_date": _CREATED,
    "modified": _MODIFIED,
    "owner": ("deal owner", "propietario del negocio", *_OWNER),
    "won": ("is closed won", "hs_is_closed_won"),
    "lost": ("is closed lost", "hs_is_closed_lost"),
    "closed": ("is deal closed?", "hs_is_closed"),
    "description": ("deal description", "description", "descripción del negocio"),
    **_COMPANIES,
    "contact_ids": _CONTACT_IDS,
    "contact_names": ("associated contact", "associated contacts", "associated contact(s)"),
}
COMPANIES: Fields = {
    "id": (*RECORD_ID, "company id", "id de la empresa"),
    "name": ("company name", "name", "nombre de la empresa"),
    "domain": (
        "company domain name",
        "domain",
        "nombre de dominio de la empresa",
        "dominio de la empresa",
    ),
    "website": ("website url", "website", "url del sitio web"),
    "owner": ("company owner", "propietario de la empresa", *_OWNER),
    "create_date": _CREATED,
    "modified": _MODIFIED,
    "contact_ids": _CONTACT_IDS,
    "deal_ids": ("associated deal ids", "associated deal id", "associated deal id(s)"),
}
CONTACTS: Fields = {
    "id": (*RECORD_ID, "contact id", "id del contacto"),
    "first_name": ("first name", "firstname", "nombre"),
    "last_name": ("last name", "lastname", "apellidos"),
    "email": ("email", "correo", "correo electrónico"),
    "more_emails": (
        "additional email addresses",
        "hs_additional_emails",
        "direcciones de correo electrónico adicionales",
    ),
    "phone": ("phone number", "phone", "número de teléfono"),
    "job_title": ("job title", "jobtitle", "cargo"),
    "company_name": ("company name", "company", "nombre de la empresa"),
    "owner": ("contact owner", "propietario del contacto", *_OWNER),
    "create_date": _CREATED,
    "modified": _MODIFIED,
    **_COMPANIES,
}
FIELDS: dict[Kind, Fields] = {
    "hubspot_deals": DEALS,
    "hubspot_companies": COMPANIES,
    "hubspot_contacts": CONTACTS,
}

# What only this object has. Pipeline, amount, phone, website ... stand in several.
TYPICAL: dict[Kind, frozenset[str]] = {
    "hubspot_deals": frozenset(
        {
            *DEALS["name"],
            *DEALS["stage"],
            *DEALS["won"],
            *DEALS["lost"],
            *DEALS["closed"],
            "deal owner",
            "propietario del negocio",
            "deal type",
            "dealtype",
            "deal description",
            "descripción del negocio",
        }
    ),
    "hubspot_companies": frozenset(
        {*COMPANIES["domain"], "company owner", "propietario de la empresa"}
    ),
    "hubspot_contacts": frozenset(
        {
            *CONTACTS["first_name"],
            *CONTACTS["last_name"],
            *CONTACTS["email"],
            *CONTACTS["more_emails"],
            "contact owner",
            "propietario del contacto",
            "lead status",
            "hs_lead_status",
            "estado del lead",
        }
    ),
}
# A contact has them too, so they speak for a company only when nothing else does.
COMPANY_NAMES = frozenset({"company name", "nombre de la empresa"})
# Without an id column, two of these still say that HubSpot wrote it.
VENDOR = frozenset(
    {
        *DEALS["name"],
        *DEALS["stage"],
        "deal owner",
        "propietario del negocio",
        "company domain name",
        "company owner",
        "propietario de la empresa",
        "contact owner",
        "propietario del contacto",
        "lead status",
        "hs_lead_status",
        "estado del lead",
        "hubspot_owner_id",
    }
)
ACTIVITIES = frozenset({"activity type", "activity date", "activity assigned to"})

REQUIRED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "hubspot_deals": (("id",), ("name",)),
    "hubspot_companies": (("id",), ("name", "domain")),
    "hubspot_contacts": (("id",), ("email", "first_name", "last_name")),
}
"""Of each group, one column must be there."""


def normal(label: str) -> str:
    """A label as the tables above spell it."""
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())
