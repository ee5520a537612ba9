"""A question on the terminal, while the event loop goes on; Ctrl-C leaves it at once."""

from __future__ import annotations

import sys
from contextlib import aclosing
from itertools import islice

import click

from legbal.sources.standard_input import Lines, from_thread


async def answered(question: str) -> str | None:
    """What the rider types in answer, without blanks at its ends; None where nobody is there to answer."""
    click.echo(f"{question} ", nl=False, err=True)
    line = islice(Lines(sys.stdin.fileno()), 1)  # no more: the next line answers the next question
    async with aclosing(from_thread(line, lambda: False)) as typed:
        async for text in typed:
            return text.decode(errors="replace").strip()
    return None
