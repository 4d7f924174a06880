"""What a header says: the object of the file and where its fields stand, or why not."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import cast

from sources.hubspot.labels import ASSOCIATIONS, FIELDS, REQUIRED, normal
from sources.hubspot.vocabulary import Vocabulary
from sources.records import Kind, Record

_SHOWN = 40
Pick = Callable[[Sequence[str]], tuple[str, ...]]


class Columns(Record, frozen=True, kw_only=True, gc=False):
    """Where each field of the object stands. A field without a column stands at
    ``width``, one past the last. ``pick`` takes the cells of the fields out of a row that
    has one more than ``width``. ``repeats`` are later columns that mean the same.
    """

    kind: Kind
    width: int
    labels: dict[str, str]
    at: dict[str, int]
    pick: Pick
    repeats: tuple[tuple[str, int], ...]

    def has(self, *fields: str) -> bool:
        """Whether one of these fields has a column."""
        return any(field in self.labels for field in fields)

    def known(
        self, needs: Mapping[str, tuple[str, ...]], unread: Container[str] = ()
    ) -> tuple[str, ...]:
        """Of the head's fields, those that one of the columns they need was read for."""
        return tuple(
            name
            for name, fields in needs.items()
            if any(field in self.labels and field not in unread for field in fields)
        )


class Refusal(Record, frozen=True, kw_only=True, gc=False):
    """Why a header that looks like HubSpot's cannot be used."""

    reason: str
    detail: str
    remedy: str


def understand(header: Sequence[str], words: Vocabulary) -> Columns | Refusal | None:
    """What this header belongs to; ``None``: not to HubSpot."""
    labels = [normal(label) for label in header]
    seen = set(labels)
    if not words.ids & seen and len(words.vendor & seen) < 2:
        return _other_language(header) if ASSOCIATIONS & seen else None
    kind = _kind(seen, words)
    if kind is None:
        return Refusal(
            reason="unknown_object",
            detail="it has a record ID but not the columns of deals, of companies, of contacts or "
            f"of activities alone ({headers_seen(header)})",
            remedy="Export each object into a file of its own, with labels in English or Spanish, "
            "or as internal names; or say what other labels mean in HUBSPOT_LABELS.",
        )
    columns = _locate(kind, header, labels, words)
    missing = [group for group in REQUIRED[kind] if not columns.has(*group)]
    return _refuse(kind, missing, header) if missing else columns


def _other_language(header: Sequence[str]) -> Refusal:
    """Labels of associations are English in every language, so this is HubSpot's."""
    return Refusal(
        reason="missing_columns",
        detail="it has HubSpot's associations, but no record ID was found "
        f"({headers_seen(header)})",
        remedy="Export with labels in English or Spanish, or as internal names; or say what "
        "these mean in HUBSPOT_LABELS.",
    )


def headers_seen(header: Sequence[str]) -> str:
    """The header, for a person; the first 40 of it."""
    shown = ", ".join(_printable(label) or "(blank)" for label in header[:_SHOWN])
    rest = f" and {len(header) - _SHOWN} more" if len(header) > _SHOWN else ""
    return f"headers seen: {shown}{rest}"


def _printable(label: str) -> str:
    words = " ".join(label.split())[:60]
    return "".join(letter if letter.isprintable() else "?" for letter in words)


def _kind(seen: set[str], words: Vocabulary) -> Kind | None:
    scores = {kind: len(typical & seen) for kind, typical in words.typical.items()}
    best = max(scores.values())
    if not best:
        return "hubspot_companies" if words.company_names & seen else None
    winners: list[Kind] = [kind for kind, score in scores.items() if score == best]
    return winners[0] if len(winners) == 1 else None


def _locate(kind: Kind, header: Sequence[str], labels: Sequence[str], words: Vocabulary) -> Columns:
    """Of two columns that mean the same the first counts; one that a setting names counts
    before any that none does.
    """
    meaning, further = words.meaning[kind], words.further[kind]
    named = {meaning[label] for label in labels if label in further}
    at = dict.fromkeys(FIELDS[kind], len(labels))
    found: dict[str, str] = {}
    repeats: list[tuple[str, int]] = []
    for position, label in enumerate(labels):
        field = meaning.get(label)
        if field is None or (field in named and label not in further):
            continue
        if field in found:
            repeats.append((field, position))
        else:
            at[field] = position
            found[field] = " ".join(header[position].split())
    return Columns(
        kind=kind,
        width=len(labels),
        labels=found,
        at=at,
        pick=cast("Pick", itemgetter(*at.values())),
        repeats=tuple(repeats),
    )


def _refuse(kind: Kind, missing: Iterable[tuple[str, ...]], header: Sequence[str]) -> Refusal:
    wanted = "; ".join(
        " or ".join(f"{FIELDS[kind][field][0]!r}" for field in group) for group in missing
    )
    return Refusal(
        reason="missing_columns",
        detail=f"looks like {kind.removeprefix('hubspot_')}, but required columns were not "
        f"found: {wanted} ({headers_seen(header)})",
        remedy="Export again with these columns; 'all properties' has them. If they are there "
        "under other names, say so in HUBSPOT_LABELS.",
    )
