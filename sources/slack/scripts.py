"""What scripts of old wrote: a ``<channel>.json`` with what Slack said of the channel and
all its messages.
"""

from __future__ import annotations

import re

from sources._archive import Tree
from sources.errors import ArchiveError
from sources.slack.arrays import INFO, plain

_HEAD = 65536
_begins = re.compile(
    rb'\s*\{\s*(?:"channel_info"\s*:\s*\{.*?"id"\s*:\s*"[CDG][A-Z0-9]{7,}"'
    rb'|"messages"\s*:\s*\[\s*\{.*?"ts"\s*:\s*"[0-9]{1,11}\.[0-9])',
    re.DOTALL,
).match
_described = re.compile(rf'"{INFO}"\s*:\s*\{{'.encode()).search


def scripted(tree: Tree, path: str) -> str:
    """What a file of a script calls its conversation, or nothing when it is none."""
    stem, dot, ending = path.rpartition("/")[2].rpartition(".")
    if ending != "json" or not dot:
        return ""
    try:
        head = plain(tree.head(path, _HEAD))
        # Their members stand in any order: the description may come last.
        if _begins(head) and (_described(head) or _described(plain(tree.read(path)))):
            return stem
    except ArchiveError:
        pass
    return ""
