"""An outlet that hears nothing of the ride but that it runs: meanwhile the computer neither sleeps nor blanks."""

import threading
import time
from typing import Literal

import msgspec

from legbal.errors import reason
from legbal.outlets import Outlet, OutletStatus, RideAccess, RunState
from legbal.present.sentences import say
from legbal.ride.view import RideView

_SHOWN_S = 30.0  # a refusal's sentence: others may stand before it; the header goes on to say it
_CLOSING_S = 2.0  # a ride's end waits for it at most; what is still held then ends with the process


class KeepAwake(Outlet):
    """Keeps the computer awake for one ride, from a thread of its own, which waits for the system's services."""

    name, title = "awake", "Keeping the computer awake"
    _status = OutletStatus("off")  # until the system has answered

    def __init__(self) -> None:
        self._over = threading.Event()
        self._shown_until = 0.0
        # a daemon, as are those that wakepy starts in it: none of them keeps the process from ending
        self._thread = threading.Thread(target=self._hold, name="legbal-awake", daemon=True)

    def start(self, ride: RideAccess) -> None:
        """Begins, and returns at once."""
        super().start(ride)
        self._thread.start()

    def view(self, _view: RideView, _run: RunState) -> None:
        """Takes the sentence about a refusal off the screen once it can have been read."""
        if self._status.text and time.monotonic() > self._shown_until:
            self._status = msgspec.structs.replace(self._status, text="")

    def over(self) -> None:
        """Gives it back, and returns at once."""
        self._over.set()

    def close(self) -> None:
        """Gives it back, and waits for that, but not for ever."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(_CLOSING_S)

    def _hold(self) -> None:
        try:
            # with wakepy and D-Bus, which the first frame does not wait for, nor a ride that does without
            from legbal.app.inhibition import inhibition

            with inhibition() as inhibited:
                if inhibited.state == "on":
                    self._become(OutletStatus("on", header=say("awake.on")))
                else:
                    self._refuse(inhibited.state, inhibited.reason)
                self._over.wait()
            self._become(OutletStatus("off"))
        except Exception as error:  # nobody else hears of what is raised in this thread
            if not self._over.is_set():
                self._refuse("sleep", reason(error))

    def _refuse(self, state: Literal["blank", "sleep"], cause: str) -> None:
        self._shown_until = time.monotonic() + _SHOWN_S
        text = say(f"awake.may_{state}", reason=cause)
        self._become(OutletStatus("failed", cause, text, header=say(f"awake.{state}")))
