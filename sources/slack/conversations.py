"""The conversations an export lists, from ``channels.json`` and its three siblings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sources.records import Record
from sources.slack.fields import mapping, string, strings

LISTS = {
    "channels.json": "public_channel",
    "groups.json": "private_channel",
    "mpims.json": "mpim",
    "dms.json": "im",
}
"""What each file lists."""


class Conversation(Record, frozen=True, kw_only=True, gc=False):
    """One entry. ``other`` is the one person a direct message is with, where the export
    is somebody's own and says so.
    """

    id: str
    name: str
    chat_type: str
    members: tuple[str, ...] = ()
    other: str = ""
    topic: str = ""
    purpose: str = ""
    previous_names: tuple[str, ...] = ()
    is_private: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False
    listed: bool = True

    @property
    def flags(self) -> tuple[str, ...]:
        """What matching should know of it, sorted."""
        flags = {"im", "mpim"} & {self.chat_type}
        for name in ("archived", "ext_shared", "private"):
            if getattr(self, f"is_{name}"):
                flags.add(name)
        return tuple(sorted(flags))


def conversation(entry: object, chat_type: str) -> Conversation | None:
    """The conversation an entry describes; ``None`` when it has no id."""
    raw = mapping(entry)
    conversation_id = string(raw.get("id"))
    if not conversation_id:
        return None
    chat_type = _chat_type(raw, chat_type)
    return Conversation(
        id=conversation_id,
        name=string(raw.get("name")),
        chat_type=chat_type,
        members=tuple(dict.fromkeys(strings(raw.get("members")))),
        other=string(raw.get("user")),
        topic=string(mapping(raw.get("topic")).get("value")),
        purpose=string(mapping(raw.get("purpose")).get("value")),
        previous_names=tuple(strings(raw.get("previous_names"))),
        is_private=chat_type != "public_channel",
        is_ext_shared=_ext_shared(raw),
        is_archived=raw.get("is_archived") is True,
    )


def unlisted(conversation_id: str, name: str) -> Conversation:
    """A conversation that nothing describes. Of direct messages the id begins with D, and
    the names of group messages are Slack's own: these are never taken for channels.
    """
    chat_type = "unknown"
    if conversation_id.startswith("D"):
        chat_type = "im"
    elif name.startswith("mpdm-"):
        chat_type = "mpim"
    return Conversation(
        id=conversation_id,
        name=name,
        chat_type=chat_type,
        is_private=chat_type != "unknown",
        listed=False,
    )


def by_id(conversations: Iterable[Conversation]) -> dict[str, Conversation]:
    """Each conversation once; the first list that names it tells its type."""
    found: dict[str, Conversation] = {}
    for entry in conversations:
        found.setdefault(entry.id, entry)
    return found


def _ext_shared(raw: Mapping[str, object]) -> bool:
    # Older lists only say that it is shared, and whether that is within one organisation.
    if "is_ext_shared" in raw:
        return raw["is_ext_shared"] is True
    return raw.get("is_shared") is True and raw.get("is_org_shared") is not True


def _chat_type(raw: Mapping[str, object], listed: str) -> str:
    # Other producers list every type in channels.json and say so inside.
    if raw.get("is_im") is True:
        return "im"
    if raw.get("is_mpim") is True:
        return "mpim"
    private = raw.get("is_private") is True or raw.get("is_group") is True
    if listed == "public_channel" and private:
        return "private_channel"
    return listed
