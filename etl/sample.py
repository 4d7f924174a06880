"""The sample: what is read while nobody has put an export of their own into ``data/``."""

from __future__ import annotations

from dataclasses import replace

from etl.given import listed, read_env_file
from etl.session import data_tree, take_inventory
from etl.settings import HOME, Settings
from etl.state import known_fingerprints
from sources.registry import SOURCES


def as_run(settings: Settings) -> Settings:
    """The settings that a run would have: those of the sample, where it would read that."""
    return of_sample(settings) if _is_wanted(settings) else settings


def of_sample(settings: Settings) -> Settings:
    """The same settings, reading the sample, with the sample's own company; written to
    a folder of its own unless a place was given.
    """
    folder, target, default = HOME / "data" / "sample", HOME / "output" / "sample", Settings()
    own = read_env_file(folder / "settings.env")
    output, state = settings.output, settings.db_path
    return replace(
        settings,
        data_dir=folder,
        output=target / output.name if output == default.output else output,
        db_path=target / state.name
        if state == default.db_path
        # Never the state of one's own exports, even in a place of one's own.
        else state.with_name(f"sample-{state.name}"),
        our_names=settings.our_names or listed(own.get("OUR_COMPANY_NAMES", "")),
        our_domains=settings.our_domains or listed(own.get("OUR_COMPANY_DOMAINS", "")),
        sample=True,
    )


def _is_wanted(settings: Settings) -> bool:
    """Whether ``data/`` is the default, nobody put an archive there, no live service can be
    asked, and nothing was ever read.
    """
    if settings.sample or settings.credentials or not settings.data_dir_is_default:
        return False
    if not (settings.data_dir / "sample").is_dir():
        return False
    if any(known_fingerprints(settings.db_path, name) for name in SOURCES):
        return False
    whole = replace(settings, sources=(), limit=None)
    found = take_inventory(whole, data_tree(whole))
    return not found.unit_count and not found.problems
