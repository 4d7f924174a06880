from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sources import registry
from sources.protocol import ReaderOptions
from sources.records import KINDS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", registry.SOURCES)
def test_a_name_leads_to_the_source_of_that_name(name: str) -> None:
    source = registry.load(name, ReaderOptions())
    assert source.name == name
    assert source.version >= 1
    assert source.kinds
    assert isinstance(source.settings, tuple)


def test_every_source_is_asked_once_and_every_kind_has_one_source() -> None:
    assert sorted(registry.DISCOVERY_ORDER) == sorted(registry.SOURCES)
    sources = [registry.load(name, ReaderOptions()) for name in registry.SOURCES]
    assert sorted(kind for source in sources for kind in source.kinds) == sorted(KINDS)


def test_conversations_claim_before_what_may_be_attached_to_them() -> None:
    order = registry.DISCOVERY_ORDER
    assert max(map(order.index, ("telegram", "slack"))) < min(
        map(order.index, ("calendar", "hubspot"))
    )


def test_asking_for_the_names_imports_no_source() -> None:
    code = (
        "import sys; from sources.registry import SOURCES;"
        "print([m for m in sys.modules if m.startswith('sources.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['sources.registry']"
