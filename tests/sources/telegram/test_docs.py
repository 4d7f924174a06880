from pathlib import Path

from sources.telegram.findings import KINDS

PAGE = Path(__file__).parents[3] / "docs" / "sources" / "telegram.md"


def test_every_finding_is_documented() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [
        kind for kind in (*KINDS, "merged", "begins_alike") if f"| `{kind}` |" not in text
    ] == []
