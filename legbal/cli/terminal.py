"""What a command shows on the terminal while it works, what it asks there, how it is ended, and where its file goes."""

import asyncio
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click

from legbal.errors import UsageError
from legbal.files.atomic_write import atomic_write
from legbal.present.text import printable
from legbal.sources.replay import Lines, from_thread

_EVERY_S = 0.5  # what is done by the first needs no line
# Windows knows neither the last nor handlers in the loop
_ENDINGS = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Shows the text with the seconds behind it on standard error, if that is a terminal, until the block is left.

    The line is written over and taken away at the end; nothing else should be written meanwhile.
    """
    if not sys.stderr.isatty():
        yield
        return
    over = threading.Event()
    line = threading.Thread(target=_count, args=(text, over), name="legbal-waiting", daemon=True)
    line.start()
    try:
        yield
    finally:
        over.set()
        line.join()


def _count(text: str, over: threading.Event) -> None:
    started = time.monotonic()
    while not over.wait(_EVERY_S):
        show(f"{text} {time.monotonic() - started:.0f} s")
    show("")


def show(text: str) -> None:
    """Writes over the terminal's line, on standard error if that is one; an empty text takes it away."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}", nl=False, err=True)


@contextmanager
def bar(label: str, length: int, every: int = 1) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, if that is a terminal, that counts so many steps; gives what is told of steps done.

    It is drawn again `every` so many steps; where that is each, it says their number.
    """
    with click.progressbar(
        length=length,
        label=label,
        show_pos=every == 1,
        file=sys.stderr,
        update_min_steps=every,
        hidden=not length or not sys.stderr.isatty(),
    ) as shown:
        yield shown.update


async def ask_line(question: str) -> str | None:
    """What the rider types in answer, without blanks at its ends; None where nobody is there to answer."""
    click.echo(f"{question} ", nl=False, err=True)
    line = islice(Lines(sys.stdin.fileno()), 1)  # no more: the next line answers the next question
    async with aclosing(from_thread(line, lambda: False)) as typed:
        async for text in typed:
            return text.decode(errors="replace").strip()
    return None


async def confirm(question: str) -> bool:
    """Whether the rider says yes to it. Raises UsageError where nobody is there."""
    answer = await ask_line(f"{question} [y/N]")
    if answer is None:
        raise UsageError("nobody is there to answer", hint="With --yes nothing is asked.")
    return answer.casefold() in ("y", "yes")


async def choose(question: str, choices: Sequence[str]) -> int:
    """The number of the choice that the rider types, from 0 on. Raises UsageError where nobody is there."""
    for number, choice in enumerate(choices, 1):
        click.echo(f"{number}  {choice}", err=True)
    while (typed := await ask_line(f"{question} [1–{len(choices)}]")) is not None:
        if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(choices):
            return int(typed) - 1
    raise UsageError("nobody is there to choose a meter", hint="Say which one with --meter NAME.")


async def until_ended(work: Coroutine[Any, Any, None]) -> None:
    """Does the work, until it is done or the program is asked to end: then the work is cancelled, once."""
    task = asyncio.create_task(work)
    for name in _ENDINGS:
        with suppress(AttributeError, NotImplementedError):  # Windows has not all of them, and no handlers
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), task.cancel)
    try:
        await task
    except asyncio.CancelledError:  # by a signal here, or by asyncio.run on Windows: an end like any other
        task.cancel()


@contextmanager
def writing(output: Path | None, name: str, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """Gives what to write into; a file appears, and is named to the rider, when the block ends well.

    Raises FileFormatError where the file is there already and may not be replaced, or cannot be written.

    Args:
        output: the file as it was typed, `-` for standard output.
        name: of the file where only its folder or nothing was typed.
        overwrite: whether a file that is there already may be replaced.
    """
    if str(output) == "-":
        yield sys.stdout.buffer
        return
    path = output or Path()
    if path.is_dir():
        path /= name
    with atomic_write(path, overwrite=overwrite) as file:
        yield file
    click.echo(f"wrote {printable(str(path))}", err=True)
