"""Keeps the computer from sleeping and its screen from going dark, and says how far the system lets it.

wakepy asks the desktop, macOS or Windows. On Linux the login service is asked as well: a machine without a desktop has
nothing else, and it alone keeps the login screen of another user from suspending the machine. All of it hangs on this
process, by a connection, a descriptor or a pipe, so that nothing is left of it however the process ends.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, NamedTuple

from wakepy import DBusAdapter, Mode, keep

from legbal.errors import reason
from legbal.present.sentences import say

State = Literal["on", "blank", "sleep"]

_BLANK_AFTER_S = Path("/sys/module/kernel/parameters/consoleblank")  # 0: never


class Inhibition(NamedTuple):
    """How far the system agrees.

    Attributes:
        state: "on": entirely; the computer may "sleep", or its screen may "blank".
        reason: why that is; empty where it agrees.
        services: what agreed, by name.
    """

    state: State
    reason: str
    services: tuple[str, ...]


@contextmanager
def inhibition() -> Iterator[Inhibition]:
    """Has the system keep awake until the block is left, as far as it lets us.

    It is entered and left in one thread, which waits some seconds for services that do not answer.
    """
    with ExitStack() as held:
        screen, services = _keep_screen_on(held)
        sleep = screen
        if sys.platform == "linux":
            sleep = _block_sleep(held)
            services += () if sleep else (_LOGIN.bus_name,)
        yield Inhibition(*_verdict(screen, sleep), services)


def _verdict(screen: str, sleep: str) -> tuple[State, str]:
    """The state and its reason, from why the screen may blank and why the computer may sleep; empty: it does not."""
    has_desktop = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if not screen:  # a desktop that keeps its screen on does not sleep
        return "on", ""
    if sleep:
        return "sleep", screen if has_desktop else sleep
    if has_desktop:
        return "blank", screen
    if blank_after_s := _console_blank_s():
        return "blank", say("awake.console", after_s=blank_after_s)
    return "on", ""  # what shows it is another computer, or a console that never blanks


def _console_blank_s() -> float:
    """After how many seconds without a key the Linux console on which this runs goes dark; 0 where it does not."""
    if os.environ.get("TERM") == "linux":
        with suppress(OSError, ValueError):
            return float(_BLANK_AFTER_S.read_text("ascii"))
    return 0.0


def _keep_screen_on(held: ExitStack) -> tuple[str, tuple[str, ...]]:
    """Has the desktop, macOS or Windows do so for as long as `held`: why it does not, else empty; what does."""
    desktop: list[type[DBusAdapter]] | None = None
    if sys.platform == "linux":
        session = _Session()
        held.callback(session.close_connections)  # which wakepy does only where it succeeded
        desktop = [lambda: session]  # type: ignore[list-item]  # it is called, and nothing else
    mode = keep.presenting(on_fail="pass", dbus_adapter=desktop).__enter__()
    held.callback(_leave, mode)
    if mode.active:
        return "", (str(mode.method),)
    if sys.platform != "linux":
        failures = [f"{x.method_name}: {x.failure_reason}" for x in mode.result.list_methods()]
        return "; ".join(failures) or say("awake.no_desktop"), ()
    return session.refusal or say("awake.no_desktop"), ()


def _leave(mode: Mode) -> None:
    with suppress(RuntimeError):  # the service is gone, and what it held with it
        mode.__exit__(None, None, None)


if sys.platform == "linux":
    from jeepney import DBusAddress, DBusErrorResponse, new_method_call
    from jeepney.io.blocking import DBusConnection, open_dbus_connection
    from jeepney.wrappers import unwrap_msg
    from wakepy.core import DBusMethodCall
    from wakepy.dbus_adapters.jeepney import JeepneyDBusAdapter

    _LOGIN = DBusAddress(
        "/org/freedesktop/login1",
        bus_name="org.freedesktop.login1",
        interface="org.freedesktop.login1.Manager",
    )
    # what a call is answered with where nobody is there to answer it
    _ABSENT = "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"
    _PATIENCE_S = 2.0  # for an answer: as wakepy has

    class _Session(JeepneyDBusAdapter):
        """The desktop's services, to which legbal is named as who calls; `refusal` is what one of them said."""

        def __init__(self) -> None:
            super().__init__()
            self.refusal = ""
            self._names = {"wakepy": "legbal", "wakelock active": say("awake.purpose")}

        def process(self, call: DBusMethodCall) -> object:
            call.args = tuple(self._names.get(x, x) if isinstance(x, str) else x for x in call.args)
            try:
                return super().process(call)
            except DBusErrorResponse as error:
                if error.name not in _ABSENT:
                    self.refusal = _refusal(call.method.service or "", error)
                raise

    def _block_sleep(held: ExitStack) -> str:
        """Has the login service let nobody suspend the machine for as long as `held`: why it does not, else empty."""
        try:
            with closing(open_dbus_connection("SYSTEM", enable_fds=True, auth_timeout=_PATIENCE_S)) as bus:
                try:
                    what = "sleep:idle", "legbal", say("awake.purpose"), "block"
                    lock = _call(bus, "Inhibit", "ssss", what)
                except DBusErrorResponse as error:
                    if error.name in _ABSENT:
                        return say("awake.no_login")
                    # over ssh it refuses; a machine that cannot be suspended does not sleep all the same
                    return "" if _call(bus, "CanSuspend") == "na" else _refusal(_LOGIN.bus_name, error)
        except OSError as error:  # no bus
            return say("awake.no_login_because", reason=error.strerror or reason(error))
        except Exception as error:  # one that hangs up, or an odd answer: the ride goes on without
            return say("awake.no_login_because", reason=reason(error))
        held.callback(lock.close)
        os.set_inheritable(lock.fileno(), False)  # it ends with this process, whatever that has started
        return ""

    def _call(
        bus: DBusConnection, member: str, signature: str | None = None, body: tuple[str, ...] = ()
    ) -> Any:
        """What the login service answers. Raises DBusErrorResponse, OSError."""
        call = new_method_call(_LOGIN, member, signature, body)
        return unwrap_msg(bus.send_and_get_reply(call, timeout=_PATIENCE_S))[0]

    def _refusal(service: str, error: DBusErrorResponse) -> str:
        answer = str(error.data[0]) if error.data else error.name
        return say("awake.refused", service=service, answer=answer)
