"""Where head units and programs leave their rides on this computer: looked for, and offered to be watched."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from legbal.app.question import Check
from legbal.config import Settings
from legbal.present.sentences import say

# below a head unit's own storage, as it is mounted; systems differ in which letters they tell apart
_DEVICES = (
    ("Garmin", ("GARMIN/Activity", "GARMIN/ACTIVITY", "Garmin/Activity", "Garmin/Activities")),
    ("Wahoo", ("exports",)),
    ("Hammerhead", ("FitFiles",)),
)
# where the systems mount them; a pattern, in which {user} and {runtime} stand for what they are here
_MOUNTS = {
    "linux": (
        "/media/{user}/*",
        "/run/media/{user}/*",
        "/media/*",
        "/mnt/*",
        "{runtime}/gvfs/mtp*/*",
    ),
    "darwin": ("/Volumes/*",),
}
_DRIVES = "DEFGHIJKLMNOPQRSTUVWXYZ"  # of Windows; A to C are no head unit's
# below the rider's own folder, as a pattern; a cloud may have moved the documents
_DOCUMENTS = ("Documents", "OneDrive/Documents", "Library/Mobile Documents/com~apple~CloudDocs/Documents")
_PROGRAMS = (
    *(("Zwift", f"{documents}/Zwift/Activities") for documents in _DOCUMENTS),
    *(("TrainingPeaks Virtual", f"{documents}/TPVirtual/*/FITFiles") for documents in _DOCUMENTS),
    (
        "MyWhoosh",
        "Library/Containers/com.whoosh.whooshgame/Data/Library/Application Support/Epic/MyWhoosh/Content/Data",
    ),
    (
        "MyWhoosh",
        "AppData/Local/Packages/MyWhooshTechnologyService.*/LocalCache/Local/MyWhoosh/Content/Data",
    ),
    ("Wahoo", "Dropbox/Apps/WahooFitness"),
)


class ActivityFolder(NamedTuple):
    """A folder in which a program or head unit leaves its rides."""

    program: str
    path: Path

    @property
    def shown(self) -> str:
        """As a rider would write it."""
        return f"{self.program} ({short(self.path)})"


def activity_folders(
    home: Path | None = None,
    system: str = sys.platform,
    environment: Mapping[str, str] = os.environ,
    root: Path = Path("/"),
) -> list[ActivityFolder]:
    """Those that there are just now, each once.

    Args:
        home: the rider's own folder; None: as the system says.
        system: as in `sys.platform`.
        environment: of the process.
        root: below which devices are mounted.
    """
    home = Path.home() if home is None else home
    there: dict[Path, ActivityFolder] = {}
    for program, pattern in _PROGRAMS:
        for path in _matching(home, pattern):
            there.setdefault(path.resolve(), ActivityFolder(program, path))
    for mount in _mounts(system, environment, root):
        for program, below in _DEVICES:
            for path in filter(_is_folder, (mount / each for each in below)):
                there.setdefault(path.resolve(), ActivityFolder(program, path))
    return list(there.values())


def _mounts(system: str, environment: Mapping[str, str], root: Path) -> Iterator[Path]:
    if system == "win32":
        yield from (Path(f"{drive}:/") for drive in _DRIVES)
        return
    user = environment.get("USER", "")
    runtime = environment.get("XDG_RUNTIME_DIR", "/nowhere")
    for pattern in _MOUNTS.get(system, ()):
        if user or "{user}" not in pattern:
            yield from _matching(root, pattern.format(user=user, runtime=runtime).lstrip("/"))


def _matching(top: Path, pattern: str) -> list[Path]:
    """The folders below `top` that match; what cannot be looked into has none."""
    try:
        return sorted(filter(_is_folder, top.glob(pattern)))
    except OSError:
        return []


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a device that was pulled out
        return False


def short(path: Path) -> str:
    """A path as a rider would write it: from `~` on, where it is the rider's."""
    home = Path.home()
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else str(path)


def check_folders(settings: Settings) -> Check:
    """Which folders are watched, and which could be: for `legbal doctor`."""
    watched = settings.watched_folders
    new = [x.shown for x in activity_folders() if x.path not in watched]
    hint = say("files.found", folders=new) if new else ""
    if not watched:
        return Check("not applicable", say("files.off"), hint)
    missing = [short(path) for path in watched if not path.is_dir()]
    if len(missing) == len(watched):
        return Check("fails", say("files.missing", folders=missing), say("files.check"))
    there = say("files.watched", folders=[short(path) for path in watched if path.is_dir()])
    return Check(
        "works", "; ".join([there, *([say("files.missing", folders=missing)] if missing else [])]), hint
    )
