"""A question on the terminal, while the event loop goes on; Ctrl-C leaves it at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import aclosing
from itertools import islice

import click

from legbal.errors import UsageError
from legbal.sources.standard_input import Lines, from_thread


async def answered(question: str) -> str | None:
    """What the rider types in answer, without blanks at its ends; None where nobody is there to answer."""
    click.echo(f"{question} ", nl=False, err=True)
    line = islice(Lines(sys.stdin.fileno()), 1)  # no more: the next line answers the next question
    async with aclosing(from_thread(line, lambda: False)) as typed:
        async for text in typed:
            return text.decode(errors="replace").strip()
    return None


async def choose(question: str, choices: Sequence[str]) -> int:
    """The number of the choice that the rider types, from 0 on. Raises UsageError where nobody is there."""
    for number, choice in enumerate(choices, 1):
        click.echo(f"{number}  {choice}", err=True)
    while (typed := await answered(f"{question} [1–{len(choices)}]")) is not None:
        if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(choices):
            return int(typed) - 1
    raise UsageError("nobody is there to choose a meter", hint="Say which one with --meter NAME.")
