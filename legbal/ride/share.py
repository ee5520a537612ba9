"""A left share with what stands behind it, and what a meter's balance is worth: values alone, without numpy."""

from __future__ import annotations

from typing import Literal

import msgspec

BalanceQuality = Literal["measured", "estimated", "unknown", "constant", "absent"]
Reference = Literal["left", "right", "assumed_left", "unknown"]


class Share(msgspec.Struct, frozen=True, gc=False):
    """A work-weighted left share over some pedalling, with what stands behind it.

    `left_percent` is None with no revolution; `standard_error` (points) is None with too few to tell.
    `power_w` is work over pedalled time; `seconds` is pedalled time that carried a balance.
    """

    left_percent: float | None = None
    standard_error: float | None = None
    seconds: float = 0.0
    revolutions: int = 0
    power_w: float | None = None

    @property
    def left_w(self) -> float | None:
        """The left leg's part of the power, watts; None without a balance."""
        if self.left_percent is None or self.power_w is None:
            return None
        return self.power_w * self.left_percent / 100

    @property
    def right_w(self) -> float | None:
        """The right leg's part of the power, watts; None without a balance."""
        if self.left_percent is None or self.power_w is None:
            return None
        return self.power_w * (100 - self.left_percent) / 100

    def power_only(self) -> Share:
        """What of it a meter that measures no balance may show."""
        return Share(power_w=self.power_w)


EMPTY = Share()


class BandShare(msgspec.Struct, frozen=True, gc=False):
    """The share within one power band, bounds as fractions of FTP (`high_ftp` None: no upper bound)."""

    name: str
    low_ftp: float
    high_ftp: float | None
    share: Share
