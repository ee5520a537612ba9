"""What is typed to look at rides that were ridden, to bring them in, write them out and compare many: the commands."""

from datetime import date, datetime
from pathlib import Path

import click

from legbal.cli.options import (
    OUTPUT_OPTIONS,
    PAIR_OPTIONS,
    RECORDED_OPTIONS,
    REVIEW_OPTIONS,
    command,
    group,
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


_wait = click.option("--wait", is_flag=True, help="Wait for rides that are to be derived again.")

trend = command(
    "trend",
    click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables."),
    click.option(
        "--meter",
        metavar="NAME",
        shell_complete=values("meters"),
        help="Only rides on this meter: its name or yours for it, or how its name begins.",
    ),
    click.option("--band", metavar="BAND", help="Only this power band, such as 75-90 or >120."),
    click.option(
        "--since",
        type=click.DateTime(("%Y-%m-%d", "%Y-%m")),
        metavar="DATE",
        help="Only rides from this day or month on, as 2026-05-01 or 2026-05.",
    ),
    _wait,
    help="Show how your balance changed over months, per meter and power band, and how sure that is. "
    "Demonstrations are left out.",
    run="trend:trend",
)


def _day(context: click.Context, parameter: click.Parameter, typed: datetime | None) -> date | None:
    if typed is not None and not 1970 <= typed.year <= 2099:
        raise click.BadParameter("lies before 1970 or after 2099.", context, parameter)
    return typed and typed.date()


_changes_json = click.option("--json", "as_json", is_flag=True, help="A JSON array instead of tables.")
change = group(
    "change",
    help="Note what you changed (cleats, an injury, a block of training), and compare the balance before and after.",
    commands=(
        command(
            "add",
            click.argument("words"),
            click.option(
                "--date",
                "first_day",
                type=click.DateTime(("%Y-%m-%d",)),
                callback=_day,
                required=True,
                metavar="DATE",
                help="The day on which it was made or began, as 2026-05-01.",
            ),
            click.option(
                "--until",
                "last_day",
                type=click.DateTime(("%Y-%m-%d",)),
                callback=_day,
                metavar="DATE",
                help="The last day, of a change that took more than one: a block of training, an injury.",
            ),
            click.option(
                "--kind",
                type=click.Choice(("fit", "injury", "training")),  # as in `legbal.analysis.months`
                default="fit",
                show_default=True,
                help="What kind of change it is.",
            ),
            help="Note a change, in your own WORDS.",
            run="trend:add",
        ),
        command(
            "list", _changes_json, help="List the changes, the earliest first.", run="trend:list_changes"
        ),
        command(
            "remove",
            click.argument("number", metavar="N", type=click.IntRange(min=1)),
            help="Forget change N.",
            run="trend:remove",
        ),
        command(
            "report",
            click.argument("number", metavar="[N]", type=click.IntRange(min=1), required=False),
            _changes_json,
            _wait,
            help="Compare the balance before and after change N, or each of them, per power band.",
            run="trend:report",
        ),
    ),
)

study = command(
    "study",
    click.argument(
        "folders",
        nargs=-1,
        required=True,
        metavar="FOLDER…",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
    ),
    click.option(
        "-o",
        "--output",
        required=True,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="NAME.parquet",
        help="The table to write.",
    ),
    click.option(
        "--riders",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="What is known of riders: a TOML file with a table for each, as [anna], with ftp, weak_leg, assume_left "
        "or swap_sides. A rider without ftp has it estimated, which takes twice as long.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1, 1024),
        metavar="N",
        help="How many processes work side by side (default: one for each core).",
    ),
    click.option(
        "--dask",
        "address",
        metavar="ADDRESS",
        help="Work on the Dask cluster with this scheduler, as tcp://192.168.1.10:8786. Its workers need legbal, and "
        "the files at the same paths.",
    ),
    click.option("--overwrite", is_flag=True, help="Replace tables that are there already."),
    click.option("--json", "as_json", is_flag=True, help="The trends as one JSON object."),
    help="Analyse the FIT files and captures of many riders at once. FOLDER has a folder for each rider, or is one "
    "rider's. The table has a row a ride and power band; beside it lie NAME.trends.parquet, each rider's trend, and "
    "NAME.errors.parquet, the files that could not be read.",
    run="study:study",
)
