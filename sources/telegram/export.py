"""Telegram Desktop's export as a source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sources._archive import Tree
from sources.protocol import Found, Part, ReaderOptions, Unit, Yielded
from sources.records import Kind
from sources.telegram.chat import ChatReader
from sources.telegram.clock import Clock
from sources.telegram.discovery import Discovery, is_json
from sources.telegram.json_export import JsonReader
from sources.telegram.merge import merged_chats


class TelegramExport:
    """Full-account and single-chat exports; a unit is one chat's folder of pages, or one
    ``result.json``.

    Raises ValueError when the time zone of the settings is unknown.
    """

    name = "telegram"
    version = 2
    kinds: tuple[Kind, ...] = ("telegram_chats",)

    def __init__(self, options: ReaderOptions) -> None:
        self._timezone = options.telegram_timezone or None
        self._zone = _zone(self._timezone) if self._timezone else None

    @property
    def settings(self) -> tuple[str | None, ...]:
        return (self._timezone,)

    def discover(self, tree: Tree) -> Iterable[Found]:
        return Discovery(tree, self.name).run()

    def read(self, unit: Unit, tree: Tree) -> Iterator[Yielded]:
        clock = Clock(self._zone)
        if is_json(unit):
            return JsonReader(unit, tree, clock).read()
        return ChatReader(unit, tree, clock).read()

    def merge(self, parts: Sequence[Part]) -> Iterator[Yielded]:
        return merged_chats(parts)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"TELEGRAM_TIMEZONE: {name!r} is no time zone. Give an IANA name like Europe/Berlin."
        ) from error
