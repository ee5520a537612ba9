"""Settings files, meter profiles and a study's riders in TOML, spoilt: taken, or refused with the file's name."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

from legbal import config
from legbal.app.study_files import riders_of
from legbal.config.edit import commented, save
from legbal.errors import ConfigError, ProfileError
from legbal.meters.limits import limits
from legbal.meters.profile_file import parse
from tests.fuzz import _mutate as mutate
from tests.fuzz._cases import run_cases
from tests.test_project.checkout import CHECKOUT

DEFAULT, IN_SUITE = 10_000, 80

_SETTINGS = """ftp = 250
weak_leg = "left"
meter = "ASSIOMA"
target = 48.5
margin = 3.0
sensitivity = "eager"
speech = true
volume = 0.5
aliases = {race = "ASSIOMA17039L"}

[mqtt]
url = "mqtt://127.0.0.1:1883"
rider = "anna"
username = "anna"
password = "secret"
"""
_RIDERS = '[anna]\nftp = 250\nweak_leg = "left"\n\n[bob]\nassume_left = true\nswap_sides = false\n'


@cache
def _profiles() -> tuple[str, ...]:
    return tuple(
        x.read_text(encoding="utf-8") for x in sorted((CHECKOUT / "firmware_profiles").glob("*.toml"))
    )


def case(random: Random, folder: Path) -> str:
    """One file."""
    what = random.choice((_of_settings, _of_profile, _of_riders))
    try:
        return what(random, folder)
    except (ConfigError, ProfileError) as error:
        if "odd.toml" not in str(error):
            raise
        return "refused"


def _write(random: Random, path: Path, good: str) -> None:
    octets = mutate.text(random, good).encode("utf-8", "surrogatepass")
    path.write_bytes(mutate.octets(random, octets) if random.randrange(8) == 0 else octets)


def _of_settings(random: Random, folder: Path) -> str:
    path = folder / "odd.toml"
    _write(random, path, random.choice((_SETTINGS, commented())))
    now = config.resolve(file=path, environment={}).settings
    save({"volume": 0.25}, path)
    again = config.resolve(file=path, environment={}).settings
    assert again.volume == 0.25
    assert again.ftp == now.ftp
    return "settings"


def _of_profile(random: Random, folder: Path) -> str:
    path = folder / "odd.toml"
    _write(random, path, random.choice(_profiles()))
    profile = parse(config.profile_text(path), str(path))
    limits(profile)
    assert profile.name.isprintable()
    return "profile"


def _of_riders(random: Random, folder: Path) -> str:
    path = folder / "odd.toml"
    _write(random, path, _RIDERS)
    riders_of(path, {"anna", "bob"})
    return "riders"


def run(count: int, seed: int) -> dict[str, int]:
    """Tries so many of them."""
    return run_cases(case, count, seed)
