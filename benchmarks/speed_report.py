"""The figures of a speed benchmark as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.account.writing import Account
from benchmarks.measuring import machine
from sources.telegram.built import loops

if TYPE_CHECKING:
    from benchmarks.speed import Result

_TARGETS = {
    "parse": ("40x", "70x"),
    "run": ("30x", "50x"),
    "processes": ("1.5x", "1.75x"),
    "unchanged": ("12x", "25x"),
    "fields": ("0", "0"),
}
_NOT_FIELDS = {"messages", "missing", "extra"}


def sizes(account: Account) -> str:
    """How large an account is."""
    figures = account.figures
    shares = ", ".join(f"{name} {figures[name] / 1000:,.1f} kB" for name in ("p10", "p50", "p90"))
    return (
        f"{account.folder.name}: {figures['chats']:,} chats, {figures['pages']:,} pages,"
        f" {figures['bytes'] / 1e6:,.1f} MB, {figures['messages']:,} messages,"
        f" {figures['separators']:,} date separators; pages {shares},"
        f" largest {figures['largest'] / 1000:,.0f} kB"
    )


def report(result: Result) -> str:
    """Ratios with what they should be, then every measurement, then the machine."""
    return "\n".join(["", *_ratios(result), "", *_costs(result), "", *_notes(result)])


def _ratios(result: Result) -> list[str]:
    costs = result.costs
    scale = result.large.figures["bytes"] / result.small.figures["bytes"]
    lines = ["| figure | measured | must | goal |", "|---|---:|---:|---:|"]
    for name, words, whole in (
        ("parse", "parse + extract", "parse, ours"),
        ("run", "whole run, two processes", "run, ours, two processes"),
    ):
        reference = costs[f"{name}, reference"].cpu
        same = costs.get(f"{name}, ours, same pages")
        if same is not None:
            lines.append(_row(f"{words}, CPU, same pages", f"{reference / same.cpu:.1f}x", name))
        how = ", reference scaled by bytes" if same is not None else ""
        ratio = f"{reference * scale / costs[whole].cpu:.1f}x"
        lines.append(_row(f"{words}, CPU{how}", ratio, name))
    serial = costs["run, ours, serial"].wall
    two, unchanged = (
        serial / costs[f"run, ours, {how}"].wall for how in ("two processes", "nothing changed")
    )
    lines.append(_row("two processes against serial, wall", f"{two:.2f}x", "processes"))
    lines.append(
        _row("nothing changed against serial cold, wall", f"{unchanged:.1f}x", "unchanged")
    )
    differing = result.differing
    fields = sum(count for name, count in differing.items() if name not in _NOT_FIELDS)
    lines.append(_row("fields that differ from the oracle", f"{fields:,}", "fields"))
    lost = differing.get("missing", 0) + differing.get("extra", 0)
    lines.append(_row("messages missing or too many", f"{lost:,}", "fields"))
    return lines


def _row(words: str, measured: str, target: str) -> str:
    return f"| {words} | {measured} | {' | '.join(_TARGETS[target])} |"


def _costs(result: Result) -> list[str]:
    lines = ["| measured | MB | CPU s | wall s | MB/s of CPU | peak MB, largest process |"]
    lines.append("|---|---:|---:|---:|---:|---:|")
    for name, cost in result.costs.items():
        is_small = "reference" in name or "same pages" in name
        size = (result.small if is_small else result.large).figures["bytes"] / 1e6
        speed = "" if "nothing changed" in name else f"{size / cost.cpu:,.1f}"
        lines.append(
            f"| {name} | {size:,.1f} | {cost.cpu:.2f} | {cost.wall:.2f} | {speed} |"
            f" {cost.peak_mb:,.0f} |"
        )
    return lines


def _notes(result: Result) -> list[str]:
    asked, differing = result.asked, result.differing
    pages = sum(result.paths.values())
    shares = ", ".join(
        f"{name} {count:,} ({100 * count / pages:.1f} %)" for name, count in result.paths.items()
    )
    fields = {name: count for name, count in differing.items() if name != "messages"}
    disk = "asked to be cold before each" if asked.cold_disk else "warm"
    compared = f"{differing.get('messages', 0):,} ({fields or 'no difference'})"
    read = f"one of every {asked.reference} chats; ours on those, and on one of every {asked.share}"
    return [
        f"Pages by path: {shares}.",
        f"Messages compared with the oracle, all fields of each: {compared}.",
        f"Reference: {read}. Medians of {asked.rounds} interleaved rounds; disk {disk}.",
        f"Machine: {machine()}; Telegram's reader {'' if loops() else 'not '}compiled.",
    ]
