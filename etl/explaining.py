"""``explain``: what would happen to a title, an address or a company, and why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from etl.exits import NoInput
from etl.knowing import knowing_matcher, live_items
from etl.mapping.read import load_mapping
from etl.matching.matcher import Matcher
from etl.names.domains import host_of, of_address
from etl.names.normalise import normalise
from etl.pipeline import settle_as_left
from etl.sample import as_run
from etl.settings import Settings
from etl.soundness import refuse_damage
from etl.state import DAMAGE, State
from sources.records import Kind, Summary

_SHOWN = 3

_AS: tuple[tuple[str, Kind, tuple[str, ...]], ...] = (
    ("a Telegram group", "telegram_chats", ()),
    ("a Slack channel", "slack_channels", ()),
    ("a Slack channel that is shared with others", "slack_channels", ("ext_shared",)),
    ("a meeting", "calendar_meetings", ()),
    ("a deal", "hubspot_deals", ()),
)


def explain(text: str, settings: Settings) -> Iterator[str]:
    """Some lines, learning from the state: of the items that were read and are called so,
    key or title, and of what else the text may be. What is the same for several is told
    once. Raises `NoInput` without a text or a mapping.
    """
    if not text.strip():
        raise NoInput("nothing to explain: give a title, a name, an address, a domain or a key")
    settings = as_run(settings)
    with matching_as_run(settings) as (matcher, state):
        items = matcher.learnt.items
        yield f"{text!r}, with what {items:,} items of {settings.db_path} teach"
        if not items:
            yield "nothing was read yet: after a run, it is known which words many titles share"
        for steps, alike in _told(text, matcher, state).items():
            yield ""
            yield f"as {', or '.join(alike.named())}"
            yield from steps


class _Alike:
    """What is explained in the same steps: items that were read, and what else there may be."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.others: list[str] = []

    def named(self) -> Iterator[str]:
        """All of it; of a series of meetings the first few."""
        yield from self.read[:_SHOWN]
        if len(self.read) > _SHOWN:
            yield f"{len(self.read) - _SHOWN:,} more that were read"
        yield from self.others


def _told(text: str, matcher: Matcher, state: State) -> dict[tuple[str, ...], _Alike]:
    """The steps, and all that they are true of."""
    told: dict[tuple[str, ...], _Alike] = {}

    def alike(summary: Summary, people: tuple[str, ...] = ()) -> _Alike:
        steps = matcher.trace(summary, people)
        lines = tuple(f"  {step.rung:<14}{step.says}" for step in steps)
        return told.setdefault(lines, _Alike())

    key = normalise(text).key
    for _, summary, people, _ in live_items(state):
        if text == summary.key:
            alike(summary, people).read.append(_named(summary))
            return told
        if key == normalise(summary.title).key:
            alike(summary, people).read.append(_named(summary))
    for described, summary in _readings(text):
        alike(summary).others.append(described)
    return told


def _named(summary: Summary) -> str:
    return f"{summary.key}, which was read"


def _readings(text: str) -> Iterator[tuple[str, Summary]]:
    """What the text may be: an address is a guest's; a host is a CRM company's; anything
    else a title or the name in a company field.
    """
    bare = Summary(key="", kind="hubspot_companies", source="", archive="", title="")
    if "@" in text and of_address(text) is not None:
        guest = msgspec.structs.replace(bare, kind="calendar_meetings", emails=(text.lower(),))
        yield "a guest of a meeting", guest
        return
    if host_of(text) is not None and " " not in text:
        yield "the domain of a CRM company", msgspec.structs.replace(bare, domains=(text,))
    for described, kind, flags in _AS:
        title = msgspec.structs.replace(bare, kind=kind, title=text, flags=flags)
        yield described, title
    yield "a CRM company", msgspec.structs.replace(bare, title=text)


@contextmanager
def matching_as_run(settings: Settings) -> Iterator[tuple[Matcher, State]]:
    """The matcher of the last whole run, but by the mapping and the settings of today; and
    the state it learnt from, its items settled. Raises `NoInput`, also for a state that is
    not as it was written.
    """
    try:
        mapping = load_mapping(settings.mapping, our_domains=settings.our_domains)
    except FileNotFoundError as error:
        raise NoInput(f"{settings.mapping}: no such file; give --mapping") from error
    try:
        with State.as_left(settings.db_path) as state:
            refuse_damage(state)
            settle_as_left(state)
            yield knowing_matcher(state, mapping, settings), state
    except DAMAGE as error:
        raise NoInput(f"{settings.db_path}: damaged; a run reads everything again") from error
