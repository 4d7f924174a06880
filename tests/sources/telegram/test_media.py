from pathlib import Path

import pytest

from sources.records import Media
from tests.reading import read_archive, source
from tests.sources.telegram import export_builder as build
from tests.sources.telegram.export_builder import Page, generic, write

NOT_INCLUDED = "Not included, change data exporting settings to download."
TOO_BIG = "Exceeds maximum size, change data exporting settings to download."

CASES = {
    "photo": (build.photo("photos/p.jpg"), Media(kind="photo", path="photos/p.jpg")),
    "photo left out": (
        generic("media_photo", "Photo", NOT_INCLUDED, "1280x720, 95.3 KB"),
        Media(kind="photo", title="Photo", status="1280x720, 95.3 KB", missing=NOT_INCLUDED),
    ),
    "sticker": (
        build.exported("sticker_wrap", "stickers/s.webp", "sticker"),
        Media(kind="sticker", path="stickers/s.webp"),
    ),
    "sticker left out": (
        generic("media_photo", "Sticker", NOT_INCLUDED, "🙂, 20.1 KB"),
        Media(kind="sticker", title="Sticker", status="🙂, 20.1 KB", missing=NOT_INCLUDED),
    ),
    "gif": (build.gif("video_files/g.mp4"), Media(kind="animation", path="video_files/g.mp4")),
    "gif left out": (
        generic("media_video", "Animation", TOO_BIG, "5.1 MB"),
        Media(kind="animation", title="Animation", status="5.1 MB", missing=TOO_BIG),
    ),
    "video": (
        build.video("video_files/v.mp4", "01:33"),
        Media(kind="video", status="01:33", path="video_files/v.mp4", duration_seconds=93),
    ),
    "video left out": (
        generic("media_video", "Video file", TOO_BIG, "1:00:33, 5.1 MB"),
        Media(
            kind="video",
            title="Video file",
            status="1:00:33, 5.1 MB",
            missing=TOO_BIG,
            duration_seconds=3633,
        ),
    ),
    "round video": (
        generic("media_video", "Video message", "", "00:07", "round_video_messages/r.mp4"),
        Media(
            kind="video_message",
            title="Video message",
            status="00:07",
            path="round_video_messages/r.mp4",
            duration_seconds=7,
        ),
    ),
    "voice": (
        generic("media_voice_message", "Voice message", "", "00:12", "voice_messages/a.ogg"),
        Media(
            kind="voice_message",
            title="Voice message",
            status="00:12",
            path="voice_messages/a.ogg",
            duration_seconds=12,
        ),
    ),
    "audio": (
        generic("media_audio_file", "Band – Song", "", "03:10", "files/s.mp3"),
        Media(
            kind="audio",
            title="Band – Song",
            status="03:10",
            path="files/s.mp3",
            duration_seconds=190,
        ),
    ),
    "file": (
        generic("media_file", "offer 10:30.pdf", "", "95.3 KB", "files/offer.pdf"),
        Media(kind="file", title="offer 10:30.pdf", status="95.3 KB", path="files/offer.pdf"),
    ),
    "self-destructing": (
        generic("media_photo", "Self-destructing photo", "", "Please view it on your mobile"),
        Media(
            kind="photo", title="Self-destructing photo", missing="Please view it on your mobile"
        ),
    ),
    "contact": (
        generic("media_contact", "Bel Ruiz", "", "+1 555 - vCard", "contacts/contact_1.vcard"),
        Media(
            kind="contact",
            title="Bel Ruiz",
            status="+1 555 - vCard",
            path="contacts/contact_1.vcard",
        ),
    ),
    "location": (
        generic("media_location", "Location", "", "52.5, 13.4", "https://maps.example/?q=52.5"),
        Media(
            kind="location",
            title="Location",
            status="52.5, 13.4",
            url="https://maps.example/?q=52.5",
        ),
    ),
    "live location": (
        generic("media_live_location", "Location", "", "52.5, 13.4"),
        Media(kind="live_location", title="Location", status="52.5, 13.4"),
    ),
    "venue": (
        generic("media_venue", "Acme hall", "1 Main St"),
        Media(kind="venue", title="Acme hall", description="1 Main St"),
    ),
    "game": (
        generic("media_game", "Tiles", "Match them", "https://t.me/b?game=tiles"),
        Media(
            kind="game",
            title="Tiles",
            description="Match them",
            status="https://t.me/b?game=tiles",
        ),
    ),
    "invoice": (
        generic("media_invoice", "Plan", "A year", "$12.00"),
        Media(kind="invoice", title="Plan", description="A year", status="$12.00"),
    ),
    "call": (
        generic("media_call success", "Bel Ruiz", "", "Outgoing (35 seconds)"),
        Media(kind="call", title="Bel Ruiz", status="Outgoing (35 seconds)", duration_seconds=35),
    ),
    "poll": (
        build.poll(
            "Ship <it>?",
            "Anonymous poll",
            [("Yes", "3 votes, chosen vote"), ("No", "")],
            "3 votes",
        ),
        Media(
            kind="poll",
            title="Ship <it>?",
            description="Anonymous poll",
            status="3 votes",
            options=("Yes", "No"),
            votes=("3 votes, chosen vote", ""),
        ),
    ),
    "to-do": (
        build.poll("Launch", "To-do List", [("- Book", ""), ("Pay", "")], ""),
        Media(kind="todo", title="Launch", description="To-do List", options=("- Book", "Pay")),
    ),
    "giveaway": (
        build.giveaway("Giveaway Prizes", "<b>10</b> months"),
        Media(kind="giveaway", title="Giveaway Prizes", description="10 months"),
    ),
    "of a kind to come": (
        generic("media_hologram", "H"),
        Media(kind="hologram", title="H"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_media_of_every_kind(tmp_path: Path, case: str) -> None:
    block, expected = CASES[case]
    page = Page("Acme").message(1, "05.03.2024 10:00:00", author="Ada", media=block)
    write(tmp_path, page.html())
    reading = read_archive(source("telegram"), tmp_path)
    message = reading.items[0].messages[0]
    assert message.media == (expected,)
    assert message.text == ""
    assert reading.account.balanced


def test_media_of_a_forward_is_found(tmp_path: Path) -> None:
    page = Page("Acme").message(
        1,
        "05.03.2024 10:00:00",
        author="Ada",
        media=build.photo("photos/p.jpg"),
        origin="Bel",
        origin_time="05.03.2024 09:00:00",
    )
    write(tmp_path, page.html())
    message = read_archive(source("telegram"), tmp_path).items[0].messages[0]
    assert message.media[0].path == "photos/p.jpg"
    assert message.forwarded_from == "Bel"


def test_call_is_a_regular_message_of_its_own_subtype(tmp_path: Path) -> None:
    page = Page("Acme").message(
        1, "05.03.2024 10:00:00", author="Ada", media=generic("media_call", "Bel", "", "Missed")
    )
    write(tmp_path, page.html())
    message = read_archive(source("telegram"), tmp_path).items[0].messages[0]
    assert (message.subtype, message.is_service) == ("call", False)
