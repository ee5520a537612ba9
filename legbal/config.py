"""What does the rider want? Frozen settings: defaults < `config.toml` < the environment < the flags.

A setting has one name everywhere: `weak_leg` in the file, `LEGBAL_WEAK_LEG` in the environment, and as a flag
`--weak-leg`. Its type and range stand once, in `Settings`; reading, messages and flags follow from them.
Nothing is read at import.
"""

from __future__ import annotations

import difflib
import itertools
import math
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from legbal import paths
from legbal.errors import ConfigError, ProfileError
from legbal.meters.profile import LONGEST_TEXT, UNLISTED, Profile
from legbal.ride.inputs import PlannedStep, Sensitivity, Setup, ThresholdRule, WeakLeg

_DEFAULTS, _RULE = Setup(), ThresholdRule()
_PREFIX = "LEGBAL_"
_LONGEST_FILE = 65_536


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a rider can choose for all rides.

    Attributes:
        ftp: functional threshold power, watts; None: not known.
        weak_leg: the leg to watch; "unknown": both.
        target: the left share to hold, percent; None: the threshold alert is off.
        margin: how far below the target a leg may be before the threshold alert speaks, points.
        clear: how far below it may still be when the alert goes, points; None: a third of the margin.
        window: pedalling over which the threshold alert looks at the share, seconds.
        dwell: how long the share must stay below before the alert speaks, seconds.
        least_power: below it the threshold alert looks away, watts.
        least_cadence: below it the threshold alert looks away, revolutions a minute.
        threshold_when: the threshold alert speaks in intervals only, or always.
        sensitivity: how readily the drop-off alert speaks.
        cooldown: the least time between two sounds, seconds.
        bands: upper bounds of the power bands, fractions of FTP, rising.
        swap_sides: left is right (pedals on the wrong sides).
        assume_left: take the balance as left where the meter does not say which side it is.
        sound: alerts are heard.
        volume: of full scale, 0…1.
        meter: name or address of the meter to connect to; None: the remembered or the only one.
        left_meter, right_meter: of two one-sided meters that are ridden with together, either both or none.
    """

    ftp: Annotated[float, Meta(ge=50, le=600)] | None = None
    weak_leg: WeakLeg = _DEFAULTS.weak_leg
    target: Annotated[float, Meta(ge=30, le=70)] | None = _RULE.target_percent
    margin: Annotated[float, Meta(ge=0.5, le=20)] = _RULE.margin_points
    clear: Annotated[float, Meta(ge=0, le=20)] | None = None
    window: Annotated[float, Meta(ge=3, le=300)] = _RULE.window_s
    dwell: Annotated[float, Meta(ge=0, le=120)] = _RULE.dwell_s
    least_power: Annotated[float, Meta(ge=0, le=600)] = _RULE.least_power_w
    least_cadence: Annotated[float, Meta(ge=0, le=120)] = _RULE.least_cadence_rpm
    threshold_when: Literal["intervals", "always"] = _RULE.when
    sensitivity: Sensitivity = _DEFAULTS.sensitivity
    cooldown: Annotated[float, Meta(ge=5, le=3600)] = _DEFAULTS.cooldown_s
    bands: Annotated[tuple[Annotated[float, Meta(ge=0.1, le=3)], ...], Meta(min_length=1, max_length=11)] = (
        _DEFAULTS.bands
    )
    swap_sides: bool = _DEFAULTS.swap_sides
    assume_left: bool = _DEFAULTS.assume_left
    sound: bool = True
    volume: Annotated[float, Meta(ge=0, le=1)] = 0.8
    meter: Annotated[str, Meta(min_length=1, max_length=248)] | None = None
    left_meter: Annotated[str, Meta(min_length=1, max_length=248)] | None = None
    right_meter: Annotated[str, Meta(min_length=1, max_length=248)] | None = None

    @property
    def pair(self) -> tuple[str, str] | None:
        """The left meter and the right one, where two are named."""
        if self.left_meter is None or self.right_meter is None:
            return None
        return self.left_meter, self.right_meter

    def setup(self, *, profile: Profile = UNLISTED, plan: tuple[PlannedStep, ...] = ()) -> Setup:
        """What a ride with these settings starts from, on a meter of `profile`, along `plan`."""
        rule = ThresholdRule(
            target_percent=self.target,
            margin_points=self.margin,
            clear_points=self.margin / 3 if self.clear is None else self.clear,
            window_s=self.window,
            dwell_s=self.dwell,
            least_power_w=self.least_power,
            least_cadence_rpm=self.least_cadence,
            when=self.threshold_when,
        )
        return Setup(
            ftp_w=self.ftp,
            weak_leg=self.weak_leg,
            threshold=rule,
            sensitivity=self.sensitivity,
            cooldown_s=self.cooldown,
            swap_sides=self.swap_sides,
            assume_left=self.assume_left,
            bands=self.bands,
            plan=plan,
            profile=profile,
        )


NAMES = Settings.__struct_fields__
_TYPES: dict[str, Any] = get_type_hints(Settings, include_extras=True)


def load(
    flags: Mapping[str, object] | None = None,
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """The settings that hold now.

    Args:
        flags: by a setting's name, those that were typed; None values were not.
        file: the settings file; default: the rider's own. It need not exist.
        environment: default: the process's.

    Raises:
        ConfigError: a setting is unknown or not allowed; the message says where it stands.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    file = paths.config_file() if file is None else file
    environment = os.environ if environment is None else environment
    for origin, name, value in (
        *_from_file(file),
        *_from_environment(environment),
        *_from_flags(flags or {}),
    ):
        values[name], origins[name] = value, origin
    settings = Settings(**values)
    if settings.clear is not None and settings.clear > settings.margin:
        origin = origins["clear"]
        raise ConfigError(
            f"{origin}: clear = {settings.clear:g} is above the margin of {settings.margin:g} points",
            hint="An alert goes nearer to the target than where it speaks: make clear smaller than margin.",
        )
    _check_pair(settings, origins)
    return settings


def _check_pair(settings: Settings, origins: Mapping[str, str]) -> None:
    left, right = settings.left_meter, settings.right_meter
    if (left is None) != (right is None):
        named, missing = ("left_meter", "right_meter") if right is None else ("right_meter", "left_meter")
        raise ConfigError(
            f"{origins[named]}: {named} is given without {missing}",
            hint="Of two one-sided meters name both: --left-meter NAME --right-meter NAME.",
        )
    if left is not None and right is not None and left.casefold() == right.casefold():
        raise ConfigError(
            f"{origins['right_meter']}: right_meter is the same as left_meter, {_shown(left)}",
            hint="Name two meters, one of each side.",
        )


def allowed(name: str) -> str:
    """What a setting may be, in words: "a number from 50 to 600"."""
    *words, last = choices(name) or ("",)
    return f"{', '.join(words)} or {last}" if words else _words(msgspec.inspect.type_info(_TYPES[name]))


def parse(name: str, text: str, origin: str) -> Any:
    """A setting's value from text, as environment and command line have it: "265", "true", "0.6,0.8".

    Raises ConfigError, whose message begins with `origin`.
    """
    value: Any = text.strip()
    if name == "bands":
        value = value.replace(",", " ").split()
    elif _TYPES[name] is bool:
        value = value.lower()
    return _checked(origin, name, value, text=True)


def choices(name: str) -> tuple[str, ...]:
    """The words among which a setting chooses, in the order of their type; none if it is no such setting."""
    return get_args(_TYPES[name]) if get_origin(_TYPES[name]) is Literal else ()


def profile_texts() -> dict[str, str]:
    """The texts of the meter profiles, by file name, in the order of `profile_files`.

    Raises ProfileError for a file that cannot be read.
    """
    return {name: profile_text(path) for name, path in profile_files().items()}


def profile_files() -> dict[str, Path]:
    """The files of the meter profiles, by name: those that come with legbal, then the rider's own.

    An own file replaces the one of its name; one of another name but the same id is to win as the later one.
    """
    own = _profiles_in(paths.profiles_folder())
    shipped = {name: path for name, path in _profiles_in(_shipped()).items() if name not in own}
    return shipped | own


def _shipped() -> Path:
    """The folder of the profiles that come with legbal: in the wheel inside it, in a checkout beside it."""
    package = Path(__file__).parent
    inside = package / "firmware_profiles"
    return inside if inside.is_dir() else package.parent / "firmware_profiles"


def _profiles_in(folder: Path) -> dict[str, Path]:
    return {path.name: path for path in sorted(folder.glob("*.toml"))} if folder.is_dir() else {}


def profile_text(path: Path) -> str:
    """The text of a profile's file; raises ProfileError where it cannot be read or is too long to be one."""
    try:
        return _bounded(path, LONGEST_TEXT)
    except (OSError, ValueError) as error:
        raise ProfileError(f"{path}: cannot be read: {error}") from error


def _bounded(path: Path, most: int) -> str:
    """The file's text; OSError or ValueError (too long, not UTF-8) where it has none."""
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ValueError(f"longer than {most // 1024} KiB")
    return data.decode("utf-8")


def _from_file(path: Path) -> list[tuple[str, str, Any]]:
    """Each setting of the file, as (where it stands, name, value)."""
    try:
        text = _bounded(path, _LONGEST_FILE)
        data = tomllib.loads(text)
    except FileNotFoundError:
        return []
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}", hint="A line reads like: ftp = 250") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    found = []
    for name, value in data.items():
        origin = _place(path, text, name)
        if name not in NAMES:
            _refuse_unknown(origin, name, NAMES)
        found.append((origin, name, _checked(f"{origin}: {name}", name, value)))
    return found


def _place(path: Path, text: str, name: str) -> str:
    """The file and, where the key or its table is found at the start of a line, the line."""
    start = re.compile(rf"""\s*\[{{0,2}}\s*["']?{re.escape(name)}["']?\s*[=.\]]""")
    for number, line in enumerate(text.splitlines(), start=1):
        if start.match(line):
            return f"{path}, line {number}"
    return str(path)


def _from_environment(environment: Mapping[str, str]) -> list[tuple[str, str, Any]]:
    """Each setting of the environment; empty is unset.

    A variable that is nearly a setting's is a typing error; any other may belong to something else.
    """
    ours = {_PREFIX + name.upper(): name for name in NAMES}
    found = []
    for variable, text in sorted(environment.items()):
        if variable in ours and text.strip():
            found.append((variable, ours[variable], parse(ours[variable], text, variable)))
        elif variable not in ours and _is_nearly(variable, ours):
            _refuse_unknown("environment", variable, tuple(ours))
    return found


def _is_nearly(variable: str, ours: Mapping[str, str]) -> bool:
    return variable.startswith(_PREFIX) and bool(difflib.get_close_matches(variable, ours, n=1, cutoff=0.88))


def _from_flags(flags: Mapping[str, object]) -> list[tuple[str, str, Any]]:
    found = []
    for name, value in flags.items():
        if value is not None:
            flag = f"--{name.replace('_', '-')}"
            found.append((flag, name, _checked(flag, name, value)))
    return found


def _checked(origin: str, name: str, value: Any, *, text: bool = False) -> Any:
    """The value in the setting's own type; with `text`, its numbers and truths may be written as text."""
    try:
        converted = msgspec.convert(value, _TYPES[name], strict=not text)
    except msgspec.ValidationError:
        _refuse_value(origin, name, value)
    numbers = converted if name == "bands" else (converted,)
    if any(isinstance(number, float) and not math.isfinite(number) for number in numbers):
        _refuse_value(origin, name, value)
    if name == "bands" and any(low >= high for low, high in itertools.pairwise(converted)):
        _refuse_value(origin, name, value)
    if isinstance(converted, str) and not converted.isprintable():
        _refuse_value(origin, name, value)
    return converted


def _refuse_value(origin: str, name: str, value: Any) -> NoReturn:
    near = difflib.get_close_matches(str(value), choices(name), n=1)
    hint = f"Did you mean {near[0]}?" if near else None
    raise ConfigError(f"{origin} = {_shown(value)} is not allowed; it is {allowed(name)}", hint=hint)


def _refuse_unknown(origin: str, name: str, names: tuple[str, ...]) -> NoReturn:
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"Settings are: {', '.join(names)}."
    raise ConfigError(f"{origin}: {_shown(name)} is not a setting", hint=hint)


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"


def _words(kind: msgspec.inspect.Type) -> str:
    """A type in words that a rider understands."""
    match kind:
        case msgspec.inspect.UnionType(types=types):
            return " or ".join(
                _words(each) for each in types if not isinstance(each, msgspec.inspect.NoneType)
            )
        case msgspec.inspect.FloatType(ge=low, le=high):
            return f"a number from {low:g} to {high:g}"
        case msgspec.inspect.VarTupleType(item_type=item, max_length=most):
            return f"a rising list of up to {most}, each {_words(item)}"
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.StrType(max_length=most):
            return f"a text of 1 to {most} characters"
    raise TypeError(kind)
