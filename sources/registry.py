"""The only list of sources. A name leads to a class, imported on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the command line asks for names only
    from sources.live.fetcher import Fetcher
    from sources.live.scope import Credential
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


# Those that can be asked, and who asks them.
FETCHERS: dict[str, str] = {
    "slack": "sources.slack.fetch:SlackFetcher",
    "calendar": "sources.calendar.fetch:CalendarFetcher",
    "hubspot": "sources.hubspot.fetch:HubSpotFetcher",
}


def load(name: str, options: ReaderOptions) -> Source:
    """The source of that name, ready to discover and read."""
    source: Source = _imported(SOURCES[name])(options)
    return source


def load_fetcher(name: str, credential: Credential) -> Fetcher:
    """Who asks the service of that name, with what opens it."""
    fetcher: Fetcher = _imported(FETCHERS[name])(credential)
    return fetcher


def _imported(path: str) -> Any:
    module, _, attribute = path.partition(":")
    return getattr(import_module(module), attribute)
