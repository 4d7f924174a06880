"""Blocks, attachments and files of a message as text, for messages whose own text is blank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sources.slack.fields import mapping, number, objects, string
from sources.slack.mrkdwn import Words

_DEEPEST = 40
"""Nesting beyond which nobody reads; real messages stay below ten."""

# Where an ordinary block keeps its words, in the order they are shown.
_WORDY = (
    "title",
    "label",
    "text",
    "fields",
    "elements",
    "rows",
    "description",
    "alt_text",
    "hint",
    "blocks",
)


def block_text(blocks: object, words: Words) -> str:
    """All the words of a list of blocks, a line for each."""
    return _lines(_block(block, words, _DEEPEST) for block in objects(blocks))


def attachment_text(attachments: object, words: Words) -> str:
    """All the words of attachments: cards of links, of old bots, quoted messages."""
    return _lines(_attachment(attachment, words) for attachment in objects(attachments))


def file_titles(raw: Mapping[str, object]) -> str:
    """What the files of a message are called."""
    return _lines(string(file.get("title")) or string(file.get("name")) for file in files_of(raw))


def files_of(raw: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The files of a message, also in the spelling of exports before 2018."""
    files = objects(raw.get("files"))
    if files:
        return files
    file = mapping(raw.get("file"))
    return [file] if file else []


def _attachment(attachment: Mapping[str, object], words: Words) -> str:
    title = words.text(string(attachment.get("title")))
    link = string(attachment.get("title_link")) or string(attachment.get("from_url"))
    if link:
        words.link(link)
    shown = [
        words.text(string(attachment.get("pretext"))),
        title,
        words.text(string(attachment.get("text"))),
    ]
    for field in objects(attachment.get("fields")):
        shown += [words.text(string(field.get(key))) for key in ("title", "value")]
    shown.append(block_text(attachment.get("blocks"), words))
    for quoted in objects(attachment.get("message_blocks")):
        shown.append(block_text(mapping(quoted.get("message")).get("blocks"), words))
    if not any(shown):
        # What programs without cards show: the same words again.
        shown.append(words.text(string(attachment.get("fallback"))))
    shown.append(words.text(string(attachment.get("footer"))))
    return _lines(shown)


def _block(block: Mapping[str, object], words: Words, depth: int) -> str:
    if block.get("type") == "rich_text":
        return _lines(_rich(part, words, depth - 1) for part in objects(block.get("elements")))
    # Of a kind not known here, whatever is called a text.
    return _any(block, words, depth) or _nested(block, words, depth)


def _nested(value: object, words: Words, depth: int) -> str:
    if depth <= 0:
        return ""
    if isinstance(value, list):
        return _lines(_nested(entry, words, depth - 1) for entry in value)
    if not isinstance(value, dict):
        return ""
    return _lines(
        words.text(inner)
        if key == "text" and isinstance(inner, str)
        else _nested(inner, words, depth - 1)
        for key, inner in value.items()
    )


def _rich(part: Mapping[str, object], words: Words, depth: int) -> str:
    elements = objects(part.get("elements"))
    if part.get("type") == "rich_text_list" and depth > 0:
        indent = "  " * min(max(number(part.get("indent")) or 0, 0), 20)
        first = (number(part.get("offset")) or 0) + 1
        ordered = part.get("style") == "ordered"
        return "\n".join(
            f"{indent}{f'{first + index}.' if ordered else '•'} {_rich(element, words, depth - 1)}"
            for index, element in enumerate(elements)
        )
    text = "".join(_inline(element, words) for element in elements)
    return text.removesuffix("\n")


def _inline(element: Mapping[str, object], words: Words) -> str:
    match element.get("type"):
        case "link":
            return words.link(string(element.get("url")), string(element.get("text")))
        case "user":
            return words.user(string(element.get("user_id")))
        case "channel":
            return words.channel(string(element.get("channel_id")))
        case "usergroup":
            return f"@{string(element.get('usergroup_id'))}"
        case "team":
            return f"@{string(element.get('team_id'))}"
        case "broadcast":
            return f"@{string(element.get('range'))}"
        case "emoji":
            return f":{string(element.get('name'))}:"
        case "date":
            return string(element.get("fallback"))
        case "color":
            return string(element.get("value"))
        case _:
            return string(element.get("text"))


def _any(value: object, words: Words, depth: int) -> str:
    if depth <= 0:
        return ""
    if isinstance(value, list):
        return _lines(_any(entry, words, depth - 1) for entry in value)
    if not isinstance(value, dict):
        return ""
    kind = string(value.get("type"))
    if kind == "rich_text":
        return _block(value, words, depth)
    if kind.startswith("rich_text_"):
        return _rich(value, words, depth)
    markup = kind in {"mrkdwn", "markdown"}
    shown = []
    for key in _WORDY:
        inner = value.get(key)
        if isinstance(inner, str):
            shown.append(words.text(inner) if markup else inner)
        elif inner:
            shown.append(_any(inner, words, depth - 1))
    return _lines(shown)


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)
