import json

import pytest

from sources.records import Media
from sources.telegram.json_media import media_of
from tests.sources.telegram.json_builder import Raw

POINT = {"latitude": 52.5, "longitude": 13.4}


def test_exported_photo_has_a_path_and_one_left_out_a_reason() -> None:
    assert media_of({"photo": "photos/p.jpg", "photo_file_size": 9}) == (
        Media(kind="photo", path="photos/p.jpg", size=9),
    )
    for path in ("a/../../secret", "/etc/x", "C:\\x"):
        assert media_of({"photo": path}) == (Media(kind="photo"),)
    reason = "File not included. Change data exporting settings to download."
    assert media_of({"photo": f"({reason})"}) == (Media(kind="photo", missing=reason),)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("sticker", "sticker"),
        ("video_message", "video_message"),
        ("voice_message", "voice_message"),
        ("animation", "animation"),
        ("video_file", "video"),
        ("audio_file", "audio"),
        ("", "file"),
        ("hologram", "hologram"),
    ],
)
def test_files_of_every_kind(word: str, kind: str) -> None:
    raw: Raw = {"file": "files/a.bin", "media_type": word, "mime_type": "x/y"}
    (got,) = media_of({**raw, "duration_seconds": 7, "file_size": 10})
    assert got == Media(kind=kind, path="files/a.bin", mime_type="x/y", duration_seconds=7, size=10)


def test_names_of_files() -> None:
    song: Raw = {"file": "f", "media_type": "audio_file", "performer": "Bo", "title": "Tune"}
    assert media_of(song)[0].title == "Bo – Tune"
    assert media_of({"file": "f", "file_name": "a.pdf"})[0].title == "a.pdf"
    sticker: Raw = {"file": "f", "media_type": "sticker", "sticker_emoji": "🙂"}
    assert media_of(sticker)[0].status == "🙂"


def test_self_destructing_media_has_no_file() -> None:
    assert media_of({"self_destruct_period_seconds": 9})[0].title == "Self-destructing photo"
    (video,) = media_of({"file": "(File unavailable, please try again later)"} | TTL)
    assert (video.title, video.missing) == (
        "Self-destructing video",
        "File unavailable, please try again later",
    )
    (gone,) = media_of({"media_type": "video_file", "mime_type": "video/mp4"} | TTL)
    assert (gone.kind, gone.title, gone.path) == ("video", "Self-destructing video", None)


def test_file_of_which_only_the_rest_is_told_is_attached_all_the_same() -> None:
    (voice,) = media_of({"media_type": "voice_message", "duration_seconds": 6})
    assert (voice.kind, voice.path, voice.duration_seconds) == ("voice_message", None, 6)
    assert media_of({"file_name": "offer.pdf", "mime_type": "application/pdf"}) == (
        Media(kind="file", title="offer.pdf", mime_type="application/pdf"),
    )


TTL: Raw = {"self_destruct_period_seconds": 9}


def test_contact_with_its_card() -> None:
    who = {"first_name": "Bo", "last_name": "Reyes", "phone_number": "+1 00"}
    assert media_of({"contact_information": who, "contact_vcard": "contacts/1.vcf"}) == (
        Media(kind="contact", title="Bo Reyes", status="+1 00", path="contacts/1.vcf"),
    )


def test_places() -> None:
    raw: Raw = {"location_information": POINT}
    assert media_of(raw) == (Media(kind="location", status="52.5, 13.4"),)
    assert media_of({**raw, "live_location_period_seconds": 60})[0].kind == "live_location"
    assert media_of({**raw, "place_name": "Cafe", "address": "Here 1"}) == (
        Media(kind="venue", title="Cafe", description="Here 1", status="52.5, 13.4"),
    )
    assert media_of({"location_information": None}) == (Media(kind="location"),)
    assert media_of({"place_name": "Cafe"}) == (Media(kind="venue", title="Cafe"),)


def test_game() -> None:
    raw: Raw = {"game_title": "Snake", "game_description": "Long", "game_link": "https://t.me/x"}
    assert media_of(raw) == (
        Media(kind="game", title="Snake", description="Long", url="https://t.me/x"),
    )


def test_invoice_is_json_within_a_text() -> None:
    bill = {"title": "Setup", "description": "Node", "amount": 1200, "currency": "USD"}
    expected = (
        Media(
            kind="invoice",
            title="Setup",
            description="Node",
            status="1200 USD (smallest unit)",
        ),
    )
    assert media_of({"invoice_information": json.dumps(bill)}) == expected
    assert media_of({"invoice_information": bill}) == expected
    assert media_of({"invoice_information": "{cut"}) == (Media(kind="invoice", description="{cut"),)
    half = '{"title": "\\ud83d"}'
    assert media_of({"invoice_information": half})[0].title == "?"


def test_paid_media() -> None:
    assert media_of({"paid_stars_amount": 5}) == (Media(kind="invoice", status="5 stars"),)


def test_poll_with_plain_and_with_formatted_texts() -> None:
    answers = [
        {"text": "Yes", "voters": 2, "chosen": True},
        {"text": [{"type": "bold", "text": "No"}], "voters": 1, "chosen": False},
        {"text": "Later", "voters": 0, "chosen": False},
    ]
    poll = {"question": ["Ship", "?"], "closed": True, "total_voters": 3, "answers": answers}
    assert media_of({"poll": poll}) == (
        Media(
            kind="poll",
            title="Ship?",
            description="Final results",
            status="3 votes",
            options=("Yes", "No", "Later"),
            votes=("2 votes, chosen vote", "1 vote", ""),
        ),
    )


def test_todo_list() -> None:
    todo = {"title": "Launch", "answers": [{"text": "Test", "id": 1}, {"text": "Ship", "id": 2}]}
    assert media_of({"todo_list": todo}) == (
        Media(kind="todo", title="Launch", description="To-do List", options=("Test", "Ship")),
    )


def test_giveaway_and_its_results() -> None:
    (got,) = media_of({"giveaway_information": {"quantity": 3, "until_date": "2024-05-01"}})
    assert got.description == "quantity: 3\nuntil date: 2024-05-01"
    assert media_of({"giveaway_results": {"winners": 3}})[0].title == "Giveaway results"
