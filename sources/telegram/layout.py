"""tdesktop's blocks, character by character, as patterns.

Each matches a whole block or nothing. No part of a pattern can match in two ways, so
none takes more than linear time. No group stands in a possessive repetition or an atomic
group: there CPython 3.11 loses track of it (gh-101955).
"""

from __future__ import annotations

import re

_ID = r'id="message(-?[1-9][0-9]{0,17})">\n'
_LINE = r"[^\n<]*+"
_NAME = r"[^\n<]{0,1024}+"  # remembered, so not of any length
_TEXT = r"([^\n]*+)"
_VALUE = r'[^"<>]*+'


def _div(indent: int, css: str, inner: str, attributes: str = "") -> str:
    """A div around one line."""
    space = " " * indent
    return rf'\n{space}<div class="{css}"{attributes}>\n{inner}\n{space}</div>\n'


def _within(indent: int, tag: str, css: str) -> str:
    """Whatever stands in an element, to the first closing tag at its indentation."""
    space = " " * indent
    closing = f"{space}</{tag}>\n"
    return rf'(?:\n{space}<{tag} class="{css}">\n((?:(?!{closing})[^\n]*+\n)*+){closing})?'


def _userpic(indent: int, css: str) -> str:
    space = " " * indent
    initials = _div(indent + 2, "initials", _LINE, ' style="line-height: 42px"')
    return (
        rf'(?:\n{space}<div class="{css}">\n'
        rf'\n{space} <div class="userpic userpic[0-9]+" style="width: 42px; height: 42px">\n'
        rf"{initials}\n{space} </div>\n\n{space}</div>\n)?"
    )


def _content(indent: int) -> str:
    """Reply, media, text and signature."""
    reply = (
        r"In reply to "
        r'<a href="(?:messages[0-9]*\.html)?#go_to_message(-?[1-9][0-9]{0,17})"'
        r'(?: onclick="return GoToMessage\(-?[0-9]+\)")?>this message</a>'
    )
    return (
        f"(?:{_div(indent, 'reply_to details', reply)})?"
        f"{_within(indent, 'div', 'media_wrap clearfix')}"
        f"(?:{_div(indent, 'text', _TEXT)})?"
        f"(?:{_div(indent, 'signature details', f'({_LINE})')})?"
    )


_HEAD = (
    rf'default clearfix(?: joined)?" {_ID}'
    + _userpic(6, "pull_left userpic_wrap")
    + '\n      <div class="body">\n'
    + _div(7, "pull_right date details", _LINE, r' title="(?!\s)([^"<>&]{0,64}+)(?<!\s)"')
    + f"(?:{_div(7, 'from_name', f'({_NAME})')})?"
)
_FOOT = _within(7, "span", "reactions") + r"\n      </div>\n\n     </div>\n"
_ORIGIN = _div(
    8,
    "from_name",
    rf'({_NAME})<span class="(?:date )?details"(?: title="([^"<>&]{{0,64}}+)")?>({_LINE})</span>',
)
PLAIN = re.compile(_HEAD + _content(7) + _FOOT)
"""Id, time, name; reply, media, text, signature; reactions."""

FORWARDED = re.compile(
    _HEAD
    + _userpic(7, "pull_left forwarded userpic_wrap")
    + '\n       <div class="forwarded body">\n'
    + f"(?:{_ORIGIN})?"
    + _content(8)
    + r"\n       </div>\n"
    + _FOOT
)
"""Id, time, name; origin, its date as an attribute and as text; the rest as in `PLAIN`."""

SEPARATOR = re.compile(
    r'service" id="message-[1-9][0-9]{0,7}">\n'
    + _div(6, "body details", r"([0-9]{1,2} [A-Z][a-z]++ [0-9]{4})")
    + r"\n     </div>\n"
)
SERVICE = re.compile(rf'service" {_ID}' + _div(6, "body details", _TEXT) + r"\n     </div>\n")


def _media(indent: int) -> re.Pattern[str]:
    """What stands in a ``media_wrap`` at that indentation."""
    space = " " * (indent + 1)
    lines = "".join(
        f"(?:{_div(indent + 3, css, f'({_LINE})')})?"
        for css in ("title bold", "description", "status details")
    )
    return re.compile(
        rf'\n{space}<(?:div|(a)) class="media clearfix pull_left(?: block_link)?'
        rf' (media_[a-z_]++)"(?: href="({_VALUE})")?>\n'
        rf'\n{space} <div class="fill pull_left">\n\n{space} </div>\n'
        rf'\n{space} <div class="body">\n{lines}\n{space} </div>\n'
        rf"\n{space}</(?(1)a|div)>\n\n"
    )


def _exported(indent: int) -> re.Pattern[str]:
    """A link round a thumbnail, in a ``media_wrap`` at that indentation."""
    space = " " * (indent + 1)
    return re.compile(
        rf'\n{space}<a class="((?:photo|sticker|animated|video_file)_wrap) clearfix pull_left"'
        rf' href="({_VALUE})">\n'
        rf'(?:\n{space} <div class="video_play_bg">\n'
        + _div(indent + 3, "(?:video|gif)_play", "(?:GIF)?")
        + rf"\n{space} </div>\n)?"
        + f"(?:{_div(indent + 2, 'video_duration', f'({_LINE})')})?"
        + rf'\n{space} <img class="[a-z_]++" src="{_VALUE}"(?: style="{_VALUE}")?/>\n'
        + rf"\n{space}</a>\n\n"
    )


MEDIA = {indent: _media(indent) for indent in (7, 8)}
"""Whether it is a link, its class, address; title, description, status."""

EXPORTED = {indent: _exported(indent) for indent in (7, 8)}
"""Class, address, duration."""

REACTION = re.compile(
    r'\n        <span class="reaction">\n'
    rf'\n         <span class="emoji">\n({_LINE})\n         </span>\n'
    r'(?:\n         <span class="userpics">\n('
    r'(?:\n          <div class="userpic userpic[0-9]+" style="width: 20px; height: 20px">\n'
    + _div(11, "initials", _LINE, rf' style="line-height: 20px" title="{_VALUE}"')
    + r"\n          </div>\n)*+)\n         </span>\n)?"
    rf'(?:\n         <span class="count">\n({_LINE})\n         </span>\n)?'
    r"\n        </span>\n"
)
"""Emoji, who reacted, count."""
