"""Telegram Desktop's exports, HTML and JSON: a full account or a single chat."""

from sources.telegram.export import TelegramExport

__all__ = ["TelegramExport"]
