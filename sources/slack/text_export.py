"""The text-only export of a single user: recognised, so that it can be refused plainly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sources._archive import Tree
from sources.protocol import Ignored, Problem
from sources.slack.layout import Root

_FOLDERS = ("channels", "dms", "files")


def text_exports(tree: Tree, found: Iterable[Root]) -> Iterator[Problem | Ignored]:
    """Refusals of folders laid out like one: conversations as ``.txt`` in ``channels/``
    or ``dms/``, at least one of them beside another of the three folders.
    """
    covered = tuple(root.path for root in found)
    endings: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for file in tree.files:
        if file.path.startswith(covered):
            continue
        parts = file.path.split("/")
        for index, part in enumerate(parts[:-1]):
            if part in _FOLDERS:
                parent = "".join(f"{outer}/" for outer in parts[:index])
                endings[parent][part].add(parts[-1].rpartition(".")[2].lower())
                break
    for parent, folders in sorted(endings.items()):
        if _is_text_export(folders):
            yield _refusal(tree, parent)
            for folder in sorted(folders):
                reason = "part of a text-only Slack export"
                yield Ignored(path=tree.display(f"{parent}{folder}/"), reason=reason)


def _is_text_export(folders: dict[str, set[str]]) -> bool:
    talks = [folders[name] for name in ("channels", "dms") if name in folders]
    return len(folders) > 1 and bool(talks) and all(ends == {"txt"} for ends in talks)


def _refusal(tree: Tree, parent: str) -> Problem:
    return Problem(
        path=tree.display(parent).rstrip("/").removesuffix("!") or ".",
        reason="text_export",
        detail="this is Slack's text-only export of a single user; it holds no ids, "
        "no times of messages to rely on and no people",
        remedy="Ask an owner of the workspace for a JSON export: "
        "Settings, Workspace settings, Import/Export data, Export.",
    )
