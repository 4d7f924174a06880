"""Everything that can be attached to a message: the facts, and tdesktop's markup of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.account.layout import block, div, empty, escaped
from benchmarks.account.words import EMOJI, Language, sentence

Facts = dict[str, Any]
Made = tuple[Facts, str]
UP = "../../"
"""How a page in a chat's folder names a file: by climbing to the export's folder first."""
_REASONS = (
    "Not included, change data exporting settings to download.",
    "Exceeds maximum size, change data exporting settings to download.",
    "Unavailable, please try again later.",
)


@dataclass(frozen=True)
class At:
    """Where something is attached: chance, tongue, indentation, the chat's folder as seen
    from the export's, and a name for files.
    """

    rng: Random
    language: Language
    depth: int
    place: str
    name: str


def media(rng: Random, language: Language, depth: int, place: str, stamp: str) -> Made:
    """Something attached; ``stamp`` is the moment in file names, ``place`` the chat's folder."""
    maker = rng.choice(_COMMON) if rng.random() < 0.9 else rng.choice(_RARE)
    facts, markup = maker(At(rng, language, depth + 1, place, f"{rng.randrange(1, 999)}@{stamp}"))
    return facts, div(depth, "media_wrap clearfix", markup)


def generic(depth: int, css: str, facts: Facts, href: str = "") -> Made:
    """The form that most kinds share. A reason why there is no file is a description."""
    facts = {name: value for name, value in facts.items() if value}
    lines = (
        ("title bold", facts.get("title")),
        ("description", facts.get("description") or facts.get("missing")),
        ("status details", facts.get("status")),
    )
    body = "".join(div(depth + 2, name, escaped(line)) for name, line in lines if line)
    inner = div(depth + 1, "fill pull_left", "") + div(depth + 1, "body", body)
    if href:
        link = f'class="media clearfix pull_left block_link {css}" href="{escaped(href)}"'
        return facts, block(depth, link, inner, "a")
    return facts, div(depth, f"media clearfix pull_left {css}", inner)


def _up(facts: Facts) -> str:
    return UP + facts["path"] if "path" in facts else ""


def _size(rng: Random) -> str:
    return f"{rng.randrange(1, 900)}.{rng.randrange(10)} KB"


def _clock(seconds: int) -> str:
    return f"{seconds // 60:02}:{seconds % 60:02}"


def _wrapped(depth: int, kind: str, css: str, path: str, above: str, status: Facts) -> Made:
    image = empty(
        depth + 1,
        f'img class="{css}" src="{UP}{path}_thumb.jpg" style="width: 260px; height: 194px"',
    )
    link = f'class="{css}_wrap clearfix pull_left" href="{UP}{path}"'
    return {"kind": kind, "path": path, **status}, block(depth, link, above + image, "a")


def _photo(at: At) -> Made:
    if at.rng.random() < 0.9:
        return _wrapped(
            at.depth, "photo", "photo", f"{at.place}/photos/photo_{at.name}.jpg", "", {}
        )
    status = f"1280x{at.rng.randrange(300, 1280)}, {_size(at.rng)}"
    why = at.rng.choice(_REASONS)
    facts = {"kind": "photo", "title": "Photo", "missing": why, "status": status}
    return generic(at.depth, "media_photo", facts)


def _sticker(at: At) -> Made:
    if at.rng.random() < 0.7:
        return _wrapped(
            at.depth, "sticker", "sticker", f"{at.place}/stickers/sticker_{at.name}.webp", "", {}
        )
    status = f"{at.rng.choice(EMOJI)}, {_size(at.rng)}"
    facts = {"kind": "sticker", "title": "Sticker", "missing": _REASONS[0], "status": status}
    return generic(at.depth, "media_photo", facts)


def _animation(at: At) -> Made:
    if at.rng.random() < 0.7:
        play = div(at.depth + 1, "video_play_bg", div(at.depth + 2, "gif_play", "GIF"))
        return _wrapped(
            at.depth, "animation", "animated", f"{at.place}/video_files/{at.name}.mp4", play, {}
        )
    facts = {"kind": "animation", "title": "Animation", "missing": _REASONS[0]}
    return generic(at.depth, "media_video", facts | {"status": _size(at.rng)})


def _video(at: At) -> Made:
    seconds = at.rng.randrange(1, 3600)
    length = {"status": _clock(seconds), "duration_seconds": seconds}
    if at.rng.random() < 0.6:
        play = div(at.depth + 1, "video_play_bg", div(at.depth + 2, "video_play", ""))
        play += div(at.depth + 1, "video_duration", _clock(seconds))
        return _wrapped(
            at.depth, "video", "video_file", f"{at.place}/video_files/{at.name}.mp4", play, length
        )
    facts = {"kind": "video", "title": "Video file", "missing": at.rng.choice(_REASONS)}
    length["status"] = f"{_clock(seconds)}, {_size(at.rng)}"
    return generic(at.depth, "media_video", facts | length)


def _file_like(kind: str, css: str, title: str, folder: str) -> Callable[[At], Made]:
    """Round videos, voice messages, songs: a length."""

    def make(at: At) -> Made:
        seconds = at.rng.randrange(1, 600)
        facts: Facts = {"kind": kind, "title": title, "status": _clock(seconds)}
        facts["duration_seconds"] = seconds
        if at.rng.random() < 0.7:
            facts["path"] = f"{at.place}/{folder}/{at.name}"
        else:
            facts["missing"] = at.rng.choice(_REASONS)
        return generic(at.depth, css, facts, _up(facts))

    return make


def _file(at: At) -> Made:
    title = at.rng.choice(("report.pdf", "terms & conditions.docx", "отчёт.xlsx", "dump.sql"))
    facts: Facts = {"kind": "file", "title": title, "status": _size(at.rng)}
    if at.rng.random() < 0.7:
        facts["path"] = f"{at.place}/files/{title}"
    else:
        facts["missing"] = at.rng.choice(_REASONS)
    return generic(at.depth, "media_file", facts, _up(facts))


def _self_destructing(at: At) -> Made:
    kind = at.rng.choice(("photo", "video"))
    facts = {"kind": kind, "title": f"Self-destructing {kind}"}
    made, markup = generic(at.depth, f"media_{kind}", facts | {"status": "Expired"})
    return {"kind": kind, "title": made["title"], "missing": "Expired"}, markup


def _contact(at: At) -> Made:
    facts = {"kind": "contact", "title": at.rng.choice(at.language.people), "status": "+15550100"}
    if at.rng.random() < 0.5:
        return generic(at.depth, "media_contact", facts)
    facts |= {"status": "+15550100 - vCard", "path": f"{at.place}/contacts/{at.name}.vcard"}
    return generic(at.depth, "media_contact", facts, _up(facts))


def _place(at: At) -> Made:
    where = f"{at.rng.randrange(80)}.{at.rng.randrange(10**6):06}, {at.rng.randrange(80)}.5"
    url = f"https://maps.google.com/maps?q={where.replace(' ', '')}&ll={where.replace(' ', '')}"
    if at.rng.random() < 0.3:
        facts = {"kind": "venue", "title": "Quay 7", "description": "1 Harbour Street", "url": url}
        return generic(at.depth, "media_venue", facts, url)
    kind = at.rng.choice(("location", "live_location"))
    facts = {"kind": kind, "title": "Location", "status": where, "url": url}
    return generic(at.depth, f"media_{kind}", facts, url)


def _game(at: At) -> Made:
    url = "https://t.me/gamebot?game=quay"
    facts = {"kind": "game", "title": "Quay Run", "description": "Run & jump", "status": url}
    return generic(at.depth, "media_game", facts | {"url": url}, url)


def _invoice(at: At) -> Made:
    facts = {"kind": "invoice", "title": "Yearly plan", "description": "12 months of support"}
    return generic(at.depth, "media_invoice", facts | {"status": f"${at.rng.randrange(9, 999)}.00"})


def _call(at: At) -> Made:
    facts: Facts = {"kind": "call", "title": at.rng.choice(at.language.people)}
    if at.rng.random() < 0.4:
        return generic(
            at.depth, "media_call", facts | {"status": at.rng.choice(("Missed", "Declined"))}
        )
    seconds = at.rng.randrange(2, 3000)
    facts["status"] = f"{at.rng.choice(('Outgoing', 'Incoming'))} ({seconds} seconds)"
    facts["duration_seconds"] = seconds
    return generic(at.depth, "media_call success", facts)


def _poll(at: At) -> Made:
    is_list = at.rng.random() < 0.3
    question = sentence(at.rng, at.language, 5)
    facts: Facts = {"kind": "todo" if is_list else "poll", "title": question}
    facts["description"] = "To-do List" if is_list else "Anonymous poll"
    options = [
        sentence(at.rng, at.language, at.rng.randrange(1, 4)) for _ in range(at.rng.randrange(2, 6))
    ]
    facts["options"] = options
    votes = [0 if is_list else at.rng.randrange(2, 9) for _ in options]
    said = [f"{count} votes" if count else "" for count in votes]
    inner = div(at.depth + 1, "question bold", escaped(question))
    inner += div(at.depth + 1, "details", facts["description"])
    for option, count in zip(options, said, strict=True):
        counted = f' <span class="details">{count}</span>' if count else ""
        inner += div(at.depth + 1, "answer", f"- {escaped(option)}{counted}")
    if not is_list:
        facts |= {"votes": said, "status": f"{sum(votes)} votes"}
        inner += div(at.depth + 1, "total details&#x09;", facts["status"])
    return facts, div(at.depth, "media_poll", inner)


def _giveaway(at: At) -> Made:
    count = at.rng.randrange(2, 50)
    parts = (
        ("Giveaway Prizes", f"<b>{count}</b> Telegram Premium Subscriptions for 3 months."),
        ("Participants", "All subscribers of the channel:<br>Acme News"),
    )
    inner = ""
    for title, body in parts:
        inner += div(at.depth + 1, "section_title bold", title) + div(
            at.depth + 1, "section_body", body
        )
    told = f"{count} Telegram Premium Subscriptions for 3 months."
    facts = {"kind": "giveaway", "title": "Giveaway Prizes\nParticipants"}
    facts["description"] = f"{told}\nAll subscribers of the channel:\nAcme News"
    return facts, div(at.depth, "media_giveaway", inner)


_VOICE = _file_like("voice_message", "media_voice_message", "Voice message", "voice_messages")
_ROUND = _file_like("video_message", "media_video", "Video message", "round_video_messages")
_AUDIO = _file_like("audio", "media_audio_file", "Fern – Harbour", "files")
_COMMON = (_photo,) * 10 + (_sticker, _sticker, _animation, _video, _video, _VOICE, _file, _file)
_RARE = (
    *(_ROUND, _AUDIO, _self_destructing, _contact, _place, _place, _game, _invoice),
    *(_call, _call, _poll, _poll, _giveaway),
)
