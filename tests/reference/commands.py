"""Every command with its arguments and options, from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click

from legbal.cli import COMMANDS, legbal
from tests.reference.markdown import code, page, table


def text() -> str:
    """The page."""
    context = click.Context(legbal, info_name="legbal")
    parts = [
        "What `legbal COMMAND --help` says, on one page. Exit codes: 0 success, also for a ride that Ctrl-C ends; "
        "1 a failure, told in one line; 2 wrong usage."
    ]
    for name in COMMANDS:
        command = legbal.get_command(context, name)
        assert command is not None
        parts += _command(command, click.Context(command, parent=context, info_name=name), 2)
    return page("Commands", *parts)


def _command(command: click.Command, context: click.Context, depth: int) -> Iterator[str]:
    yield f"{'#' * depth} {context.command_path}"
    yield " ".join((command.help or "").split("\f")[0].split())
    yield f"```text\n{' '.join([context.command_path, *command.collect_usage_pieces(context)])}\n```"
    records = [parameter.get_help_record(context) for parameter in command.get_params(context)]
    rows = [
        (", ".join(code(part) for part in _spelt(name)), help_text)
        for name, help_text in (record for record in records if record is not None)
        if "--help" not in name
    ]
    if rows:
        yield table([("option", "what it does"), *rows])
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _command(inner, click.Context(inner, parent=context, info_name=name), depth + 1)


def _spelt(name: str) -> list[str]:
    """ "-o, --output FILE" as its spellings."""
    return [part.strip() for part in name.replace(" / ", ", ").split(", ") if part.strip()]
