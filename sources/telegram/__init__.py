"""Telegram Desktop's exports, HTML and JSON: a full account or a single chat."""

from sources.telegram import built

built.prefer_compiled(__path__)

from sources.telegram.export import TelegramExport  # noqa: E402 - compiled, if it is

__all__ = ["TelegramExport"]
