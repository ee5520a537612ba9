"""The files of the meter profiles: those that come with legbal, and the rider's own, which win."""

from __future__ import annotations

from pathlib import Path

import legbal
from legbal import paths
from legbal.config.file import bounded
from legbal.errors import ProfileError
from legbal.meters.profile import LONGEST_TEXT


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


def profile_text(path: Path) -> str:
    """The text of a profile's file; raises ProfileError where it cannot be read or is too long to be one."""
    try:
        return bounded(path, LONGEST_TEXT)
    except (OSError, ValueError) as error:
        raise ProfileError(f"{path}: cannot be read: {error}") from error


def _shipped() -> Path:
    """The folder of the profiles that come with legbal: in the wheel inside it, in a checkout beside it."""
    package = Path(legbal.__file__).parent
    inside = package / "firmware_profiles"
    return inside if inside.is_dir() else package.parent / "firmware_profiles"


def _profiles_in(folder: Path) -> dict[str, Path]:
    return {path.name: path for path in sorted(folder.glob("*.toml"))} if folder.is_dir() else {}
