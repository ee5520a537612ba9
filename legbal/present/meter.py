"""A meter in words: its balance in lists and on a ride, the search for it, link, battery, signal and zero offset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from legbal.gatt.fields import TORQUE_PER_NM
from legbal.meters.limits import LOW_BATTERY_PERCENT, Remark
from legbal.meters.zero_offset import ZeroStep
from legbal.present.balance_remarks import quality_sentence, quality_word
from legbal.present.numbers import brief, count, duration, number, share_error
from legbal.present.remarks import remark
from legbal.present.sentences import say
from legbal.present.text import capitalized, clean
from legbal.ride.inputs import UNKNOWN_RSSI

if TYPE_CHECKING:
    from legbal.analysis.same_meter import SameMeterQuestion
    from legbal.meters.balance_octet import Reference
    from legbal.ride.share import BalanceQuality, Share
    from legbal.ride.view import LinkView, RideView

NAME_COLUMNS = 24  # of a meter's name
_LONGEST, _LONGEST_REASON = 400, 60  # columns of a foreign sentence

# which leg a meter's number names
# what a reader of left and right is told of whose number it was; "left" and "right" are read as they are
READ_AS: dict[Reference, str] = {
    "assumed_left": "; taken as the left leg's",
    "unknown": "; left leg assumed: the meter does not say",
}

# why two meters may be one
_SAME = {
    "number": "both have the number {}",
    "ride": "both recorded one ride",
    "family": "same family, ridden in the same months, and the shares are alike",
    "unnamed": "a head unit that named no meter, in the same months, and the shares are alike",
}

# dBm from which on a signal has one bar more
_BARS = (-85, -75, -65)
# from dBm upwards; below the last a drop is likely
_SIGNAL = ((-60, "strong"), (-75, "good"), (-85, "weak"))


def has_balance(worth: BalanceQuality) -> bool:
    """Whether there is a percentage at all.

    >>> has_balance("unknown"), has_balance("constant")
    (True, False)
    """
    return worth not in ("absent", "constant")


def ride_share(share: Share, balance: BalanceQuality | None) -> str:
    """A recorded ride's left share in a list; of one without a balance that it has none.

    >>> from legbal.ride.share import EMPTY, Share
    >>> ride_share(Share(48.1, 0.4, revolutions=900), "measured"), ride_share(EMPTY, "absent"), ride_share(EMPTY, None)
    ('48.1 ± 0.4', 'no balance', '…')

    Args:
        share: the ride's.
        balance: what it is worth; None while nothing is derived from the ride.
    """
    if balance in ("constant", "absent"):
        return quality_word(balance)
    return "…" if balance is None and share.left_percent is None else share_error(share)


def ride_state(state: str, lost: int, balance: BalanceQuality | None, *, meter_wrong: bool = False) -> str:
    """What is out of the ordinary with a recorded ride, in a word or two; that it has no balance stands as its share.

    >>> ride_state("interrupted", 12, "unknown"), ride_state("done", 0, "measured")
    ('interrupted, 12 lost, unverified', '')
    >>> ride_state("done", 0, "measured", meter_wrong=True)
    'meter wrong'
    """
    return ", ".join(
        filter(
            None,
            (
                say(f"state.{state}") if state != "done" else "",
                say("state.lost", lost=lost) if lost else "",
                say("state.meter_was_wrong") if meter_wrong else "",
                quality_word(balance) if balance in ("estimated", "unknown") else "",
            ),
        )
    )


def caveats(view: RideView) -> list[str]:
    """What bounds the numbers of a ride that goes on, a sentence each; empty where there is nothing to be said."""
    own = f"{quality_sentence(view.balance)}."
    limits = [clean(remark(limit), _LONGEST) for limit in view.limits] or [own]
    sentences = [f"{view.one_leg.capitalize()} leg alone: counts in no average."] if view.one_leg else []
    if view.reference == "unknown" and has_balance(view.balance):
        sentences.append("The meter does not say which leg its number is: read as left. Press s to say.")
    if view.balance == "estimated":
        sentences += [own, say("limit.change_matters")]
    elif view.balance != "measured":
        sentences += limits[:1] if view.balance == "unknown" else limits
    if view.reference == "assumed_left":
        sentences.append(say("limit.reference_assumed_left"))
    return sentences


def one_sided(view: RideView) -> str:
    """That one of two legs is not heard; why stands in the limits, which come to a follower a moment later."""
    return (
        clean(remark(view.limits[0]), _LONGEST)
        if view.limits
        else f"Only the {view.one_sided} side is heard: these are one leg's watts."
    )


def searching(view: RideView, following: bool) -> tuple[str, list[tuple[str, bool]]]:
    """What is being looked for before the meter is there: in a few words, and in sentences.

    For how long, what to do, and why it takes so long; or that nobody rides yet. With each sentence, whether it is what
    there is to do.
    """
    link = next(iter(view.links), None)
    if following and link is None:
        return "no ride yet", [
            ("The ride appears here by itself, once it is published:", False),
            ("legbal ride --mqtt URL", True),
        ]
    if link is not None and link.state == "stalled":
        return say("link.not_lost"), [(silence(link, view.t), True)]
    connecting = link is not None and link.state == "connecting"
    name = clean((link.meter if link else "") or view.meter_name, NAME_COLUMNS) or "a power meter"
    since = duration(view.t - (link.since if link else 0.0))
    sentences = [
        (f"{'Connecting to' if connecting else 'Looking for'} {name} for {since}.", following),
        ("" if following else "Turn the crank: a meter that stands still is asleep.", True),
        ("" if link is None else clean(remark(link.remark), _LONGEST), False),
    ]
    return "connecting" if connecting else "no meter yet", [x for x in sentences if x[0]]


def silence(link: LinkView, now_s: float) -> str:
    """That a meter is connected and sends nothing, for how long, and what to do."""
    before = link.remark.values.get("silent_s", 0.0) if isinstance(link.remark, Remark) else 0.0
    seconds = now_s - link.since + (before if isinstance(before, float) else 0.0)
    meter = clean(link.meter, NAME_COLUMNS) or "the meter"
    return capitalized(say("link.silent", meter=meter, silent_s=seconds))


def link_away(link: LinkView, now_s: float) -> str:
    """That a meter is not heard while the ride goes on, for how long, and why or what to do."""
    if link.state == "stalled":
        return f"{silence(link, now_s)} {say('ride.goes_on')}"
    name = clean(link.meter, NAME_COLUMNS) or "the meter"
    lost = f"{say('link.lost', meter=name)} for {duration(now_s - link.since)}"
    reason = clean(remark(link.remark), _LONGEST_REASON).rstrip(".")
    return f"{lost}{': ' if reason else ''}{reason}. The ride goes on."


def low_battery(link: LinkView) -> str:
    """That a meter's battery is low; empty where it is not, or not known."""
    if link.battery_percent is None or link.battery_percent > LOW_BATTERY_PERCENT:
        return ""
    name = clean(link.meter, NAME_COLUMNS) or "the meter"
    return f"Battery of {name} is low: {link.battery_percent} %."


def zero_offset(raw: int | None, measures: Literal["force", "torque"] | None) -> str:
    """That a zero offset was set, and to what, without a full stop.

    >>> zero_offset(18, "torque"), zero_offset(-7, "force")
    ('The zero offset is set: 0.56 N·m (raw 18)', 'The zero offset is set: −7 N (raw −7)')
    >>> zero_offset(18, None)
    "The zero offset is set: 18, in the meter's own unit"

    Args:
        raw: as the meter reports it, in its own unit; None where it reports none.
        measures: what its sensor measures: force in N, torque in 1/32 N·m; None where it does not say.
    """
    if raw is None:
        return "The zero offset is set; the meter gives no value for it"
    if measures is None:
        return f"The zero offset is set: {number(raw)}, in the meter's own unit"
    return f"The zero offset is set: {zero_value(raw, measures)} (raw {number(raw)})"


def zero_value(raw: float, measures: Literal["force", "torque"] | None) -> str:
    """A zero offset, or a step of it, in its unit; empty where the meter does not say which. Arguments as there.

    >>> zero_value(18, "torque"), zero_value(-7, "force"), zero_value(-7, None)
    ('0.56 N·m', '−7 N', '')
    """
    if measures is None:
        return ""
    return number(raw / TORQUE_PER_NM, 2, " N·m") if measures == "torque" else number(raw, unit=" N")


def zero_jump(step: ZeroStep | None) -> str:
    """That a zero lies farther off than this meter's usually does, and what to do; empty where it does not.

    >>> zero_jump(ZeroStep(78, 1.5, True))
    'The zero jumped by 78 raw; it usually moves by 1.5. Check battery, bolts and cleats, then set it again.'
    """
    if step is None or not step.jump or step.usual is None:
        return ""
    return (
        f"The zero jumped by {number(abs(step.step))} raw; it usually moves by {brief(step.usual)}."
        " Check battery, bolts and cleats, then set it again."
    )


def same_meter(question: SameMeterQuestion) -> str:
    """Whether two names are of one meter, and why that may be."""
    names = " and ".join(
        f"{clean(name, _LONGEST_REASON)} ({count(rides, 'ride')})"
        for name, rides in zip((question.meter, question.other), question.rides, strict=True)
    )
    return f"Same pedals? {names}: {_SAME[question.because].format(question.number)}."


def signal_bars(rssi: int) -> str:
    """How strong a signal of so many dBm is, as bars.

    >>> signal_bars(-92), signal_bars(-60), signal_bars(127)
    ('▂', '▂▄▆█', '')
    """
    return "" if rssi == UNKNOWN_RSSI else "▂▄▆█"[: 1 + sum(rssi >= least for least in _BARS)]


def signal_word(rssi: int) -> str:
    """How strong a signal of so many dBm is, in a word.

    >>> signal_word(-71), signal_word(-127), signal_word(127)
    ('good', 'very weak', 'unknown')
    """
    return (
        "unknown"
        if rssi == UNKNOWN_RSSI
        else next((word for least, word in _SIGNAL if rssi >= least), "very weak")
    )


def signal(rssi: int | None) -> str:
    """A signal in full; None: the meter is connected to this computer, and tells none.

    >>> signal(-71), signal(127), signal(None)
    ('−71 dBm good', 'strength unknown', 'connected already')
    """
    if rssi == UNKNOWN_RSSI:
        return "strength unknown"
    return "connected already" if rssi is None else f"{number(rssi)} dBm {signal_word(rssi)}"
