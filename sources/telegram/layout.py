"""tdesktop's blocks, character by character, as patterns.

Each matches a whole block or nothing. No part of a pattern can match in two ways, so
none takes more than linear time. No group stands in a possessive repetition or an atomic
group: there CPython 3.11 loses track of it (gh-101955).
"""

from __future__ import annotations

import re

START = '\n     <div class="message '
END = "\n     </div>\n"

_NEXT = START[1:]
_NUMBER = "-?[1-9][0-9]{0,17}"
_LINE = r"[^\n<]*+"
LONGEST_NAME = 1024
_NAME = rf"[^\n<]{{0,{LONGEST_NAME}}}+"  # remembered, so not of any length
_TEXT = r"(?P<text>[^\n]*+)"
_VALUE = r'[^"<>]*+'


_INDENTED = "(?(forwarded) )"
"""Inside a forwarded body everything stands one deeper."""


def _div(indent: int, css: str, inner: str, attributes: str = "", deeper: str = "") -> str:
    """A div around one line."""
    space = " " * indent + deeper
    return rf'\n{space}<div class="{css}"{attributes}>\n{inner}\n{space}</div>\n'


def _within(indent: int, tag: str, css: str, name: str, deeper: str = "") -> str:
    """Whatever stands in an element, to the first closing tag at its indentation, but not
    beyond the next message: looking on in every block would be quadratic.
    """
    space = " " * indent + deeper
    closing = f"{space}</{tag}>\n"
    return (
        rf'(?:\n{space}<{tag} class="{css}">\n'
        rf"(?P<{name}>(?:(?!{closing}|{_NEXT})[^\n]*+\n)*+){closing})?"
    )


def _unnamed(pattern: str) -> str:
    """The pattern without its groups."""
    return re.sub(r"(?<!\\)\((?:\?P<[a-z]+>|(?!\?))", "(?:", pattern)


def _userpic(indent: int, css: str) -> str:
    space = " " * indent
    initials = _div(indent + 2, "initials", _LINE, ' style="line-height: 42px"')
    return (
        rf'(?:\n{space}<div class="{css}">\n'
        rf'\n{space} <div class="userpic userpic[0-9]+" style="width: 42px; height: 42px">\n'
        rf"{initials}\n{space} </div>\n\n{space}</div>\n)?"
    )


_TIME = (
    r' title="(?P<hour>[^"\n]{13})(?P<within>:[0-5][0-9]:[0-5][0-9])(?P<label>[^"<>&\n]{0,32}+)"'
)
_REPLY = (
    r"In reply to (?:"
    rf'<a href="(?:messages[0-9]*\.html)?#go_to_message(?P<reply>{_NUMBER})"'
    r'(?: onclick="return GoToMessage\(-?[0-9]+\)")?>this message</a>'
    r"|a message in another chat(?P<elsewhere>))"
)
_ORIGIN = _div(
    8,
    "from_name",
    rf'({_NAME})<span class="(?:date )?details"(?: title="([^"<>&]{{0,64}}+)")?>({_LINE})</span>',
)


_HEAD = (
    rf'default clearfix(?P<joined> joined)?" id="message(?P<number>{_NUMBER})">\n'
    + _userpic(6, "pull_left userpic_wrap")
    + '\n      <div class="body">\n'
    + _div(7, "pull_right date details", _LINE, _TIME)
    + f"(?:{_div(7, 'from_name', f'(?P<name>{_NAME})')})?"
    + f"(?:{_userpic(7, 'pull_left forwarded userpic_wrap')}"
    + rf'\n       <div class="forwarded body">\n(?P<forwarded>(?:{_unnamed(_ORIGIN)})?))?'
)
_CONTENT = (
    f"(?:{_div(7, 'reply_to details', _REPLY, deeper=_INDENTED)})?"
    + _within(7, "div", "media_wrap clearfix", "media", _INDENTED)
    + f"(?:{_div(7, 'text', _TEXT, deeper=_INDENTED)})?"
    + _within(7, "table", "bot_buttons_table", "buttons", _INDENTED)
    + f"(?:{_div(7, 'signature details', f'(?P<signature>{_LINE})', deeper=_INDENTED)})?"
    + r"(?(forwarded)\n       </div>\n)"
    + _within(7, "span", "reactions", "reactions")
)
_SERVICE = rf'service" id="message(?P<event_number>{_NUMBER})">\n' + _div(
    6, "body details", r"(?P<event>[^\n]*+)"
)

BLOCK = re.compile(rf"{START}(?:{_HEAD}{_CONTENT}\n      </div>\n|{_SERVICE}){END}")
"""A message of the usual kinds, or a separator, from its first character to its last."""

ORIGIN = re.compile(_ORIGIN)
"""Who wrote a forwarded message first; its date, as an attribute and as text."""


def _media(indent: int) -> re.Pattern[str]:
    """What stands in a ``media_wrap`` at that indentation."""
    space = " " * (indent + 1)
    lines = "".join(
        f"(?:{_div(indent + 3, css, f'({_LINE})')})?"
        for css in ("title bold", "description", "status details")
    )
    return re.compile(
        rf'\n{space}<(?:div|(a)) class="media clearfix pull_left(?: block_link)?'
        rf' (media_(?!poll"|giveaway")[a-z_]++)(?: success)?"(?: href="({_VALUE})")?>\n'
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


def _poll(indent: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A poll, or a to-do list, and an answer in it: its text, its votes."""
    space, deep, line = " " * (indent + 1), indent + 2, f"({_LINE})"
    answer = _div(deep, "answer", rf'{line}(?:<span class="details">{line}</span>)?')
    total = _div(deep, "total details(?:&#x09;)?", line)
    whole = (
        rf'\n{space}<div class="media_poll">\n{_div(deep, "question bold", line)}'
        rf"(?:{_div(deep, 'details', line)})?((?:{_unnamed(answer)})*+)(?:{total})?"
        rf"\n{space}</div>\n\n"
    )
    return re.compile(whole), re.compile(answer)


MEDIA = {indent: _media(indent) for indent in (7, 8)}
"""Whether it is a link, its class, address; title, description, status."""

EXPORTED = {indent: _exported(indent) for indent in (7, 8)}
"""Class, address, duration."""

_POLLS = {indent: _poll(indent) for indent in (7, 8)}
POLL = {indent: whole for indent, (whole, _) in _POLLS.items()}
"""Question, description, answers, how many voted."""

ANSWER = {indent: one for indent, (_, one) in _POLLS.items()}
"""Text and votes of an answer in it."""

REACTION = re.compile(
    r'\n        <span class="reaction(?: active)?(?: paid)?">\n'
    rf'\n         <span class="emoji">\n({_LINE})\n         </span>\n'
    r'(?:\n         <span class="userpics">\n('
    r'(?:\n          <div class="userpic userpic[0-9]+" style="width: 20px; height: 20px">\n'
    + _div(11, "initials", _LINE, rf' style="line-height: 20px" title="{_VALUE}"')
    + r"\n          </div>\n)*+)\n         </span>\n)?"
    rf'(?:\n         <span class="count">\n({_LINE})\n         </span>\n)?'
    r"\n        </span>\n"
)
"""Emoji, who reacted, count."""


def _keyboard(indent: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """An inline keyboard as tdesktop closes it since 5.9 (November 2024), and a button in it.

    Labels are written raw: one that holds a tag or a line break is none of these.
    """
    deep = [" " * (indent + depth) for depth in range(8)]
    label = rf"\n{deep[6]}<div>\n({_LINE})\n{deep[6]}</div>\n"
    button = (
        rf'\n{deep[4]}<div class="bot_button">\n'
        rf'\n{deep[5]}<a =""(?: href="({_VALUE})"| onclick="{_VALUE}")?>\n'
        rf"{label}\n{deep[5]}</a>\n\n{deep[4]}</div>\n"
    )
    separator = rf'(?:\n{deep[4]}<div class="bot_button_column_separator">\n\n{deep[4]}</div>\n)?'
    one = re.compile(button + separator)
    cell = rf'\n{deep[3]}<td class="bot_button_row">\n(?:{_unnamed(button + separator)})*+'
    row = rf"\n{deep[2]}<tr>\n{cell}\n{deep[3]}</td>\n\n{deep[2]}</tr>\n"
    return re.compile(rf"\n{deep[1]}<tbody>\n(?:{row})*+\n{deep[1]}</tbody>\n\n"), one


_KEYBOARDS = {indent: _keyboard(indent) for indent in (7, 8)}
KEYBOARD = {indent: whole for indent, (whole, _) in _KEYBOARDS.items()}
"""A whole keyboard."""

BUTTON = {indent: one for indent, (_, one) in _KEYBOARDS.items()}
"""Address and label of a button in it."""
