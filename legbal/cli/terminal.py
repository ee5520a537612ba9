"""Streams and terminal: mended, complained on, shown on while a command works, asked at; and where its file goes."""

import io
import json
import os
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import IO, Any, TextIO

import click

from legbal import paths
from legbal.errors import UsageError, nearest
from legbal.files.atomic_write import atomic_write
from legbal.present.numbers import duration, rounded
from legbal.present.text import cut, printable, printable_json

# whatever is neither a line end nor a tab may need to be escaped
_MOVING = re.compile(r"[^\n\t]+")


def mend() -> None:
    """Opens what was closed onto the null device, and lets output escape what its encoding cannot say.

    A closed stream would leave its descriptor to the next file that is opened, so that what is meant for the
    terminal ended in the library.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - for the program's life
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    for name in ("stdout", "stderr"):
        if not isinstance(getattr(sys, name), _Escaping):
            setattr(sys, name, _Escaping(getattr(sys, name)))


class _Escaping:
    """A text stream on which only line ends and tabs move the cursor, whoever writes.

    Through it also goes what nobody here composes: tracebacks, warnings, what libraries log. A name in them, of a file
    or a meter, may hold what sets a terminal's title, clears it, or turns text around.

    Args:
        stream: where to.
    """

    def __init__(self, stream: TextIO) -> None:
        self.unescaped = stream

    def write(self, text: str) -> int:
        """Writes text, with what is no visible character escaped; gives how many characters were taken."""
        shown = text if text.isprintable() else _MOVING.sub(lambda part: printable(part[0]), text)
        self.unescaped.write(_spelt(shown, self.unescaped.encoding or "utf-8"))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Writes one after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        """Everything else is the stream's own; octets that are written to its buffer are a file's."""
        return getattr(self.unescaped, name)


def _spelt(text: str, encoding: str) -> str:
    """The text with stand-ins for signs that an encoding lacks, such as `+-`; letters of names stay, to be escaped."""
    if _has(encoding, text):
        return text
    from legbal.tui.render.charset import transliterate  # which nobody else needs

    if not _has(encoding, "±"):
        text = text.replace("± ", "+-")  # two cells, as in a table
    return "".join(x if x.isalpha() or _has(encoding, x) else transliterate(x, "ascii") for x in text)


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _unescaped(stream: TextIO) -> TextIO:
    """For what this module itself moves or colours."""
    return stream.unescaped if isinstance(stream, _Escaping) else stream


def print_lines(*lines: str, err: bool = False) -> None:
    """Prints lines, on standard error if asked; each stays one line, whatever names of files and meters are in it."""
    stream = sys.stderr if err else sys.stdout
    stream.write("".join(f"{printable(line)}\n" for line in lines))
    stream.flush()


def print_json(value: object, digits: int | None = 3) -> None:
    """Prints a value as one line of JSON, in which a terminal finds no control characters either.

    Numbers have so many digits behind the point; None: all that there are.
    """
    import msgspec  # which --help does without

    plain = msgspec.to_builtins(value)
    plain = plain if digits is None else rounded(plain, digits)
    text = json.dumps(plain)
    with suppress(UnicodeEncodeError):  # a file's name that is no text, or a stream that has no such letter
        whole = printable_json(msgspec.json.encode(plain)).decode()
        whole.encode(sys.stdout.encoding or "utf-8")
        text = whole
    print_lines(text)


def paint(text: str, colour: str | None) -> None:
    """Prints words of our own without a line end, coloured where standard output is a terminal."""
    shown = click.style(text, fg=colour) if sys.stdout.isatty() else text
    _unescaped(sys.stdout).write(shown)


def complain(text: str, hint: str | None = None) -> None:
    """Says on standard error what is wrong and, on a line of its own, what to do.

    Where standard error cannot be written nobody is left to hear it, and whatever else goes on need not end.
    """
    with suppress(OSError):
        print_lines(f"legbal: {text}", *filter(None, [hint]), err=True)


def complain_usage(error: click.ClickException) -> None:
    """Says what click found wrong in what was typed, below how the command is used."""
    usage = io.StringIO()
    if isinstance(error, click.NoSuchOption):
        # click's own are near by the dashes alone, too
        by_word = {x.lstrip("-"): x for x in error.possibilities or ()}
        near = nearest(error.option_name.lstrip("-"), by_word, 0.7)
        possible = [by_word[near]] if near else []
        error = click.NoSuchOption(error.option_name, possibilities=possible, ctx=error.ctx)
    error.show(usage)
    # a line end that was typed makes no line of its own, nor where click took away an escape sequence beside it
    text = usage.getvalue().replace(click.unstyle(error.message), printable(error.message))
    print_lines(*text.expandtabs().splitlines(), err=True)


def need_terminal(
    hint: str = "Add --headless to ride without it, or --events for JSON lines.",
) -> None:
    """Raises UsageError where the screen could not be seen or no key would reach it; `hint` says what to do."""
    if _has_driver():
        return
    for stream in (sys.__stdin__, sys.__stderr__):  # the screen's own two
        if stream is None or not stream.isatty():
            raise UsageError("there is no terminal for the screen", hint=hint)


def has_terminal() -> bool:
    """Whether somebody sits before what can show a screen: a browser, or a terminal with keys, screen and output."""
    streams = sys.__stdin__, sys.__stdout__, sys.__stderr__
    return _has_driver() or (
        os.environ.get("TERM") != "dumb" and all(x is not None and x.isatty() for x in streams)
    )


def _has_driver() -> bool:
    """Whether Textual is to show its screens elsewhere than in this terminal, as in a browser by textual-serve.

    Raises UsageError: by what does not exist.
    """
    if not os.environ.get("TEXTUAL_DRIVER"):
        return False
    from legbal.app.screen_driver import screen_driver  # which is hardly ever asked for

    return screen_driver() is not None


def keys_apart() -> int:
    """Keeps what is piped in for the command and takes the keys from the terminal instead.

    Gives the descriptor from which the piped data is read. Raises UsageError where nothing is piped in, or where
    there is no terminal.
    """
    if sys.stdin.isatty() or _has_driver():
        raise UsageError(
            "a capture is expected on standard input, but that is the keyboard",
            hint="Pipe one in: legbal replay - < ride.jsonl",
        )
    piped = os.dup(0)
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        os.close(piped)
        need_terminal()
        raise
    os.dup2(terminal, 0)
    os.close(terminal)
    return piped


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
    while not over.wait(0.5):  # seconds; what takes less needs no line
        show(f"{text} {duration(time.monotonic() - started)}")
    show("")


def show(text: str) -> None:
    """Writes over the terminal's line, on standard error if that is one; an empty text takes it away."""
    if sys.stderr.isatty():
        stream = _unescaped(sys.stderr)
        stream.write(f"\r\x1b[K{cut(printable(text), shutil.get_terminal_size().columns - 1)}")
        stream.flush()


@contextmanager
def bar(label: str, length: int, every: int = 1) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, if that is a terminal, that counts so many steps; gives what is told of steps done.

    It is drawn again `every` so many steps; where that is each, it says their number.
    """
    with click.progressbar(
        length=length,
        label=label,
        show_pos=every == 1,
        file=_unescaped(sys.stderr),
        update_min_steps=every,
        hidden=not length or not sys.stderr.isatty(),
    ) as shown:
        yield shown.update


async def ask_line(question: str) -> str | None:
    """What the rider types in answer, without blanks at its ends; None where nobody is there to answer."""
    from legbal.sources.recorded_ride import Lines  # with the library, which --help does without
    from legbal.sources.replay import from_thread

    sys.stderr.write(f"{printable(question)} ")
    sys.stderr.flush()
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
        print_lines(f"{number}  {choice}", err=True)
    while (typed := await ask_line(f"{question} [1–{len(choices)}]")) is not None:
        if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(choices):
            return int(typed) - 1
    raise UsageError("nobody is there to choose a meter", hint="Say which one with --meter NAME.")


async def until_ended(work: Coroutine[Any, Any, None]) -> None:
    """Does the work, until it is done or the program is asked to end: then the work is cancelled, once."""
    import asyncio  # which --help does without

    task = asyncio.create_task(work)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"):
        # Windows has not the last two, and no handlers in the loop
        with suppress(AttributeError, NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), task.cancel)
    try:
        await task
    except asyncio.CancelledError:  # by a signal here, or by asyncio.run on Windows: an end like any other
        task.cancel()


@contextmanager
def writing(output: Path | None, name: str, *, overwrite: bool, rights: int = 0o666) -> Iterator[IO[bytes]]:
    """Gives what to write into; a file appears, and is named to the rider, when the block ends well.

    Raises FileFormatError where the file is there already and may not be replaced, or cannot be written.

    Args:
        output: the file as it was typed, `-` for standard output.
        name: of the file where only its folder or nothing was typed.
        overwrite: whether a file that is there already may be replaced.
        rights: of the file.
    """
    if str(output) == "-":
        yield sys.stdout.buffer
        return
    path = output or Path()
    if path.is_dir():
        path /= name
    if path.resolve().parent == paths.data_folder().resolve() and path.name.startswith("library.sqlite"):
        raise UsageError(f"{path} is the library itself", hint="Choose another name.")
    with atomic_write(path, overwrite=overwrite, rights=rights) as file:
        yield file
    print_lines(f"wrote {path}", err=True)
