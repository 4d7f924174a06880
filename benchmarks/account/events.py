"""Service messages: what happened and who did it, and the sentence tdesktop prints."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from benchmarks.account.layout import escaped


@dataclass(frozen=True)
class Event:
    """What happened: in a word, by whom, as a sentence, and that sentence's markup; which
    message and which other people it speaks of.
    """

    subtype: str
    actor: str | None
    text: str
    markup: str
    target: int | None = None
    targets: tuple[str, ...] = ()
    photo: str = ""


def event(rng: Random, people: tuple[str, ...], targets: list[int], title: str) -> Event:
    """Something that happened in a group. ``targets`` are messages it may speak of."""
    actor = rng.choice(people)
    if targets and rng.random() < 0.3:
        verb, subtype, what = rng.choice(_ON_MESSAGES)
        return _on_message(rng, actor, targets, verb, subtype, what)
    if rng.random() < 0.1:
        return _photo(rng, actor)
    if rng.random() < 0.15:
        subtype, sentence = rng.choice(_WITHOUT_ACTOR)
        return _said(subtype, None, sentence.format(title=title, number=rng.randrange(2, 999)))
    subtype, sentence = rng.choice(_ACTS)
    other, third = rng.sample([name for name in people if name != actor], 2)
    told = sentence.format(title=title, other=other, third=third, number=rng.randrange(2, 999))
    named = [n for n, place in ((other, "{other}"), (third, "{third}")) if place in sentence]
    return _said(subtype, actor, f"{actor} {told}", *named)


def left(actor: str) -> Event:
    """Somebody removed himself."""
    return _said("left", actor, f"{actor} removed {actor}")


def created(actor: str, others: list[str], title: str) -> Event:
    """How a group begins."""
    named = " and ".join(filter(None, (", ".join(others[:-1]), others[-1])))
    return _said("created", actor, f"{actor} created group «{title}» with members {named}", *others)


def channel_created(title: str) -> Event:
    """How a channel begins."""
    return _said("created", None, f"Channel «{title}» created")


def history_cleared() -> Event:
    """How a chat may begin that was emptied."""
    return _said("history_cleared", None, "History cleared")


def _said(subtype: str, actor: str | None, text: str, *targets: str) -> Event:
    # Only the quotes round titles are entities of their own.
    markup = escaped(text).replace("«", "&laquo;").replace("»", "&raquo;")
    return Event(subtype, actor, text, markup, targets=targets)


def _photo(rng: Random, actor: str) -> Event:
    said = _said("photo_changed", actor, f"{actor} changed group photo")
    photo = f"photos/photo_{rng.randrange(999)}@01-03-2024_10-00-00.jpg"
    return Event(said.subtype, actor, said.text, said.markup, photo=photo)


def _on_message(
    rng: Random, actor: str, targets: list[int], verb: str, subtype: str, what: str
) -> Event:
    target = rng.choice(targets)
    before = f"{actor} {verb} "
    link = f'<a href="#go_to_message{target}" onclick="return GoToMessage({target})">{what}</a>'
    return Event(subtype, actor, before + what, escaped(before) + link, target)


_ON_MESSAGES = (
    ("pinned", "pinned", "this message"),
    ("pinned", "pinned", "this message"),
    ("scored 12 in", "game_score", "this game"),
    ("marked 1, 2 and 3 as done in", "todo_marked", "this todo list"),
)
_TELL = "This message is not supported by this version of Telegram Desktop."
_WITHOUT_ACTOR = (
    ("history_cleared", "History cleared"),
    ("voice_chat", "Voice chat ({number} seconds)"),
    ("voice_chat_scheduled", "Voice chat scheduled for 05.03.2024 10:00:00"),
    ("auto_delete", "New messages will auto-delete in 7 days"),
    ("title_changed", "Channel title changed to «{title}»"),
    ("photo_removed", "Channel photo removed"),
    ("payment", "You have successfully transferred ${number}.00"),
    ("bot_allowed", "You allowed this bot to message you when you opened the app"),
    (
        "unsupported",
        f"{_TELL} Please update the application.",
    ),
)
_ACTS = (
    *(("invited", "invited {other}"), ("invited", "invited {other} and {third}")) * 3,
    *(("removed", "removed {other}"), ("joined_by_link", "joined group by link from {other}")) * 2,
    ("joined_by_request", "joined group by request"),
    ("title_changed", "changed group title to «{title}»"),
    ("photo_removed", "removed group photo"),
    ("migrated", "converted this group to a supergroup"),
    ("migrated", "converted a basic group to this supergroup «{title}»"),
    ("screenshot", "took a screenshot"),
    ("joined_telegram", "joined Telegram"),
    ("phone_requested", "requested your phone number"),
    ("voice_chat", "started voice chat ({number} seconds)"),
    ("voice_chat_invited", "invited {other} to the voice chat"),
    ("voice_chat_scheduled", "scheduled a voice chat for 05.03.2024 10:00:00"),
    ("auto_delete", "has set messages to auto-delete in 24 hours"),
    ("auto_delete", "has set messages not to auto-delete"),
    ("theme_changed", "changed chat theme to 🐥"),
    ("theme_changed", "disabled chat theme"),
    ("background_changed", "set a new background for this chat"),
    ("topic_created", "created topic «{title}»"),
    ("topic_changed", "changed topic title to «{title}»"),
    ("boosted", "boosted the group {number} times"),
    ("giveaway", "just started a giveaway of Telegram Premium subscriptions to its followers."),
    ("proximity", "is now within 1.5 km from {other}"),
    ("todo_added", 'added tasks: "call the bank"'),
)
