"""New rides of the folders that the settings name, taken in while a screen stands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any, NamedTuple

from legbal.config import Settings
from legbal.present.sentences import say
from legbal.tui.base_app import BaseApp
from legbal.tui.base_screens import explain

if TYPE_CHECKING:
    from legbal.app.folder_watch import WatchedFolders

LOOK_EVERY_S = 1.0
_RETRY_S = 60.0


class ArrivalNews(NamedTuple):
    """What is to be said: how far it is, or once `is_over`, which new rides there are, if any."""

    text: str
    is_over: bool = True


class ArrivalWatch:
    """The folders that the settings name just now, looked at once when it is due.

    Args:
        app: has the settings.
    """

    def __init__(self, app: BaseApp[Any]) -> None:
        self._app = app
        self._watched: WatchedFolders | None = None
        self._settings = Settings()
        self._due, self._is_busy = 0.0, False

    @property
    def is_due(self) -> bool:
        """Whether there are folders, and it is time for a look."""
        return bool(self._app.settings.import_folders) and not self._is_busy and time.monotonic() >= self._due

    async def news(self) -> AsyncGenerator[ArrivalNews, None]:
        """Takes in what has come, and says what there is to say of it; what goes wrong is news too."""
        self._is_busy = True
        try:
            if self._watched is None or self._settings != self._app.settings:
                self._settings = self._app.settings
                self._watched = await asyncio.to_thread(_watched, self._settings)
            come = await asyncio.to_thread(self._watched.look)
            for path in come.abandoned:
                yield ArrivalNews(say("watch.abandoned", file=path))
            if come.finished:
                steps = self._watched.take_in(come)
                while (text := await asyncio.to_thread(next, steps, None)) is not None:
                    yield ArrivalNews(text, is_over=False)
                yield ArrivalNews(self._watched.outcome)
            self._due = time.monotonic() + self._watched.pause_s
        except Exception as error:  # a defect, too, leaves the rider a screen
            self._watched, self._due = None, time.monotonic() + _RETRY_S
            yield ArrivalNews(explain(error))
        finally:
            self._is_busy = False


def _watched(settings: Settings) -> WatchedFolders:
    from legbal.app.folder_watch import WatchedFolders  # with what computes: the screen stands before

    return WatchedFolders(settings)
