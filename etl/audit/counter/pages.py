"""Telegram's pages."""

from __future__ import annotations

import re
from html import unescape

from etl.audit.counter.met import Found, Met, Opener, Untold, text_of, wall_time, whole

_BLOCK = re.compile(
    r"""<div\b[^<>]*?\bclass\s*=\s*["']\s*message\b([^"']*)["'][^<>]*>""", re.IGNORECASE
)
_BLOCK_ID = re.compile(r"""\bid\s*=\s*["']?message(-?\d+)""", re.IGNORECASE)
_PRINTED = re.compile(
    r"(\d\d?)\.(\d\d?)\.(\d{4})[ T](\d\d?):(\d\d):(\d\d)(?:\s*(?:UTC|GMT)([+-]\d\d):?(\d\d))?"
)
_DATE = re.compile(
    r"""class\s*=\s*["']pull_right date details["'][^<>]*?title\s*=\s*["']([^"']*)"""
)
_NAME = re.compile(r"""class\s*=\s*["']from_name["'][^<>]*>((?:[^<]|<br>)*)""")
_TITLE = re.compile(
    r"""page_header.*?class\s*=\s*["']text bold["'][^<>]*>((?:[^<]|<br>)*)""", re.DOTALL
)
_REFERENCE = re.compile(r"&(?:#(?:[xX]([0-9a-fA-F]{1,6})|([0-9]{1,7}))|\w+);")
_TAG = re.compile(r"<[^<>]*>?")
_DAY = re.compile(r">\s*(\d\d?) ([A-Z][a-z]+) (\d{4})\s*<")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def telegram_page(shown: str, opened: Opener) -> Found:
    """Message blocks, cut at their first tags. Without a name of its own, a block has the
    author of the one before it.
    """
    page = text_of(whole(opened))
    blocks = list(_BLOCK.finditer(page))
    if not blocks:
        if re.fullmatch(r"messages\d*\.html?", shown.rpartition("/")[2]):
            yield Untold(shown, "called like a page of messages, and holds none")
        return
    folder = shown.rpartition("/")[0] or "."
    titled = _TITLE.search(page[: blocks[0].start()])
    title = _text(titled[1]).strip() if titled else ""
    author: str | None = None
    day: int | None = None
    ended = "</html" in page[-512:].lower()
    for tag, after in zip(blocks, [*blocks[1:], None], strict=True):
        block = page[tag.end() : after.start() if after else len(page)]
        told = _BLOCK_ID.search(tag[0])
        number = told[1] if told else ""
        kind = "service" if "service" in tag[1].split() else "message"
        wall = offset = None
        if kind == "service":
            dated = _DAY.search(f">{block}")
            words = _TAG.sub("", block.partition('class="pagination')[0]).strip()
            if -900_000_000 < int(number or 0) < 0 and (
                dated or words in {"", "No exported messages"}
            ):
                kind = "separator"
                day = None
                if dated:
                    day = wall_time(int(dated[3]), _MONTHS.index(dated[2]) + 1, int(dated[1]))
            wall, author = day, None
        else:
            if "joined" not in tag[1].split():
                named = _NAME.search(block)
                author = _person(named[1]) if named else None
            printed = _DATE.search(block)
            wall, offset = _printed(printed[1]) if printed else (None, None)
        if after is None and not ended:
            kind = "cut"
        said = author if kind == "message" else None
        yield Met("telegram", shown, folder, title, number, kind, wall, None, offset, said)


def _person(printed: str) -> str:
    name = _text(printed).strip()
    return re.sub(r" via @\w+$", "", name)


def _text(html: str) -> str:
    """The words of some HTML: what is named by its number is that letter, though it be one that
    HTML does not allow and the library drops.
    """

    def letter(found: re.Match[str]) -> str:
        code = int(found[1], 16) if found[1] else int(found[2] or 0)
        return chr(code) if 0 < code < 0x80 else unescape(found[0])

    return _REFERENCE.sub(letter, html.replace("<br>", "\n"))


def _printed(text: str) -> tuple[int | None, int | None]:
    found = _PRINTED.search(text)
    if not found:
        return None, None
    day, month, year, *clock = map(int, found.groups()[:6])
    offset = None
    if found[7]:
        offset = (abs(int(found[7])) * 3600 + int(found[8]) * 60) * (
            -1 if found[7][0] == "-" else 1
        )
    return wall_time(year, month, day, *clock), offset
