from __future__ import annotations

import io
import threading

import pytest

from etl.ingesting import Silence
from etl.progress import Bars, Lines, progress_on


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_suits_a_stream() -> None:
    assert isinstance(progress_on(io.StringIO(), quiet=True), Silence)
    assert isinstance(progress_on(Terminal(), quiet=True), Silence)
    assert isinstance(progress_on(io.StringIO(), quiet=False), Lines)
    assert isinstance(progress_on(Terminal(), quiet=False), Bars)


def test_a_line_says_how_far_every_source_is() -> None:
    stream = io.StringIO()
    lines = Lines(stream, every=0.0)
    lines.begin("slack", 2000, 3 * 2**20)
    lines.begin("telegram", 10, 2**20)
    lines.begin("calendar", 0, 0)
    lines.advance("slack", 1500, 2 * 2**20)
    lines.advance("telegram", 10, 2**20)
    lines.end("slack")
    assert stream.getvalue().splitlines() == [
        "reading: slack 1,500 of 2,000 units, 2 of 3 MB; telegram 0 of 10 units, 0 of 1 MB",
        "reading: slack 1,500 of 2,000 units, 2 of 3 MB; telegram 10 of 10 units, 1 of 1 MB",
    ]


def test_lines_are_seldom() -> None:
    stream = io.StringIO()
    lines = Lines(stream, every=3600.0)
    lines.begin("slack", 100, 100)
    for _ in range(100):
        lines.advance("slack", 1, 1)
    lines.end("slack")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["pipe", "terminal"])
def test_a_warning_is_a_line_at_once(stream: io.StringIO) -> None:
    progress_on(stream, quiet=False).warn("full\nof it")
    assert stream.getvalue() == "run_etl: full\\nof it\n"


def test_silence_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    silence = Silence()
    silence.begin("slack", 1, 1)
    silence.advance("slack", 1, 1)
    silence.end("slack")
    silence.warn("said")
    assert capsys.readouterr() == ("", "")


def test_a_terminal_has_a_bar_per_source_that_has_something_to_read() -> None:
    stream = Terminal()
    bars = Bars(stream)
    bars.begin("slack", 2, 2**20)
    bars.begin("calendar", 0, 0)
    bars.end("calendar")
    bars.advance("slack", 1, 2**19)
    bars.advance("slack", 1, 2**19)
    assert bars._bars["slack"].n == 2**20
    bars.end("slack")
    assert "slack" in stream.getvalue()
    assert "calendar" not in stream.getvalue()


def test_several_threads_may_report() -> None:
    stream = io.StringIO()
    lines = Lines(stream, every=0.0)

    def work(source: str) -> None:
        lines.begin(source, 50, 50)
        for _ in range(50):
            lines.advance(source, 1, 1)

    threads = [threading.Thread(target=work, args=(f"s{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = stream.getvalue().splitlines()
    assert len(said) == 200
    assert all(f"s{number} 50 of 50 units" in said[-1] for number in range(4))
