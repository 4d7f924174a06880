"""Slack's markup as the text its readers saw.

``<...>`` tokens are split off and resolved first; only then ``&lt; &gt; &amp;`` are
unescaped, once, so that text somebody typed can never become a token.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sources.slack.people import Names

_TOKEN = re.compile(r"<([^<>]+)>")
_LINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]").match


class Words:
    """Turns the markup of one message into text, and notes what it points to."""

    __slots__ = ("links", "mention_ids", "mentions", "names")

    def __init__(self, names: Names) -> None:
        self.names = names
        self.links: list[str] = []
        self.mentions: list[str] = []
        self.mention_ids: list[str] = []

    def text(self, markup: str) -> str:
        """The text people saw."""
        if "<" not in markup:
            return unescape(markup)
        parts = _TOKEN.split(markup)
        for index, part in enumerate(parts):
            parts[index] = self._token(part) if index % 2 else unescape(part)
        return "".join(parts)

    def user(self, user_id: str, label: str = "") -> str:
        """A person, by the name known for the id, else by the label that came with it."""
        name = self.names.person(user_id) or label.removeprefix("@") or user_id
        self.mentions.append(name)
        self.mention_ids.append(user_id)
        return f"@{name}"

    def channel(self, channel_id: str, label: str = "") -> str:
        """A channel; the label is empty for private ones."""
        name = label.removeprefix("#") or self.names.channels.get(channel_id) or channel_id
        return f"#{name}"

    def link(self, url: str, label: str = "") -> str:
        """A link, by its label."""
        self.links.append(url)
        return label or url.removeprefix("mailto:").removeprefix("tel:")

    def _token(self, token: str) -> str:
        target, _, label = token.partition("|")
        target, label = unescape(target), unescape(label)
        resolve = _RESOLVERS.get(target[:1])
        if resolve and len(target) > 1:
            return resolve(self, target[1:], label)
        if _LINK(target):
            return self.link(target, label)
        return unescape(f"<{token}>")

    def _special(self, target: str, label: str) -> str:
        # subteam^S1 and date^1392734382^{date}^link carry what to show as their label.
        word, _, rest = target.partition("^")
        if word == "subteam":
            return f"@{label.removeprefix('@') or rest.partition('^')[0] or word}"
        if word == "date":
            return label or rest.partition("^")[0]
        return f"@{label.removeprefix('@') or target}"


_RESOLVERS: dict[str, Callable[[Words, str, str], str]] = {
    "@": Words.user,
    "#": Words.channel,
    "!": Words._special,
}


def links_in(markup: str) -> list[str]:
    """The addresses that a text links to, behind whatever label."""
    targets = (unescape(token.partition("|")[0]) for token in _TOKEN.findall(markup))
    return [target for target in targets if _LINK(target)]


def unescape(text: str) -> str:
    """The three characters Slack escapes, unescaped once."""
    if "&" not in text:
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
