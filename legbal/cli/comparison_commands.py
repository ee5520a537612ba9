"""What is typed to compare: before a change and after it, and many riders; the commands with their options."""

from pathlib import Path

import click

from legbal.cli.options import command, day_option, group, wait_option

_changes_json = click.option("--json", "as_json", is_flag=True, help="A JSON array instead of tables.")
change = group(
    "change",
    help="Note what you changed (cleats, an injury, a block of training), and compare the balance before and after.",
    commands=(
        command(
            "add",
            click.argument("words"),
            day_option(
                "--date",
                "first_day",
                required=True,
                help="The day it was made or began, as 2026-05-01, 1 May 2026 or yesterday.",
            ),
            day_option(
                "--until",
                "last_day",
                help="The last day, if it took more than one: a block of training, an injury.",
            ),
            click.option(
                "--kind",
                type=click.Choice(("fit", "injury", "training")),  # as in `legbal.analysis.months`
                default="fit",
                show_default=True,
                help="What kind of change it is.",
            ),
            help="Note a change, in your own WORDS.",
            run="rides:add_change",
        ),
        command(
            "list", _changes_json, help="List the changes, the earliest first.", run="rides:list_changes"
        ),
        command(
            "remove",
            click.argument("number", metavar="N", type=click.IntRange(min=1)),
            help="Forget change N.",
            run="rides:remove_change",
        ),
        command(
            "report",
            click.argument("number", metavar="[N]", type=click.IntRange(min=1), required=False),
            _changes_json,
            wait_option,
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
