"""The figures of the sources as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from benchmarks.measuring import machine

if TYPE_CHECKING:
    from benchmarks.archives.comparison import Asked, Result

MOST = 1.5
"""Times the loop's CPU that ours may take."""

_TITLES = {
    "slack": "Slack",
    "calendar": "calendars",
    "hubspot-csv": "HubSpot, CSV",
    "hubspot-xlsx": "HubSpot, XLSX",
}


def report(results: Sequence[Result], asked: Asked) -> str:
    """Ratios with what they must be, memory where it was measured, then the machine."""
    lines = ["", *_speed(results), ""]
    if asked.larger > 1:
        lines += [*_memory(results, asked.larger), ""]
    compared = sum(result.ours_differ.get("compared", 0) for result in results)
    share = "all of it" if asked.share == 1 else f"one of every {asked.share} things"
    rounds = "one round" if asked.rounds == 1 else f"medians of {asked.rounds} interleaved rounds"
    lines.append(f"Records compared with the oracle, all fields of each: {compared:,} a side.")
    lines.append(f"Read: {share}; {rounds}; disk warm. Machine: {machine()}.")
    return "\n".join(lines)


def _speed(results: Sequence[Result]) -> list[str]:
    lines = [
        (
            "| source | read | MB | loop, CPU s | ours, CPU s | ours / loop | must |"
            " finding, CPU s | fields that differ: ours | loop |"
        ),
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        figures, part = result.archive.figures, result.archive.part
        read = f"{figures['count']:,} {part.things}, {figures['told']:,} records"
        lines.append(
            f"| {_TITLES[part.name]} | {read} | {figures['bytes'] / 1e6:,.1f} |"
            f" {result.loop.cpu:.2f} | {result.ours.cpu:.2f} |"
            f" {result.ours.cpu / result.loop.cpu:.2f}x | {MOST}x | {result.finding:.2f} |"
            f" {_differing(result.ours_differ)} | {_differing(result.loop_differs)} |"
        )
    return lines


def _memory(results: Sequence[Result], larger: int) -> list[str]:
    lines = [
        f"| peak of reading, MB | loop | ours | ours, {larger}x as much | {larger}x against 1x |",
        "|---|---:|---:|---:|---:|",
    ]
    for result in results:
        peak = result.larger_peak or 0
        lines.append(
            f"| {_TITLES[result.archive.part.name]} | {result.loop.peak_mb:,.0f} |"
            f" {result.ours.peak_mb:,.0f} | {peak:,.0f} | {peak / result.ours.peak_mb:.2f}x |"
        )
    return lines


def _differing(counts: Mapping[str, int]) -> str:
    """Fields, and records missing or too many."""
    return f"{sum(count for name, count in counts.items() if name != 'compared'):,}"
