"""What a rider can choose: each setting with its type, its range, its default and what it is, said once.

The settings file, the environment, the messages, `legbal config`, the settings screen and the reference page
all come from these fields.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from legbal.config.mqtt import Mqtt, about
from legbal.meters.profile import UNLISTED, Profile
from legbal.ride.inputs import Sensitivity, Setup, ThresholdRule, WeakLeg

_DEFAULTS, _RULE = Setup(), ThresholdRule()

Theme = Literal["dark", "light", "contrast"]
SpeechLanguage = Literal["en", "de", "es", "fr", "it", "nl"]

MeterName = Annotated[str, Meta(min_length=1, max_length=248)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a rider can choose for all rides; the fields' descriptions say what each is."""

    ftp: Annotated[
        Annotated[float, Meta(ge=50, le=600)] | None,
        about(
            "Your functional threshold power: what you can hold for about an hour. Power bands and intervals "
            "rest on it; without it, it is estimated from your rides.",
            "rider",
            "W",
            example=250,
        ),
    ] = None
    weak_leg: Annotated[WeakLeg, about("The leg to watch; unknown watches both.", "rider")] = (
        _DEFAULTS.weak_leg
    )
    sensitivity: Annotated[
        Sensitivity,
        about("How readily the drop-off alert speaks: calm is seldom wrong, eager is early.", "alerts"),
    ] = _DEFAULTS.sensitivity
    target: Annotated[
        Annotated[float, Meta(ge=30, le=70)] | None,
        about(
            "The left share to hold. It turns the threshold alert on; without it that is off.",
            "alerts",
            "%",
            example=48.5,
        ),
    ] = _RULE.target_percent
    margin: Annotated[
        Annotated[float, Meta(ge=0.5, le=20)],
        about("How far below the target a leg may be before the threshold alert speaks.", "alerts", "points"),
    ] = _RULE.margin_points
    clear: Annotated[
        Annotated[float, Meta(ge=0, le=20)] | None,
        about(
            "How far below the target a leg may still be when the alert goes; without it a third of the margin.",
            "alerts",
            "points",
            example=1,
        ),
    ] = None
    window: Annotated[
        Annotated[float, Meta(ge=3, le=300)],
        about("The stretch of pedalling over which the threshold alert looks at the share.", "alerts", "s"),
    ] = _RULE.window_s
    dwell: Annotated[
        Annotated[float, Meta(ge=0, le=120)],
        about("How long the share must stay below before the threshold alert speaks.", "alerts", "s"),
    ] = _RULE.dwell_s
    least_power: Annotated[
        Annotated[float, Meta(ge=0, le=600)],
        about("Below this power the threshold alert looks away.", "alerts", "W"),
    ] = _RULE.least_power_w
    least_cadence: Annotated[
        Annotated[float, Meta(ge=0, le=120)],
        about("Below this cadence the threshold alert looks away.", "alerts", "rpm"),
    ] = _RULE.least_cadence_rpm
    threshold_when: Annotated[
        Literal["intervals", "always"],
        about("When the threshold alert may speak: in intervals only, or always.", "alerts"),
    ] = _RULE.when
    cooldown: Annotated[
        Annotated[float, Meta(ge=5, le=3600)], about("The least time between two sounds.", "alerts", "s")
    ] = _DEFAULTS.cooldown_s
    bands: Annotated[
        Annotated[tuple[Annotated[float, Meta(ge=0.1, le=3)], ...], Meta(min_length=1, max_length=11)],
        about("The upper bounds of the power bands, as fractions of your FTP.", "bands", "of FTP"),
    ] = _DEFAULTS.bands
    meter: Annotated[
        MeterName | None,
        about(
            "Name or address of the meter to connect to, or how it begins; without it the one ridden with last, "
            "or the only one.",
            "meter",
            example="ASSIOMA17039L",
        ),
    ] = None
    left_meter: Annotated[
        MeterName | None,
        about(
            "Of two one-sided meters that are ridden with together, the left one. Goes with right_meter.",
            "meter",
            example="Stages 1234",
        ),
    ] = None
    right_meter: Annotated[
        MeterName | None,
        about("Of two such meters the right one. Goes with left_meter.", "meter", example="Stages 5678"),
    ] = None
    swap_sides: Annotated[
        bool, about("Swap left and right: the pedals are on the wrong sides.", "meter", flag="--swap-sides")
    ] = _DEFAULTS.swap_sides
    assume_left: Annotated[
        bool, about("Take the balance as the left leg's where the meter does not say whose it is.", "meter")
    ] = _DEFAULTS.assume_left
    sound: Annotated[bool, about("Alerts are heard; otherwise they are only seen.", "sound")] = True
    volume: Annotated[
        Annotated[float, Meta(ge=0, le=1)], about("How loud alerts are, up to full scale.", "sound")
    ] = 0.8
    speech: Annotated[
        bool, about("Say alerts and intervals in words, too, where espeak-ng is installed.", "sound")
    ] = False
    speech_language: Annotated[SpeechLanguage, about("The language of the words.", "sound")] = "en"
    speech_rate: Annotated[
        Annotated[int, Meta(ge=80, le=400)], about("How fast they are spoken.", "sound", "words a minute")
    ] = 160
    theme: Annotated[
        Theme,
        about(
            "The colours: for dark rooms, for bright ones, or as strong as they can be. Left is blue and right "
            "is orange in all of them.",
            "screen",
        ),
    ] = "dark"
    large_type: Annotated[
        bool, about("Show nothing but the balance, as large as the screen allows.", "screen")
    ] = False
    characters: Annotated[
        Literal["auto", "unicode", "ascii"],
        about(
            "What the screen is drawn with: auto takes plain ASCII where the terminal seems to have nothing else.",
            "screen",
        ),
    ] = "auto"
    aliases: Annotated[
        Annotated[dict[Annotated[str, Meta(min_length=1, max_length=40)], MeterName], Meta(max_length=100)],
        about(
            "Your own names for meters: wherever a meter to connect to is named, yours will do.",
            "aliases",
            words='a table of names, as in: race = "ASSIOMA17039L"',
            example={"race": "ASSIOMA17039L"},
        ),
    ] = {}
    mqtt: Mqtt = Mqtt()

    def meter_named(self, name: str) -> str:
        """The own name of the meter that the rider calls so, in whatever case; else `name` itself."""
        own = {alias.casefold(): meter for alias, meter in self.aliases.items()}
        return own.get(name.casefold(), name)

    @property
    def pair(self) -> tuple[str, str] | None:
        """The left meter and the right one, where two are named."""
        if self.left_meter is None or self.right_meter is None:
            return None
        return self.left_meter, self.right_meter

    def setup(self, *, profile: Profile = UNLISTED) -> Setup:
        """What a ride with these settings starts from, on a meter of `profile`."""
        return Setup(
            ftp_w=self.ftp,
            weak_leg=self.weak_leg,
            threshold=ThresholdRule(
                target_percent=self.target,
                margin_points=self.margin,
                clear_points=self.margin / 3 if self.clear is None else self.clear,
                window_s=self.window,
                dwell_s=self.dwell,
                least_power_w=self.least_power,
                least_cadence_rpm=self.least_cadence,
                when=self.threshold_when,
            ),
            sensitivity=self.sensitivity,
            cooldown_s=self.cooldown,
            swap_sides=self.swap_sides,
            assume_left=self.assume_left,
            bands=self.bands,
            profile=profile,
        )
