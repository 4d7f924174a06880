"""Whole exports beside what they must become.

``python -m tests.sources.telegram.test_expected`` writes the expectation anew; read the
difference before keeping it.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.reading import read_archive, source

DATA = Path(__file__).parents[2] / "data" / "telegram"
CASES = sorted(path.name for path in DATA.iterdir())


def lines(case: str) -> Iterator[str]:
    reading = read_archive(source("telegram"), DATA / case)
    assert reading.account.balanced
    for found in reading.items:
        yield msgspec.json.encode({"summary": found.summary, "head": found.head}).decode()
        yield from (msgspec.json.encode(message).decode() for message in found.messages)
    yield msgspec.json.encode(
        {
            "account": reading.account,
            "problems": reading.problems,
            "ignored": reading.ignored,
        }
    ).decode()


@pytest.mark.parametrize("case", CASES)
def test_export_gives_its_expected_records(case: str) -> None:
    expected = (DATA / case / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    assert list(lines(case)) == expected


if __name__ == "__main__":
    for name in CASES:
        text = "".join(f"{line}\n" for line in lines(name))
        (DATA / name / "expected.jsonl").write_text(text, encoding="utf-8", newline="\n")
