"""Slack export archives: one conversation at a time."""

from sources.slack.export import SlackExport

__all__ = ["SlackExport"]
