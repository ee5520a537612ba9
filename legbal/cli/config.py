"""`legbal config`: every setting, its value and where it comes from."""

from typing import Any

from legbal import config, paths
from legbal.cli.terminal import print_json, print_lines
from legbal.present.document import Column, Table, table_text
from legbal.present.text import cut, printable

COLUMNS = (Column("setting", "left"), Column("value", "left"), Column("from", "left"))
_WIDEST = 40  # characters of a value in the table


def list_settings(as_json: bool, **options: Any) -> None:
    """Lists the settings that would hold for a ride now."""
    resolved = config.resolve(options)
    keys = config.KEYS.values()
    if as_json:
        print_json([_object(key, resolved) for key in keys])
    else:
        file = paths.config_file()
        missing = "" if file.exists() else ": not there; `legbal config init` writes it"
        table = Table(COLUMNS, [_cells(key, resolved) for key in keys])
        print_lines(f"{file}{missing}", "", *table_text(table))


def _object(key: config.Key, resolved: config.ResolvedSettings) -> dict[str, object]:
    value = config.value_of(resolved.settings, key)
    origin = resolved.origins[key.name]
    return {
        "setting": key.name,
        # of a secret only whether it is set
        "value": config.in_words(key, value) if key.secret and value is not None else value,
        "from": origin.kind,
        "where": origin.where,
        "default": key.default,
        "allowed": key.allowed,
        "unit": key.unit,
        "variable": key.variable,
        "text": key.text,
    }


def _cells(key: config.Key, resolved: config.ResolvedSettings) -> tuple[str, ...]:
    value = config.value_of(resolved.settings, key)
    where = resolved.origins[key.name].where
    if resolved.origins[key.name].kind == "file" and ", line " in where:  # the file is named above the table
        where = where.rpartition(", ")[2]
    return key.name, cut(printable(config.as_listed(key, value)), _WIDEST), where


def path() -> None:
    """Prints the file's path."""
    print_lines(str(paths.config_file()))
