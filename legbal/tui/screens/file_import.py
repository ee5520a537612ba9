"""Importing files over a screen of rides: one after the other, with how far it is and what came of it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from legbal.app.importing import Imported
from legbal.present.numbers import count, duration
from legbal.present.text import SENTENCE_COLUMNS, clean
from legbal.tui.dialogs import MessageDialog
from legbal.tui.screens.review_base import ReviewScreen

_MOST_FAILURES = 200  # files


async def import_files(screen: ReviewScreen, files: list[Path], added: Callable[[], object]) -> None:
    """Imports at least one file, as the screen's job "import".

    Args:
        screen: says how it goes.
        files: what is imported.
        added: is called as rides come in, about once a second, and at the end.
    """
    imported: list[Imported] = []
    loop = asyncio.get_running_loop()
    start = shown = loop.time()
    with screen.job("import") as tell:
        for done, path in enumerate(files):
            left = (loop.time() - start) / done * (len(files) - done) if done else 0.0
            remaining = f"   {duration(left)} left" if left >= 1 else ""
            text = f"Importing {done + 1} of {len(files)}: {clean(path.name, 40)}{remaining}"
            tell(done / len(files), text)
            imported.append(await asyncio.to_thread(screen.service.bring_in, path))
            if loop.time() - shown > 1.0:
                shown = loop.time()
                added()
        added()
        _tell(screen, imported)


def _tell(screen: ReviewScreen, imported: list[Imported]) -> None:
    new = sum(one.new for one in imported)
    old = sum(one.ride is not None and not one.new for one in imported)
    failed = sum(one.ride is None for one in imported)
    counts = (
        f"{count(new, 'ride')} added",
        f"{old} there already" if old else "",
        f"{failed} could not be read" if failed else "",
    )
    text = ", ".join(filter(None, counts)) + "."
    screen.say(text, urgent=failed > 0)
    failures = [one for one in imported if one.error]
    if failures:
        lines = [
            f"· {clean(Path(one.file).name, 60)}: {clean(one.error or '', SENTENCE_COLUMNS)}"
            for one in failures[:_MOST_FAILURES]
        ]
        lines += [f"and {len(failures) - _MOST_FAILURES} more"] if len(failures) > _MOST_FAILURES else []
        screen.app.push_screen(MessageDialog("\n".join([text, "", *lines])))
