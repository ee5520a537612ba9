"""The screen of a ride that is followed: the rider's own, without the keys that are the rider's alone."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from legbal.app.live import Live
from legbal.tui.screens.live import LiveScreen

_KEYS = """\
m      mute what is heard here      p  hold the view
t      tables                       d  dark or light
l      large type                   q  leave

You follow somebody's ride: laps, notes and zero are the rider's own.
Grey means that nothing was heard for five seconds or more.
"""


class FollowScreen(LiveScreen, inherit_bindings=False):
    """Shows a ride that is followed; greyed while it is not heard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "mute", "mute"),
        Binding("p", "hold", "hold"),
        Binding("l", "toggle('large')", "large"),
        Binding("t", "toggle('tables')", "tables"),
        Binding("d", "app.dark_or_light", "dark or light", show=False),
        Binding("question_mark", "help", "help", key_display="?"),
        Binding("q,escape", "app.unfollow", "leave", key_display="q"),
    ]
    KEYS = _KEYS

    def show_ride(self, live: Live) -> None:
        """Show another ride from now on: a screen that is there already is shown sooner than a new one."""
        self._live = live
        self.frame, self.held, self._refreshes = None, False, 0
        self._flash_left, self._sound_text = 0, ""
        self.refresh_screen()

    def refresh_screen(self) -> None:
        """Take the newest view, and say by its colour whether it is one; nothing while it is not shown."""
        if self.is_current:
            super().refresh_screen()
