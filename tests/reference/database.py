"""The library's tables, from a library that the migrations made."""

from __future__ import annotations

import inspect
import sqlite3
import textwrap
from contextlib import closing

from legbal.library import schema
from tests.reference.markdown import page


def text() -> str:
    """The page."""
    parts = [
        "Everything is in one SQLite file (`legbal doctor` says where). It may be read with any SQLite program while "
        "legbal runs; only legbal should write it. `PRAGMA user_version` is the number of the last migration it has "
        f"seen, {len(schema.MIGRATIONS)} in this version. Migrations are only ever added.",
    ]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        before: dict[str, str] = {}
        for number, migration in enumerate(schema.MIGRATIONS, start=1):
            migration(connection)
            after: dict[str, str] = dict(
                connection.execute(
                    "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY rowid"
                ).fetchall()
            )
            parts += [f"## Migration {number}", inspect.cleandoc(migration.__doc__ or "")]
            for name, sql in after.items():
                if sql != before.get(name):
                    parts += [f"`{name}` is from now on:"] if name in before else []
                    parts.append(f"```sql\n{_plain(sql)};\n```")
            if gone := [f"`{name}`" for name in before if name not in after]:
                parts.append(f"Dropped: {', '.join(gone)}.")
            before = after
    return page("The library's tables", *parts)


def _plain(sql: str) -> str:
    """SQL without the indentation of the code that it stood in."""
    first, *rest = sql.split("\n")
    return "\n".join([first, *textwrap.dedent("\n".join(rest)).split("\n")]) if rest else first
