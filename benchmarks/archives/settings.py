"""What both sides are told, beside the archives."""

from __future__ import annotations

from datetime import date

ZONE = "Europe/Madrid"
"""Of the HubSpot portal."""

WINDOW = date(2022, 1, 3), date(2024, 12, 31)
"""In which recurring meetings are expanded: first and last day."""
