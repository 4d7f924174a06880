"""Real exports, where they are at hand. Expected figures were counted in the raw markup."""

from pathlib import Path

import pytest

from sources.records import Chat
from tests.reading import Read, Reading, read_archive, source

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "telegram"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no {CORPUS}")


@pytest.fixture(scope="module")
def corpus() -> Reading:
    return read_archive(source("telegram"), CORPUS)


def figures(found: Read) -> dict[str, object]:
    head = found.head
    assert isinstance(head, Chat)
    regular = [message for message in found.messages if not message.is_service]
    return {
        "messages": head.message_count,
        "regular": head.regular_message_count,
        "service": head.service_message_count,
        "text": sum(bool(message.text) for message in regular),
        "authors": len(head.unique_authors),
        "forwarded": sum(message.forwarded_from is not None for message in regular),
        "replies": sum(message.reply_to is not None for message in regular),
        "media": sum(bool(message.media) for message in regular),
        "via": sum(message.via_bot is not None for message in regular),
        "first": head.first_message_time,
        "last": head.last_message_time,
    }


def test_small_channel_gives_its_counts(corpus: Reading) -> None:
    assert figures(corpus.items[0]) == {
        "messages": 1471,
        "regular": 1469,
        "service": 2,
        "text": 1454,
        "authors": 1,
        "forwarded": 62,
        "replies": 6,
        "media": 66,
        "via": 1,
        "first": "2019-05-02T10:35:30Z",
        "last": "2022-03-18T17:31:21Z",
    }


def test_large_channel_gives_its_counts(corpus: Reading) -> None:
    assert figures(corpus.items[1]) == {
        "messages": 39194,
        "regular": 39193,
        "service": 1,
        "text": 39193,
        "authors": 1,
        "forwarded": 17,
        "replies": 0,
        "media": 0,
        "via": 0,
        "first": "2018-09-05T16:42:32Z",
        "last": "2022-03-19T07:23:03Z",
    }


def test_every_message_tag_is_accounted_for(corpus: Reading) -> None:
    account = corpus.account
    assert account.balanced
    assert account.ignored == {"date_separator": 681 + 1082}
    assert (account.duplicate, account.quarantined) == (0, 0)
    assert not corpus.problems


def test_only_the_guessed_zone_is_found_wanting(corpus: Reading) -> None:
    kinds = {finding.kind for item in corpus.items for finding in item.summary.findings}
    assert kinds == {"zone_assumed_utc"}
