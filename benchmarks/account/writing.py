"""Puts an account on disk once: the export, its oracle, and the companies it is about."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TextIO

from benchmarks.account import layout
from benchmarks.account.conversation import Conversation, page_name
from benchmarks.account.plan import Chat, chats
from benchmarks.account.words import LANGUAGES

_NEVER_WRITTEN = 3


@dataclass(frozen=True)
class Account:
    """An account on disk. The oracle lies beside the data folder, not in it."""

    folder: Path

    @property
    def data(self) -> Path:
        """What a run is given."""
        return self.folder / "data"

    @property
    def export(self) -> Path:
        """The export itself."""
        return self.data / "DataExport_2025-06-01"

    @property
    def oracle(self) -> Path:
        """What every message says, a line each: chat, then facts."""
        return self.folder / "oracle.jsonl"

    @property
    def mapping(self) -> Path:
        """The companies."""
        return self.folder / "mapping.csv"

    @property
    def figures(self) -> dict[str, Any]:
        """Sizes and counts."""
        figures: dict[str, Any] = json.loads((self.folder / "figures.json").read_bytes())
        return figures

    def pages(self) -> list[Path]:
        """All pages of messages, chat by chat."""
        return sorted(self.export.glob("chats/*/messages*.html"))

    def told(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The oracle: folder of the chat, facts of a message; in the order of the pages."""
        with self.oracle.open(encoding="utf-8") as lines:
            for line in lines:
                chat, facts = json.loads(line)
                yield chat, facts


def account(cache: Path, share: int) -> Account:
    """The account of one in ``share`` chats: that of the cache, or a new one in it.

    One that other code has written is another account.
    """
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    made = Account(cache / f"account-1-of-{share}-{sha256(code).hexdigest()[:8]}")
    if not (made.folder / "figures.json").exists():
        for old in cache.glob(f"account-1-of-{share}-*"):
            shutil.rmtree(old)
        write(made, share)
    return made


def write(account: Account, share: int) -> None:
    """Write an account. ``figures.json`` comes last: with it the account is whole."""
    planned = chats(share)
    width = len(str(len(planned) - 1))
    (account.export / "lists").mkdir(parents=True)
    sizes: list[int] = []
    counts = {"chats": len(planned), "messages": 0, "separators": 0}
    entries: list[str] = []
    with account.oracle.open("w", encoding="utf-8") as oracle:
        for number, chat in enumerate(planned, start=1):
            name = f"chat_{number:0{width}}"
            entry, separators, messages = _chat(
                account.export / "chats" / name, chat, oracle, sizes
            )
            entries.append(entry)
            counts["separators"] += separators
            counts["messages"] += messages
    entries += [layout.chat_entry("", "Quiet", "group", "No messages", 3)] * _NEVER_WRITTEN
    listed = layout.chat_list("".join(entries))
    (account.export / "lists" / "chats.html").write_text(listed, encoding="utf-8", newline="\n")
    (account.export / "export_results.html").write_text("<html>\n</html>\n", encoding="utf-8")
    names = dict.fromkeys(title for language in LANGUAGES for title in language.titles)
    rows = ["base_company,telegram_group", *(f"{name}," for name in names), ""]
    account.mapping.write_text("\n".join(rows), encoding="utf-8")
    figures = json.dumps(counts | _sizes(sizes), indent=2)
    (account.folder / "figures.json").write_text(figures, encoding="utf-8")


def _chat(folder: Path, chat: Chat, oracle: TextIO, sizes: list[int]) -> tuple[str, int, int]:
    folder.mkdir(parents=True)
    conversation = Conversation(chat, folder.name)
    separators = messages = 0
    for number, page in enumerate(conversation.pages(), start=1):
        data = page.html.encode()
        (folder / page_name(number)).write_bytes(data)
        sizes.append(len(data))
        separators += page.separators
        messages += len(page.facts)
        lines = (json.dumps([folder.name, facts], ensure_ascii=False) for facts in page.facts)
        oracle.writelines(f"{line}\n" for line in lines)
    kind = "outgoing message" if conversation.is_half else "message"
    count = f"{messages} {kind}{'s' if messages != 1 else ''}"
    entry = layout.chat_entry(folder.name, conversation.listed, chat.kind, count, 1)
    return entry, separators, messages


def _sizes(sizes: list[int]) -> dict[str, int]:
    ordered = sorted(sizes)
    shares = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
    some = {name: ordered[int(share * len(ordered))] for name, share in shares.items()}
    return {"pages": len(sizes), "bytes": sum(sizes), **some, "largest": ordered[-1]}
