"""What a rider can choose: each setting with its type, its range, its default and what it is, said once.

The settings file, the environment, the messages, `legbal config`, the settings screen and the reference page
all come from these fields.
"""

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from legbal.config.fields import BROKER, HOST, FolderText, MeterName, PathText, about
from legbal.meters.profile import UNLISTED, Profile
from legbal.ride.inputs import Sensitivity, Setup, ThresholdRule, WeakLeg

_DEFAULTS, _RULE = Setup(), ThresholdRule()

Theme = Literal["dark", "light", "contrast"]
PageReach = Literal["off", "here", "network"]
SpeechLanguage = Literal["en", "de", "es", "fr", "it", "nl"]


class Mqtt(msgspec.Struct, frozen=True, kw_only=True):
    """The table [mqtt]: with whom the live ride is shared, and how."""

    url: Annotated[
        Annotated[str, Meta(pattern=BROKER)] | None,
        about(
            "The broker to which rides are published. mqtts and wss are encrypted. Without it nothing is published.",
            words="mqtt://HOST, mqtts://HOST, ws://HOST/PATH or wss://HOST/PATH, with :PORT where it is not the usual",
            flag="--mqtt",
            example="mqtt://localhost",
        ),
    ] = None
    rider: Annotated[
        Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^/+#$\x00][^/+#\x00]*$")],
        about("Your name in the topics.", words="a name of 1 to 64 characters without /, + and #"),
    ] = "rider"
    username: Annotated[
        Annotated[str, Meta(min_length=1, max_length=256)] | None,
        about("The name with which to log in at the broker.", example="legbal"),
    ] = None
    password: Annotated[
        Annotated[str, Meta(min_length=1, max_length=4096)] | None,
        about(
            "The password with which to log in. Safer in the keyring or in the environment than in this file.",
            secret=True,
            example="…",
        ),
    ] = None
    keyring: Annotated[
        bool, about("Take the password from the system's keyring, if the package keyring is installed.")
    ] = False
    ca: Annotated[
        PathText | None,
        about(
            "A file of CA certificates that the broker's is checked against, not the system's. A relative path "
            "begins at the folder of the settings file.",
            example="ca.pem",
            words="the path of a file",
        ),
    ] = None
    certificate: Annotated[
        PathText | None,
        about(
            "A client certificate (PEM) that the broker asks for.",
            example="client.pem",
            words="the path of a file",
        ),
    ] = None
    key: Annotated[
        PathText | None,
        about(
            "The file of that certificate's private key (PEM), if it is another.",
            example="client.key",
            words="the path of a file",
        ),
    ] = None
    commands: Annotated[bool, about("Accept laps, notes, mute and unmute from the broker, nothing else.")] = (
        False
    )
    home_assistant: Annotated[bool, about("Announce balance, power, alert and link to Home Assistant.")] = (
        False
    )
    discovery_prefix: Annotated[
        Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^/+#$\x00]+(/[^/+#\x00]+)*$")],
        about(
            "The topic below which Home Assistant looks for announcements.",
            words="a topic of up to 200 characters without + and #",
        ),
    ] = "homeassistant"

    def __repr__(self) -> str:
        """All but the password."""
        shown = {**msgspec.structs.asdict(self), "password": "•••" if self.password else None}
        return f"Mqtt({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


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
        about(
            "How readily the drop-off alert speaks: calm gives few false alerts, eager is early.", "alerts"
        ),
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
            "How far below the target a leg may still be when the alert ends; without it a third of the margin.",
            "alerts",
            "points",
            example=1,
        ),
    ] = None
    window: Annotated[
        Annotated[float, Meta(ge=3, le=300)],
        about("How much pedalling the threshold alert averages over.", "alerts", "s"),
    ] = _RULE.window_s
    dwell: Annotated[
        Annotated[float, Meta(ge=0, le=120)],
        about("How long the share must stay below before the threshold alert speaks.", "alerts", "s"),
    ] = _RULE.dwell_s
    least_power: Annotated[
        Annotated[float, Meta(ge=0, le=600)],
        about("Below this power there is no threshold alert.", "alerts", "W"),
    ] = _RULE.least_power_w
    least_cadence: Annotated[
        Annotated[float, Meta(ge=0, le=120)],
        about("Below this cadence there is no threshold alert.", "alerts", "rpm"),
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
            "Name or address of the meter to connect to, or its first letters; without it the one ridden with last, "
            "or the only one.",
            "meter",
            example="ASSIOMA17039L",
        ),
    ] = None
    left_meter: Annotated[
        MeterName | None,
        about(
            "Of two one-sided meters used together, the left one. Goes with right_meter.",
            "meter",
            example="Stages 1234",
        ),
    ] = None
    right_meter: Annotated[
        MeterName | None,
        about("Of two such meters the right one. Goes with left_meter.", "meter", example="Stages 5678"),
    ] = None
    heart_rate: Annotated[
        MeterName,
        about(
            "The strap that tells your heart rate beside the meter. Many straps hold one connection only, which a head "
            "unit may need: so none is connected that you did not choose.",
            "meter",
            words="off, any, or a strap's name or address, or its first letters",
        ),
    ] = "off"
    adapter: Annotated[
        Annotated[str, Meta(min_length=1, max_length=64)] | None,
        about(
            "Name or address of the Bluetooth adapter to use, where Linux has several; without it all that are on "
            "search, and the one with the best signal connects.",
            "meter",
            example="hci1",
        ),
    ] = None
    swap_sides: Annotated[
        bool,
        about("Swap left and right: the meter reports each leg as the other.", "meter", flag="--swap-sides"),
    ] = _DEFAULTS.swap_sides
    assume_left: Annotated[
        bool, about("Take the balance as the left leg's where the meter does not say whose it is.", "meter")
    ] = _DEFAULTS.assume_left
    sound: Annotated[bool, about("Alerts are heard; otherwise they are only seen.", "sound")] = True
    volume: Annotated[
        Annotated[float, Meta(ge=0, le=1)], about("How loud alerts are, up to full scale.", "sound")
    ] = 0.8
    speech: Annotated[
        bool, about("Say alerts and intervals in words, too; on Linux espeak-ng says them.", "sound")
    ] = False
    speech_language: Annotated[SpeechLanguage, about("The language of the words.", "sound")] = "en"
    speech_rate: Annotated[
        Annotated[int, Meta(ge=80, le=400)], about("How fast they are spoken.", "sound", "words a minute")
    ] = 160
    awake: Annotated[
        bool,
        about("While you ride, the computer does not sleep, and its screen does not go dark.", "screen"),
    ] = True
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
    page: Annotated[
        PageReach,
        about(
            "A page of the ride for a phone: on this computer alone, or on your network. Its address has a token "
            "that is new for each ride.",
            "page",
        ),
    ] = "off"
    page_port: Annotated[
        Annotated[int, Meta(ge=1024, le=65_535)],
        about("The port of that page; another one where it is taken.", "page"),
    ] = 8017
    copy_to: Annotated[
        PathText | None,
        about(
            "A folder to which each ride is copied as a FIT file once it is over. A relative path begins at the "
            "folder of the settings file.",
            "after",
            example="~/rides",
            words="the path of a folder",
        ),
    ] = None
    upload: Annotated[bool, about("Upload each ride to intervals.icu once it is over.", "after")] = False
    upload_key: Annotated[
        Annotated[str, Meta(min_length=1, max_length=200, pattern="^[!-~]+$")] | None,
        about("Your API key there; without it the keyring's.", "after", secret=True, example="1a2b3c"),
    ] = None
    upload_url: Annotated[
        Annotated[str, Meta(pattern=rf"^https://{HOST}(:[0-9]{{1,5}})?/?$")],
        about("Where that is, or a server like it.", "after", words="https://HOST or https://HOST:PORT"),
    ] = "https://intervals.icu"
    import_folders: Annotated[
        Annotated[tuple[FolderText, ...], Meta(max_length=20)],
        about(
            "Folders from which new rides come in by themselves while legbal shows the start screen or your rides: "
            "where Zwift, a head unit or a sync program leaves them. None: no folder is looked at.",
            "files",
            words="a list of folders, each from / or ~ on; typed in one line, between semicolons",
            example=["~/Documents/Zwift/Activities"],
        ),
    ] = ()
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

    def __repr__(self) -> str:
        """All but the key; the broker's password hides itself."""
        shown = {**msgspec.structs.asdict(self), "upload_key": "•••" if self.upload_key else None}
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    def meter_named(self, name: str) -> str:
        """The own name of the meter that the rider calls so, in whatever case; else `name` itself."""
        own = {alias.casefold(): meter for alias, meter in self.aliases.items()}
        return own.get(name.casefold(), name)

    @property
    def watched_folders(self) -> list[Path]:
        """The folders from which new rides come in by themselves."""
        # never raises, whosever home is named
        return [Path(os.path.expanduser(x)) for x in self.import_folders]  # noqa: PTH111 - never raises

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
