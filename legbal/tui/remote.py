"""The programs of those who follow: one rider's screen without the rider's own keys, or a coach's many riders."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.binding import Binding, BindingType

from legbal.app.live import LiveRide
from legbal.config import Settings
from legbal.remote.followed_ride import FollowedRide
from legbal.remote.rider_group import RiderGroup
from legbal.tui.app import RideApp
from legbal.tui.screens.coach import CoachScreen
from legbal.tui.screens.live import LiveScreen


class FollowScreen(LiveScreen, inherit_bindings=False):
    """Shows a ride that is followed; greyed while it is not heard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "mute", "mute"),
        Binding("p", "hold", "freeze"),
        Binding("l", "toggle('large')", "large"),
        Binding("t", "toggle('tables')", "tables"),
        Binding("d", "app.dark_or_light", "dark or light", show=False),
        Binding("question_mark", "help", "help", key_display="?"),
        Binding("q,escape", "app.unfollow", "leave", key_display="q"),
    ]
    KEYS = """\
    m      mute what is heard here      p  freeze the view
    t      tables                       d  dark or light
    l      large type                   q  leave

    You follow somebody's ride: laps, notes and zero are the rider's own.
    Grey means that nothing was heard for five seconds or more.
    """

    def refresh_screen(self) -> None:
        """Take the newest view, and say by its colour whether it is one; nothing while it is not shown."""
        if self.is_current:
            super().refresh_screen()


class FollowApp(RideApp):
    """Shows the ride of one rider."""

    action_unfollow = RideApp.action_quit

    def live_screen(self, live: LiveRide) -> FollowScreen:
        """The ride, without the rider's own keys."""
        return FollowScreen(live)


class CoachApp(RideApp):
    """Shows many riders, and any one of them over that.

    Args:
        group: whom there is.
        follow: follows the rider of that name; not yet run.
        settings: how it looks.
        flags: what was typed, by a setting's name.
    """

    def __init__(
        self,
        group: RiderGroup,
        follow: Callable[[str], FollowedRide],
        settings: Settings | None = None,
        flags: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(group, settings, flags, screen=lambda: CoachScreen(group, self._open))
        self._follow = follow
        self._opened: FollowedRide | None = None
        self._one = FollowScreen(group)

    async def on_mount(self) -> None:
        """Make the screen for one rider ready, before that of all is shown (Textual asks the base class too)."""
        self.install_screen(self._one, "one")
        await self.push_screen(self._one)
        await self.pop_screen()

    async def _open(self, name: str) -> None:
        if self._opened is None:
            self._opened = following = self._follow(name)
            await self.push_screen(self._one)
            self._one.show_ride(following)
            self.run_worker(following.run(), name="follow")

    async def action_unfollow(self) -> None:
        """Back to all of them."""
        following, self._opened = self._opened, None
        if following is not None:
            await self.pop_screen()
            self.run_worker(following.finish(), name="unfollow")
