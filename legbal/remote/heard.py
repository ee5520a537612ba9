"""How long ago something was said, though two clocks never agree."""

from __future__ import annotations

STALE_S = 5.0  # five live messages that did not come: the numbers are no longer now


def moment(clock: float, now: float, sent: float, *, kept: bool) -> float:
    """The monotonic time at which a message was said.

    What comes as it is said counts from its arrival. Of what the broker had kept only the sender's clock tells, and
    that may be ahead.

    Args:
        clock: monotonic time of its arrival, seconds.
        now: Unix time of its arrival, seconds.
        sent: the sender's Unix time, seconds.
        kept: the broker had kept it.
    """
    return clock - max(0.0, now - sent) if kept else clock


def ago(seconds: float) -> str:
    """How long ago in words: "3 s ago", "2 min ago", "5 h ago", "3 days ago"."""
    if seconds < 60:
        return f"{max(0.0, seconds):.0f} s ago"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    if seconds < 2 * 86_400:
        return f"{seconds // 3600:.0f} h ago"
    return f"{min(seconds // 86_400, 9999):.0f} days ago"
