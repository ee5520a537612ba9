"""The rider's meters: of which family one is, which is meant, and what is remembered of it for the next ride.

A recorded ride keeps its packets and the setup that it was ridden with; the profile of its meter may have been
corrected since. That of a family which nobody has described yet is drafted of what a meter was seen to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from legbal import paths
from legbal.app.profile_cache import read_profiles
from legbal.config import Settings, load
from legbal.errors import DecodeError, LibraryError, ProfileError, SourceError, UsageError, reason
from legbal.gatt.characteristics import clean_text, decode_text
from legbal.gatt.measurement import decode_whole
from legbal.gatt.uuids import CYCLING_POWER, FEATURES, MANUFACTURER, MEASUREMENT, MODEL
from legbal.library.rider import KnownMeter, describe_meter, read_meters, remember
from legbal.library.rides import Library, RideRow
from legbal.meters.identify import candidates, features_of, profile_by
from legbal.meters.probe import MeterProbe
from legbal.meters.profile import UNLISTED, Profile
from legbal.meters.profile_file import parse
from legbal.present.profile_draft import draft
from legbal.present.sentences import say
from legbal.present.text import printable
from legbal.ride.inputs import UNKNOWN_RSSI, Input, Notification, Setup, is_heart_rate, is_measured, rssi_rank
from legbal.ride.reassembly import Reassembler

if TYPE_CHECKING:  # the one brings numpy along, the other the radio
    from legbal.meters.balance_octet import Reference
    from legbal.ride.ride import Ride
    from legbal.sources.bluetooth.power_meter import PowerMeter
    from legbal.sources.recorded_ride import RecordedRide


@cache
def profiles() -> tuple[Profile, ...]:
    """Every profile that is known here; of two with one id the later file's. Raises ProfileError."""
    return tuple({profile.id: profile for profile in read_profiles()}.values())


def profile_of(inputs: Sequence[Input], families: Iterable[Profile] | None = None) -> Profile:
    """Which of these families the meter belongs to that sent the last of these notifications; None: of all known."""
    sent = [item for item in inputs if isinstance(item, Notification) and not is_heart_rate(item)]
    if not sent:
        return UNLISTED
    name = sent[-1].meter
    values = {item.uuid: item.data for item in sent if item.meter == name}
    return profile_by(profiles() if families is None else families, name or None, values)


def preamble(inputs: Iterable[Input]) -> list[Input]:
    """The inputs up to the first measurement, that one included: by them a ride knows its meter."""
    first = []
    for item in inputs:
        first.append(item)
        if is_measured(item):
            break
    return first


def with_current_profile(setup: Setup, first: Sequence[Input], profiles: Iterable[Profile]) -> Setup:
    """A recorded ride's setup with the profile that its meter has now; all else is as it was ridden with.

    Args:
        setup: what it was ridden with.
        first: its preamble, by which the meter is known.
        profiles: the families as they are known now, the rider's own included.
    """
    then, families = setup.profile, tuple(profiles)
    now = profile_of(first, families)
    if now is UNLISTED:
        now = next((profile for profile in families if profile.id == then.id), then)
    if now.id == then.id and now.reference == "flag":  # then the rider may have said whose balance it is
        now = msgspec.structs.replace(now, reference=then.reference)
    return msgspec.structs.replace(setup, profile=now)


def current_setup(library: Library, ride: RideRow, profiles: Iterable[Profile]) -> Setup:
    """A kept ride's setup with the profile that its meter has now; a demonstration keeps its own."""
    setup = library.setup(ride)
    if ride.source == "demo":
        return setup
    with closing(library.inputs(ride)) as inputs:
        return with_current_profile(setup, preamble(inputs), profiles)


def last_used(complain: Callable[[str], None]) -> KnownMeter | None:
    """The meter that was ridden with last, and whether it tells the legs apart; None if there is none.

    One that does goes before all that cannot: a ride on a trainer does not put that in the pedals' place. What prevents
    that it is known is told to `complain`.
    """
    try:
        return _usual(read_meters())
    except LibraryError as error:
        complain(str(error))
        return None


def _usual(meters: Iterable[KnownMeter]) -> KnownMeter | None:
    judged = [
        meter if meter.sides is not None else msgspec.structs.replace(meter, sides=_may_know_sides(meter))
        for meter in meters
    ]
    return next((meter for meter in judged if meter.sides), next(iter(judged), None))


def _may_know_sides(meter: KnownMeter) -> bool:
    """Whether it may, by its name alone."""
    families = candidates(profiles(), name=meter.name, services=(CYCLING_POWER,))
    return not families or any(family.has_balance for family in families)


def with_pair(settings: Settings, options: Mapping[str, object]) -> Settings:
    """The settings with the two one-sided meters to ride with, if they are two.

    Those that were typed, or else stand in the settings, or else were ridden with last. A meter that was typed alone is
    ridden on alone.
    """
    typed = {name for name in ("meter", "left_meter", "right_meter") if options.get(name) is not None}
    if typed == {"meter"}:
        return msgspec.structs.replace(settings, left_meter=None, right_meter=None)
    if settings.meter is not None or settings.pair is not None:
        return settings
    with suppress(LibraryError):  # `last_used` has said it
        usual = _usual(read_meters())
        if usual is not None and usual.pair is not None:
            left, right = usual.pair
            return msgspec.structs.replace(settings, left_meter=left, right_meter=right)
    return settings


def remembered_meter(meter: str) -> KnownMeter:
    """What is known of the meter of this name or address; only that where the library knows no such one."""
    unknown = KnownMeter(address="", name=meter)
    with suppress(LibraryError):
        return next((x for x in read_meters() if x.answers_to(meter)), unknown)
    return unknown


def meter_named(name: str, settings: Settings) -> str:
    """Under which name rides have the meter that the rider names by that, by an own name for it, or by its address."""
    return remembered_meter(settings.meter_named(name)).name


class Chooser:
    """Asks the rider which of several meters it is, whether a trainer will do, and what it takes to pair one.

    Attributes:
        ask: shows a question with its choices, and gives the number of the chosen one; set by whoever can show it.
        ask_line: shows a question, and gives what is typed; None where nobody answers. Set likewise.
        asking: whether the rider is being asked.
    """

    def __init__(
        self,
        ask: Callable[[str, Sequence[str]], Awaitable[int]],
        ask_line: Callable[[str], Awaitable[str | None]],
    ) -> None:
        self.ask, self.ask_line = ask, ask_line
        self.asking = False

    async def __call__(self, meters: Sequence[PowerMeter]) -> PowerMeter:
        """The meter that the rider means."""
        strongest = sorted(meters, key=lambda meter: -rssi_rank(meter.rssi))
        listed = [f"{x.label}   {_strength(x)}" for x in strongest]
        with self._asking():
            return strongest[await self.ask(say("meter.which"), listed)]

    async def offer(self, meters: Sequence[PowerMeter]) -> PowerMeter | None:
        """One that cannot tell the legs apart, on which the rider is content to ride; None: better wait."""
        strongest = sorted(meters, key=lambda meter: -rssi_rank(meter.rssi))
        rides = (f"{say('meter.ride_on', meter=x.label)}   {_strength(x)}" for x in strongest)
        with self._asking():
            chosen = await self.ask(say("meter.only_totals"), [say("meter.wait"), *rides])
        return strongest[chosen - 1] if chosen else None

    async def agrees(self, meter: str) -> bool:
        """Whether the meter of that label is to be paired with this computer now."""
        with self._asking():
            return (
                await self.ask(say("pairing.offer", meter=meter), [say("pairing.now"), say("pairing.later")])
                == 0
            )

    async def passkey(self, meter: str) -> int | None:
        """The passkey of the meter of that label; None where none is typed."""
        with self._asking():
            typed = (await self.ask_line(say("pairing.passkey", meter=meter)) or "").replace(" ", "")
        return int(typed) if typed.isascii() and typed.isdigit() else None

    @contextmanager
    def _asking(self) -> Iterator[None]:
        self.asking = True
        try:
            yield
        finally:
            self.asking = False


def _strength(meter: PowerMeter) -> str:
    return "no signal strength" if meter.rssi in (None, UNKNOWN_RSSI) else f"{meter.rssi} dBm"


# the view's reference → which side the rider said it is; nothing where the meter says so itself, or nobody did
_STATED: dict[Reference, Literal["left", "right"]] = {"assumed_left": "left", "right": "right"}


def remember_meter(
    meter: PowerMeter,
    ride: Ride,
    options: Mapping[str, object],
    complain: Callable[[str], None],
    values: Mapping[str, bytes] = {},
) -> None:
    """Keeps the meter of this ride, with what the rider said about it.

    Args:
        meter: which.
        ride: the ride, which is over.
        options: what was typed for it, by a setting's name.
        complain: is told what prevents it.
        values: what was read from it, by characteristic.
    """
    try:
        first = describe_meter(meter.address, meter.label, values)
        before = _entry_of(first)
        remember(  # whatever else is remembered of it stays
            msgspec.structs.replace(
                before,
                address=first.address,
                name=first.name,
                last_used=first.last_used,
                manufacturer=first.manufacturer or before.manufacturer,
                model=first.model or before.model,
                sides=_has_sides(ride, before.sides),
                swap_sides=before.swap_sides if options.get("swap_sides") is None else ride.setup.swap_sides,
                # a ride without a balance, or without its setup, says nothing of whose it is
                reference=_STATED.get(ride.view().reference)
                or (before.reference if options.get("assume_left") is None else None),
                pair=ride.setup.pair,
            ),
            formerly=before.address,
        )
    except Exception as error:  # a defect, too: the ride itself is kept
        complain(f"the meter could not be remembered: {reason(error)}")


def _entry_of(meter: KnownMeter) -> KnownMeter:
    """What was known of this meter: of its address, or else of one of its name that said no other of itself."""
    meters = read_meters()
    by_address = next((x for x in meters if x.address == meter.address), None)
    alike = [x for x in meters if meter.name not in ("", meter.address) and x.may_be(meter)]
    return by_address or (alike[0] if len(alike) == 1 else meter)


def _has_sides(ride: Ride, before: bool | None) -> bool | None:
    """Whether the meter of this ride does; one that can and did not this time (locked, a half missing) still does."""
    view, family = ride.view(), ride.setup.profile
    if not view.counts.revolutions:
        return before
    listed = family.id != UNLISTED.id and family.has_balance
    return view.ride.left_percent is not None or listed or ride.setup.pair is not None or before is True


def draft_profile(recorded: RecordedRide, meter: str | None, complain: Callable[[str], None]) -> str:
    """The draft's text, of what the meter was seen to do.

    Args:
        recorded: the ride, whole.
        meter: the rider's name for the meter; None: the one that sent most.
        complain: is told which other meters there are, and what was passed over.

    Raises:
        SourceError: no power meter was recorded.
        UsageError: not that one; or the ride comes in as it goes.
    """
    if recorded.more is not None:
        raise UsageError("a draft needs a whole ride", hint="Save standard input to a file first.")
    named = None if meter is None else meter_named(meter, load())
    notifications = [x for x in recorded.inputs if isinstance(x, Notification)]
    sent = _of_one_meter(notifications, named, complain)
    probe, parts, unreadable = MeterProbe(), Reassembler(), 0
    values = {item.uuid: item.data for item in sent}
    for item in sent:
        if item.uuid == MEASUREMENT:
            try:
                whole = parts.feed(item.t, decode_whole(item.data))
                if whole is not None:
                    probe.feed(*whole)
            except DecodeError:
                unreadable += 1
    if unreadable:
        complain(f"measurements that could not be decoded: {unreadable}")
    return draft(
        probe.report(),
        advertised=clean_text(sent[0].meter),
        manufacturer=decode_text(values.get(MANUFACTURER, b"")),
        model=decode_text(values.get(MODEL, b"")),
        features=features_of(values.get(FEATURES)),
    )


def _of_one_meter(
    sent: Sequence[Notification], meter: str | None, complain: Callable[[str], None]
) -> list[Notification]:
    counts = Counter(item.meter for item in sent if item.uuid == MEASUREMENT)
    names = ", ".join(printable(name) or "(no name)" for name in counts)
    if not counts:
        raise SourceError("no power meter's measurements were recorded")
    if meter is not None and meter not in counts:
        raise UsageError(f"no measurements of {meter!a} were recorded", hint=f"Recorded: {names}.")
    chosen = counts.most_common(1)[0][0] if meter is None else meter
    if meter is None and len(counts) > 1:
        complain(f"this is a draft for {printable(chosen)}; --meter names another of: {names}")
    return [item for item in sent if item.meter == chosen]


def save_profile(text: str) -> tuple[Path, Profile]:
    """Keeps a draft among the rider's own profiles, where it holds at once; ProfileError where it cannot be."""
    profile = parse(text, "the draft")
    path = paths.profiles_folder() / f"{profile.id}.toml"
    try:
        paths.make_folder(path.parent)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise ProfileError(
            f"{path} is there already", hint="Move it away, or draft without --save."
        ) from error
    except OSError as error:
        raise ProfileError(f"{path} cannot be written: {error.strerror or error}") from error
    return path, profile
