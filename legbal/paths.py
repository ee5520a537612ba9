"""Where do things live? The platform's folders, or all in one folder named by `LEGBAL_HOME`.

Nothing is made until somebody first writes into a folder.
"""

import errno
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

HOME_VARIABLE = "LEGBAL_HOME"


def data_folder() -> Path:
    """The folder of what legbal keeps (the library): `LEGBAL_HOME`, or the platform's data folder."""
    return _folder("data")


def config_folder() -> Path:
    """The folder of what the rider writes (settings, own profiles): `LEGBAL_HOME`, or the platform's."""
    return _folder("config")


def library_file() -> Path:
    """The library: one SQLite file in the data folder."""
    return data_folder() / "library.sqlite"


def config_file() -> Path:
    """The rider's settings."""
    return config_folder() / "config.toml"


def profiles_folder() -> Path:
    """The rider's own meter profiles, which override those that come with legbal."""
    return config_folder() / "profiles"


def beside_settings(typed: str) -> str:
    """The path that is meant in a setting: ~ is the rider's home, a relative one begins where the settings file is.

    Wherever a ride is begun, the same is meant.
    """
    return str(config_folder() / os.path.expanduser(typed))  # noqa: PTH111 - never raises


def make_folder(folder: Path) -> None:
    """Makes a folder, and those above it that are missing, for the rider alone. Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def read_octets(path: Path, most: int = -1) -> bytes:
    """The file's octets, at most so many. Raises OSError, also for a pipe or a device, which would be waited for."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is a folder" if path.is_dir() else "it is not a file", str(path))
    with path.open("rb") as file:
        return file.read(most)


def install_command(requirement: str) -> str:
    """What to type so that a package comes into the environment in which legbal runs.

    The README makes one without pip, so that another Python's pip puts them there; a bundle takes none in.
    """
    if getattr(sys, "frozen", False):
        return f'uv tool install --with "{requirement}" legbal'
    if Path(sys.prefix, "pipx_metadata.json").exists():
        return f'pipx inject {Path(sys.prefix).name} "{requirement}"'
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    if Path(sys.prefix, "uv-receipt.toml").exists():
        return f'uv pip install --python {python} "{requirement}"'
    if find_spec("pip"):
        return f'{python} -m pip install "{requirement}"'
    outer = "py" if sys.platform == "win32" else "python3"
    return f'{outer} -m pip --python {python} install "{requirement}"'


def _folder(kind: Literal["data", "config"]) -> Path:
    if named := os.environ.get(HOME_VARIABLE):
        return Path(named).expanduser().absolute()
    # 8 ms that help, Tab and whatever opens no file of the rider's can do without
    from platformdirs import PlatformDirs

    platform = PlatformDirs("legbal", appauthor=False)
    return platform.user_data_path if kind == "data" else platform.user_config_path
