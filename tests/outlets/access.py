"""The ride as an outlet meets it, where a test has no ride."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from legbal.outlets import Outlet
from legbal.outlets.speech import Speech
from legbal.ride.view import RideView
from tests.tui.views import ride


class Access:
    """Keeps what comes back through the door; `asked` is called with each mark too."""

    def __init__(
        self, shown: RideView | None = None, asked: Callable[[str, str], None] | None = None
    ) -> None:
        self.shown, self.asked = shown or ride(), asked
        self.marks: list[tuple[str, str]] = []
        self.stopped = False

    def view(self) -> RideView:
        return self.shown

    def mark(self, kind: str, text: str = "") -> None:
        self.marks.append((kind, text))
        if self.asked is not None:
            self.asked(kind, text)

    def stop(self) -> None:
        self.stopped = True

    def changed(self) -> None: ...


class Sayings:
    """Keeps what is told, and waits for it."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._more = threading.Condition()

    def __call__(self, text: str) -> None:
        with self._more:
            self.said.append(text)
            self._more.notify_all()

    async def tells(self, words: str) -> str:
        """The first sentence with these words, told already or within half a minute."""

        def wait() -> str:
            with self._more:
                assert self._more.wait_for(lambda: any(words in text for text in self.said), 30), self.said
                return next(text for text in self.said if words in text)

        return await asyncio.to_thread(wait)


class Teller(Access, Sayings):
    """Keeps each thing that an outlet says of itself, and waits for it."""

    def __init__(self) -> None:
        Access.__init__(self)
        Sayings.__init__(self)
        self._outlet: Outlet | None = None
        self._reason = ""

    def start(self, outlet: Outlet) -> None:
        """Starts the outlet, which tells from now on."""
        self._outlet = outlet
        outlet.start(self)

    def changed(self) -> None:
        assert self._outlet is not None
        status = self._outlet.status
        if status.reason != self._reason and status.state != "off":
            self._reason = status.reason
            self(status.text or f"{self._outlet.title} is back.")
        elif status.text and status.text not in self.said:
            self(status.text)


def drain(speech: Speech) -> None:
    """Waits until all that is to be said was handed on."""
    speech._worker.submit(lambda: None).result()
