"""Who rides elsewhere: the cues are heard here and can be muted, the meter is out of reach."""

from __future__ import annotations

import asyncio

from legbal.errors import OutletError
from legbal.outlets.outlet import OutletStatus
from legbal.outlets.sound import Sound


class Elsewhere:
    """What of a `Live` is the same of one rider followed and of many.

    Args:
        sound: plays cues; not yet started. None: silence.
    """

    def __init__(self, sound: Sound | None) -> None:
        self._sound = sound

    @property
    def muted(self) -> bool:
        """Whether nothing is heard here."""
        return self._sound is None or self._sound.mute

    @property
    def sounding(self) -> OutletStatus:
        """How the sound is."""
        return OutletStatus("off") if self._sound is None else self._sound.status

    def mark(self, kind: str, text: str = "") -> None:
        """Mutes or unmutes what is heard here. Laps and notes are the rider's own."""
        del text
        if self._sound is not None and kind in ("mute", "unmute"):
            self._sound.mute = kind == "mute"

    def zero_instructions(self) -> tuple[str, ...]:
        """None: the meter is elsewhere."""
        return ()

    async def zero(self) -> str:
        """Raises OutletError: the meter is elsewhere."""
        raise OutletError("The meter is not here")

    def _open_sound(self) -> None:
        if self._sound is not None:
            self._sound.start()

    async def _close_sound(self) -> None:
        if self._sound is not None:
            await asyncio.to_thread(self._sound.close)
