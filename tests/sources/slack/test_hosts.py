from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sources.slack.hosts import MOST, hosts
from tests.reading import merge, source
from tests.sources.slack.writing import GENERAL, read_one, say, write_export

DAY = "general/2024-03-01.json"


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://Docs.Acme.example/a?b", "docs.acme.example"),
        ("http://acme.example:8080", "acme.example"),
        ("https://user:word@acme.example/", "acme.example"),
        ("mailto:Ann@Acme.example?subject=x", "acme.example"),
        ("https://bücher.example", "bücher.example"),
        ("https://10.0.0.1/x", "10.0.0.1"),
        ("tel:+4930123", None),
        ("https://localhost/", None),
        ("mailto:nobody", None),
        ("slack://channel?id=acme.example", None),
    ],
)
def test_host_of_a_link(link: str, host: str | None) -> None:
    assert list(hosts([link])) == ([host] if host else [])


def test_summary_has_the_hosts_of_links_the_most_frequent_first(tmp_path: Path) -> None:
    entries: list[dict[str, Any]] = [
        say("1.1", "<https://b.example/1> <mailto:ann@a.example|Ann>"),
        say("2.1", "<https://b.example/2|b>"),
        say("3.1", "", blocks=[{"type": "rich_text", "elements": [{
            "type": "rich_text_section",
            "elements": [{"type": "link", "url": "https://c.example"}]}]}]),
        say("3.1", "", user="U0ANN"),
    ]  # fmt: skip
    channel = {**GENERAL, "purpose": {"value": "with <https://z.example|Zeta> &amp; others"}}
    read = read_one(write_export(tmp_path, {DAY: entries}, channels=[channel]))
    assert read.summary.mentioned == ("z.example", "b.example", "a.example", "c.example")
    assert read.summary.texts == ("with Zeta & others", "https://z.example")
    assert read.summary.domains == ()


def test_what_is_only_talked_about_is_no_address_of_somebody_taking_part(tmp_path: Path) -> None:
    read = read_one(write_export(tmp_path, {DAY: [say("1.1", "<mailto:x@other.example>")]}))
    assert read.summary.emails == ("ann@acme.example",)


def test_hosts_are_bounded_and_merged(tmp_path: Path) -> None:
    def text(first: int) -> str:
        return " ".join(f"<https://h{n:03d}.example>" for n in range(first, first + MOST + 5))

    one = read_one(write_export(tmp_path / "a", {DAY: [say("1.1", text(0))]}))
    other = read_one(write_export(tmp_path / "b", {DAY: [say("2.1", text(20))]}))
    assert len(one.summary.mentioned) == MOST
    (together,) = merge(source("slack"), [one, other]).items
    assert together.summary.mentioned == other.summary.mentioned
