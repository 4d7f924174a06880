"""The hosts that links and e-mail addresses lead to: what a conversation talks about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from sources.records import Message

MOST = 50
"""Hosts a conversation is remembered with."""

_host = re.compile(
    r"(?:https?://(?:[^/?#@\s]*@)?|mailto:[^@?\s]+@)([\w-]+(?:\.[\w-]+)+)", re.IGNORECASE
).match


def hosts(links: Iterable[str]) -> Iterator[str]:
    """The host of each link and of each address, in small letters."""
    for link in links:
        found = _host(link)
        if found:
            yield found[1].lower()


class Hosts:
    """Counts the hosts of links, a conversation's messages one after the other."""

    def __init__(self) -> None:
        self._counted: Counter[str] = Counter()

    def take(self, messages: Iterable[Message]) -> None:
        """Count the hosts that these messages link to."""
        for message in messages:
            if message.links:
                self._counted.update(hosts(message.links))

    def most(self, about: Iterable[str]) -> tuple[str, ...]:
        """Those of the links that say what the conversation is about; then the most
        frequent ones, of equals the first in the alphabet.
        """
        ranked = sorted(self._counted, key=lambda host: (-self._counted[host], host))
        return tuple(dict.fromkeys((*hosts(about), *ranked)))[:MOST]
