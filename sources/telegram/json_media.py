"""What is attached to a message, from its fields in ``result.json``.

Kinds and words are those the pages are read into, so that one chat exported both ways
reads alike (export_output_json.cpp).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from sources.records import Media
from sources.telegram.json_fields import Raw, array, integer, mapping, plain, string
from sources.telegram.media import path_in_export

_FILES = {
    "sticker": "sticker",
    "video_message": "video_message",
    "voice_message": "voice_message",
    "animation": "animation",
    "video_file": "video",
    "audio_file": "audio",
}
_TOLD_OF_FILES = {"media_type", "mime_type", "file_name"}
_MISSING = ("(File ", "(Photo ")
_UNPAIRED = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


def media_of(raw: Raw) -> tuple[Media, ...]:
    """Everything attached, in order."""
    present = raw.keys() - ({"location_information"} if "place_name" in raw else set())
    found = [read(raw) for key, read in _READERS.items() if key in present]
    if not found and raw.keys() & _TOLD_OF_FILES:
        found.append(_file({**raw, "file": ""}))
    elif not found and "self_destruct_period_seconds" in raw:
        found.append(Media(kind="photo", title="Self-destructing photo"))
    return tuple(found)


def where(value: object) -> tuple[str | None, str | None]:
    """Path of an exported file, or the reason in brackets why it was not."""
    text = string(value)
    if text.startswith(_MISSING) and text.endswith(")"):
        return None, text[1:-1]
    return path_in_export(text), None


def _photo(raw: Raw) -> Media:
    path, missing = where(raw["photo"])
    return Media(
        kind="photo",
        title=_self_destructing(raw, "photo"),
        path=path,
        missing=missing,
        size=integer(raw.get("photo_file_size")),
    )


def _self_destructing(raw: Raw, kind: str) -> str | None:
    return f"Self-destructing {kind}" if "self_destruct_period_seconds" in raw else None


def _file(raw: Raw) -> Media:
    path, missing = where(raw["file"])
    word = string(raw.get("media_type"))
    kind = _FILES.get(word, word or "file")
    title = string(raw.get("file_name"))
    if kind == "audio":
        performer, song = string(raw.get("performer")), string(raw.get("title"))
        title = " – ".join(filter(None, (performer, song))) or title
    return Media(
        kind=kind,
        title=_self_destructing(raw, "video") or title or None,
        status=string(raw.get("sticker_emoji")) or None,
        path=path,
        mime_type=string(raw.get("mime_type")) or None,
        size=integer(raw.get("file_size")),
        duration_seconds=integer(raw.get("duration_seconds")),
        missing=missing,
    )


def _contact(raw: Raw) -> Media:
    who = mapping(raw["contact_information"])
    names = (string(who.get("first_name")), string(who.get("last_name")))
    path, missing = where(raw.get("contact_vcard"))
    return Media(
        kind="contact",
        title=" ".join(filter(None, names)) or None,
        status=string(who.get("phone_number")) or None,
        path=path,
        missing=missing,
    )


def _place(raw: Raw) -> Media:
    point = mapping(raw.get("location_information"))
    parts = (point.get(key) for key in ("latitude", "longitude"))
    status = ", ".join(str(part) for part in parts if isinstance(part, int | float | str))
    period = integer(raw.get("live_location_period_seconds"))
    kind = "location" if period is None else "live_location"
    return Media(
        kind="venue" if "place_name" in raw else kind,
        title=string(raw.get("place_name")) or None,
        description=string(raw.get("address")) or None,
        status=status or None,
        duration_seconds=period,
    )


def _game(raw: Raw) -> Media:
    return Media(
        kind="game",
        title=string(raw["game_title"]) or None,
        description=string(raw.get("game_description")) or None,
        url=string(raw.get("game_link")) or None,
    )


def _invoice(raw: Raw) -> Media:
    """An invoice, which is a text that holds JSON."""
    value = raw["invoice_information"]
    bill = mapping(value)
    if isinstance(value, str):
        try:
            bill = mapping(json.loads(_UNPAIRED.sub("?", value), strict=False))
        except (ValueError, RecursionError):
            return Media(kind="invoice", description=value or None)
    amount, currency = integer(bill.get("amount")), string(bill.get("currency"))
    return Media(
        kind="invoice",
        title=string(bill.get("title")) or None,
        description=string(bill.get("description")) or None,
        # The amount is in the currency's smallest unit, of whatever size that is.
        status=f"{amount} {currency} (smallest unit)".replace("  ", " ") if amount else None,
    )


def _paid(raw: Raw) -> Media:
    amount = integer(raw["paid_stars_amount"])
    return Media(kind="invoice", status=None if amount is None else f"{amount} stars")


def _poll(raw: Raw) -> Media:
    poll = mapping(raw["poll"])
    answers = [mapping(answer) for answer in array(poll.get("answers"))]
    votes = tuple(_votes(answer) for answer in answers)
    return Media(
        kind="poll",
        title=plain(poll.get("question")) or None,
        description="Final results" if poll.get("closed") is True else "Anonymous poll",
        status=_counted(poll.get("total_voters")) or None,
        options=tuple(plain(answer.get("text")) for answer in answers),
        votes=votes if any(votes) else (),
    )


def _votes(answer: Raw) -> str:
    votes = _counted(answer.get("voters"))
    return f"{votes}, chosen vote" if votes and answer.get("chosen") is True else votes


def _counted(value: object) -> str:
    count = integer(value) or 0
    return f"{count} vote{'' if count == 1 else 's'}" if count > 0 else ""


def _todo(raw: Raw) -> Media:
    todo = mapping(raw["todo_list"])
    tasks = array(todo.get("answers") or todo.get("items") or todo.get("tasks"))
    return Media(
        kind="todo",
        title=plain(todo.get("title")) or None,
        description="To-do List",
        options=tuple(plain(mapping(task).get("text")) for task in tasks),
    )


def _giveaway(raw: Raw) -> Media:
    return Media(kind="giveaway", title="Giveaway", description=_facts(raw, "giveaway_information"))


def _results(raw: Raw) -> Media:
    description = _facts(raw, "giveaway_results")
    return Media(kind="giveaway", title="Giveaway results", description=description)


def _facts(raw: Raw, key: str) -> str | None:
    """Figures of a prize as they are, a line each."""
    facts = (
        f"{word.replace('_', ' ')}: {value}"
        for word, value in mapping(raw[key]).items()
        if isinstance(value, str | int) and not isinstance(value, bool) and value != ""
    )
    return "\n".join(facts) or None


_READERS: dict[str, Callable[[Raw], Media]] = {
    "photo": _photo,
    "file": _file,
    "contact_information": _contact,
    "location_information": _place,
    "place_name": _place,
    "game_title": _game,
    "invoice_information": _invoice,
    "paid_stars_amount": _paid,
    "poll": _poll,
    "todo_list": _todo,
    "giveaway_information": _giveaway,
    "giveaway_results": _results,
}
"""What to read, by the field that says it is there."""
