"""What remarks say: what a meter or a pair can and cannot know, what has turned out about it, how its zero is set."""

import msgspec

from legbal.meters.limits import RemarkOrText
from legbal.meters.profile import Kind
from legbal.present.sentences import register, say
from legbal.ride.events import Event, LinkChange, MeterChange

# what a meter's balance is, by its family
KINDS: dict[Kind, str] = {
    "measured": "measured: each side has a sensor",
    "estimated": "estimated: one sensor for both sides",
    "doubled": "none: one side, doubled",
    "bridge": "none: another meter's power, passed on",
    "total": "none: one power for both legs",
    "unknown": "not known",
}

register(
    {
        **{f"identified.{kind}": f"{{family}}. Balance {balance}." for kind, balance in KINDS.items()},
        # a meter's balance, by its family
        "limit.measured": "Measured: each side has a sensor of its own.",
        "limit.error_of_both_sides": (
            "Where each side is right to ±1 %, the balance may still be off by up to half a point."
        ),
        "limit.estimated": (
            "Estimated: one sensor sees both legs together and credits each half turn to the leg on its way down,"
            " with any pull or dead weight of the other leg."
        ),
        "limit.change_matters": "A change against your own usual tells more than the figure itself.",
        "limit.same_meter": "Compare yourself with yourself, on the same meter.",
        "limit.doubled": "No balance: one side is measured and doubled to stand for both legs.",
        "limit.doubled_side": "No balance: the {side} side is measured and doubled to stand for both legs.",
        "limit.doubled_error": "If the legs differ, the power is wrong by as much, and nothing here can show it.",
        "limit.bridge": "No balance: this device passes another meter's power on and fills the balance in.",
        "limit.total": "No balance: it knows only what both legs do together.",
        "limit.unlisted": "Unlisted meter: accuracy unknown.",
        "limit.reference_unknown": "The meter does not say which side it names; it was read as left.",
        "limit.reference_assumed_left": "The number is read as the left leg's, as you said.",
        "limit.two_devices": "Left and right are two devices: the balance is put together from their watts.",
        "limit.steps": "It sends steps of {step_percent:g} %: averages are finer than a single value.",
        "limit.rezeroes": (
            "It sets its zero anew when you stop pedalling: a step after a stop may be the meter."
        ),
        "limit.falls_back": (
            "If one side falls silent, the other is doubled after a while: no balance until it is back."
        ),
        "limit.half_missing": "No balance: this is one of two devices, and the other one is missing.",
        "limit.no_balance": "This meter sends no balance.",
        "limit.no_balance_stated": (
            "This meter sends no balance, and its own features say that it has none to send."
        ),
        "limit.unlock": "{text}",
        "limit.by_time": "No crank events: the time between two notifications stands in for a revolution.",
        # a meter's balance, by what it does
        "balance.constant": (
            "The balance never moved from {percent:g} % while power did: this meter does not measure it."
        ),
        "balance.stands_still": (
            "The meter may have changed: the balance stands still at {percent:g} %, as when one of its halves falls"
            " silent."
        ),
        "balance.stepped": (
            "The meter may have changed: the {side} share stepped by {points:.1f} points right after a stop. A zero"
            " offset tells whether it was the meter or the leg."
        ),
        "balance.reference": "The balance names the {side} leg, the rider says.",
        "probe.moves": (
            "The balance moves from revolution to revolution by {spread_points:.1f} points (standard deviation): it is"
            " measured or estimated; the data does not show which."
        ),
        "probe.absent": (
            "No balance came while there was power: one side doubled, one of two devices, or a balance that must be"
            " unlocked first."
        ),
        "probe.unknown": (
            "Too little was seen to tell what the balance is: pedal for some minutes, at changing power."
        ),
        "probe.reference": "It does not say which side the balance names.",
        "probe.steps": "The balance comes in steps of {step_percent:g} %.",
        "probe.at_rest_fifty": "Standing still it sends 50 %, which is never counted.",
        "probe.at_rest_last": "Standing still it goes on sending the last balance, which is never counted.",
        "probe.at_rest_zero": "Standing still it sends 0 %, which is never counted.",
        "probe.at_rest_hundred": "Standing still it sends 100 %, which is never counted.",
        "probe.at_rest_absent": "Standing still it sends no balance.",
        "probe.at_rest_unknown": "What it sends while standing still was not seen.",
        "probe.repeats": "It repeats a revolution until there is a new one.",
        "probe.skipped": "{revolutions} revolutions are missing: of several it sends only the last.",
        "probe.counts_while_stopped": "Its crank count goes on while the crank's time stands still.",
        # two meters as one
        "pair.complete": "Both sides are heard.",
        "pair.missing": (
            "The {side} side is missing since {since:clock}: the power is the {other} leg's alone, and there is no"
            " balance."
        ),
        "pair.not_heard_yet": (
            "The {side} side has not been heard yet: the power is the {other} leg's alone, and there is no balance."
        ),
        "pair.same_power": (
            "{left} and {right} send the same power, as if each had both legs: they are not added up, and there is no"
            " balance."
        ),
        "pair.total": "{meter} sends the power of both legs and its balance.",
        "pair.total_of_two": (
            "{meter} sends the power of both legs and its balance: {other} is not added to it."
        ),
        "pair.constant": "The balance never moved while power did: these two do not measure it.",
        "pair.doubled": "Half of the watts of {meters:listed} count: it doubles its leg's power.",
        "pair.one_side": "For {seconds:.0f} s only one side was heard: they count in no average.",
        "pair.by_time": "One side sends no crank events: both are compared over short stretches of time.",
        # the link to a meter
        "link.none_in_range": "No power meter in range yet: turn the cranks to wake it",
        "link.not_in_range": "{meter} is not in range yet: turn the cranks to wake it",
        "link.others_in_range": (
            "{meter} is not in range yet: turn the cranks to wake it; in range: {others:names}"
        ),
        "link.side_not_in_range": (
            "The {side} side of {meter} is not in range yet: turn the cranks to wake it"
        ),
        "link.side_unclear": (
            "Which of these is the {side} side? {meters:names}: say it with --{side}-meter NAME"
        ),
        "link.searched_again": "looking for it again",
        "link.connected_again": "nothing arrives: connecting again",
        "link.inputs_lost": "{lost} notifications were lost: this computer did not keep up",
        "link.failed": "{error}",
        # the ride
        "ride.not_counted": "Not counted in: {meters:names}.",
        "battery.low": "Battery at {percent} %.",
        "undecodable": "{error}",
        "ftp.guessed": (
            "No FTP is stated: about {ftp_w:.0f} W is guessed from this ride. Power bands and intervals rest on it."
        ),
        "ftp.estimated": (
            "No FTP is stated: about {ftp_w:.0f} W is estimated from your rides. Power bands and intervals rest on it."
        ),
        "ftp.disproved": (
            "The stated FTP of {stated_w:.0f} W is too low for what was held in this ride: power bands and intervals"
            " rest on about {ftp_w:.0f} W. State it anew."
        ),
        "ftp.looks_low": (
            "The stated FTP of {stated_w:.0f} W looks too low: earlier rides speak for about {ftp_w:.0f} W."
        ),
        "ftp.looks_high": (
            "The stated FTP of {stated_w:.0f} W looks too high: earlier rides speak for about {ftp_w:.0f} W, unless"
            " all were easy."
        ),
        # before the zero offset is set
        "zero.upright": "Stand the bike upright, and let it come to the temperature that you ride in.",
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
        "zero.unsupported": (
            "{family} is not known to set its zero over Bluetooth; it is asked all the same."
        ),
        "zero.rezeroes": "This meter also sets its zero by itself, whenever pedalling stops.",
        "zero.wait": "Then touch nothing until the answer is here; it takes up to half a minute.",
    }
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


def render_remarks(event: Event) -> Event:
    """Puts the event's remark into words, as programs get it."""
    if isinstance(event, LinkChange | MeterChange):
        return msgspec.structs.replace(event, remark=remark(event.remark))
    return event
