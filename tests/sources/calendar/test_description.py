import pytest

from sources.calendar.description import plain

LINE = "-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (
            "Plain text\nwith 1 < 2 and a <placeholder>",
            "Plain text\nwith 1 < 2 and a <placeholder>",
        ),
        ("One<br>two<br/>three", "One\ntwo\nthree"),
        ("<p>One</p><p>two</p>", "One\n\ntwo"),
        ("<ul><li>One</li><li>two</li></ul>", "One\n\ntwo"),
        ('See <a href="https://acme.example/x">the plan</a>, <b>now</b>!', "See the plan, now!"),
        ("Questions &amp; answers", "Questions & answers"),
        ("https://acme.example/?a=1&amp;b=2", "https://acme.example/?a=1&b=2"),
        ("One&nbsp;two", "One two"),
        ("<?xml version='1.0'?><p>One</p>", "One"),
        ("<!DOCTYPE html><style>p {}</style><p>One</p>", "One"),
        (f"Before\n{LINE}\nJoin: https://meet.google.com/x\n{LINE}\nAfter", "Before\n\nAfter"),
        (f"Before<br>{LINE}<br>Join<br>{LINE}", "Before"),
        (f"Only one line {LINE} stays", f"Only one line {LINE} stays"),
        ("", ""),
    ],
)
def test_description_becomes_text(written: str, text: str) -> None:
    assert plain(written) == text


def test_marks_of_a_prologue_that_nobody_closes_are_looked_at_once() -> None:
    assert plain("<b>One</b>" + "<!" * 5).startswith("One")
