"""How the settings say that labels and cells are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sources.hubspot.vocabulary import Vocabulary, vocabulary
from sources.protocol import ReaderOptions
from sources.records import Record

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sources.hubspot.dates import DateOrder


class Manner(Record, frozen=True, kw_only=True, gc=False):
    """The zone of times without one, the order of day and month where it cannot be told,
    and what words mean. ``resaved``: a spreadsheet has written the file.
    """

    zone: ZoneInfo | None = None
    order: DateOrder | None = None
    vocabulary: Vocabulary
    resaved: bool = False


def manner(options: ReaderOptions) -> Manner:
    """What these settings say. Raises `ValueError` for labels that cannot be used."""
    return Manner(
        zone=_zone(options.hubspot_timezone),
        order=cast("DateOrder | None", options.hubspot_date_order),
        vocabulary=vocabulary(options.hubspot_labels),
    )


def _zone(name: str | None) -> ZoneInfo | None:
    if not name:
        return None
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)
