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
        ("<b>One</b><!-- <p>two</p> --> three", "One three"),
        ("<b>1 < 2 > 0</b> of <ann@acme.example>", "1 < 2 > 0 of <ann@acme.example>"),
        ("<html-blob>One<br>two</html-blob>", "One\ntwo"),
        ("<a title='1 > 2' href=\"x\">One</a> <a href='>two</a>", "One two"),
        ("<b>&lt;p&gt; &amp;lt;</b>", "<p> &lt;"),
        ("<script>x < 1</script><b>One</b>", "One"),
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


@pytest.mark.parametrize(
    "broken",
    ["<div>", "<p>", "<br>", "<!", "<!--", "<!-- <b>", "<style>", '<a "', "<a '", "<b x='", "&#"],
)
def test_markup_broken_thousands_of_times_is_no_work(broken: str) -> None:
    # Looked at again for each of them, this would take minutes.
    assert plain("<b>One</b>" + broken * 50_000).startswith("One")
