import pytest
from msgspec import structs

from sources.records import Message
from sources.telegram.identity import Sample, export_date, identity_of, key_of, loose


@pytest.mark.parametrize(
    ("archive", "day"),
    [
        ("ChatExport_2024-05-01", "2024-05-01"),
        ("old/ChatExport_2024-05-01 (1)", "2024-05-01"),
        ("ChatExport_31_12_2018", "2018-12-31"),
        ("x.zip!DataExport_2024-05-01", "2024-05-01"),
        ("DataExport_2024-05-01.zip!", "2024-05-01"),
        ("DataExport_2024-05-01/sub", ""),
        (".", ""),
        ("Acme", ""),
    ],
)
def test_day_of_an_export_is_in_its_name(archive: str, day: str) -> None:
    assert export_date(archive) == day


def test_deleted_accounts_are_nobody() -> None:
    assert identity_of(["Deleted Account", " ACME  Support"]) == ("telegram:title:acmesupport",)


def test_chat_without_messages_is_known_by_title_and_type() -> None:
    assert key_of(None, "Acme", "group") == key_of(None, "ACME ", "group")
    assert key_of(None, "Acme", "group") != key_of(None, "Acme", "private")


@pytest.mark.parametrize(
    "title",
    [
        *("acme support", "ACME  Support ", "Acme-Support!", "Acme Support (2021)"),
        *("Acme Support 2021-05", "Acme support - May 2021", "AcmeSupport_2021-05-31"),
    ],
)
def test_retouched_title_is_the_same(title: str) -> None:
    assert loose(title) == loose("Acme Support")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Support 1", "Support 2"), ("Acme", "Acme Support"), ("की", "का"), ("🚀", "🎉")],
)
def test_titles_that_say_something_else_differ(one: str, other: str) -> None:
    assert loose(one) != loose(other)


@pytest.mark.parametrize("title", ["2021", "!!!", "", "(2021)"])
def test_title_of_nothing_but_what_is_retouched_is_kept(title: str) -> None:
    assert loose(title) or not title


def messages(numbers: range, *, hours: int = 0) -> list[Message]:
    return [
        Message(
            author="Ada",
            text=f"text {n}",
            timestamp=f"2024-03-05T{10 + hours:02}:{n // 60 % 60:02}:{n % 60:02}Z",
            message_id=str(n),
            message_type="regular",
            is_service=False,
        )
        for n in numbers
    ]


def sample(numbers: range, *, hours: int = 0, at_a_time: int = 1000) -> set[str]:
    made = Sample()
    for start in range(0, len(numbers), at_a_time):
        part = numbers[start : start + at_a_time]
        made.take(part, messages(part, hours=hours))
    return {*made.tokens()}


@pytest.mark.parametrize("overlap", [1, 2, 3, 8, 50, 100, 777, 5000, 20_000])
def test_readings_that_overlap_share_tokens(overlap: int) -> None:
    assert sample(range(1, 30_007)) & sample(range(30_007 - overlap, 60_007 - overlap))


@pytest.mark.parametrize(("start", "length"), [(10_000, 1500), (29_000, 200), (57_000, 500)])
def test_reading_within_another_shares_tokens(start: int, length: int) -> None:
    assert sample(range(1, 60_001)) & sample(range(start, start + length))


def test_tokens_of_a_long_chat_are_few() -> None:
    assert len(sample(range(1, 200_001))) < 400


def test_tokens_are_the_same_in_another_zone() -> None:
    assert sample(range(1, 100)) == sample(range(1, 100), hours=3)


@pytest.mark.parametrize("at_a_time", [7, 40_000])
def test_tokens_are_the_same_however_the_messages_come(at_a_time: int) -> None:
    numbers = range(-500, 39_500)
    assert sample(numbers, at_a_time=at_a_time) == sample(numbers)


def test_every_message_chosen_has_one_token() -> None:
    found = sample(range(1, 1025))
    assert {int(token.split(":")[2]) for token in found} == {1, 1022, 1023, *range(8, 1025, 8)}
    assert len(found) == 3 + 128


@pytest.mark.parametrize(
    "other", [{"text": "else"}, {"timestamp": "2024-03-05T10:00:09Z"}, {"message_id": "16"}]
)
def test_other_message_has_another_token(other: dict[str, str]) -> None:
    (message,) = messages(range(8, 9))
    tokens = set()
    for said in (message, structs.replace(message, **other)):
        made = Sample()
        made.take([8], [said])
        tokens |= {*made.tokens()}
    assert len(tokens) == 2
