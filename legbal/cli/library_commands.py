"""What is typed to look at rides, bring them in and write them out: the commands with their arguments and options."""

from pathlib import Path

import click

from legbal.cli.options import (
    OUTPUT_OPTIONS,
    PAIR_OPTIONS,
    RECORDED_OPTIONS,
    REVIEW_OPTIONS,
    command,
    json_array_option,
    values,
)

review = command(
    "review",
    click.argument("ride", required=False, shell_complete=values("rides")),
    click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables."),
    *REVIEW_OPTIONS,
    *PAIR_OPTIONS,
    *RECORDED_OPTIONS,
    help="Say what the balance of a ride was (its id, a capture, a .fit file or -); without RIDE, show all rides "
    "on the screen, to look at, import and export.",
    run="review:review",
)

rides = command(
    "rides",
    json_array_option,
    click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the newest N rides."),
    click.option(
        "--remove",
        metavar="RIDE",
        shell_complete=values("rides"),
        help="Remove this ride for good, with its packets and all that was derived from it.",
    ),
    click.option("--yes", is_flag=True, help="Remove it without asking."),
    help="List the recorded rides, newest first.",
    run="rides:rides",
)

report = command(
    "report",
    click.argument("ride", required=False, shell_complete=values("rides")),
    click.option("--trend", is_flag=True, help="Months of rides instead of one ride."),
    *OUTPUT_OPTIONS,
    *REVIEW_OPTIONS,
    *PAIR_OPTIONS,
    *RECORDED_OPTIONS,
    help="Write a ride (its id, a capture, a .fit file or -), or with --trend months of rides, as one HTML page "
    "that opens offline, zooms and prints.",
    run="review:report",
)

import_ = command(
    "import",
    click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path)),
    click.option(
        "--meter",
        metavar="NAME",
        shell_complete=values("meters"),
        help="Count the rides to this meter, as `legbal rides` or you name it, instead of the one that the file "
        "names.",
    ),
    click.option(
        "--json", "as_json", is_flag=True, help='One JSON object a file: {"file", "ride", "error", "new"}.'
    ),
    *REVIEW_OPTIONS,
    *PAIR_OPTIONS,
    help="Add FIT files of a head unit, or captures (.jsonl), to the library. A file that is there already "
    "adds nothing, and one that cannot be read does not keep the others out.",
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
    *OUTPUT_OPTIONS,
    *REVIEW_OPTIONS,
    *PAIR_OPTIONS,
    *RECORDED_OPTIONS,
    help="Write a ride (its id, a capture, a .fit file or -) as FIT, as a table of seconds (CSV, Parquet), or "
    "as the capture of its raw packets (jsonl).",
    run="import_export:export",
)
