"""Telegram Desktop's export as a source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sources._archive import Tree
from sources.protocol import Found, Kept, Part, ReaderOptions, Unit, Yielded
from sources.records import Kind

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


class TelegramExport:
    """Full-account and single-chat exports; a unit is one chat's folder of pages, or one
    ``result.json``.

    Raises ValueError when the time zone of the settings is unknown.
    """

    name = "telegram"
    version = 6
    kinds: tuple[Kind, ...] = ("telegram_chats",)

    def __init__(self, options: ReaderOptions) -> None:
        self._timezone = options.telegram_timezone or None
        self._zone = _zone(self._timezone) if self._timezone else None

    @property
    def settings(self) -> tuple[str | None, ...]:
        return (self._timezone,)

    def discover(self, tree: Tree) -> Iterable[Found]:
        # Who finds does not need the readers, and who reads needs one of them.
        from sources.telegram.discovery import Discovery

        return Discovery(tree, self.name).run()

    def read(self, unit: Unit, tree: Tree) -> Iterator[Yielded]:
        from sources.telegram.clock import Clock

        clock = Clock(self._zone)
        if any(name == "shape" for name, _ in unit.hints):  # a result.json
            from sources.telegram.json_export import JsonReader

            return JsonReader(unit, tree, clock).read()
        from sources.telegram.chat import ChatReader

        return ChatReader(unit, tree, clock).read()

    def merge(self, parts: Sequence[Part]) -> Iterator[Yielded | Kept]:
        from sources.telegram.merge import merged_chats

        return merged_chats(parts)


def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"TELEGRAM_TIMEZONE: {name!r} is no time zone. Give an IANA name like Europe/Berlin."
        ) from error
