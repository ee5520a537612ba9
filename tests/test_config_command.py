"""`legbal config`: what it says of every setting, and how it writes and changes the file."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from legbal.cli import legbal
from legbal.config import KEYS
from legbal.errors import LegbalError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the home of everything."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    return tmp_path


def run(*arguments: str, given: str | None = None) -> Result:
    """`legbal config ARGUMENTS`, which goes well."""
    result = CliRunner().invoke(legbal, ["config", *arguments], input=given, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def refused(*arguments: str) -> LegbalError:
    """The error of `legbal config ARGUMENTS`."""
    with pytest.raises(LegbalError) as caught:
        run(*arguments)
    return caught.value


def test_every_setting_is_listed_with_its_value_and_origin(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "config.toml").write_text("ftp = 265\n[mqtt]\npassword = 'geheim'\n", encoding="utf-8")
    monkeypatch.setenv("LEGBAL_VOLUME", "0.4")
    shown = run("--weak-leg", "left", "--theme", "light", "--mqtt", "mqtt://broker").stdout
    rows = {line.split()[0]: line.split()[1:] for line in shown.splitlines()[2:]}
    assert set(KEYS) <= set(rows)
    assert rows["ftp"] == ["265", "W", "line", "1"]
    assert rows["volume"] == ["0.4", "LEGBAL_VOLUME"]
    assert rows["weak_leg"] == ["left", "--weak-leg"]
    assert rows["theme"] == ["light", "--theme"]
    assert rows["mqtt.url"] == ["mqtt://broker", "--mqtt"]
    assert rows["mqtt.password"] == ["•••", "line", "3"]
    assert rows["target"] == ["not", "set", "default"]
    assert "geheim" not in shown


def test_as_json_it_says_what_is_allowed_too_and_no_secret(home: Path) -> None:
    (home / "config.toml").write_text("bands = [0.6, 1]\n[mqtt]\npassword = 'geheim'\n", encoding="utf-8")
    text = run("--json").stdout
    told = {each["setting"]: each for each in json.loads(text)}
    assert told["bands"]["value"] == [0.6, 1.0]
    assert told["bands"]["where"] == f"{home / 'config.toml'}, line 1"
    assert told["mqtt.password"]["value"] == "•••"
    assert told["sensitivity"]["allowed"] == "calm, normal or eager"
    assert "geheim" not in text


def test_a_file_that_is_wrong_is_an_error_with_its_line(home: Path) -> None:
    (home / "config.toml").write_text("\nftp = 2\n", encoding="utf-8")
    assert "config.toml, line 2: ftp = 2 is not allowed" in str(refused())


def test_init_writes_a_commented_file_and_never_over_one_unasked(home: Path) -> None:
    file = home / "config.toml"
    assert run("init").stdout.strip() == str(file)
    assert "# ftp = 250" in file.read_text(encoding="utf-8")
    file.write_text("ftp = 265\n", encoding="utf-8")
    assert "is there already" in str(refused("init"))
    assert file.read_text(encoding="utf-8") == "ftp = 265\n"
    run("init", "--force")
    assert "\nftp = 265\n" in file.read_text(encoding="utf-8")
    assert "# weak_leg = " in file.read_text(encoding="utf-8")


def test_path_says_where_the_file_is(home: Path) -> None:
    assert run("path").stdout.strip() == str(home / "config.toml")


def test_set_and_unset_change_one_setting(home: Path) -> None:
    run("set", "weak-leg", "left")
    run("set", "mqtt.url", "mqtt://broker")
    run("set", "bands", "0.6, 0.9")
    text = (home / "config.toml").read_text(encoding="utf-8")
    assert '\nweak_leg = "left"\n' in text
    assert '\nurl = "mqtt://broker"\n' in text
    assert "\nbands = [0.6, 0.9]\n" in text
    run("unset", "weak_leg")
    assert '\n# weak_leg = "left"\n' in (home / "config.toml").read_text(encoding="utf-8")


@pytest.mark.usefixtures("home")
def test_a_wrong_name_or_value_is_said_with_the_nearest_or_the_range() -> None:
    assert refused("set", "fpt", "250").hint == "Did you mean ftp?"
    assert "it is a number from 50 to 600" in str(refused("set", "ftp", "lots"))
    assert refused("set", "weak_leg", "lift").hint == "Did you mean left?"
    assert "needs a value" in str(refused("set", "ftp"))


def test_a_secret_is_taken_from_the_prompt_or_a_pipe_and_never_from_the_command_line(home: Path) -> None:
    assert "not accepted on the command line" in str(refused("set", "mqtt.password", "geheim"))
    assert "geheim" not in run("set", "mqtt.password", given="geheim\n").output
    assert '\npassword = "geheim"\n' in (home / "config.toml").read_text(encoding="utf-8")


@pytest.mark.usefixtures("home")
def test_a_name_that_is_like_none_gets_no_suggestion() -> None:
    assert refused("set", "nosuch", "1").hint == "`legbal config` lists them."


@pytest.mark.skipif(os.name == "nt", reason="no such permissions there")
def test_a_password_closes_a_file_that_others_could_read_and_says_so(home: Path) -> None:
    file = home / "config.toml"
    file.write_text("ftp = 250\n", encoding="utf-8")
    file.chmod(0o644)
    assert run("set", "ftp", "260").stderr == ""
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert "others could read it" in run("set", "mqtt.password", given="geheim\n").stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert run("set", "mqtt.password", given="geheimer\n").stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="no such permissions there")
@pytest.mark.parametrize("arguments", [("init", "--force"), ("set", "ftp", "260"), ("unset", "ftp")])
def test_whoever_writes_a_file_that_holds_a_password_closes_it(
    home: Path, arguments: tuple[str, ...]
) -> None:
    """The rider may have put the password there by hand."""
    file = home / "config.toml"
    file.write_text('ftp = 250\n[mqtt]\npassword = "geheim"\n', encoding="utf-8")
    file.chmod(0o644)
    assert "others could read it; now that it holds a password, only you can" in run(*arguments).stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "geheim" in file.read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="no such permissions there")
def test_the_folder_that_the_first_setting_makes_is_the_riders_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path / "made"))
    run("set", "ftp", "260")
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "made" / "config.toml").stat().st_mode) == 0o600


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_in_place_of_the_settings_file_is_not_waited_for(home: Path) -> None:
    os.mkfifo(home / "config.toml")
    assert "it is not a file" in str(refused())
