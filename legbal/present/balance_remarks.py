"""What a balance is worth, in a word and in full; and what remarks say of one, by code.

By the meter's family, by what the meter does, and of two meters as one.
"""

from typing import Final

from legbal.meters.profile import Kind
from legbal.ride.share import BalanceQuality

# what a ride's balance is worth, and what one can be worth by the meter's family: in a word, and why
QUALITY: Final[dict[BalanceQuality | Kind, str]] = {
    "measured": "measured: each side has a sensor",
    "estimated": "estimated: one sensor for both sides",
    "unknown": "unverified: accuracy unknown",
    "constant": "no balance: the number never moved while power did",
    "absent": "no balance: this meter gives none",
    "doubled": "no balance: one side, doubled",
    "bridge": "no balance: another meter's power",
    "total": "no balance: one power for both legs",
}
# what the words mean, for a screen's help
LEGEND: Final = "\n".join(
    f"{word:<12}{reason}"
    for word, _, reason in (
        text.partition(": ")
        for text in (
            QUALITY["measured"],
            f"{QUALITY['estimated']}: watch its changes, not its value",
            QUALITY["unknown"],
            "no balance: none is sent, one side is doubled, or the number never moves",
        )
    )
)


def quality_word(code: BalanceQuality | Kind) -> str:
    """What a balance is worth, in the word that stands beside a meter's name.

    >>> quality_word("unknown"), quality_word("doubled")
    ('unverified', 'no balance')
    """
    return QUALITY[code].partition(":")[0]


def quality_sentence(code: BalanceQuality | Kind) -> str:
    """What a balance is worth, and why, without a full stop.

    >>> quality_sentence("measured"), quality_sentence("doubled")
    ('Balance measured: each side has a sensor', 'No balance: one side, doubled')
    """
    return QUALITY[code].capitalize() if "no balance" in QUALITY[code] else f"Balance {QUALITY[code]}"


BALANCE_REMARKS: dict[str, str] = {
    # a meter's balance, by its family
    "limit.measured": "Measured: each side has a sensor of its own.",
    "limit.error_of_both_sides": (
        "Where each side is right to ±1 %, the balance may still be off by up to half a point."
    ),
    "limit.estimated": (
        "Estimated: one sensor sees both legs together and credits each half turn to the leg on its way down,"
        " with any pull or dead weight of the other leg."
    ),
    "limit.change_matters": "Its changes tell more than its value.",
    "limit.same_meter": "Compare yourself with yourself, on the same meter.",
    "limit.doubled": "No balance: one side is measured and doubled to stand for both legs.",
    "limit.doubled_side": "No balance: the {side} side is measured and doubled to stand for both legs.",
    "limit.doubled_error": "If the legs differ, the power is wrong by as much, and nothing here can show it.",
    "limit.bridge": "No balance: this device passes another meter's power on and fills the balance in.",
    "limit.total": "No balance: it knows only what both legs do together.",
    "limit.unexpected": (
        "A balance arrives and moves as you pedal, though this kind of meter should have none: it is shown, its"
        " accuracy unknown."
    ),
    "limit.unlisted": "Unlisted meter: accuracy unknown.",
    "limit.reference_unknown": "The meter does not say which leg its number is: read as left.",
    "limit.reference_assumed_left": "The number is read as the left leg's, as you said.",
    "limit.two_devices": "Left and right are two devices: the balance is put together from their watts.",
    "limit.steps": "It sends steps of {step_percent:percent}: averages are finer than a single value.",
    "limit.rezeroes": ("It resets its zero when you stop pedalling: a step after a stop may be the meter."),
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
        "The balance never moved from {percent:percent} while power did: this meter does not measure it."
    ),
    "balance.stands_still": (
        "The meter may have changed: the balance stands still at {percent:percent}, as when one of its halves falls"
        " silent."
    ),
    "balance.stepped": (
        "The meter may have changed: the {side} share stepped by {points:points} right after a stop. A zero"
        " offset tells whether it was the meter or the leg."
    ),
    "balance.left_out": "{seconds:duration} of 0 or 100 % left out.",
    "balance.meter_back": "The meter has looked right since {until:clock}: alerts are back.",
    "balance.too_many_alerts": (
        "More than {alerts} alerts in an hour: something else may have changed, such as the meter's zero, your position"
        " or the target. Today's level counts as usual from here on, and alerts come more rarely."
    ),
    "balance.reference": "The balance is the {side} leg's, as the rider says.",
    "probe.moves": (
        "The balance moves from revolution to revolution by {spread_points:points} (standard deviation): it is"
        " measured or estimated; the data does not show which."
    ),
    "probe.absent": (
        "No balance came while there was power: one side doubled, one of two devices, or a balance that must be"
        " unlocked first."
    ),
    "probe.unknown": ("Too little to say what the balance is: pedal for a few minutes, at changing power."),
    "probe.reference": "It does not say which leg the balance is of.",
    "probe.steps": "The balance comes in steps of {step_percent:percent}.",
    "probe.at_rest_fifty": "Standing still it sends 50 %, which is never counted.",
    "probe.at_rest_last": "Standing still it goes on sending the last balance, which is never counted.",
    "probe.at_rest_zero": "Standing still it sends 0 %, which is never counted.",
    "probe.at_rest_hundred": "Standing still it sends 100 %, which is never counted.",
    "probe.at_rest_absent": "Standing still it sends no balance.",
    "probe.at_rest_unknown": "What it sends at a standstill is not known.",
    "probe.repeats": "It repeats a revolution until there is a new one.",
    "probe.skipped": "{revolutions} revolutions are missing: of several it sends only the last.",
    "probe.counts_while_stopped": "Its crank count goes on while the crank's time stands still.",
    # two meters as one
    "pair.complete": "Both sides are heard.",
    "pair.missing": (
        "The {side} side has been missing since {since:clock}: the power is the {other} leg's alone, and there is no"
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
    "pair.never_heard": (
        "The {side} side never came: the watts are the {other} leg's alone, and there is no balance."
    ),
    "pair.never_together": (
        "The two sides never sent the same turn of the crank: the watts are one leg's alone, and there is no balance."
    ),
    "pair.was_missing": "From {since:clock} on the {side} side was missing, and there was no balance.",
    "pair.alone": (
        "Between {since_s:clock} and {until_s:clock} only the {side} side was heard, over {seconds:duration} of"
        " pedalling: {power_w:watts}, that leg's alone and in no average."
    ),
    "pair.leg_alone": "{side} leg alone {power_w:watts}",
    "pair.one_side": "For {seconds:duration} only one side was heard: that time counts in no average.",
    "pair.by_time": "One side sends no crank events: both are compared over short stretches of time.",
}
