"""What a chat's head says, as its messages go by."""

from __future__ import annotations

from sources._conversation import Tally
from sources.records import Chat, Message


def take(messages: list[Message], tally: Tally) -> None:
    """Tally messages; who reacted takes part as well."""
    tally.add(messages)
    for message in messages:
        for reaction in message.reactions:
            tally.participants.update(reaction.people)


def head_of(tally: Tally, title: str, chat_type: str | None, directory: str) -> Chat:
    """The head of a chat whose messages have been tallied."""
    return Chat(chat_name=title, chat_type=chat_type, directory=directory, **tally.fields())
