"""Settings: where they come from, which wins, and what is said of a wrong one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from legbal import config
from legbal.config import Settings
from legbal.errors import ConfigError, ProfileError
from legbal.meters.profile import Profile
from legbal.meters.profile_file import parse
from legbal.ride.inputs import Setup


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the home of everything."""
    monkeypatch.setenv("LEGBAL_HOME", str(tmp_path))
    return tmp_path


def written(folder: Path, text: str) -> Path:
    """A settings file with that text."""
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def refused(folder: Path, text: str) -> ConfigError:
    """The error that a settings file with that text gives."""
    with pytest.raises(ConfigError) as caught:
        config.load(file=written(folder, text), environment={})
    return caught.value


@pytest.mark.usefixtures("home")
def test_with_nothing_said_the_defaults_hold_and_give_the_default_setup() -> None:
    settings = config.load(environment={})
    assert settings == Settings()
    assert settings.setup() == Setup()


def test_flags_win_over_environment_over_file_over_defaults(home: Path) -> None:
    written(home, "ftp = 200\nmargin = 4\nvolume = 0.5\n")
    environment = {"LEGBAL_FTP": "210", "LEGBAL_MARGIN": "5"}
    settings = config.load({"ftp": 220.0, "margin": None}, environment=environment)
    assert (settings.ftp, settings.margin, settings.volume, settings.dwell) == (220, 5, 0.5, 5)


def test_every_setting_can_stand_in_the_file(tmp_path: Path) -> None:
    settings = config.load(
        file=written(
            tmp_path,
            """
            ftp = 265
            weak_leg = "left"
            target = 48.5
            margin = 2.5
            clear = 0.5
            window = 20
            dwell = 4
            least_power = 80
            least_cadence = 50
            threshold_when = "always"
            sensitivity = "calm"
            cooldown = 90
            bands = [0.6, 0.8, 1.0]
            heart_rate = "TICKR A1B2"
            swap_sides = true
            assume_left = true
            sound = false
            volume = 0.3
            meter = "ASSIOMA17039L"
            left_meter = "SRM_XP_L_1690"
            right_meter = "SRM_XP_R_1556"
                adapter = "hci1"
            speech = true
            speech_language = "de"
            speech_rate = 140
            theme = "contrast"
            large_type = true
            awake = false
            characters = "ascii"
            page = "network"
            page_port = 9000
            copy_to = "rides"
            upload = true
            upload_key = "key-1"
            upload_url = "https://rides.example:8443"
            import_folders = ["~/Documents/Zwift/Activities"]
            [aliases]
            race = "ASSIOMA17039L"
            [mqtt]
            url = "mqtts://broker.example:8884"
            rider = "ana"
            username = "legbal"
            password = "secret"
            keyring = true
            ca = "/etc/ca.pem"
            certificate = "me.pem"
            key = "me.key"
            commands = true
            home_assistant = true
            discovery_prefix = "ha/found"
            """,
        ),
        environment={},
    )
    changed = {key.name for key in config.KEYS.values() if config.value_of(settings, key) != key.default}
    assert changed == set(config.KEYS)
    assert settings.pair == ("SRM_XP_L_1690", "SRM_XP_R_1556")
    setup = settings.setup(profile=Profile(id="x", name="X"))
    assert (setup.ftp_w, setup.weak_leg, setup.sensitivity, setup.cooldown_s) == (265, "left", "calm", 90)
    assert (setup.bands, setup.swap_sides, setup.assume_left) == ((0.6, 0.8, 1.0), True, True)
    rule = setup.threshold
    assert (rule.target_percent, rule.margin_points, rule.clear_points) == (48.5, 2.5, 0.5)
    assert (rule.window_s, rule.dwell_s, rule.when) == (20, 4, "always")
    assert (rule.least_power_w, rule.least_cadence_rpm) == (80, 50)
    assert setup.profile.id == "x"


def test_every_setting_can_stand_in_the_environment(home: Path) -> None:
    environment = {
        "LEGBAL_FTP": "265",
        "LEGBAL_WEAK_LEG": "right",
        "LEGBAL_SOUND": "False",
        "LEGBAL_SWAP_SIDES": "true",
        "LEGBAL_BANDS": "0.6, 0.8,1.0",
        "LEGBAL_METER": "Quarq 12",
        "LEGBAL_VOLUME": "",
        "LEGBAL_HOME": str(home),
        "LEGBAL_CI": "1",
    }
    settings = config.load(environment=environment)
    assert settings == Settings(
        ftp=265, weak_leg="right", sound=False, swap_sides=True, bands=(0.6, 0.8, 1.0), meter="Quarq 12"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('left_meter = "A"', "left_meter is given without right_meter"),
        ('right_meter = "A"', "right_meter is given without left_meter"),
        ('left_meter = "A"\nright_meter = "a"', "right_meter is the same as left_meter"),
    ],
)
def test_of_two_meters_both_are_named(home: Path, text: str, words: str) -> None:
    file = home / "config.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=words):
        config.load(file=file, environment={})


def test_the_alert_clears_at_a_third_of_the_margin_unless_said_otherwise() -> None:
    assert Settings(margin=6.0).setup().threshold.clear_points == pytest.approx(2.0)
    assert Settings(margin=6.0, clear=0.0).setup().threshold.clear_points == 0.0


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_right_one(tmp_path: Path) -> None:
    error = refused(tmp_path, "# mine\nftp = 250\nsensitivty = 'calm'\n")
    assert str(error) == f"{tmp_path / 'config.toml'}, line 3: 'sensitivty' is not a setting"
    assert error.hint == "Did you mean sensitivity?"


def test_an_unknown_table_is_named_with_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, "ftp = 250\n[broker]\nhost = 'here'\n")
    assert "config.toml, line 2: 'broker' is not a setting" in str(error)
    assert error.hint is not None
    assert "ftp" in error.hint


@pytest.mark.parametrize(
    ("line", "said", "hint"),
    [
        ("ftp = 1000", "ftp = 1000 is not allowed; it is a number from 50 to 600", None),
        ("ftp = '250'", "ftp = '250' is not allowed; it is a number from 50 to 600", None),
        ("ftp = nan", "ftp = nan is not allowed", None),
        ("ftp = true", "ftp = true is not allowed", None),
        ("volume = 1.5", "volume = 1.5 is not allowed; it is a number from 0 to 1", None),
        ("target = 75", "target = 75 is not allowed; it is a number from 30 to 70", None),
        ("weak_leg = 'lift'", "it is left, right or unknown", "Did you mean left?"),
        ("threshold_when = 'allways'", "it is intervals or always", "Did you mean always?"),
        ("sound = 1", "sound = 1 is not allowed; it is true or false", None),
        ("bands = [0.8, 0.6]", "it is a rising list of up to 11, each a number from 0.1 to 3", None),
        ("bands = [nan]", "bands = [nan] is not allowed", None),
        ("bands = []", "bands = [] is not allowed", None),
        ("meter = ''", "it is a text of 1 to 248 characters", None),
        ('meter = "a\\u001b[2Jb"', "meter = 'a\\x1b[2Jb' is not allowed", None),
    ],
)
def test_a_value_that_is_not_allowed_is_named_with_what_is(
    tmp_path: Path, line: str, said: str, hint: str | None
) -> None:
    error = refused(tmp_path, f"\n{line}\n")
    assert str(error).startswith(f"{tmp_path / 'config.toml'}, line 2: ")
    assert said in str(error)
    assert error.hint == hint


def test_a_clear_above_the_margin_is_refused_where_it_stands(tmp_path: Path) -> None:
    error = refused(tmp_path, "clear = 4\n")
    assert "line 1: clear = 4 is above the margin of 3 points" in str(error)


def test_a_file_that_is_no_toml_or_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert "not valid TOML" in str(refused(tmp_path, "ftp 250\n"))
    assert "line 2" in str(refused(tmp_path, "ftp = 250\nftp = 260\n"))
    (tmp_path / "config.toml").write_bytes(b'meter = "\xff"')
    with pytest.raises(ConfigError, match=r"config\.toml: is not UTF-8 text"):
        config.load(file=tmp_path / "config.toml", environment={})
    with pytest.raises(ConfigError, match="longer than 64 KiB"):
        config.load(file=written(tmp_path, "#" * 70_000), environment={})
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(file=tmp_path, environment={})


@pytest.mark.usefixtures("home")
def test_a_wrong_variable_is_named_and_a_mistyped_one_too() -> None:
    with pytest.raises(ConfigError, match="LEGBAL_FTP = 'lots' is not allowed"):
        config.load(environment={"LEGBAL_FTP": "lots"})
    with pytest.raises(ConfigError, match="'LEGBAL_WEEK_LEG' is not a setting") as caught:
        config.load(environment={"LEGBAL_WEEK_LEG": "left"})
    assert caught.value.hint == "Did you mean LEGBAL_WEAK_LEG?"
    with pytest.raises(ConfigError, match="'LEGBAL_FPT'"):
        config.load(environment={"LEGBAL_FPT": "250"})


@pytest.mark.usefixtures("home")
def test_a_wrong_flag_is_named_as_it_is_typed() -> None:
    with pytest.raises(ConfigError, match="--weak-leg = 'both'"):
        config.load({"weak_leg": "both"}, environment={})


def test_what_is_allowed_can_be_asked_for() -> None:
    assert config.key_of("sensitivity").choices == ("calm", "normal", "eager")
    assert config.key_of("ftp").choices == ()
    assert config.key_of("ftp").allowed == "a number from 50 to 600"
    assert config.key_of("sensitivity").allowed == "calm, normal or eager"
    assert all(config.key_of(name).allowed for name in config.NAMES)


@pytest.mark.usefixtures("home")
def test_the_profiles_that_come_with_legbal_are_found_and_hold_together() -> None:
    texts = config.profile_texts()
    assert len(texts) >= 6
    assert all(parse(text, name).id for name, text in texts.items())


def test_the_riders_own_profile_replaces_the_one_of_its_name_and_comes_last(home: Path) -> None:
    shipped = list(config.profile_texts())
    own = home / "profiles"
    own.mkdir()
    (own / shipped[0]).write_text("mine", encoding="utf-8")
    (own / "zz-new.toml").write_text("new", encoding="utf-8")
    (own / "notes.txt").write_text("no profile", encoding="utf-8")
    texts = config.profile_texts()
    assert texts[shipped[0]] == "mine"
    assert list(texts) == [*shipped[1:], shipped[0], "zz-new.toml"]


def test_a_profile_that_cannot_be_read_is_named(home: Path) -> None:
    (home / "profiles").mkdir()
    (home / "profiles" / "mine.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProfileError, match=r"mine\.toml: cannot be read"):
        config.profile_texts()


def test_importing_it_reads_nothing_and_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("this is no TOML", encoding="utf-8")
    environment = {"LEGBAL_HOME": str(tmp_path), "LEGBAL_FTP": "bad", "PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", "import legbal.config"], check=True, env=environment)
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml"]
