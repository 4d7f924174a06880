"""A rich message of ``result.json`` (2026), read into what its page would give.

Blocks have a type, and under names of their own a text, which is a tree itself, further
blocks, or a file. Of a type nobody knows whatever is text is taken.
"""

from __future__ import annotations

from collections.abc import Callable

from sources.records import Media
from sources.telegram.json_fields import Raw, array, integer, mapping, peer, string
from sources.telegram.json_media import media_of
from sources.telegram.markup import take_link
from sources.telegram.rich import Lines, Rich

_DEEPEST = 64
_ADDRESSES = {"link": "", "email": "mailto:", "phone": "tel:"}
_SKIPPED = {
    "file_size": "(File exceeds maximum size. Change data exporting settings to download.)",
    "file_type": "(File not included. Change data exporting settings to download.)",
}
_UNAVAILABLE = "(File unavailable, please try again later)"
_OF_FILES = (
    *("file_name", "media_type", "mime_type", "file_size", "photo_file_size"),
    *("duration_seconds", "performer", "title", "sticker_emoji"),
)
_TASKS = {"checked": "☑ ", "unchecked": "☐ "}
_UNKNOWN = {"unknown": "Unknown rich content"}


def rich_of(raw: Raw) -> Rich:
    """What a message's ``rich_message`` holds."""
    reader = _Reader()
    reader.blocks(raw.get("blocks"), 0)
    return Rich(
        text=reader.lines.text(),
        media=tuple(reader.media),
        buttons=tuple(reader.buttons),
        links=tuple(reader.links),
        mentions=tuple(reader.mentions),
        mention_ids=tuple(reader.ids),
    )


class _Reader:
    def __init__(self) -> None:
        self.lines = Lines()
        self.media: list[Media] = []
        self.buttons: list[str] = []
        self.links: dict[str, None] = {}
        self.mentions: dict[str, None] = {}
        self.ids: dict[str, None] = {}

    def blocks(self, value: object, depth: int) -> None:
        for block in array(value):
            self._block(mapping(block), depth)

    def _block(self, raw: Raw, depth: int) -> None:
        if depth > _DEEPEST:
            return
        kind = string(raw.get("type"))
        special = _BLOCKS.get(kind)
        if special is not None:
            special(self, raw, depth)
            return
        if kind in _FILES:
            self._attach(kind, raw)
            self._source(string(raw.get("url")))
            self._caption(raw.get("caption"))
            return
        if raw.get("unsupported") is True:
            source = string(raw.get("source_type"))
            self._line(_UNKNOWN.get(source, "Unsupported rich content"))
        for key in ("title", "text", "formula"):
            if key in raw:
                self._line(raw[key])
        for key in ("block", "blocks", "items"):
            value = raw.get(key)
            self.blocks([value] if isinstance(value, dict) else value, depth + 1)
        self._caption(raw.get("caption"))

    def _line(self, *texts: object) -> None:
        self.lines.end()
        for text in texts:
            self.lines.add(self._text(text))
        self.lines.end()

    def _caption(self, value: object) -> None:
        caption = mapping(value)
        if "credit" in caption:
            self._line(caption.get("text"))
            self._line(caption.get("credit"))
        else:
            self._line(value)

    def _text(self, value: object, depth: int = 0) -> str:
        """The words of a text, which may be made of others."""
        if isinstance(value, str):
            return value
        if depth > _DEEPEST:
            return ""
        if isinstance(value, list):
            return "".join(self._text(part, depth + 1) for part in value)
        raw = mapping(value)
        kind = string(raw.get("type"))
        if kind == "inline_image":
            return "Inline image"
        words = self._text(raw.get("text"), depth + 1) or string(raw.get("source"))
        if kind == "diff":
            return f"{words}Previous: {self._text(raw.get('old_text'), depth + 1)}"
        self._refer(kind, raw, words)
        return words

    def _refer(self, kind: str, raw: Raw, words: str) -> None:
        """Note where a piece of text leads, or whom it names."""
        if kind in _ADDRESSES:
            to = _ADDRESSES[kind] + (string(raw.get(kind)) or words)
            take_link(to, "", words, self.links, self.mentions)
        elif kind == "text_link":
            take_link(string(raw.get("href")), "", words, self.links, self.mentions)
        elif kind in {"mention", "mention_name"} and words:
            self.mentions[words] = None
            if (who := peer(raw.get("user_id"))) is not None:
                self.ids[who] = None
        elif "button" in raw:
            self._opens(raw)

    def _opens(self, raw: Raw) -> None:
        url = string(mapping(raw.get("button")).get("url"))
        take_link(url, "", "", self.links, self.mentions)

    def _attach(self, kind: str, raw: Raw) -> None:
        key = "photo" if kind == "photo" else "file"
        reason = string(raw.get(f"{key}_skip_reason"))
        path = string(raw.get(key)) or _SKIPPED.get(reason, _UNAVAILABLE)
        told: dict[str, object] = {"media_type": f"{kind}_file"} if kind in _MOVING else {}
        told |= {name: raw[name] for name in _OF_FILES if name in raw}
        self.media.extend(media_of(told | {key: path}))

    def _author(self, raw: Raw, depth: int) -> None:
        del depth
        told = string(raw.get("date")) if integer(raw.get("date_unixtime")) else ""
        self._line(raw.get("author"), f" • {_printed(told)}" if told else "")

    def _list(self, raw: Raw, depth: int) -> None:
        for item in map(mapping, array(raw.get("items"))):
            mark = _TASKS.get(string(item.get("task_state")), "")
            number = string(item.get("num")) if raw.get("kind") == "ordered" else ""
            self.lines.end()
            self.lines.add(mark or (f"{number} " if number else ""))
            if "text" in item:
                self.lines.add(self._text(item["text"]))
            self.lines.end()
            self.blocks(item.get("blocks"), depth + 1)

    def _table(self, raw: Raw, depth: int) -> None:
        del depth
        self._line(raw.get("title"))
        for row in array(raw.get("rows")):
            first = self.lines.end()
            for cell in array(mapping(row).get("cells")):
                begin = self.lines.end()
                self.lines.add(self._text(mapping(cell).get("text")))
                self.lines.join(begin, filled=True)
            self.lines.join(first)

    def _embed(self, raw: Raw, depth: int) -> None:
        del depth
        url = string(raw.get("url"))
        if "poster_photo_id" in raw:
            told = {key.removeprefix("poster_"): value for key, value in raw.items()}
            self._attach("photo", told)
            self._source(url)
        else:
            self.media.append(
                Media(kind="file", title="Embed", status=url or None, url=url or None)
            )
        self._caption(raw.get("caption"))

    def _embed_post(self, raw: Raw, depth: int) -> None:
        author = string(raw.get("author")) or "Embed post"
        self.media.append(Media(kind="contact", title=author))
        self._source(string(raw.get("url")))
        self.blocks(raw.get("blocks"), depth + 1)
        self._caption(raw.get("caption"))

    def _channel(self, raw: Raw, depth: int) -> None:
        del depth
        channel = mapping(raw.get("channel"))
        username = string(channel.get("username"))
        title = string(channel.get("title")) or "Channel"
        status = f"@{username}" if username else None
        self.media.append(Media(kind="contact", title=title, status=status))

    def _map(self, raw: Raw, depth: int) -> None:
        del depth
        self.media.extend(media_of({"location_information": raw.get("geo")}))
        self._caption(raw.get("caption"))

    def _articles(self, raw: Raw, depth: int) -> None:
        del depth
        self._line(raw.get("title"))
        for article in map(mapping, array(raw.get("articles"))):
            self.media.append(
                Media(
                    kind="photo" if "photo_id" in article else "file",
                    title=string(article.get("title")) or "Related article",
                    description=string(article.get("description")) or None,
                    status=string(article.get("author")) or None,
                )
            )
            self._source(string(article.get("url")))

    def _source(self, url: str) -> None:
        self._line(url)
        take_link(url, "", "", self.links, self.mentions)

    def _buttons(self, raw: Raw, depth: int) -> None:
        del depth
        for button in map(mapping, array(raw.get("buttons"))):
            self.buttons.append(self._text(button.get("text")).strip())
            self._opens(button)


def _printed(local: str) -> str:
    """A date as pages print it."""
    day, _, time = local.partition("T")
    return f"{'.'.join(reversed(day.split('-')))} {time}"


_MOVING = ("video", "audio")
_FILES = frozenset(("photo", "video", "audio", "file"))
_BLOCKS: dict[str, Callable[[_Reader, Raw, int], None]] = {
    "author_date": _Reader._author,
    "list": _Reader._list,
    "table": _Reader._table,
    "embed": _Reader._embed,
    "embed_post": _Reader._embed_post,
    "channel": _Reader._channel,
    "map": _Reader._map,
    "input_map": _Reader._map,
    "related_articles": _Reader._articles,
    "button_row": _Reader._buttons,
}
