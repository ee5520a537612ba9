"""What is typed to look at rides that were ridden, one or months of them, to bring them in and to write them out."""

from pathlib import Path

import click

from legbal.cli.options import (
    ALERT_OPTIONS,
    PAIR_OPTIONS,
    RECORDED_OPTIONS,
    REVIEW_OPTIONS,
    RIDER_OPTIONS,
    command,
    day_option,
    group,
    json_array_option,
    option_of_meter,
    unlisted,
    values,
    wait_option,
)

# `output`, a file, a folder, `-` or None, and `overwrite`: what `terminal.writing` takes
_OUTPUT_OPTIONS = (
    click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Where to (default: a file named after the ride, in this folder); - is standard output.",
    ),
    click.option("--overwrite", is_flag=True, help="Replace a file that is there already."),
)

# what may be said of RIDE, whatever is asked of it
_RIDE_OPTIONS = (*REVIEW_OPTIONS, *PAIR_OPTIONS, *RECORDED_OPTIONS)

review = command(
    "review",
    click.argument("ride", required=False, shell_complete=values("rides")),
    click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables."),
    click.option(
        "--all",
        "everything",
        is_flag=True,
        help="Drop-offs, power bands and what the numbers are worth, too.",
    ),
    *_RIDE_OPTIONS,
    help="Say what the balance of a ride was (its id, a capture, a .fit file or -); without RIDE, show all rides "
    "on the screen, to look at, import and export.",
    run="screen:review",
)

rides = command(
    "rides",
    json_array_option,
    click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the newest N rides."),
    click.option(
        "--remove",
        metavar="RIDE",
        shell_complete=values("rides"),
        help="Remove this ride for good, with its packets and notes.",
    ),
    click.option("--yes", is_flag=True, help="Remove it without asking."),
    help="List the recorded rides, newest first.",
    run="rides:rides",
)

_meter_option = option_of_meter(
    help="Only rides on this meter: its name or yours for it, or how its name begins."
)
me = command(
    "me",
    click.option(
        "--json", "as_json", is_flag=True, help="One JSON array, an object a meter, instead of sentences."
    ),
    _meter_option,
    click.option("--rides", "by_ride", is_flag=True, help="How the weak leg tired on each ride, instead."),
    wait_option,
    help="Answer six questions about your weak leg from all rides on a meter: how large the difference is, where, how "
    "fast the leg tires, whether it gets better, what each change did, and what the meter can show. Demonstrations are "
    "left out.",
    run="me:me",
)

trend = command(
    "trend",
    click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables."),
    _meter_option,
    click.option(
        "--band", metavar="BAND", help="Only this power band: threshold, or in % of FTP 75-90 or >120."
    ),
    day_option("--since", month=True, help="Only rides from this day or month on, as 2026-05-01 or 2026-05."),
    wait_option,
    help="Show how your balance changed over months, per meter and power band, and how sure that is. "
    "Demonstrations are left out.",
    run="trend:trend",
)

report = command(
    "report",
    click.argument("ride", required=False, shell_complete=values("rides")),
    click.option("--trend", is_flag=True, help="Months of rides instead of one ride."),
    click.option(
        "--page",
        type=click.Choice(["full", "clinic"]),
        default="full",
        help="full: charts and all tables. clinic: one A4 page for a physiotherapist.",
    ),
    click.option("--open", "open_page", is_flag=True, help="Open the page in the browser."),
    *_OUTPUT_OPTIONS,
    *_RIDE_OPTIONS,
    help="Write a ride (its id, a capture, a .fit file or -), or with --trend months of rides, as one HTML page "
    "that opens offline, zooms and prints.",
    run="report:report",
)

import_ = command(
    "import",
    click.argument("files", nargs=-1, metavar="FILES...", type=click.Path(path_type=Path)),
    click.option(
        "--watch",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Import what comes into this folder, at any depth, once it is finished, until Ctrl-C; may be said again.",
    ),
    option_of_meter(
        help="Count the rides to this meter, as `legbal rides` or you name it, instead of the one that the file names."
    ),
    click.option(
        "--json", "as_json", is_flag=True, help='One JSON object a file: {"file", "ride", "error", "new"}.'
    ),
    *RIDER_OPTIONS,
    *map(unlisted, ALERT_OPTIONS),
    *PAIR_OPTIONS,
    help="Add FIT files of a head unit, or captures (.jsonl), to the library; of a folder or a .zip all of them. A "
    "file that is there already adds nothing, and one that cannot be read does not keep the others out.",
    run="import_export:import_files",
)

export = command(
    "export",
    click.argument("ride", shell_complete=values("rides")),
    click.option(
        "--format",
        "kind",
        type=click.Choice(("fit", "csv", "parquet", "jsonl")),  # as in `legbal.files.exporting`
        help="What to write (default: as the name after -o ends, or fit).",
    ),
    *_OUTPUT_OPTIONS,
    *_RIDE_OPTIONS,
    help="Write a ride (its id, a capture, a .fit file or -) as FIT, as a table of seconds (CSV, Parquet), or "
    "as the capture of its raw packets (jsonl).",
    run="import_export:export",
)

upload = command(
    "upload",
    click.argument("ride", required=False, shell_complete=values("rides")),
    help="Send what waits to intervals.icu, and into your folder, now. With RIDE (its id) that ride goes, whatever the "
    "settings say. Nothing goes twice.",
    run="upload:upload",
)

_json_object = click.option("--json", "as_json", is_flag=True, help="A JSON object instead of lines.")
library = group(
    "library",
    help="Copy, check or repair the library: the one file in which all your rides are.",
    commands=(
        command(
            "backup",
            click.option(
                "-o",
                "--output",
                type=click.Path(path_type=Path),
                metavar="FILE",
                help="Where to (default: a file named after the day, in this folder); - is standard output.",
            ),
            click.option("--overwrite", is_flag=True, help="Replace a file that is there already."),
            help="Write a copy of the library, also while a ride is recorded. Only you can read it. To go back to it, "
            "put it in the place of library.sqlite while no legbal runs.",
            run="library:backup",
        ),
        command(
            "check",
            _json_object,
            help="Say whether the library is sound: its file, what belongs to no ride, rides that cannot be read or "
            "were cut off. Nothing is repaired. The exit code is 1 if something is wrong.",
            run="library:check",
        ),
        command(
            "repair",
            _json_object,
            help="Make a new library of what a damaged one still holds. The damaged file is kept beside it.",
            run="library:repair",
        ),
    ),
)
