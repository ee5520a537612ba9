"""What a ride comes to, at a glance: both legs' shares and watts, and the bar between them."""

from __future__ import annotations

from legbal.analysis.summary import RideSummary
from legbal.present import meter
from legbal.present.html import Child, Markup, short, tag
from legbal.present.numbers import clock, share, watts
from legbal.report.plot import Axis, Scale
from legbal.ride.inputs import Side
from legbal.ride.share import Z_95

_WIDTH, _HEIGHT = 880.0, 58.0
_LEAST_POINTS = 5.0  # of share from the middle to either end of the bar


def header(ride: RideSummary) -> Markup:
    """Both shares, power, what the balance is worth."""
    percent, error = ride.share.left_percent, ride.share.standard_error
    if percent is None or error is None:
        why = tag("p", f"No balance: {meter.quality(ride.balance)}.", class_="none")
        return tag("section", why, _middle(ride), class_="header bare")
    return tag(
        "section",
        tag(
            "div",
            _leg("left", percent, error, ride.share.left_w),
            _middle(ride),
            _leg("right", 100 - percent, error, ride.share.right_w),
            class_="legs",
        ),
        _bar(percent, error),
        tag(
            "p", f"Balance {meter.quality(ride.balance)}; {meter.reference(ride.reference)}.", class_="quiet"
        ),
        class_="header",
    )


def _leg(side: Side, percent: float, error: float, power_w: float | None) -> Markup:
    return tag(
        "div",
        tag("span", side, class_="who"),
        tag("span", f"{share(percent)} %", class_="share"),
        tag("span", f"± {error:.1f}" + ("" if power_w is None else f" · {watts(power_w)}"), class_="sure"),
        class_=f"leg {side}",
    )


def _middle(ride: RideSummary) -> Markup:
    def fact(value: str, what: str) -> Child:
        return tag("div", tag("dt", what), tag("dd", value))

    return tag(
        "dl",
        fact(clock(ride.duration_s), "time"),
        fact(watts(ride.share.power_w), "mean power"),
        fact(f"{ride.share.revolutions:,}".replace(",", "\u2009"), "revolutions"),
    )


def _bar(percent: float, error: float) -> Markup:
    """A bar from even legs towards the leg that does more, with the 95 % interval of its end."""
    reach = max(_LEAST_POINTS, abs(percent - 50) + Z_95 * error + 0.5)
    # what leans left on the bar is a left share above 50 %
    at = Scale(Axis(-reach, reach), 0.0, _WIDTH)
    off = 50 - percent
    side = "left" if off < 0 else "right"
    start, end = sorted((at(0), at(off)))
    low, high = at(off - Z_95 * error), at(off + Z_95 * error)
    ticks = [x for x in range(-int(reach), int(reach) + 1) if x % (1 if reach < 8 else 5) == 0]
    return tag(
        "svg",
        tag("title", f"The {side} leg does more", id="balance-bar-title"),
        tag(
            "desc",
            f"Left {percent:.1f} %, right {100 - percent:.1f} %, each ± {error:.1f}.",
            id="balance-bar-desc",
        ),
        tag("path", d=f"M0 20H{short(_WIDTH)}", class_="rail"),
        tag("rect", x=start, y=8, width=max(end - start, 1.0), height=24, class_=f"{side} fill"),
        tag("path", d=f"M{short(low)} 20H{short(high)}M{short(low)} 14v12M{short(high)} 14v12", class_="reach"),
        tag("path", d=f"M{short(at(0))} 2V38", class_="even"),
        *(_label(x, at) for x in ticks if abs(at(x) - at(0)) < _WIDTH / 2 - 10),
        role="img",
        aria_labelledby="balance-bar-title balance-bar-desc",
        class_="balance-bar",
        viewBox=f"0 0 {short(_WIDTH)} {short(_HEIGHT)}",
    )  # fmt: skip


def _label(x: int, at: Scale) -> Markup:
    """The share of the leg on whose side of the bar it stands."""
    side = "left" if x < 0 else "right" if x else None
    return tag("text", f"{50 + abs(x)}", x=at(x), y=54, class_=side)
