"""What live services answered, as it was landed."""

from __future__ import annotations

import json
import re
from typing import IO

from etl.audit.counter.entries import slack
from etl.audit.counter.met import Found, Met
from etl.audit.counter.tables import OBJECTS


def live(shown: str, stream: IO[bytes]) -> Found:
    """Things that the answers list, as often as they are told of. Whether an event still stands
    is another question, which is not answered here.
    """
    folder = shown.rpartition("/")[0]
    service, _, name = folder.rpartition("live/")[2].partition("/")
    for line in stream:
        answer = json.loads(line).get("answer") or {}
        if service == "slack" and name.startswith("messages-"):
            channel = name.removeprefix("messages-")
            for entry in answer.get("messages") or ():
                yield from slack(shown, folder, channel, channel, entry)
        elif service == "calendar" and name.startswith("events-"):
            for entry in answer.get("items") or ():
                uid = str(entry.get("iCalUID") or "")
                yield Met("calendar", shown, folder, name, uid, "told of")
        elif service == "hubspot" and name in OBJECTS:
            for entry in answer.get("results") or ():
                if "properties" in entry:
                    yield Met("hubspot", shown, name, name, str(entry.get("id")), "row")
                    merged = str(entry["properties"].get("hs_merged_object_ids") or "")
                    for ended in re.findall(r"\d+", merged):
                        yield Met("hubspot", shown, name, name, ended, "merged")
