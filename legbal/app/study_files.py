"""The files of a study: whose they are, and what is known of their riders beside them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from legbal.app.importing import is_ride_file
from legbal.errors import ConfigError, UsageError
from legbal.ride.inputs import Setup, WeakLeg


class Rider(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of one rider, beside the files: FTP in watts, and what a ride's own options say."""

    ftp: Annotated[float, msgspec.Meta(ge=50, le=600)] | None = None
    weak_leg: WeakLeg = "unknown"
    assume_left: bool = False
    swap_sides: bool = False

    def setup(self, ftp_w: float | None) -> Setup:
        """What all of this rider's rides are judged with, `ftp_w` where the rider states none."""
        return Setup(
            ftp_w=self.ftp or ftp_w,
            weak_leg=self.weak_leg,
            assume_left=self.assume_left,
            swap_sides=self.swap_sides,
        )


class RideFile(msgspec.Struct, frozen=True):
    """One file of a rider; `name` is its path within the studied folder."""

    rider: str
    name: str
    path: str


def files_in(folders: Sequence[Path]) -> list[RideFile]:
    """The FIT files and captures in these folders and all below them, each once, sorted by rider and name.

    A rider is the folder directly below a studied one; files that lie in that itself are of a rider of its name.
    Hidden files are passed over. Raises UsageError where there are none.
    """
    files: dict[Path, RideFile] = {}
    for folder in folders:
        top = folder.resolve()
        for path in top.rglob("*"):
            within = path.relative_to(top)
            hidden = any(part.startswith(".") for part in within.parts)
            if is_ride_file(path) and path.is_file() and not hidden:
                rider = within.parts[0] if len(within.parts) > 1 else top.name
                files.setdefault(path.resolve(), RideFile(rider, str(within), str(path)))
    if not files:
        raise UsageError(
            f"{', '.join(map(str, folders))}: no FIT file and no capture",
            hint="Their names end in .fit, .fit.gz or .jsonl.",
        )
    return sorted(files.values(), key=lambda file: (file.rider, file.name))


def riders_of(path: Path, names: set[str]) -> dict[str, Rider]:
    """What a TOML file says of riders, a table for each.

    Args:
        path: the file.
        names: the riders of whom there are files.

    Raises:
        ConfigError: it cannot be read, a key or value is not allowed, or it names a rider without files.
    """
    try:
        riders = msgspec.toml.decode(path.read_bytes(), type=dict[str, Rider])
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise ConfigError(
            f"{path}: {error}",
            hint="It has a table for each rider, as [anna], with ftp, weak_leg, assume_left or swap_sides.",
        ) from error
    strangers = sorted(riders.keys() - names)
    if strangers:
        raise ConfigError(
            f"{path}: there are no files of {', '.join(strangers)}",
            hint=f"A rider is a folder's name; there is {', '.join(sorted(names)[:10])}.",
        )
    return riders
