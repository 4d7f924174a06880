"""A row of an export as an item: what all kinds of rows have in common."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from sources.hubspot.columns import Columns
from sources.hubspot.evidence import CrmHead, summary
from sources.hubspot.row import Origin, Row
from sources.records import Item


class Maker:
    """Makes an item of each row of one file. ``needs`` tell which columns a field of the head is
    read from. Whatever is exported is not deleted.
    """

    needs: Mapping[str, tuple[str, ...]]

    def __init__(self, columns: Columns, origin: Origin) -> None:
        self.columns, self.origin = columns, origin
        self._known = columns.known(self.needs)

    def item(
        self,
        row: Row,
        head: CrmHead,
        emails: tuple[str, ...] = (),
        more_known: tuple[str, ...] = (),
    ) -> Item:
        """The item of a row, of which this is the head."""
        known = self.columns.known(self.needs, row.unread) if row.unread else self._known
        origin = self.origin
        evidence = summary(
            head,
            archive=origin.archive,
            version=(origin.exported, row.moment("modified") or ""),
            known=(*known, *more_known) if more_known else known,
            findings=(*origin.findings, *row.findings.values()),
            emails=emails,
        )
        if merged := row.merged():
            prefix = evidence.key.rpartition(":")[0]
            identity = tuple(f"{prefix}:{each}" for each in merged)
            evidence = msgspec.structs.replace(evidence, identity=identity)
        return Item(summary=evidence, head=head)
