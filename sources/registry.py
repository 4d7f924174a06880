"""The only list of sources. A name leads to a class, imported on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line asks for names only
    from sources.protocol import ReaderOptions, Source

SOURCES: dict[str, str] = {
    "slack": "sources.slack:SlackExport",
    "telegram": "sources.telegram:TelegramExport",
    "calendar": "sources.calendar:CalendarExport",
    "hubspot": "sources.hubspot:HubSpotExport",
}

# Who may claim files first: a chat or a channel may have an .ics or a .csv attached,
# and that is part of the conversation, not an archive of its own.
DISCOVERY_ORDER = ("telegram", "slack", "calendar", "hubspot")


def load(name: str, options: ReaderOptions) -> Source:
    """The source of that name, ready to discover and read."""
    module, _, attribute = SOURCES[name].partition(":")
    source: Source = getattr(import_module(module), attribute)(options)
    return source
