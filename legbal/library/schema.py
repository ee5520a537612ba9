"""How is the library laid out? Numbered migrations.

`PRAGMA user_version` holds the number of migrations that a file has seen. All that are missing run in one
transaction: a library is as it was before, or up to date. Migrations are never edited, only added.
"""

import sqlite3
from collections.abc import Callable

from legbal.library.former_derived_values import (
    leave_ids_out_of_versions,
    take_over_comparison_keys,
    take_over_derived_values,
    take_over_file_meters,
)

# of a ride's setup; frozen in an index, which a query uses only if it says the same, letter for letter
_SETUP = "CAST(setup AS TEXT)"
STATED_FTP = (
    f"CASE WHEN json_valid({_SETUP})"
    f" THEN coalesce(json_extract({_SETUP}, '$.ftp_w'), json_extract({_SETUP}, '$.recorded_ftp_w')) END"
)


def _execute(connection: sqlite3.Connection, script: str) -> None:
    """Runs statements with empty lines between them, within the transaction that is open."""
    for statement in script.strip().split("\n\n"):
        connection.execute(statement)


def keep_rides(connection: sqlite3.Connection) -> None:
    """Rides, and their inputs in the order in which they were recorded.

    An input's key is `ride number << 32 | sequence`, so that a ride is one range of a table that only grows
    at its end, with no index beside it. Its channel says once what all inputs of one kind share: what it is,
    from which meter, and the characteristic (or the mark's kind, or the link's state).
    """
    _execute(
        connection,
        """
        CREATE TABLE rides (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            started TEXT NOT NULL,           -- wall clock, UTC, ISO 8601 with microseconds: metadata only
            utc_offset_s INTEGER NOT NULL,   -- of the rider's clock at the start
            source TEXT NOT NULL CHECK (source IN ('ride', 'demo', 'import')),
            title TEXT NOT NULL,
            note TEXT NOT NULL DEFAULT '',
            setup BLOB NOT NULL,             -- JSON of legbal.ride.inputs.Setup
            legbal TEXT NOT NULL,            -- the version that recorded it
            state TEXT NOT NULL DEFAULT 'recording' CHECK (state IN ('recording', 'done', 'interrupted')),
            duration_s REAL                  -- known once the ride is closed
        );

        CREATE INDEX rides_by_start ON rides (started);

        CREATE TABLE channels (
            ride INTEGER NOT NULL REFERENCES rides (number),
            channel INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('notification', 'mark', 'link', 'tick')),
            meter BLOB NOT NULL,
            name BLOB NOT NULL,
            PRIMARY KEY (ride, channel)
        ) WITHOUT ROWID;

        CREATE INDEX channels_by_meter ON channels (meter, ride);

        CREATE TABLE inputs (key INTEGER PRIMARY KEY, t REAL, channel INTEGER NOT NULL, data BLOB);

        CREATE TABLE gaps (               -- inputs that arrived and could not be kept
            ride INTEGER NOT NULL REFERENCES rides (number),
            sequence INTEGER NOT NULL,       -- of the first input after the gap
            first_t REAL NOT NULL,
            last_t REAL NOT NULL,
            lost INTEGER NOT NULL,
            PRIMARY KEY (ride, sequence)
        ) WITHOUT ROWID;
        """,
    )


def keep_marks(connection: sqlite3.Connection) -> None:
    """What is added to a ride afterwards (marks, derived values by version), and the meters ridden with."""
    _execute(
        connection,
        """
        CREATE TABLE marks (
            number INTEGER PRIMARY KEY,
            ride INTEGER NOT NULL REFERENCES rides (number),
            t REAL NOT NULL,
            kind TEXT NOT NULL,
            text TEXT NOT NULL
        );

        CREATE INDEX marks_by_ride ON marks (ride, t);

        CREATE TABLE derived (
            number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the highest is the newest
            ride INTEGER NOT NULL REFERENCES rides (number),
            what TEXT NOT NULL,
            meter TEXT NOT NULL,             -- '' where the value is of the whole ride
            version TEXT NOT NULL,           -- of what derived it
            value BLOB NOT NULL,
            UNIQUE (ride, what, meter, version)
        );

        CREATE TABLE meters (
            address TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            last_used TEXT NOT NULL,
            choices BLOB NOT NULL            -- JSON: the rider's choices for it, as its sides and pair
        );
        """,
    )


def keep_originals(connection: sqlite3.Connection) -> None:
    """The files that rides were imported from, as they were; what they held is known by its SHA-256."""
    connection.execute(
        """CREATE TABLE originals (
            ride INTEGER PRIMARY KEY REFERENCES rides (number),
            name TEXT NOT NULL,              -- of the file, without its folder
            sha256 BLOB NOT NULL UNIQUE,
            data BLOB NOT NULL               -- the file's octets, compressed with zlib
        )"""
    )


def keep_trends(connection: sqlite3.Connection) -> None:
    """What months of rides are judged by: each ride's newest summary as rows, and what the rider changed.

    The rows say again what the summary in `derived` says, and are written in the same transaction; a ride without them
    is summarised again. A ride that cannot be summarised has a row with the problem instead.
    """
    _execute(
        connection,
        """
        CREATE TABLE summaries (
            ride INTEGER PRIMARY KEY REFERENCES rides (number),
            day TEXT NOT NULL,               -- on which it started, by the rider's clock; ISO 8601
            meter BLOB NOT NULL,             -- of a pair both
            balance TEXT NOT NULL,           -- measured, estimated, …
            reference TEXT NOT NULL,         -- whose share the meter's number is
            swapped INTEGER NOT NULL,        -- whether the rider said that left is right
            version TEXT NOT NULL,           -- of the summary in `derived`
            basis TEXT NOT NULL,             -- by which code and profiles that version was found to be the one wanted
            problem TEXT NOT NULL DEFAULT '' -- why it could not be summarised
        );

        CREATE INDEX summaries_by_basis ON summaries (basis);

        CREATE TABLE bands (              -- those in which the ride has a share and its error
            ride INTEGER NOT NULL REFERENCES summaries (ride),
            name TEXT NOT NULL,
            low_ftp REAL NOT NULL,
            high_ftp REAL,
            left_percent REAL NOT NULL,
            standard_error REAL NOT NULL,
            seconds REAL NOT NULL,
            revolutions INTEGER NOT NULL,
            power_w REAL,
            PRIMARY KEY (ride, low_ftp)
        ) WITHOUT ROWID;

        CREATE TABLE changes (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL CHECK (kind IN ('fit', 'injury', 'training')),
            first_day TEXT NOT NULL,         -- by the rider's clock; ISO 8601
            last_day TEXT NOT NULL,          -- the same for a change of one day
            words TEXT NOT NULL
        );
        """,
    )


def keep_derived_values_in_one_table(connection: sqlite3.Connection) -> None:
    """All that is derived from rides, each value by its name and the version of what derived it.

    Of each ride's bands there is one row, with the basis on which that version was found to be the one wanted (the code
    and all profiles) or the problem for which there are none. Values that were derived before are taken over.
    """
    _execute(
        connection,
        """
        CREATE TABLE derived_values (
            number INTEGER PRIMARY KEY AUTOINCREMENT,  -- the highest is the newest
            ride INTEGER NOT NULL REFERENCES rides (number),
            name TEXT NOT NULL,              -- summary, bands, analysis, contribution
            version TEXT NOT NULL,           -- a digest of the code's number and of what a profile says that matters
            value BLOB NOT NULL,
            basis TEXT NOT NULL DEFAULT '',
            problem TEXT NOT NULL DEFAULT '',
            UNIQUE (ride, name, version)
        );

        CREATE INDEX derived_values_by_name ON derived_values (name, ride);
        """,
    )
    take_over_derived_values(connection)
    for table in ("derived", "bands", "summaries"):
        connection.execute(f"DROP TABLE {table}")


def keep_zero_offsets(connection: sqlite3.Connection) -> None:
    """What meters answered when their zero offset was set without a ride, and which of them the rider calls one.

    Derived values get the versions that say nothing of a profile's id, which stands beside them from now on. Zero
    offsets that a ride recorded stay among its inputs.
    """
    leave_ids_out_of_versions(connection)
    _execute(
        connection,
        """
        CREATE TABLE zero_offsets (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            meter BLOB NOT NULL,             -- as rides name it
            set_at TEXT NOT NULL,            -- wall clock, UTC, ISO 8601 with microseconds
            utc_offset_s INTEGER NOT NULL,   -- of the rider's clock then
            answer BLOB NOT NULL,            -- of its control point, 0x2A66, as it arrived
            features BLOB NOT NULL           -- 0x2A65, which tells the unit; empty where it was not read
        );

        CREATE TABLE same_meters (
            meter BLOB NOT NULL,             -- as rides name it, "left + right" for a pair
            other BLOB NOT NULL,             -- the same, later in the alphabet
            same INTEGER NOT NULL CHECK (same IN (0, 1)), -- what the rider answered
            answered TEXT NOT NULL,          -- wall clock, UTC, ISO 8601 with microseconds
            PRIMARY KEY (meter, other)
        ) WITHOUT ROWID;
        """,
    )


def keep_comparison_keys(connection: sqlite3.Connection) -> None:
    """By what a few of many rides are found without reading the others.

    Beside a ride's bands stands what they have in common with those that they are compared with, as MessagePack:
    meter, balance, reference, whether sides are swapped, and of a FIT file the meter's maker and serial number. It is
    NULL where there is nothing to compare.
    """
    _execute(
        connection,
        f"""
        ALTER TABLE derived_values ADD COLUMN compared_by BLOB;

        ALTER TABLE derived_values ADD COLUMN started TEXT;   -- as of the ride

        CREATE INDEX derived_values_by_comparison
            ON derived_values (compared_by, started, ride, basis, profile, version) WHERE compared_by IS NOT NULL;

        CREATE INDEX derived_values_by_ride ON derived_values (name, ride, basis, profile, version);

        DROP INDEX derived_values_by_name;

        CREATE INDEX derived_values_with_problem ON derived_values (basis) WHERE problem != '';

        CREATE INDEX rides_by_state ON rides (state);

        CREATE INDEX rides_by_duration ON rides (duration_s);

        CREATE INDEX rides_by_stated_ftp ON rides (started) WHERE source != 'demo' AND {STATED_FTP} IS NOT NULL;

        CREATE TABLE file_meters (        -- what FIT files say of the power meter that they name
            ride INTEGER PRIMARY KEY REFERENCES rides (number),
            meter BLOB NOT NULL,             -- as the ride names it
            manufacturer INTEGER NOT NULL,
            serial_number INTEGER NOT NULL
        );

        CREATE INDEX file_meters_by_name ON file_meters (meter, manufacturer, serial_number);
        """,
    )
    take_over_file_meters(connection)
    take_over_comparison_keys(connection)


def pack_fit_records(connection: sqlite3.Connection) -> None:
    """The FIT records of rides that are imported from now on, some hundred that follow each other in one row.

    The name of such a row's channel is "fit:record", then a space and a field's name for each that a record of them
    tells; a "/" behind it is followed by what the field's numbers are divided by. Its data are compressed with zlib: of
    MessagePack an array of columns, first the times (one without a fraction less its place in the row, from 0 on), then
    one for each field, with nil where a record does not tell it. Its key and t are those of the last record. The tables
    and what is in them stay as they are: a FIT record that was kept before has a row of its own, its data JSON.
    """


def keep_deliveries(connection: sqlite3.Connection) -> None:
    """Where rides go once they are over: a row for each place that waits for one, or has it."""
    connection.execute(
        """CREATE TABLE deliveries (
            ride INTEGER NOT NULL REFERENCES rides (number),
            destination TEXT NOT NULL,       -- a folder, or a service's name
            tries INTEGER NOT NULL DEFAULT 0,
            tried_at TEXT,                   -- when the last one was begun, UTC, as `started`
            done_at TEXT,                    -- NULL until it is there
            outcome TEXT NOT NULL DEFAULT '',  -- what it is called there; before, what prevented it
            PRIMARY KEY (ride, destination)
        ) WITHOUT ROWID"""
    )


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    keep_rides,
    keep_marks,
    keep_originals,
    keep_trends,
    keep_derived_values_in_one_table,
    keep_zero_offsets,
    keep_comparison_keys,
    pack_fit_records,
    keep_deliveries,
)
