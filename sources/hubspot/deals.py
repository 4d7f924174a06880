"""A row of a deal export as a deal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sources.hubspot.columns import Columns
from sources.hubspot.labels import normal
from sources.hubspot.maker import Maker
from sources.hubspot.row import Origin, Row, distinct, emails_of_names
from sources.records import Deal, Item

Status = Literal["open", "won", "lost"]


class DealRows(Maker):
    """Makes a deal of each row of one file."""

    needs = {
        "id": ("id",),
        "name": ("name",),
        "stage": ("stage",),
        "pipeline": ("pipeline",),
        "amount": ("amount",),
        "close_date": ("close_date",),
        "create_date": ("create_date",),
        "owner": ("owner",),
        "status": ("stage", "won", "lost", "closed"),
        "company_ids": ("company_ids", "primary_company_ids"),
        "contact_ids": ("contact_ids",),
        "company_names": ("company_names", "primary_company_names"),
        "contact_names": ("contact_names",),
        "description": ("description",),
        "deleted": ("id",),
    }

    def __init__(self, columns: Columns, origin: Origin) -> None:
        super().__init__(columns, origin)
        self._has_currency = columns.has("currency")
        self._stages: dict[str, Status] = {}
        self._closing = columns.has("won", "lost", "closed")

    def __call__(self, row: Row, record_id: str) -> Item:
        cells = row.cells
        stage = cells["stage"] or None
        amount = row.amount("amount")
        currency = cells["currency"] or amount.currency
        primary_ids, primary_names = row.paired("primary_company_ids", "primary_company_names")
        company_ids, company_names = row.paired("company_ids", "company_names")
        contact_ids, contact_names = row.paired("contact_ids", "contact_names")
        deal = Deal(
            id=record_id,
            name=cells["name"],
            stage=stage,
            pipeline=cells["pipeline"] or None,
            amount=amount.value,
            currency=currency,
            close_date=row.moment("close_date"),
            create_date=row.moment("create_date"),
            owner=cells["owner"] or None,
            status=self._status(row, stage),
            company_ids=distinct(primary_ids, company_ids),
            contact_ids=contact_ids,
            company_names=distinct(primary_names, company_names),
            contact_names=contact_names,
            description=cells["description"] or None,
        )
        # A currency may come with an amount.
        more_known = ("currency",) if currency or self._has_currency else ()
        emails = emails_of_names(cells["contact_names"])
        return self.item(row, deal, emails, more_known)

    def _status(self, row: Row, stage: str | None) -> Status:
        """HubSpot's own columns decide, then the stage."""
        by_stage = self._stages.get(stage) if stage else "open"
        if by_stage is None:
            by_stage = self._stages[stage or ""] = stage_status(
                stage or "", self.origin.manner.vocabulary.words
            )
        if self._closing:
            won, lost, closed = row.flag("won"), row.flag("lost"), row.flag("closed")
            if won or lost:
                return "won" if won else "lost"
            if won is False and closed:
                return "lost"
            if closed is False or (won is False and lost is False):
                return "open"
            if won is False and by_stage == "won":
                return "open"
            if lost is False and by_stage == "lost":
                return "open"
            if closed and by_stage == "open":
                row.note("status_unknown", "Closed, but nothing says whether won or lost.")
        elif stage and stage.isdigit():
            row.note("status_unknown", "The stage is an internal id; the deal counts as open.")
        return by_stage


def stage_status(stage: str, words: Mapping[str, str]) -> Status:
    """What a stage says by itself, with or without its pipeline in brackets."""
    label = normal(stage)
    bare = label.partition(" (")[0] if label.endswith(")") else label
    for name in (label, bare):
        if words.get(name) == "won":
            return "won"
        if words.get(name) == "lost":
            return "lost"
    return "open"
