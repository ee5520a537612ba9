"""The programs of those who follow: one rider, or many."""

from collections.abc import Callable, Mapping

from legbal.config import Settings
from legbal.remote.followed_ride import FollowedRide
from legbal.remote.rider_group import RiderGroup
from legbal.tui.app import RideApp
from legbal.tui.screens.coach import CoachScreen
from legbal.tui.screens.follow import FollowScreen


class FollowApp(RideApp):
    """Shows the ride of one rider."""

    live_screen = FollowScreen
    action_unfollow = RideApp.action_quit


class CoachApp(RideApp):
    """Shows many riders, and any one of them over that.

    Args:
        squad: whom there is.
        follow: follows the rider of that name; not yet run.
        settings: how it looks.
        flags: what was typed, by a setting's name.
    """

    def __init__(
        self,
        squad: RiderGroup,
        follow: Callable[[str], FollowedRide],
        settings: Settings | None = None,
        flags: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(squad, settings, flags, screen=lambda: CoachScreen(squad, self._open))
        self._follow = follow
        self._opened: FollowedRide | None = None
        self._one = FollowScreen(squad)

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
