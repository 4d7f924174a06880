from pathlib import Path

import pytest

from sources.records import Media
from tests.reading import read_archive, source
from tests.sources.telegram import export_builder as build
from tests.sources.telegram.export_builder import Page, generic, write

NOT_INCLUDED = "Not included, change data exporting settings to download."
UNAVAILABLE = "Unavailable, please try again later."
MAP = "https://maps.example/maps?q=52.52,13.4&ll=52.52,13.4&z=16"
TOO_BIG = "Exceeds maximum size, change data exporting settings to download."

TIME = "05.03.2024 10:00:00"

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
    "photo without a thumbnail": (
        generic("media_photo", "Photo", "", "1280x720", "photos/p.jpg"),
        Media(kind="photo", title="Photo", status="1280x720", path="photos/p.jpg"),
    ),
    "sticker without a thumbnail": (
        generic("media_photo", "Sticker", "", "🙂", "stickers/s.tgs"),
        Media(kind="sticker", title="Sticker", status="🙂", path="stickers/s.tgs"),
    ),
    "gif without a thumbnail": (
        generic("media_video", "Animation", "", "1.2 MB", "video_files/g.mp4"),
        Media(kind="animation", title="Animation", status="1.2 MB", path="video_files/g.mp4"),
    ),
    "video without a thumbnail": (
        generic("media_video", "Video file", "", "00:33", "video_files/v.mp4"),
        Media(
            kind="video",
            title="Video file",
            status="00:33",
            path="video_files/v.mp4",
            duration_seconds=33,
        ),
    ),
    "round video left out": (
        generic("media_video", "Video message", UNAVAILABLE, "00:07, 1.2 MB"),
        Media(
            kind="video_message",
            title="Video message",
            status="00:07, 1.2 MB",
            missing=UNAVAILABLE,
            duration_seconds=7,
        ),
    ),
    "voice left out": (
        generic("media_voice_message", "Voice message", NOT_INCLUDED, "00:12, 50.2 KB"),
        Media(
            kind="voice_message",
            title="Voice message",
            status="00:12, 50.2 KB",
            missing=NOT_INCLUDED,
            duration_seconds=12,
        ),
    ),
    "audio left out": (
        generic("media_audio_file", "Audio file", TOO_BIG, "03:10, 9.0 MB"),
        Media(
            kind="audio",
            title="Audio file",
            status="03:10, 9.0 MB",
            missing=TOO_BIG,
            duration_seconds=190,
        ),
    ),
    "file left out": (
        generic("media_file", "File", NOT_INCLUDED, "95.3 KB"),
        Media(kind="file", title="File", status="95.3 KB", missing=NOT_INCLUDED),
    ),
    "self-destructed video": (
        generic("media_video", "Self-destructing video", "", "Expired"),
        Media(kind="video", title="Self-destructing video", missing="Expired"),
    ),
    "contact without a card": (
        generic("media_contact", "Bel ", "", "+1 555 0100"),
        Media(kind="contact", title="Bel", status="+1 555 0100"),
    ),
    "location with a map": (
        generic("media_location", "Location", "", "52.520000, 13.400000", MAP),
        Media(kind="location", title="Location", status="52.520000, 13.400000", url=MAP),
    ),
    "live location that is over": (
        generic("media_live_location", "Live location"),
        Media(kind="live_location", title="Live location"),
    ),
    "venue with a map": (
        generic("media_venue", "Acme hall", "1 Main St", "", MAP),
        Media(kind="venue", title="Acme hall", description="1 Main St", url=MAP),
    ),
    "game with a link": (
        generic("media_game", "Tiles", "Match", "https://t.me/b?game=t", "https://t.me/b?game=t"),
        Media(
            kind="game",
            title="Tiles",
            description="Match",
            status="https://t.me/b?game=t",
            url="https://t.me/b?game=t",
        ),
    ),
    "paid media": (
        generic("media_invoice", "Paid media", "", "50 Telegram Stars"),
        Media(kind="invoice", title="Paid media", status="50 Telegram Stars"),
    ),
    "quiz that is over": (
        build.poll(
            "2 + 2?",
            "Final results",
            [("3", "1 vote"), ("4 - of course", "2 votes, chosen vote"), ("1 vote", "1 vote")],
            "4 votes",
        ),
        Media(
            kind="poll",
            title="2 + 2?",
            description="Final results",
            status="4 votes",
            options=("3", "4 - of course", "1 vote"),
            votes=("1 vote", "2 votes, chosen vote", "1 vote"),
        ),
    ),
    "poll nobody voted in": (
        build.poll("Q\nQ", "Anonymous poll", [("A", ""), ("B", "")], "No votes"),
        Media(
            kind="poll",
            title="Q\nQ",
            description="Anonymous poll",
            status="No votes",
            options=("A", "B"),
        ),
    ),
    "of two known kinds": (
        generic("media_file media_call", "H"),
        Media(kind="file", title="H"),
    ),
    "exported to a full account's folder": (
        build.photo("../../chats/chat_1/photos/p.jpg"),
        Media(kind="photo", path="chats/chat_1/photos/p.jpg"),
    ),
    "file of a full account": (
        generic("media_file", "a.pdf", "", "1 KB", "../../chats/chat_1/files/a.pdf"),
        Media(kind="file", title="a.pdf", status="1 KB", path="chats/chat_1/files/a.pdf"),
    ),
    "file outside the export": (
        generic("media_file", "a.pdf", "", "1 KB", "files/../../../etc/passwd"),
        Media(kind="file", title="a.pdf", status="1 KB"),
    ),
    "photo at the root of the disk": (build.photo("/etc/p.jpg"), Media(kind="photo")),
    "photo on another drive": (
        generic("media_photo", "Photo", "", "1x1", "C:\\p.jpg"),
        Media(kind="photo", title="Photo", status="1x1"),
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


@pytest.mark.parametrize(
    ("status", "seconds"),
    [
        ("Outgoing (35 seconds)", 35),
        ("Incoming (1 seconds)", 1),
        ("Missed", None),
        ("Declined", None),
        ("Cancelled", None),
        ("Invitation", None),
        ("Ongoing", None),
    ],
)
def test_call_tells_its_direction_and_length(
    tmp_path: Path, status: str, seconds: int | None
) -> None:
    css = "media_call success" if seconds else "media_call"
    page = Page("Bel").message(1, TIME, author="Ada", media=generic(css, "Bel Ruiz", "", status))
    write(tmp_path, page.html())
    (media,) = read_archive(source("telegram"), tmp_path).items[0].messages[0].media
    assert media == Media(kind="call", title="Bel Ruiz", status=status, duration_seconds=seconds)


def test_poll_may_hold_entities(tmp_path: Path) -> None:
    html = Page("Acme").message(1, TIME, author="Ada", media=CASES["poll"][0]).html()
    question = '<strong>Sh</strong>ip <a href="https://acme.example">it</a>?'
    html = html.replace("Ship &lt;it&gt;?", question).replace("- Yes", "- Y<em>es</em>")
    write(tmp_path, html)
    (media,) = read_archive(source("telegram"), tmp_path).items[0].messages[0].media
    assert (media.title, media.options) == ("Ship it?", ("Yes", "No"))


def test_giveaway_of_several_sections(tmp_path: Path) -> None:
    def block(w: build.Writer) -> None:
        w.open("div", {"class": "media_giveaway"})
        for title, body in (("Giveaway Prizes", "<b>10</b> months"), ("Participants", "All of us")):
            w.div("section_title bold", title)
            w.div("section_body", body)
        w.close()

    write(tmp_path, Page("Acme").message(1, TIME, author="Ada", media=block).html())
    (media,) = read_archive(source("telegram"), tmp_path).items[0].messages[0].media
    assert media.title == "Giveaway Prizes\nParticipants"
    assert media.description == "10 months\nAll of us"


def test_new_photo_of_a_full_account_is_found_from_its_root(tmp_path: Path) -> None:
    href = "../../chats/chat_1/photos/p.jpg"
    page = Page("Acme").service(1, "Ada changed group photo", photo=href)
    write(tmp_path, page.html())
    (media,) = read_archive(source("telegram"), tmp_path).items[0].messages[0].media
    assert media == Media(kind="photo", path="chats/chat_1/photos/p.jpg")


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
