"""Writes tiny exports exactly as Telegram Desktop lays them out.

Block tags stand on lines of their own, one space deeper per open ancestor; inner text
starts in column 0; attributes come in alphabetical order. As in the original, a tag that
nobody pops shifts every closing tag after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

Attributes = dict[str, str]


def escaped(text: str) -> str:
    """As tdesktop escapes text and attributes."""
    table = {"\n": "<br>", '"': "&quot;", "&": "&amp;", "'": "&apos;", "<": "&lt;", ">": "&gt;"}
    table |= {"\u2028": "<br>", "\u2029": "<br>"}
    table |= {chr(n): f"&#x{n:02X};" for n in range(0x20) if n != 0x0A}
    return "".join(table.get(letter, letter) for letter in text)


Media = Callable[["Writer"], None]


class Writer:
    """Open and close tags, as the original does."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.stack: list[str] = []

    def open(self, tag: str, attributes: Attributes | None = None) -> None:
        self._block(f"<{tag}{_rendered(attributes)}>")
        self.stack.append(tag)

    def close(self, times: int = 1) -> None:
        for _ in range(times):
            tag = self.stack.pop()
            self._block(f"</{tag}>")

    def empty(self, tag: str, attributes: Attributes) -> None:
        self._block(f"<{tag}{_rendered(attributes)}/>")

    def raw(self, text: str) -> None:
        self.parts.append(text)

    def inline(self, tag: str, inner: Media | str, attributes: str = "") -> None:
        """A whole element without lines of its own."""
        self.raw(f"<{tag}{' ' if attributes else ''}{attributes}>")
        self.stack.append(tag)
        if isinstance(inner, str):
            self.raw(inner)
        else:
            inner(self)
        self.stack.pop()
        self.raw(f"</{tag}>")

    def block(self, tag: str, inner: Media | str, **attributes: str) -> None:
        """A whole element on lines of its own."""
        self.open(tag, attributes)
        if isinstance(inner, str):
            self.raw(inner)
        else:
            inner(self)
        self.close()

    def div(self, css: str, text: str = "", **attributes: str) -> None:
        """A whole div around some text, which must be escaped already."""
        self.open("div", {"class": css, **attributes})
        self.raw(text)
        self.close()

    def _block(self, tag: str) -> None:
        self.parts.append(f"\n{' ' * len(self.stack)}{tag}\n")


def _rendered(attributes: Attributes | None) -> str:
    pairs = sorted((attributes or {}).items())
    return "".join(f' {name}="{escaped(value)}"' for name, value in pairs)


def exported(css: str, href: str, image: str) -> Media:
    """A picture: ``photo_wrap``, ``sticker_wrap``."""

    def write(w: Writer) -> None:
        w.open("a", {"class": f"{css} clearfix pull_left", "href": href})
        w.empty("img", {"class": image, "src": href, "style": "width: 260px; height: 194px"})
        w.close()

    return write


def photo(href: str = "photos/photo_1@01-03-2024_10-00-00.jpg") -> Media:
    return exported("photo_wrap", href, "photo")


def video(href: str, duration: str) -> Media:
    def write(w: Writer) -> None:
        w.open("a", {"class": "video_file_wrap clearfix pull_left", "href": href})
        w.open("div", {"class": "video_play_bg"})
        w.div("video_play")
        w.close()
        w.div("video_duration", duration)
        w.empty("img", {"class": "video_file", "src": href + "_thumb.jpg"})
        w.close()

    return write


def gif(href: str) -> Media:
    def write(w: Writer) -> None:
        w.open("a", {"class": "animated_wrap clearfix pull_left", "href": href})
        w.open("div", {"class": "video_play_bg"})
        w.div("gif_play", "GIF")
        w.close()
        w.empty("img", {"class": "animated", "src": href + "_thumb.jpg"})
        w.close()

    return write


def generic(
    kind: str, title: str = "", description: str = "", status: str = "", href: str = ""
) -> Media:
    """The form of all other media."""

    def write(w: Writer) -> None:
        css = f"media clearfix pull_left{' block_link' if href else ''} {kind}"
        w.open("a" if href else "div", {"class": css} | ({"href": href} if href else {}))
        w.div("fill pull_left")
        w.open("div", {"class": "body"})
        for name, text in (
            ("title bold", title),
            ("description", description),
            ("status details", status),
        ):
            if text:
                w.div(name, escaped(text))
        w.close(2)

    return write


def poll(question: str, details: str, answers: Sequence[tuple[str, str]], total: str) -> Media:
    def write(w: Writer) -> None:
        w.open("div", {"class": "media_poll"})
        w.div("question bold", escaped(question))
        w.div("details", escaped(details))
        for text, votes in answers:
            span = f' <span class="details">{votes}</span>' if votes else ""
            w.div("answer", f"- {escaped(text)}{span}")
        if total:
            w.div("total details\t", total)
        w.close()

    return write


def giveaway(title: str, body: str) -> Media:
    def write(w: Writer) -> None:
        w.open("div", {"class": "media_giveaway"})
        w.div("section_title bold", escaped(title))
        w.div("section_body", body)
        w.close()

    return write


class Page:
    """One page of messages."""

    def __init__(self, title: str, *, full: bool = False, previous: str = "") -> None:
        self.w = Writer()
        self.w.raw("<!DOCTYPE html>")
        self.w.open("html")
        self._head()
        self.w.open("body", {"onload": "CheckLocation();"})
        self.w.open("div", {"class": "page_wrap"})
        self._header(title, full=full)
        self.w.open("div", {"class": "page_body chat_page"})
        self.w.open("div", {"class": "history"})
        if previous:
            self._pagination(previous, "Previous messages")

    def separator(self, number: int, day: str) -> Page:
        return self.service(-number, day)

    def service(self, number: int, text: str, *, photo: str = "") -> Page:
        """``text`` is written as it is: escape it."""
        w = self.w
        w.open("div", {"class": "message service", "id": f"message{number}"})
        w.div("body details", text)
        if photo:
            w.open("div", {"class": "userpic_wrap"})
            w.open("a", {"class": "userpic_link", "href": photo})
            w.empty("img", {"class": "userpic", "src": photo, "style": "width: 60px; height: 60px"})
            w.close(2)
        w.close()
        return self

    def message(
        self,
        number: int,
        time: str,
        text: str | None = None,
        *,
        author: str | None = None,
        media: Media | None = None,
        forwarded: bool = False,
        origin: str | None = None,
        origin_time: str = "",
        reply: str = "",
        signature: str = "",
        reactions: Sequence[tuple[str, Sequence[str], int | None]] = (),
        reaction_tag: str = "span",
        buttons: Sequence[Sequence[tuple[str, str]]] = (),
        unclosed: str = "",
        rich: Media | None = None,
    ) -> Page:
        """Joined when there is no ``author``. ``text`` is HTML as tdesktop would write; ``rich``
        writes what a rich message has instead.
        """
        w = self.w
        joined = "" if author is not None else " joined"
        w.open("div", {"class": f"message default clearfix{joined}", "id": f"message{number}"})
        if author is not None:
            _userpic(w, "pull_left userpic_wrap", author)
        w.open("div", {"class": "body"})
        w.div("pull_right date details", time[11:16], title=time)
        if author is not None:
            w.div("from_name", escaped(author) + " ")
        if forwarded or origin is not None:
            _open_forwarded(w, origin, origin_time)
        if reply:
            w.div("reply_to details", reply)
        if media is not None:
            w.open("div", {"class": "media_wrap clearfix"})
            media(w)
            w.close()
        if text is not None:
            w.div("text", text)
        if rich is not None:
            css = 'class="text rich_message" data-rich-message="5" data-rich-part="false"'
            w.inline("div", rich, css + ' dir="auto"')
        if buttons:
            _buttons(w, buttons, unclosed=unclosed)
        if signature:
            w.div("signature details", escaped(signature))
        if forwarded or origin is not None:
            w.close()
        if reactions:
            _reactions(w, reactions, reaction_tag)
        w.close(2)
        return self

    def html(self, following: str = "") -> str:
        """The finished page."""
        if following:
            self._pagination(following, "Next messages")
        self.w.close(len(self.w.stack))
        return "".join(self.w.parts)

    def _head(self) -> None:
        w = self.w
        w.open("head")
        w.empty("meta", {"charset": "utf-8"})
        w.raw("<title>Exported Data</title>")
        w.empty("meta", {"content": "width=device-width, initial-scale=1.0", "name": "viewport"})
        w.empty("link", {"href": "css/style.css", "rel": "stylesheet"})
        w.open("script", {"src": "js/script.js", "type": "text/javascript"})
        w.close(2)

    def _header(self, title: str, *, full: bool) -> None:
        w = self.w
        w.open("div", {"class": "page_header"})
        if full:
            attributes = {"class": "content block_link", "href": "../../lists/chats.html"}
            w.open("a", attributes | {"onclick": "return GoBack(this)"})
        else:
            w.open("div", {"class": "content"})
        w.div("text bold", escaped(title) + " ")
        w.close(2)

    def _pagination(self, href: str, text: str) -> None:
        self.w.open("a", {"class": "pagination block_link", "href": href})
        self.w.raw(text)
        self.w.close()


def _userpic(w: Writer, css: str, name: str) -> None:
    w.open("div", {"class": css})
    w.open("div", {"class": "userpic userpic5", "style": "width: 42px; height: 42px"})
    w.div("initials", escaped(name[:1]), style="line-height: 42px")
    w.close(2)


def _open_forwarded(w: Writer, origin: str | None, time: str) -> None:
    if origin is not None:
        _userpic(w, "pull_left forwarded userpic_wrap", origin)
    w.open("div", {"class": "forwarded body"})
    if origin is not None:
        # The zone came with 3.7.6, and with it a title.
        css = f'class="date details" title="{time}"' if time[19:] else 'class="details"'
        w.div("from_name", f"{escaped(origin)} <span {css}> {time[:19]}</span>")


def _reactions(
    w: Writer, reactions: Sequence[tuple[str, Sequence[str], int | None]], tag: str
) -> None:
    w.open(tag, {"class": "reactions"})
    for emoji, people, count in reactions:
        w.open(tag, {"class": "reaction"})
        w.open(tag, {"class": "emoji"})
        w.raw(emoji)
        w.close()
        if people:
            w.open(tag, {"class": "userpics"})
            for name in people:
                w.open("div", {"class": "userpic userpic2", "style": "width: 20px; height: 20px"})
                w.div("initials", escaped(name[:1]), title=name, style="line-height: 20px")
                w.close()
            w.close()
        if count is not None:
            w.open(tag, {"class": "count"})
            w.raw(str(count))
            w.close()
        w.close()
    w.close()


def _buttons(w: Writer, rows: Sequence[Sequence[tuple[str, str]]], *, unclosed: str) -> None:
    """``(label, url)``; labels are not escaped. Until 5.9 a tag was not closed."""
    w.open("table", {"class": "bot_buttons_table"})
    w.open("tbody")
    for row in rows:
        w.open("tr")
        w.open("td", {"class": "bot_button_row"})
        for label, url in row:
            w.open("div", {"class": "bot_button"})
            link = {"href": url} if url else {"onclick": "return ShowTextCopied('Type: callback');"}
            w.open("a", {"": ""} | link)
            w.open("div")
            w.raw(label)
            w.close(3)
            if (label, url) != row[-1]:
                w.div("bot_button_column_separator")
        w.close(1 if unclosed == "td" else 2)
    w.close(1 if unclosed == "table" else 2)


def contents(owner: str) -> str:
    """``export_results.html`` of an account; without an owner, personal data were left out."""
    w = Writer()
    w.raw("<!DOCTYPE html>")
    w.open("html")
    w.open("body", {"onload": "CheckLocation();"})
    w.open("div", {"class": "page_wrap"})
    w.open("div", {"class": "page_body"})
    if owner:
        first, _, last = owner.partition(" ")
        w.open("div", {"class": "personal_info clearfix"})
        _userpic(w, "pull_right userpic_wrap", owner)
        _rows(w, "names", {"First name": first, "Last name": last})
        _rows(w, "info", {"Phone number": "+999 00 000 00 00", "Username": "@somebody"})
        w.close()
    w.close(len(w.stack))
    return "".join(w.parts)


def _rows(w: Writer, css: str, rows: Mapping[str, str]) -> None:
    w.open("div", {"class": f"rows {css}"})
    for label, value in rows.items():
        if value:
            w.open("div", {"class": "row"})
            w.div("label details", label)
            w.div("value bold", escaped(value))
            w.close()
    w.close()


def chat_list(
    chats: Iterable[tuple[str, str, str, str]], left: Iterable[tuple[str, str, str, str]] = ()
) -> str:
    """``lists/chats.html``: folder (empty: nothing exported), name, type, count."""
    w = Writer()
    w.raw("<!DOCTYPE html>")
    w.open("html")
    w.open("body", {"onload": "CheckLocation();"})
    w.open("div", {"class": "page_wrap"})
    w.open("div", {"class": "page_header"})
    w.div("text bold", "Chats")
    w.close()
    w.open("div", {"class": "page_body list_page"})
    for about, entries in (("Chats you take part in.", chats), ("Chats you left.", left)):
        w.div("page_about details", about)
        w.open("div", {"class": "entry_list"})
        for folder, name, kind, count in entries:
            _entry(w, folder, name, kind, count)
        w.close()
    w.close(len(w.stack))
    return "".join(w.parts)


def _entry(w: Writer, folder: str, name: str, kind: str, count: str) -> None:
    if folder:
        href = f"../chats/{folder}/messages.html#allow_back"
        w.open("a", {"class": "entry block_link clearfix", "href": href})
    else:
        w.open("div", {"class": "entry clearfix"})
    _userpic(w, "pull_left userpic_wrap", name)
    w.open("div", {"class": "body"})
    w.div("pull_right info details", kind)
    w.div("name bold", escaped(name))
    w.div("details_entry details", count)
    w.close(2)


def write(folder: Path, *pages: str, first: str = "messages.html") -> Path:
    """A chat's folder: its pages under their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(pages, start=1):
        name = first if number == 1 else f"messages{number}.html"
        (folder / name).write_text(page, encoding="utf-8", newline="\n")
    return folder


def write_full(
    root: Path,
    chats: Sequence[tuple[str, str, str, str]],
    pages: Mapping[str, Sequence[str]],
    *,
    owner: str = "",
) -> Path:
    """A full export: its lists, and the pages of each chat folder."""
    (root / "lists").mkdir(parents=True, exist_ok=True)
    (root / "lists" / "chats.html").write_text(chat_list(chats), encoding="utf-8")
    (root / "export_results.html").write_text(contents(owner), encoding="utf-8")
    for folder, chat_pages in pages.items():
        write(root / "chats" / folder, *chat_pages)
    return root
