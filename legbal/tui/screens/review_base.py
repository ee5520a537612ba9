"""What the screens of recorded rides have in common: the line that says what is done, writing and importing files."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from legbal.present.meter import same_meter
from legbal.present.numbers import count
from legbal.present.sentences import say
from legbal.present.text import SENTENCE_COLUMNS, clean
from legbal.tui.base_screens import BaseScreen, ChoiceDialog, ConfirmDialog, MessageDialog, explain
from legbal.tui.grid_widget import GridWidget
from legbal.tui.path_input import PathDialog, parse_paths
from legbal.tui.render.status import Notice, draw_notice

if TYPE_CHECKING:
    from legbal.app.imports import ImportRun, ImportTally
    from legbal.app.review import ReviewService
    from legbal.app.ride_files import ImportResult
    from legbal.files.exporting import Format
    from legbal.library.rides import RideRow

REFRESHES_A_SECOND = 5
_ANSWER_S = 8.0  # so long an answer stands
_MOST_FAILURES = 200  # files
_MOST_QUESTIONS = 3  # at a time
_FORMATS: dict[Format, str] = {
    "fit": "FIT, as head units write it",
    "csv": "CSV, a table of seconds",
    "parquet": "Parquet, the same table for programs",
    "jsonl": "the capture: the raw packets",
}


PAGING: tuple[BindingType, ...] = (
    Binding("pageup", "scroll(-1, True)", "a page up", show=False, priority=True),
    Binding("pagedown,space", "scroll(1, True)", "a page down", show=False, priority=True),
)
ALWAYS: list[BindingType] = [  # first at the foot, so that they stand there on the narrowest screen too
    Binding("d", "app.dark_or_light", "dark or light", show=False),
    Binding("question_mark", "app.help", "help", key_display="?"),
    Binding("escape,q", "back", "back", key_display="esc"),
]


class ReviewScreen(BaseScreen[None]):
    """A screen over recorded rides; it can be pushed on any `BaseApp`.

    Args:
        service: gives the rides.
        *parts: what stands above the line that says what is done.
    """

    def __init__(self, service: Callable[[], ReviewService], *parts: Widget) -> None:
        self._make_service = service
        self._jobs: dict[str, Notice] = {}  # what runs, by its name
        self._answer, self._answer_ends = Notice(), 0.0  # by the monotonic clock
        self._notice_line = GridWidget(draw_notice, Notice(), id="said")
        super().__init__(*parts, self._notice_line)

    @cached_property
    def service(self) -> ReviewService:
        """The rides; what reads them is loaded when they are first asked for, which is better done in a thread."""
        return self._make_service()

    def on_mount(self) -> None:
        """Follow the jobs (Textual asks this and the screen's own)."""
        self.set_interval(1 / REFRESHES_A_SECOND, self.refresh_screen)

    def refresh_screen(self) -> None:
        """Say what is to be said now: the last answer, or how far the jobs are."""
        running = next((job for job in self._jobs.values() if job.text), Notice())
        notice = self._answer if time.monotonic() < self._answer_ends else running
        if notice != self._notice_line.value:
            self._notice_line.set_class(bool(notice.text), "-there")
            self._notice_line.show(notice)

    def say(self, text: str, *, urgent: bool = False) -> None:
        """Answer the rider, for a while."""
        self._answer = Notice(clean(text, SENTENCE_COLUMNS), urgent)
        self._answer_ends = time.monotonic() + _ANSWER_S
        self.refresh_screen()

    @contextmanager
    def job(self, name: str, text: str = "") -> Iterator[Callable[..., None]]:
        """What takes a while: say how far it is, and what went wrong with it.

        Args:
            name: of the job; `_jobs` holds it as long as it runs.
            text: what is done.

        Yields:
            what is called with the part that is done and, where it changes, the text; from whatever thread.
        """

        def tell(part: float, text: str = text) -> None:
            self._jobs[name] = Notice(text, part=part)

        try:
            self._jobs[name] = Notice(text)
            yield tell
        except Exception as problem:  # a defect, too, ends the job alone and leaves the rider a screen
            self.say(explain(problem), urgent=True)
        finally:
            self._jobs.pop(name, None)

    def redraw(self, drawings: str, value: object) -> None:
        """Draw this value from now on; of a screen that a job has outlived, no drawing is left."""
        for drawing in self.query(drawings).results(GridWidget):
            drawing.show(value)

    def action_back(self) -> None:
        """Go back to the screen below."""
        self.dismiss(None)

    def action_scroll(self, by: int, pages: bool = False) -> None:
        """The text by so many rows or pages."""
        text = self.query_one(VerticalScroll)
        rows = by * max(1, text.size.height - 1) if pages else by
        text.scroll_relative(y=rows, animate=False)

    async def change(self, answer: str, by: Callable[[], object]) -> None:
        """Do it in a thread, and say so."""
        with self.job("change"):
            await asyncio.to_thread(by)
            self.say(answer)

    @property
    def chosen(self) -> RideRow | None:
        """The ride that is written by a key; None where there is none."""
        return None

    @work(group="write")
    async def action_export(self) -> None:
        """Ask for a format and a name, and write the ride."""
        if (ride := self.chosen) is None:
            return
        chosen = await self.ask(ChoiceDialog("Write this ride as", list(_FORMATS.values()), may_leave=True))
        kind = list(_FORMATS)[chosen]
        await self.written(self._file_name(ride, kind), partial(self.service.write, ride, kind))

    @work(group="write")
    async def action_report(self) -> None:
        """Ask for a name, and write the ride's report."""
        if (ride := self.chosen) is not None:
            await self.written(self._file_name(ride, "html"), partial(self.service.report, ride))

    @staticmethod
    def _file_name(ride: RideRow, ending: str) -> str:
        from legbal.app.review import file_name  # with what computes, which has been loaded by now

        return f"{file_name(ride.title, ride.started)}.{ending}"

    async def written(self, name: str, write: Callable[..., None]) -> None:
        """Ask for a name and write the file, if need be over another one: `write` as `ReviewService.trend_report`."""
        answer = await self.ask(PathDialog("Where to?", str(await asyncio.to_thread(Path.cwd) / name)))
        path, *_ = await asyncio.to_thread(parse_paths, answer)
        if await asyncio.to_thread(path.is_dir):
            path = path / name
        overwrite = await asyncio.to_thread(path.exists)
        if overwrite:  # ends here unless the rider says yes
            await self.ask(ConfirmDialog(f"{path} is there already. Overwrite it?", "overwrite it"))
        with self.job("write", clean(f"Writing {path.name} …", 80)) as tell:
            tell(0.0)
            await asyncio.to_thread(write, path, overwrite=overwrite, tell=tell)
            self.say(f"Wrote {path}")


async def import_files(screen: ReviewScreen, run: ImportRun, added: Callable[[], object]) -> None:
    """Imports at least one file, as the screen's job "import".

    Args:
        screen: says how it goes.
        run: what is imported.
        added: is called as rides come in, about once a second, and at the end.
    """
    failures: list[ImportResult] = []
    clock = asyncio.get_running_loop().time
    shown = clock()
    with screen.job("import") as tell:
        while not run.is_done:
            tell(run.part, run.progress)
            imported = await asyncio.to_thread(next, run)
            if imported.error and not run.is_counted(imported):
                failures.append(imported)
            if clock() - shown > 1.0:
                shown = clock()
                added()
        await asyncio.to_thread(next, run, None)  # what worked beside it ends, which may take a moment
        added()
        _tell(screen, run.tally, failures)
    if run.tally.new:
        await ask_same_meters(screen)


async def ask_same_meters(screen: ReviewScreen) -> bool:
    """Asks which names of meters are one, and says whether any answer was given; Esc ends the worker."""
    answers, answered = (True, False), False
    with screen.job("meters"):
        for question in (await asyncio.to_thread(screen.service.same_meter_questions))[:_MOST_QUESTIONS]:
            choices = [say("meters.yes"), say("meters.no"), say("meters.later")]
            chosen = await screen.ask(ChoiceDialog(same_meter(question), choices, may_leave=True))
            if chosen < len(answers):
                answer = answers[chosen]
                await asyncio.to_thread(screen.service.answer_same, question.meter, question.other, answer)
                answered = True
    return answered


def _tell(screen: ReviewScreen, tally: ImportTally, failures: Sequence[ImportResult]) -> None:
    text = f"{'; '.join([say('import.added', rides=count(tally.new, 'ride')), *tally.sentences()])}."
    screen.say(text, urgent=tally.failed > 0)
    if failures:
        lines = [
            f"· {clean(Path(one.file).name, 60)}: {clean(one.error or '', SENTENCE_COLUMNS)}"
            for one in failures[:_MOST_FAILURES]
        ]
        lines += [f"and {len(failures) - _MOST_FAILURES} more"] if len(failures) > _MOST_FAILURES else []
        screen.app.push_screen(MessageDialog("\n".join([text, "", *lines])))
