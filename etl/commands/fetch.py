"""``fetch``: the live services asked, nothing read."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from etl import exits
from etl.logs import open_log
from etl.report import Fetched
from etl.settings import Settings
from etl.terminal import say_lines, tell


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Land what is new, or say what would be asked."""
    from etl.fetching import plans, refuse_unconfigured
    from etl.summary import fetched_lines

    refuse_unconfigured(settings)
    if asked.dry_run:
        say_lines(plans(settings))
        return exits.OK
    open_log(settings.log_file, verbose=asked.verbose, debug=asked.debug)
    fetched = fetch_first(asked, settings)
    failed = any(one.status == "failed" for one in fetched.values())
    if failed or not asked.quiet:
        say_lines(fetched_lines(fetched))
    return exits.TROUBLE if failed else exits.OK


def fetch_first(asked: argparse.Namespace, settings: Settings) -> Mapping[str, Fetched]:
    """What the services said that a run of these settings asks first, if it asks any."""
    if not settings.fetched_sources or settings.data_dir.is_file():
        return {}
    from etl.fetching import fetch

    return fetch(settings, tell if not asked.quiet else lambda _: None)
