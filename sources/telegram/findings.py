"""The findings this source may report, in words."""

from __future__ import annotations

from sources.records import Finding

_WORDS = {
    "half_conversation": "Only the exporting user's own messages were exported.",
    "perhaps_half": "All messages of this group are the exporting user's: perhaps only those were "
    "exported. Export again with 'Only my messages' unticked, if others wrote, too.",
    "messages_missing": "The export names this chat but holds no list of its messages.",
    "saved_messages": "The exporting user's own notes: messages forwarded here bear the name of "
    "who wrote them first, elsewhere.",
    "not_listed": "The export's list of chats is missing or does not name this chat: its type "
    "is unknown, and so is whether it is a half conversation.",
    "zone_assumed_utc": "The page prints times without a zone; they were read as UTC. Set "
    "TELEGRAM_TIMEZONE to the zone of the exporting computer.",
    "offset_is_standard_time": "The printed offset is the zone's standard one all year round: "
    "if the exporting computer's zone has daylight saving, these summer times are an hour off. "
    "Set TELEGRAM_TIMEZONE.",
    "zone_from_settings": "Times were read in the zone of TELEGRAM_TIMEZONE.",
    "zone_differs": "TELEGRAM_TIMEZONE never had the printed offset; the offset was trusted.",
    "time_unreadable": "Messages print no readable time.",
    "truncated_file": "The file ends in the middle of this chat; messages after that are lost.",
    "escapes_repaired": "Messages held control characters, or places of emoji, written in a "
    "way that JSON does not know; they were read.",
    "text_damaged": "Messages hold bytes that are no text; each stands as a replacement character.",
    "truncated_page": "A page ends in the middle; messages after that are lost.",
    "missing_page": "Pages of this chat are missing or cannot be read.",
    "duplicate_messages": "Messages stood in more than one page; each was taken once.",
    "id_conflict": "Messages with an id that another message has were left out: the page seems "
    "to have been edited.",
    "mixed_folder": "Pages of several chats lie in one folder; they were told apart by their "
    "messages and titles. A page that shares no message with others went by its title.",
    "uneven_page": "Pages other than the last hold more or fewer than 1000 messages, as no page of "
    "one export does: messages may be missing, or pages come from different exports.",
    "titles_differ": "Pages of this chat bear different titles; the others are aliases.",
    "out_of_order": "Messages do not stand in the order of their ids.",
    "author_unknown": "Messages print no author, and none precedes them on their page.",
    "origin_unknown": "Forwarded messages print no origin, and none precedes them.",
    "encoding_guessed": "Pages, or the file, are in an encoding that they do not declare; it was "
    "guessed from their bytes.",
    "wild_markup": "Messages hold masses of nested or unclosed tags that Telegram does not write; "
    "their text was read without most of them.",
    "unknown_markup": "Blocks of an unknown kind stand in messages and were not read.",
    "count_differs": "Pages hold another number of message tags than were understood.",
    "begins_alike": "Another chat begins with the same message; what follows differs.",
    "same_title": "Other exports hold chats of this title; nothing shows that they are this one, "
    "so they stay apart.",
    "zones_differ": "Exports of this chat print the times of the same messages by hours apart, and "
    "none knows the true ones; the newest export's are kept. Set TELEGRAM_TIMEZONE.",
}
KINDS = tuple(sorted(_WORDS))


def finding(kind: str, count: int = 1) -> Finding:
    """A finding of one of these kinds."""
    return Finding(kind=kind, detail=_WORDS[kind], count=count)
