"""tdesktop's markup: block tags on lines of their own, one space deeper per open ancestor,
inner text in column 0, attributes in alphabetical order.
"""

from __future__ import annotations

_ESCAPES = str.maketrans(
    {"\n": "<br>", '"': "&quot;", "&": "&amp;", "'": "&apos;", "<": "&lt;", ">": "&gt;"}
    | {"\u2028": "<br>", "\u2029": "<br>"}
    | {chr(n): f"&#x{n:02X};" for n in range(0x20) if n != 0x0A}
)
_PAD = [" " * depth for depth in range(32)]
_SIZES = {42: "42px; height: 42px", 20: "20px; height: 20px"}


def escaped(text: str) -> str:
    """As tdesktop escapes text and attributes."""
    return text.translate(_ESCAPES)


def block(depth: int, attributes: str, inner: str, tag: str = "div") -> str:
    """A block element; what stands in it is markup already."""
    pad = _PAD[depth]
    return f"\n{pad}<{tag} {attributes}>\n{inner}\n{pad}</{tag}>\n"


def bare(depth: int, tag: str, inner: str) -> str:
    """A block element without attributes."""
    pad = _PAD[depth]
    return f"\n{pad}<{tag}>\n{inner}\n{pad}</{tag}>\n"


def empty(depth: int, element: str) -> str:
    """An element that holds nothing."""
    return f"\n{_PAD[depth]}<{element}/>\n"


def div(depth: int, css: str, inner: str) -> str:
    """A div of these classes."""
    pad = _PAD[depth]
    return f'\n{pad}<div class="{css}">\n{inner}\n{pad}</div>\n'


def userpic(depth: int, name: str, colour: int, size: int = 42, title: str = "") -> str:
    """The coloured circle with initials; ``title`` names who reacted."""
    initials = escaped("".join(part[0] for part in name.split()[:2]))
    named = f' title="{escaped(title)}"' if title else ""
    label = block(depth + 1, f'class="initials" style="line-height: {size}px"{named}', initials)
    style = f'class="userpic userpic{colour}" style="width: {_SIZES[size]}"'
    return block(depth, style, label)


def service(number: int, inner: str, photo: str = "") -> str:
    """A service message, or a date separator."""
    below = ""
    if photo:
        image = f'img class="userpic" src="{photo}" style="width: 60px; height: 60px"'
        link = block(7, f'class="userpic_link" href="{photo}"', empty(8, image), "a")
        below = div(6, "userpic_wrap", link)
    body = div(6, "body details", inner)
    return block(5, f'class="message service" id="message{number}"', body + below)


def regular(number: int, header: str, body: str, *, joined: bool) -> str:
    """A message somebody wrote; ``header`` is its userpic."""
    css = "message default clearfix joined" if joined else "message default clearfix"
    inner = header + div(6, "body", body)
    return block(5, f'class="{css}" id="message{number}"', inner)


def page(title: str, history: str, before: str, after: str) -> str:
    """A whole page. ``title`` is as printed, with the space that may follow it."""
    head = (
        empty(2, 'meta charset="utf-8"')
        + "<title>Exported Data</title>"
        + empty(2, 'meta content="width=device-width, initial-scale=1.0" name="viewport"')
        + empty(2, 'link href="../../css/style.css" rel="stylesheet"')
        + block(2, 'src="../../js/script.js" type="text/javascript"', "", "script")
    )
    back = 'class="content block_link" href="../../lists/chats.html"'
    name = block(
        4, f'{back} onclick="return GoBack(this)"', div(5, "text bold", escaped(title)), "a"
    )
    links = [_pagination(before, "Previous"), history, _pagination(after, "Next")]
    chat = div(3, "page_body chat_page", div(4, "history", "".join(links)))
    wrap = div(2, "page_wrap", div(3, "page_header", name) + chat)
    body = block(1, 'onload="CheckLocation();"', wrap, "body")
    return f"<!DOCTYPE html>{bare(0, 'html', bare(1, 'head', head) + body)}"


def _pagination(href: str, label: str) -> str:
    if not href:
        return ""
    return block(5, f'class="pagination block_link" href="{href}"', f"{label} messages", "a")


def chat_list(chats: str) -> str:
    """``lists/chats.html`` round its entries."""
    header = div(3, "page_header", div(4, "content", div(5, "text bold", "Chats")))
    about = div(4, "page_about details", "This page lists all chats from this export.")
    body = div(3, "page_body list_page", about + div(4, "entry_list", chats))
    page_body = block(1, 'onload="CheckLocation();"', div(2, "page_wrap", header + body), "body")
    return f"<!DOCTYPE html>{bare(0, 'html', page_body)}"


def chat_entry(folder: str, name: str, kind: str, count: str, colour: int) -> str:
    """One chat of the list."""
    body = (
        div(7, "pull_right info details", kind)
        + div(7, "name bold", escaped(name))
        + div(7, "details_entry details", count)
    )
    pic = div(6, "pull_left userpic_wrap", userpic(7, name, colour))
    inner = pic + div(6, "body", body)
    if not folder:
        return div(5, "entry clearfix", inner)
    href = f"../chats/{folder}/messages.html#allow_back"
    return block(5, f'class="entry block_link clearfix" href="{href}"', inner, "a")
