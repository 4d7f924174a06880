"""Which column is which: labels in English and Spanish, and HubSpot's internal names.

The labels are those of HubSpot's export of index pages; the internal names stand there
instead when the export was asked for internal values. Labels of associations stay
English whatever the language. What a portal or another language calls them besides is a
setting (`sources.hubspot.vocabulary`).
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
_CONTACT_NAMES = ("associated contact", "associated contacts", "associated contact(s)")
_DEAL_IDS = ("associated deal ids", "associated deal id", "associated deal id(s)")
_MERGED = ("merged object ids", "hs_merged_object_ids")

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
    "contact_names": _CONTACT_NAMES,
    "merged_ids": _MERGED,
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
    "deal_ids": _DEAL_IDS,
    "merged_ids": _MERGED,
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
    "deal_ids": _DEAL_IDS,
    "merged_ids": _MERGED,
}
# Notes, meetings, calls ... each have labels of their own, or those of the timeline.
ACTIVITIES: Fields = {
    "id": RECORD_ID,
    "type": ("activity type", "tipo de actividad", "hs_engagement_type"),
    "title": (
        *("title", "título", "meeting name", "hs_meeting_title", "call title", "hs_call_title"),
        *("task title", "hs_task_subject", "email subject", "hs_email_subject"),
    ),
    "body": (
        *("body", "cuerpo", "note body", "hs_note_body", "meeting description"),
        *("hs_meeting_body", "call notes", "hs_call_body", "task notes", "hs_task_body"),
        *("email body", "hs_email_text"),
    ),
    "date": (
        *("activity date", "fecha de la actividad", "fecha de actividad", "hs_timestamp"),
        *("meeting start time", "hs_meeting_start_time"),
    ),
    "end": ("meeting end time", "hs_meeting_end_time"),
    "owner": ("activity assigned to", "actividad asignada a", *_OWNER),
    "create_date": _CREATED,
    "modified": _MODIFIED,
    **_COMPANIES,
    "contact_ids": _CONTACT_IDS,
    "contact_names": _CONTACT_NAMES,
    "deal_ids": _DEAL_IDS,
    "deal_names": ("associated deal", "associated deals", "associated deal(s)"),
}
FIELDS: dict[Kind, Fields] = {
    "hubspot_deals": DEALS,
    "hubspot_companies": COMPANIES,
    "hubspot_contacts": CONTACTS,
    "hubspot_activities": ACTIVITIES,
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
    "hubspot_activities": frozenset(
        {
            *ACTIVITIES["type"],
            *ACTIVITIES["title"],
            *ACTIVITIES["body"],
            *ACTIVITIES["date"],
            *ACTIVITIES["end"],
            "activity assigned to",
            "actividad asignada a",
        }
        - {"title", "título"}
    ),
}
TELLING: dict[Kind, frozenset[str]] = {
    "hubspot_deals": frozenset({"name", "stage", "won", "lost", "closed"}),
    "hubspot_companies": frozenset({"domain"}),
    "hubspot_contacts": frozenset({"first_name", "last_name", "email", "more_emails"}),
    "hubspot_activities": frozenset({"type", "body", "date", "end"}),
}
"""Fields whose further labels are typical, too."""
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

ASSOCIATIONS = frozenset(
    {*_CONTACT_IDS, *_DEAL_IDS, *_COMPANIES["company_ids"], *_COMPANIES["primary_company_ids"]}
)

REQUIRED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "hubspot_deals": (("id",), ("name",)),
    "hubspot_companies": (("id",), ("name", "domain")),
    "hubspot_contacts": (("id",), ("email", "first_name", "last_name")),
    "hubspot_activities": (("id",), ("title", "body", "date")),
}
"""Of each group, one column must be there."""

WORDS: dict[str, tuple[str, ...]] = {
    "won": ("closed won", "closedwon", "won", "cierre ganado", "cerrado ganado", "ganado"),
    "lost": ("closed lost", "closedlost", "lost", "cierre perdido", "cerrado perdido", "perdido"),
    "yes": ("true", "yes", "sí", "si", "verdadero", "1"),
    "no": ("false", "no", "falso", "0"),
}
"""Closing stages, by label and internal id (a portal may rename them), and booleans."""


def normal(label: str) -> str:
    """A label as the tables above spell it."""
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())
