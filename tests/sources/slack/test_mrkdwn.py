from __future__ import annotations

import pytest

from sources.slack.mrkdwn import Words
from sources.slack.people import Names, People
from tests.sources.slack.writing import ANN, BOB


@pytest.fixture
def words() -> Words:
    return Words(Names(People([ANN, BOB]), {"C0GENERAL": "general"}))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<@U0ANN> and <@U0ANN|old>", "@Ann and @Ann"),
        ("<@W0GONE|gone> <@U0GONE>", "@gone @U0GONE"),
        (
            "<#C0GENERAL|general> <#C0GENERAL> <#C0GENERAL|> <#C0X|>",
            "#general #general #general #C0X",
        ),
        (
            "<!here> <!channel> <!everyone> <!here|@here> <!group>",
            "@here @channel @everyone @here @group",
        ),
        ("<!subteam^S0OPS|@ops> <!subteam^S0OPS>", "@ops @S0OPS"),
        ("<!date^1392734382^{date_short} at {time}^https://a.example|Feb 18>", "Feb 18"),
        (
            "<https://acme.example/a|our page> <https://acme.example>",
            "our page https://acme.example",
        ),
        ("<mailto:ann@acme.example|ann@acme.example>", "ann@acme.example"),
        ("<mailto:ann@acme.example> <tel:+15550100|555 0100>", "ann@acme.example 555 0100"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt; stays escaped once", "&lt; stays escaped once"),
        ("&lt;@U0ANN&gt; was typed", "<@U0ANN> was typed"),
        ("<https://a.example?x=1&amp;y=2|a &amp; b>", "a & b"),
        ("*b* _i_ ~s~ `c` :tada: :+1::skin-tone-2:", "*b* _i_ ~s~ `c` :tada: :+1::skin-tone-2:"),
        ("a <div> and < 3 and <> and <@>", "a <div> and < 3 and <> and <@>"),
    ],
)
def test_markup_becomes_the_text_people_saw(words: Words, markup: str, text: str) -> None:
    assert words.text(markup) == text


def test_links_are_noted_unescaped_and_without_labels(words: Words) -> None:
    words.text(
        "<http://acme.example|acme.example> <https://a.example?x=1&amp;y=2> "
        "<mailto:b@acme.example|b>"
    )
    assert words.links == [
        "http://acme.example",
        "https://a.example?x=1&y=2",
        "mailto:b@acme.example",
    ]


def test_mentions_are_names_of_people_and_nothing_else(words: Words) -> None:
    words.text("<@U0BOB> <!here> <!subteam^S1|@ops> <#C0GENERAL|general> &lt;@U0ANN&gt;")
    assert words.mentions == ["Bob Baker"]
