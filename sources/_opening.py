"""From a locator to the tree it names. What reads zips is loaded with the first of them: most
readers never meet one, and each is a process that somebody waits for.
"""

from __future__ import annotations

from sources._archive import FolderTree, Locator, Tree


def open_tree(locator: Locator) -> Tree:
    """The tree a locator names; a zip stays open for the next unit of it. Raises `ArchiveError`."""
    if len(locator) == 1:
        return FolderTree(locator[0])
    from sources._zip import open_zip

    return open_zip(locator)
