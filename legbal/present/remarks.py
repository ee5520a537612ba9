"""What remarks say: what a meter or its link can and cannot do, what has turned out about it, how its zero is set."""

from collections.abc import Iterable
from typing import get_args

import msgspec

from legbal.meters.limits import Remark, RemarkOrText
from legbal.meters.profile import Kind
from legbal.present.balance_remarks import BALANCE_REMARKS, quality_sentence
from legbal.present.sentences import register, say
from legbal.ride.events import Event, Fault, LinkChange, MeterChange

REMARKS: dict[str, str] = BALANCE_REMARKS | {
    **{f"identified.{kind}": f"{{family}}. {quality_sentence(kind)}." for kind in get_args(Kind)},
    # the link to a meter
    "link.none_in_range": "No power meter in range yet: turn the cranks to wake it",
    "link.not_in_range": "{meter} is not in range yet: turn the cranks to wake it",
    "link.others_in_range": (
        "{meter} is not in range yet: turn the cranks to wake it; in range: {others:names}"
    ),
    "link.others_to_name": (
        "{meter} is not in range yet: turn the cranks to wake it, or name one of these with --meter NAME:"
        " {others:names}"
    ),
    "link.only_totals": (
        "In range: {meters:names}, which cannot tell the legs apart. Turn the cranks to wake your meter, or name what"
        " to ride on with --meter NAME"
    ),
    "link.passed_over": "{error}: skipped",
    "link.another_model": "{meter} has the name of your last meter but is another model: skipped",
    "link.states_no_balance": "{meter} says that it does not measure left and right: skipped",
    "link.best_heard": "over {adapter}, which hears it best",
    "link.side_not_in_range": ("The {side} side of {meter} is not in range yet: turn the cranks to wake it"),
    "link.side_unclear": (
        "Which of these is the {side} side? {meters:names}: name it with --{side}-meter NAME"
    ),
    "link.searched_again": "looking for it again",
    "link.connected_again": "nothing arrives: connecting again",
    "link.silent": (
        "nothing from {meter} for {silent_s:duration}: turn the cranks; is another device connected to it?"
    ),
    "link.inputs_lost": "{lost} notifications were lost: this computer did not keep up",
    "link.failed": "{error}",
    "link.defect": "The link failed: a defect of legbal ({error})",
    # the ride
    "ride.unusable_input": "legbal could not use {times} of the packets: a defect of its own. They are recorded.",
    "ride.failed_alert": "An alert failed, so some may be missing: a defect of legbal.",
    "ride.unsettled_end": "The ride's end could not be settled: a defect of legbal.",
    "ride.meter_wrong": (
        "From {since:clock} on the meter looked wrong: nothing is learnt from that, and trends leave this ride out."
    ),
    "ride.meter_was_wrong": (
        "From {since:clock} to {until:clock} the meter looked wrong: nothing is learnt from that, and trends leave this"
        " ride out."
    ),
    "ride.other_level": (
        "The meter looked wrong: {percent:percent} left, where most rides on it have {usual:percent}. Nothing is learnt"
        " from this ride, and trends leave it out."
    ),
    "ride.pauses": "Paused for {seconds:duration}: nothing of that counts.",
    "ride.not_counted": "Not counted in: {meters:names}.",
    "battery.low": "Battery at {percent} %.",
    "undecodable": "{error}",
    "cut_short": "Measurements arrive cut short: {missing:names} missing. What is whole counts.",
    "ftp.guessed": (
        "No FTP is stated: about {ftp_w:watts} ({low_w:number} to {high_w:watts}) is guessed from this ride. Power"
        " bands and intervals rest on it."
    ),
    "ftp.estimated": (
        "No FTP is stated: about {ftp_w:watts} ({low_w:number} to {high_w:watts}) is estimated from your rides. Power"
        " bands and intervals rest on it."
    ),
    "ftp.recorded": "FTP {ftp_w:watts}, from the head unit.",
    "ftp.disproved": (
        "An FTP of {stated_w:watts} is too low for what was held in this ride: power bands and intervals rest on about"
        " {ftp_w:watts}. Set it again."
    ),
    "ftp.looks_low": (
        "An FTP of {stated_w:watts} looks too low: earlier rides point to about {ftp_w:watts}."
    ),
    "ftp.looks_high": (
        "An FTP of {stated_w:watts} looks too high: earlier rides point to about {ftp_w:watts}, unless"
        " all were easy."
    ),
    # before the zero offset is set
    "zero.upright": "Stand the bike upright, and let it reach riding temperature.",
    "zero.pedals": (
        "Unclip: no foot and no weight on either pedal. Turn the cranks until they stand vertical, or as the"
        " maker's manual says, and let go."
    ),
    "zero.cranks": (
        "Take your feet off, the meter's crank down. Turn the cranks until they stand vertical, or as the maker's"
        " manual says, and let go."
    ),
    "zero.spider": (
        "Take your feet off. Leave the cranks still, in the position that the maker's manual names; nothing may"
        " press on pedals or chain."
    ),
    "zero.unsupported": ("{family} is not known to set its zero over Bluetooth; it is asked anyway."),
    "zero.rezeroes": "This meter also sets its zero by itself, whenever pedalling stops.",
    "zero.wait": "Then touch nothing until it answers; that takes up to half a minute.",
}
register(REMARKS)
# what a defect leaves of a ride
DEFECTS = ("ride.unusable_input", "ride.failed_alert", "ride.unsettled_end", "fault.failed_view")
# what is said wherever a ride's numbers go without all that bounds them
_LACKS = (
    *DEFECTS,
    "pair.never_heard",
    "pair.never_together",
    "pair.was_missing",
    "pair.alone",
    "limit.half_missing",
)


def remark(of: RemarkOrText) -> str:
    """A remark in words.

    >>> from legbal.meters.limits import Remark
    >>> remark(Remark("balance.stepped", {"side": "left", "points": 1.25}))[:68]
    'The meter may have changed: the left share stepped by 1.2 points rig'
    >>> remark("As it was sent.")
    'As it was sent.'
    """
    return of if isinstance(of, str) else say(of.code, **of.values)


def lacks(limits: Iterable[RemarkOrText]) -> list[str]:
    """What a ride lacks, of all that bounds its numbers: packets on which the fold failed, a half of two meters."""
    return [remark(x) for x in limits if isinstance(x, Remark) and x.code in _LACKS]


def notice(event: Event) -> str:
    """What the rider reads of an event for a moment: a defect, or that the meter seems wrong or right again."""
    if isinstance(event, Fault):
        return remark(event.remark) if event.remark else say(f"fault.{event.code}")
    if isinstance(event, MeterChange) and event.what in ("may_have_changed", "back"):
        return remark(event.remark)
    return ""


def render_remarks(event: Event) -> Event:
    """Puts the event's remark into words, as programs get it."""
    if isinstance(event, LinkChange | MeterChange) or (isinstance(event, Fault) and event.remark):
        return msgspec.structs.replace(event, remark=remark(event.remark))
    return event
