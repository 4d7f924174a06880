"""``explain``: what would happen to a title, an address or a company, and why."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from etl.exits import NoInput
from etl.mapping.read import load_mapping
from etl.matching.company_index import build_index
from etl.matching.matcher import Matcher
from etl.names.domains import host_of, of_address
from etl.placing import stored
from etl.session import holds_no_archive
from etl.settings import Settings
from etl.state import known_items
from sources.records import Kind, Summary

_AS: tuple[tuple[str, Kind, tuple[str, ...]], ...] = (
    ("a Telegram group", "telegram_chats", ()),
    ("a Slack channel", "slack_channels", ()),
    ("a Slack channel that is shared with others", "slack_channels", ("ext_shared",)),
    ("a meeting", "calendar_meetings", ()),
    ("a deal", "hubspot_deals", ()),
)


def explain(text: str, settings: Settings) -> Iterator[str]:
    """Some lines, learning from the state; what is the same for several kinds of items is
    told once. Raises `NoInput` without a text or a mapping.
    """
    if not text.strip():
        raise NoInput("nothing to explain: give a title, a name, an address or a domain")
    settings = as_run(settings)
    matcher, items = matcher_of(settings)
    yield f"{text!r}, with what {len(items):,} items of {settings.db_path} teach"
    if not items:
        yield "nothing was read yet: after a run, it is known which words many titles share"
    told: dict[tuple[str, ...], list[str]] = {}
    for described, summary in _readings(text):
        steps = tuple(f"  {step.rung:<14}{step.says}" for step in matcher.trace(summary))
        told.setdefault(steps, []).append(described)
    for steps, readings in told.items():
        yield ""
        yield f"as {', or '.join(readings)}"
        yield from steps


def _readings(text: str) -> Iterator[tuple[str, Summary]]:
    """An address is a guest's; a host is a CRM company's; anything else a title or the name
    in a company field.
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


def as_run(settings: Settings) -> Settings:
    """The settings that a run would have: those of the sample, when there is no archive."""
    return settings.for_sample() if holds_no_archive(settings) else settings


def matcher_of(settings: Settings) -> tuple[Matcher, list[tuple[Summary, tuple[str, ...]]]]:
    """A matcher that learnt from the state, and the items it learnt from, with the names of
    the people in them.
    """
    names, domains = settings.our_names, settings.our_domains
    try:
        mapping = load_mapping(settings.mapping, our_domains=domains)
    except FileNotFoundError as error:
        raise NoInput(f"{settings.mapping}: no such file; give --mapping") from error
    items = [stored(*row) for row in known_items(settings.db_path)]
    crm = {
        summary.key: summary
        for summary, _ in items
        if summary.kind in {"hubspot_companies", "hubspot_contacts"}
    }
    matcher = Matcher(build_index(mapping, names, domains), names, domains, crm.get)
    learner = matcher.learner()
    for summary, people in items:
        learner.add(summary, people)
    return matcher.knowing(learner.learnt()), items
