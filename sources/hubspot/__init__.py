"""HubSpot: deals, companies and contacts from the CSV files of a CRM export."""

from sources.hubspot.export import HubSpotExport

__all__ = ["HubSpotExport"]
