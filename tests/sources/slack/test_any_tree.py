"""However exports, dumps and what resembles them lie in one another: each file is somebody's
once, each message is counted once, and none is lost.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources._archive import FolderTree
from tests.reading import discover, merge, source
from tests.sources.slack.writing import ANN, GENERAL, say, write_export

SUPPORT = {"id": "C0SUPPORT1", "name": "support"}

places = st.sampled_from(
    ["", "a/", "a/b/", "teams/x/", "a/teams/y/", "general/", "support/", "a/C0SUPPORT1/"]
)
folders = st.sampled_from(
    ["general", "support", "C0SUPPORT1", "D0ANNBOB1", "café", "cafe\u0301", "F0A:1", "channels"]
)
talks = st.lists(
    st.builds(
        say,
        st.integers(1, 40).map(lambda second: f"{second}.000100"),
        st.sampled_from("ab"),
        thread_ts=st.sampled_from(["5.000100", ""]),
    ),
    min_size=1,
    max_size=3,
)
people = st.sampled_from([[], [ANN], [None]])
channels = st.sampled_from([[], [GENERAL], [SUPPORT, GENERAL], [SUPPORT, SUPPORT], [{"x": 1}]])
names = st.one_of(
    st.tuples(st.sampled_from(["users.json", "org_users.json"]), people),
    st.tuples(st.sampled_from(["channels.json", "groups.json", "dms.json"]), channels),
    st.tuples(st.builds("{}/2024-03-0{}.json".format, folders, st.integers(1, 2)), talks),
    st.tuples(st.just("C0SUPPORT1.json"), talks.map(lambda said: {"messages": said})),
    st.tuples(
        st.just("support.json"),
        talks.map(lambda said: {"channel_info": SUPPORT, "messages": said}),
    ),
)
trees = st.dictionaries(
    st.tuples(places, names.map(json.dumps)), st.none(), min_size=1, max_size=14
).map(lambda found: {place + json.loads(name)[0]: json.loads(name)[1] for place, name in found})


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_every_file_is_somebodys_once_and_every_message_counted_once(files: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_export(Path(folder), files, users=None, channels=None)
        reader, tree = source("slack"), FolderTree(folder)
        reading = discover(reader, tree)
        for unit in reading.units:
            reading.take(reader.read(unit, tree))
        held = [file.path for file in tree.files]
    assert len({unit.name for unit in reading.units}) == len(reading.units)
    read = [file.path for unit in reading.units for file in unit.files]
    passed_over = tuple(entry.path for entry in reading.ignored)
    assert len(set(read)) == len(read)
    assert not set(read) & set(passed_over)
    if reading.units:
        for path in held:
            day = path.rpartition("/")[2].startswith("2024")
            assert not day or path in read or path.startswith(passed_over)
    assert reading.account.balanced
    assert reading.account.found == sum(
        len(value) if isinstance(value := files[path], list) else len(value["messages"])
        for path in read
    )
    for key in {item.summary.key for item in reading.items}:
        same = [item for item in reading.items if item.summary.key == key]
        account = merge(reader, same).account
        said = [message.message_id for item in same for message in item.messages]
        assert account.balanced
        assert -account.accepted <= len(said) - len(set(said))
