"""The programs of those who follow: one rider's screen, or many riders' with one at a time opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual.screen import Screen

from legbal.config import Settings
from legbal.remote.group import RiderGroup
from legbal.remote.rider import FollowedRide
from legbal.tui.app import RideApp
from legbal.tui.screens.remote import CoachScreen, FollowScreen


class FollowApp(RideApp):
    """Shows the ride of one rider.

    Args:
        following: the ride.
        settings: how it looks.
        flags: what was typed, by a setting's name.
    """

    def __init__(
        self,
        following: FollowedRide,
        settings: Settings | None = None,
        flags: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(following, settings, flags)
        self._following = following

    def first_screen(self) -> Screen[None]:
        """The rider's own screen, for looking on."""
        return FollowScreen(self._following)

    async def action_unfollow(self) -> None:
        """Leave."""
        await self.action_quit()


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
        super().__init__(squad, settings, flags)
        self._squad = squad
        self._follow = follow
        self._opened: FollowedRide | None = None
        self._one = FollowScreen(squad)

    async def on_mount(self) -> None:
        """Make the screen for one rider ready, before that of all is shown (Textual asks the base class too)."""
        self.install_screen(self._one, "one")
        await self.push_screen(self._one)
        await self.pop_screen()

    def first_screen(self) -> Screen[None]:
        """The riders."""
        return CoachScreen(self._squad)

    async def on_coach_screen_opened(self, event: CoachScreen.Opened) -> None:
        """Open one rider's screen over that of all."""
        if self._opened is None:
            self._opened = following = self._follow(event.name)
            await self.push_screen(self._one)
            self._one.show_ride(following)
            self.run_worker(following.run(), name="follow")

    async def action_unfollow(self) -> None:
        """Back to all of them."""
        following, self._opened = self._opened, None
        if following is not None:
            await self.pop_screen()
            self.run_worker(following.finish(), name="unfollow")
