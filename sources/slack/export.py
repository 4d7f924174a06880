"""Slack as a source: exports, folder or zip, and what was fetched from the API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sources._archive import Tree
from sources.protocol import Found, Kept, Part, ReaderOptions, Unit, Yielded
from sources.records import Kind


class SlackExport:
    """Conversations of a workspace; a unit is one conversation."""

    name = "slack"
    version = 5
    kinds: tuple[Kind, ...] = ("slack_channels",)

    def __init__(self, options: ReaderOptions | None = None) -> None:
        del options  # an export depends on no setting

    @property
    def settings(self) -> tuple[str | None, ...]:
        return ()

    def discover(self, tree: Tree) -> Iterable[Found]:
        # Who finds does not need the readers, and who reads does not search.
        from sources.slack.discovery import discover

        return discover(tree)

    def read(self, unit: Unit, tree: Tree) -> Iterator[Yielded]:
        from sources.slack.unit import read_conversation

        return read_conversation(unit, tree)

    def merge(self, parts: Sequence[Part]) -> Iterator[Yielded | Kept]:
        from sources.slack.merge import merged_conversations

        return merged_conversations(parts)
