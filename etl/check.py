"""``check``: what a run would read, skip and write, and what is wrong before it starts.
Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from etl.credentials import VARIABLES
from etl.exits import OK, TROUBLE, Misconfigured, NoInput
from etl.exposure import warnings
from etl.given import read_env_file, unread
from etl.inventory import Inventory
from etl.logs import one_line
from etl.mapping.read import load_mapping
from etl.reading import fingerprint
from etl.room import Plan
from etl.sample import as_run
from etl.session import data_tree, take_inventory
from etl.settings import HOME, Settings
from etl.state import known_fingerprints
from sources import registry

SHOWN = 20


def check(settings: Settings, *, online: bool = False) -> tuple[str, int]:
    """All of it as text, and the exit status that a run could not avoid."""
    settings = as_run(settings)
    inventory = None
    status = OK
    lines = [*_settings(settings)]
    try:
        inventory = take_inventory(settings, data_tree(settings))
    except NoInput as error:
        lines += ["", f"no input: {error}"]
        status = NoInput.exit_status
    mapping, unusable = _mapping(settings)
    status = unusable or status
    lines += ["", *_services(settings)]
    if online:
        said, answering = _online(settings)
        lines += said
        status = status if answering else TROUBLE
    lines += ["", *mapping]
    if inventory is not None:
        found, plan = _archives(settings, inventory)
        lines += ["", *found]
        if inventory.unit_count or inventory.problems or settings.fetched_sources:
            lines += ["", *_written(settings, plan)]
        else:
            lines += ["", f"no input: {settings.data_dir}: no export found; put some there"]
            status = NoInput.exit_status
    lines += _exposed(settings)
    return "\n".join(one_line(line) for line in lines), status


def _settings(settings: Settings) -> Iterator[str]:
    yield "settings"
    for entry in fields(settings):
        value = getattr(settings, entry.name)
        if entry.name in {"readers", "scope", "credentials"}:
            continue
        shown = ", ".join(map(str, value)) if isinstance(value, tuple) else value
        yield f"  {entry.name:<20}{'-' if shown in (None, '') else shown}"
    readers = settings.readers
    for name in readers.__struct_fields__:
        value = getattr(readers, name)
        shown = value and ("given" if name == "hubspot_labels" else value)  # its whole text
        yield f"  {name:<20}{shown or '-'}"
    if unknown := unread(read_env_file(HOME / ".env")):
        yield f"  no setting, in .env: {', '.join(unknown)}"


def _services(settings: Settings) -> Iterator[str]:
    yield "live services"
    for name, variable in VARIABLES.items():
        said = "configured" if name in settings.credentials else f"not configured: no {variable}"
        if not settings.live:
            said = "not asked: --no-live"
        yield f"  {name:<10}{said}"


def _online(settings: Settings) -> tuple[list[str], bool]:
    """What each service says of us, and whether all will answer what a fetch asks."""
    from etl.fetching import identities

    lines, answering = [], True
    for name, told in identities(settings):
        if isinstance(told, str):
            lines.append(f"  {name:<10}does not answer: {told}")
            answering = False
            continue
        lines.append(f"  {name:<10}answers as {told.name} ({told.id})")
        if told.missing:
            lines.append(f"  {'':<10}scopes that are missing: {', '.join(told.missing)}")
            answering = False
    return lines, answering


def _mapping(settings: Settings) -> tuple[list[str], int]:
    """What the mapping is like, and the exit status of a run that cannot use it."""
    said = [f"mapping {settings.mapping}"]
    try:
        mapping = load_mapping(settings.mapping, our_domains=settings.our_domains)
    except OSError as error:
        said.append(f"  cannot be read: {error.strerror}; give --mapping, or COMPANY_MAPPING")
        refusal = NoInput if isinstance(error, FileNotFoundError) else Misconfigured
        return said, refusal.exit_status
    said.append(f"  {len(mapping.companies):,} companies in {len(mapping.rows):,} rows")
    said += [f"  {issue}" for issue in mapping.issues]
    unusable = any(issue.kind == "missing_column" for issue in mapping.issues)
    return said, Misconfigured.exit_status if unusable else OK


def _archives(settings: Settings, inventory: Inventory) -> tuple[list[str], Plan]:
    """What lies there, and what reading it will take."""
    lines = [f"archives in {settings.data_dir}"]
    pending = {}
    for name, units in inventory.units.items():
        source = registry.load(name, settings.readers)
        known = (
            {} if settings.fresh else known_fingerprints(settings.db_path, name, settings.oldest)
        )
        new = [unit for unit in units if known.get(unit.name) != fingerprint(source, unit)]
        pending[name] = size = sum(unit.size for unit in new)
        lines.append(
            f"  {name:<10}{len(units):>7,} units: {len(new):,} to read ({size / 2**20:,.1f} MB),"
            f" {len(units) - len(new):,} unchanged"
        )
    for _, problem in inventory.problems:
        lines.append(f"  cannot be read: {problem.path}: {problem.detail}. {problem.remedy}")
    lines += [f"  passed over: {path}" for path in inventory.unrecognised[:SHOWN]]
    if len(inventory.unrecognised) > SHOWN:
        lines.append(f"  passed over: {len(inventory.unrecognised) - SHOWN:,} more files")
    return lines, Plan(settings, pending, inventory.unit_bytes)


def _written(settings: Settings, plan: Plan) -> Iterator[str]:
    yield f"a run would write {settings.written_output}, {settings.run_json.name} beside it,"
    yield f"  {settings.db_path} and {settings.log_file}"
    for disk in plan.disks():
        yield f"  {disk}{': NOT ENOUGH' if disk.is_short else ''}"


def _exposed(settings: Settings) -> list[str]:
    """Who else gets at people's conversations; the sample's are nobody's."""
    folders = {settings.output.parent, settings.db_path.parent}
    if not settings.sample:
        folders.add(settings.data_dir)
    files = (settings.output, settings.db_path, settings.log_file)
    said = [f"  {warning}" for warning in warnings(sorted(folders), files)]
    return ["", "others may get at what is private", *said] if said else []
