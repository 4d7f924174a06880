"""What is given: the command line over the environment over ``.env`` over defaults, made into
settings. Nothing below the command line reads the environment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from etl.clock import day_before
from etl.credentials import credentials
from etl.settings import Settings, Tolerance
from sources.live.scope import Credential, Scope
from sources.protocol import ReaderOptions
from sources.registry import SOURCES, load


class SettingsError(ValueError):
    """A setting cannot be used: says which, why, and what would do."""


def read_env_file(path: Path) -> dict[str, str]:
    """The settings of an ``.env`` file; none when there is no such file."""
    if not path.is_file():
        return {}
    from dotenv import dotenv_values
    from dotenv.parser import parse_stream

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({error}); save it as UTF-8") from error
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            where = f"{path}, line {binding.original.line}"
            raise SettingsError(f"{where}: cannot be understood; write NAME=value, close quotes")
    values = dotenv_values(stream=StringIO(text))
    return {name: value for name, value in values.items() if value is not None}


def resolve(arguments: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """The settings these arguments (names as in `Settings`, ``None`` when not given) and
    variables make. Raises `SettingsError`.
    """
    given = _Given(arguments, environment)
    defaults = Settings()
    readers = ReaderOptions(
        telegram_timezone=_zone(given.text("telegram_timezone", "TELEGRAM_TIMEZONE")),
        hubspot_timezone=_zone(given.text("hubspot_timezone", "HUBSPOT_TIMEZONE")),
        hubspot_date_order=_date_order(given.text("hubspot_date_order", "HUBSPOT_DATE_ORDER")),
        hubspot_labels=_labels(given.text("hubspot_labels", "HUBSPOT_LABELS")),
        calendar_from=_date(given.text("calendar_from", None)),
        calendar_to=_date(given.text("calendar_to", None)),
    )
    if (readers.calendar_from or "") > (readers.calendar_to or "9999"):
        raise SettingsError("--calendar-from is later than --calendar-to: swap them")
    return Settings(
        data_dir=given.path("data_dir", "DATA_DIR", defaults.data_dir),
        mapping=given.path("mapping", "COMPANY_MAPPING", defaults.mapping),
        output=given.path("output", "ETL_OUTPUT", defaults.output),
        db_path=given.path("db_path", "ETL_DB_PATH", defaults.db_path),
        log_file=given.path("log_file", "ETL_LOG_FILE", defaults.log_file),
        max_workers=given.number("max_workers", "ETL_MAX_WORKERS", defaults.max_workers),
        batch_size=given.number("batch_size", "ETL_BATCH_SIZE", defaults.batch_size),
        executor=arguments.get("executor") or defaults.executor,
        sources=tuple(name for name in SOURCES if name in (arguments.get("source") or ())),
        limit=given.number("limit", None, None),
        fresh=bool(arguments.get("fresh")),
        verify=bool(arguments.get("verify")),
        keep=given.number("keep", "ETL_KEEP", defaults.keep, least=0),
        include_unmatched=bool(arguments.get("include_unmatched")),
        allow_shrink=bool(arguments.get("allow_shrink")),
        our_names=given.listed("our_name", "OUR_COMPANY_NAMES"),
        our_domains=_domains(given.listed("our_domain", "OUR_COMPANY_DOMAINS")),
        readers=readers,
        oldest=_oldest(given.number("max_age", "ETL_MAX_AGE", None)),
        min_score=_score(arguments.get("min_score")),
        max_errors=_tolerance(arguments.get("max_errors")),
        on_error=arguments.get("on_error") or defaults.on_error,
        live=not arguments.get("no_live"),
        fetch_minutes=given.number("fetch_minutes", "ETL_FETCH_MINUTES", defaults.fetch_minutes),
        scope=Scope(
            since=_date(given.text("since", None)),
            full=bool(arguments.get("full")),
            channels=tuple(arguments.get("channel") or ()),
            calendars=tuple(arguments.get("calendar") or ()),
        ),
        credentials=_credentials(arguments, environment),
    )


def unread(variables: Mapping[str, str]) -> list[str]:
    """Those of the variables that are no setting: perhaps misspelt."""
    noting = _Noting(variables)
    try:
        resolve({}, noting)
    except SettingsError:
        return []
    return sorted(set(variables) - noting.asked)


class _Noting(dict[str, str]):
    """Variables that remember which of them were asked for."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__(variables)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


class _Given:
    """What was said on the command line, else in the environment."""

    def __init__(self, arguments: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self._arguments = arguments
        self._environment = environment

    def text(self, name: str, variable: str | None) -> str | None:
        value = self._arguments.get(name)
        if value is None and variable is not None:
            value = self._environment.get(variable, "").strip() or None
        return value

    def path(self, name: str, variable: str, default: Path) -> Path:
        value = self.text(name, variable)
        if value is None:
            return default
        if not value:  # what a shell makes of a variable that is not set
            raise SettingsError(f"--{_dashed(name)} is empty: give a path, or leave it out")
        try:
            return Path(value).expanduser().absolute()
        except RuntimeError as error:
            raise SettingsError(f"{value}: there is no such home folder") from error

    def number(self, name: str, variable: str | None, default: Any, least: int = 1) -> Any:
        value = self.text(name, variable)
        if value is None:
            return default
        try:
            number = int(value)
        except ValueError:
            number = least - 1
        if number < least:
            said = (
                variable if variable and self._arguments.get(name) is None else f"--{_dashed(name)}"
            )
            raise SettingsError(f"{said} is {value!r}: give a whole number of at least {least}")
        return number

    def listed(self, name: str, variable: str) -> tuple[str, ...]:
        value: Sequence[str] | None = self._arguments.get(name)
        if not value:
            return listed(self._environment.get(variable, ""))
        if not all(map(str.strip, value)):  # it would take the place of what the variable says
            raise SettingsError(f"--{_dashed(name)} is empty: give one, or leave it out")
        return tuple(value)


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def listed(text: str) -> tuple[str, ...]:
    """The values of a list in a variable."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _domains(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Our own: one that is none would be nobody's, and nobody would notice."""
    from etl.names.domains import FREE_MAIL, host_of

    for text in texts:
        host = host_of(text)
        if host is None:
            raise SettingsError(f"{text!r} is no e-mail domain: give one such as ours.example")
        if host in FREE_MAIL:
            raise SettingsError(f"{text!r} is where anybody has an address: give a domain of ours")
    return texts


def _zone(name: str | None) -> str | None:
    if name is None:
        return None
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise SettingsError(
            f"{name!r} is no time zone: give an IANA name such as Europe/Berlin"
        ) from error
    return name


def _date_order(text: str | None) -> str | None:
    order = text.lower() if text else None
    if order not in (None, "dmy", "mdy"):
        raise SettingsError(f"{text!r} is no order of day and month: give dmy or mdy")
    return order


def _labels(path: str | None) -> str | None:
    """The text of a file of labels, which the reader understands."""
    if path is None:
        return None
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8-sig")
        load("hubspot", ReaderOptions(hubspot_labels=text))
    except (OSError, ValueError, RuntimeError) as error:
        raise SettingsError(f"{path}: cannot be used as labels of HubSpot ({error})") from error
    return text


def _date(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise SettingsError(f"{text!r} is no date: give YYYY-MM-DD") from error


def _oldest(days: int | None) -> str:
    """The day of which the clock is asked here, and nowhere below."""
    try:
        return day_before(days) if days else ""
    except OverflowError as error:
        said = f"--max-age is {days}: so long ago there were no days; leave it out"
        raise SettingsError(said) from error


def _credentials(
    arguments: Mapping[str, Any], environment: Mapping[str, str]
) -> Mapping[str, Credential]:
    if arguments.get("no_live"):
        return {}  # what is wrong with them is of no interest
    try:
        return credentials(environment)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def _tolerance(text: str | None) -> Tolerance:
    if text is None:
        return Tolerance()
    try:
        amount = float(text.removesuffix("%"))
    except ValueError:
        amount = -1.0
    if not 0 <= amount < float("inf"):
        raise SettingsError(f"--max-errors is {text!r}: give a number of units, or a share as 10%")
    return Tolerance(amount, text.endswith("%"))


def _score(text: str | None) -> float:
    try:
        score = 0.0 if text is None else float(text)
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise SettingsError(f"--min-score is {text!r}: give a number from 0 to 1, such as 0.8")
    return score
