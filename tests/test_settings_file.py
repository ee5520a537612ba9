"""The settings file: any text gives settings or a clear error, and a change keeps the rider's own words."""

from __future__ import annotations

import re
import stat
import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal import config
from legbal.config import KEYS, Mqtt, Settings
from legbal.config.edit import changed, commented, save
from legbal.config.files import SettingsFile
from legbal.errors import ConfigError

NAMES = st.sampled_from(sorted(KEYS))
SCALARS = st.one_of(
    st.integers(-3, 700), st.floats(-1, 700), st.booleans(), st.text(max_size=8), st.lists(st.floats(0, 4))
)
FRAGMENTS = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.builds(lambda name, value: f"{name} = {value!r}".lower(), NAMES, SCALARS),
        st.sampled_from(
            [
                "[mqtt]",
                "[aliases]",
                "# mine",
                '"""',
                "bands = [",
                "0.5,",
                "]",
                "mqtt.url = 1",
                "[[a]]",
                "a.b=1",
            ]
        ),
    ),
    max_size=12,
).map("\n".join)

ALLOWED: dict[str, Any] = {
    "ftp": 265.0,
    "weak_leg": "left",
    "target": 48.5,
    "bands": (0.5, 1.0),
    "sound": False,
    "speech_rate": 120,
    "meter": 'A "quoted" \\ name',
    "aliases": {"race bike": "ASSIOMA17039L"},
    "mqtt.url": "mqtt://broker:1884",
    "mqtt.commands": True,
}
CHANGES = st.dictionaries(st.sampled_from(sorted(ALLOWED)), st.booleans(), min_size=1).map(
    lambda chosen: {name: ALLOWED[name] if given_ else None for name, given_ in chosen.items()}
)
HAND_WRITTEN = """\
# mine
ftp = 250   # since May
bands = [
    0.6, # easy
    0.8,
]

[mqtt]  # the broker
# in the cellar
rider = "ana"
"""


def values(text: str) -> dict[str, Any]:
    """What a settings file says, by name."""
    return {name: value for name, _, value in SettingsFile(Path("config.toml"), text).values()}


@given(FRAGMENTS)
def test_any_text_gives_settings_or_an_error_that_names_the_file(text: str) -> None:
    said = ""
    try:
        values(text)
    except ConfigError as error:
        said = str(error)
    assert not said or re.match(r"config\.toml(, line \d+: |: not valid TOML: )", said)


@given(NAMES, st.integers(0, 3))
def test_a_wrong_value_is_named_with_its_line(name: str, above: int) -> None:
    key = KEYS[name]
    wrong = '{x = "y"}' if key.name != "aliases" else "3"
    header = f"[{key.table}]\n" if key.table else ""
    with pytest.raises(ConfigError) as caught:
        values("# x\n" * above + header + f"{key.leaf} = {wrong}\n")
    assert str(caught.value).startswith(f"config.toml, line {above + bool(header) + 1}: {name} = ")
    assert key.allowed in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "said", "hint"),
    [
        ("ftp = 250\n[mqtt]\nurll = 'x'", 3, "'urll' is not a setting", "Did you mean url?"),
        (
            "[mqtt]\nrider = 'a'\nftp = 250",
            3,
            "ftp is no setting of [mqtt]",
            "above the first line in brackets",
        ),
        ("url = 'mqtt://x'", 1, "'url' is not a setting", "Did you mean url below a line [mqtt]?"),
        ("\nmqtt = 'mqtt://x'", 2, "it is a table", "Write [mqtt] on a line of its own"),
        ("ftp = 250\n\n\nbands = [\n 0.8,\n 0.6,\n]", 4, "bands = [0.8, 0.6] is not allowed", None),
        ("meter = '''a\nftp = 900\nb'''\nftp = 900", 1, "meter = ", None),
        ("[aliases]\na = 'b'\nrace = 5", 3, "aliases = {'race': 5} is not allowed", None),
        ("ftp = 250\n[mqqt]\nurl = 'mqtt://x'", 2, "'mqqt' is no table of settings", "Did you mean [mqtt]?"),
        ("[mqtt]\nurl = 'http://x'", 2, "mqtt://HOST, mqtts://HOST", None),
        ("[mqtt]\nurl = 'mqtt://x:70000'", 2, "mqtt://HOST, mqtts://HOST", None),
        ("[mqtt]\nurl = 'ws://x:70000/mqtt'", 2, "mqtt://HOST, mqtts://HOST", None),
        ('[mqtt]\nurl = "mqtt://x\\n"', 2, "mqtt://HOST, mqtts://HOST", None),
        ("[mqtt]\nrider = 'a/b'", 2, "without /, + and #", None),
        ("[mqtt]\ndiscovery_prefix = 'a//b'", 2, "without + and #", None),
        ("speech_rate = 120.5", 1, "a whole number from 80 to 400", None),
        (
            "# mine\nftp = 250\n\nftp = 260",
            4,
            "'ftp' stands there a second time",
            "Take one of the two away.",
        ),
        ("[mqtt]\nrider = 'a'\n[mqtt]", 3, "'[mqtt]' stands there a second time", "Take one"),
        ("aliases.a = 'b'\n[mqtt]\npassword = 'x'\npassword = 'y'", 4, "'password' stands there", "Take one"),
        ("ftp = 250\nweak_leg = \n# end", 2, "not valid TOML: Invalid value", "A line reads like"),
        ("ftp = 250\nbands = [\n 0.8,\n", 2, "not valid TOML", "A line reads like"),
        ("ftp = 250\n# \x01", 2, "not valid TOML", "A line reads like"),
        ("ftp = 250\n# \x01\ntarget = 49", 2, "not valid TOML", "A line reads like"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_to_do(
    text: str, line: int, said: str, hint: str | None
) -> None:
    with pytest.raises(ConfigError) as caught:
        values(text)
    assert str(caught.value).startswith(f"config.toml, line {line}: ")
    assert said in str(caught.value)
    assert (caught.value.hint is None) if hint is None else hint in (caught.value.hint or "")


def test_a_password_is_shown_nowhere() -> None:
    with pytest.raises(ConfigError) as caught:
        values("[mqtt]\npassword = 4711")
    assert "4711" not in str(caught.value)
    with pytest.raises(ConfigError) as caught:
        values("[mqtt]\nurl = 'mqtt://ana:geheim@broker'")
    assert "geheim" not in str(caught.value)
    assert "mqtt.password" in (caught.value.hint or "")
    for text in ("mqtt = 'mqtt://ana:geheim@broker'", "[[mqtt]]\npassword = 'geheim'"):
        with pytest.raises(ConfigError, match="it is a table") as caught:
            values(text)
        assert "geheim" not in str(caught.value)
    with pytest.raises(ConfigError) as caught:
        values(f"[mqtt]\nurl = 'mqtt://ana:{'geheim' * 20}@broker'")  # too long to be shown in full
    assert "geheim" not in str(caught.value)
    assert "geheim" not in repr(Settings(mqtt=Mqtt(password="geheim")))


def test_brackets_without_end_are_no_crash() -> None:
    with pytest.raises(ConfigError, match="not valid TOML"):
        SettingsFile(Path("config.toml"), "a = " + "[" * 50_000)


def test_a_file_that_begins_with_a_mark_and_ends_its_lines_as_windows_does_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes("\ufeffftp = 250\r\nsensitivity = 'calm'\r\n".encode())
    assert config.load(file=file, environment={}).sensitivity == "calm"
    file.write_bytes("\ufeffftp = 250\r\n\r\nfpt = 1\r\n".encode())
    with pytest.raises(ConfigError, match=r"line 3: 'fpt'"):
        config.load(file=file, environment={})


def test_the_commented_file_explains_every_setting_and_sets_none() -> None:
    text = commented()
    assert values(text) == {}
    for key in KEYS.values():
        kept = key.leaf if key.default != {} else "race"
        assert re.search(rf"^# {kept} = .+$", text, re.MULTILINE), key.name
    assert max(map(len, text.splitlines())) <= 102


def test_each_line_of_the_commented_file_can_be_set_by_taking_its_mark_away() -> None:
    text = re.sub(
        rf"^# ((?:{'|'.join(key.leaf for key in KEYS.values())}|race) = .*)$",
        r"\1",
        commented(),
        flags=re.M,
    )
    assert set(values(text)) == set(KEYS)


def test_the_commented_file_sets_what_is_not_the_default() -> None:
    settings = msgspec.structs.replace(
        Settings(ftp=265, bands=(0.5, 1.0), aliases={"race bike": "A"}), mqtt=Mqtt(rider="ana")
    )
    assert values(commented(settings)) == {
        "ftp": 265,
        "bands": (0.5, 1.0),
        "aliases": {"race bike": "A"},
        "mqtt.rider": "ana",
    }


@pytest.mark.parametrize("before", ["", commented(), HAND_WRITTEN, "mqtt = {rider = 'a', commands = true}\n"])
@given(changes=CHANGES)
def test_a_change_changes_that_and_nothing_else(before: str, changes: dict[str, Any]) -> None:
    expected = {**values(before), **changes}
    after = changed(before, changes)
    assert values(after) == {name: value for name, value in expected.items() if value is not None}


def test_a_change_keeps_comments_and_what_it_takes_away_can_come_back() -> None:
    after = changed(HAND_WRITTEN, {"ftp": 265, "mqtt.rider": "eva", "target": 49})
    assert "ftp = 265   # since May" in after
    assert "# mine" in after
    assert "# in the cellar" in after
    assert "0.6, # easy" in after
    assert tomllib.loads(after)["target"] == 49
    assert (
        changed(changed(commented(), {"ftp": 265}), {"ftp": None, "ftp ".strip(): 250}).count("ftp = ") >= 1
    )
    set_and_unset = changed(changed(commented(), {"mqtt.rider": "eva"}), {"mqtt.rider": None})
    assert "\n# rider = " in set_and_unset


def test_a_set_value_takes_the_place_of_its_commented_line() -> None:
    lines = changed(commented(), {"weak_leg": "left", "mqtt.key": "a.pem"}).splitlines()
    assert lines[lines.index('weak_leg = "left"') - 1] == "# Allowed: left, right or unknown"
    assert lines.index('key = "a.pem"') > lines.index("[mqtt]")


def test_saving_begins_a_commented_file_that_only_the_rider_may_read(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    save({"ftp": 265.0}, file)
    assert config.load(file=file, environment={}).ftp == 265
    assert "# sensitivity = " in file.read_text(encoding="utf-8")
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["config.toml"]


def test_saving_what_does_not_go_together_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("margin = 2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="clear = 3 is above the margin"):
        save({"clear": 3.0}, file)
    with pytest.raises(ConfigError, match=r"ftp = 1000\.0 is not allowed"):
        save({"ftp": 1000.0}, file)
    assert file.read_text(encoding="utf-8") == "margin = 2\n"


def test_a_file_that_is_wrong_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("fpt = 2\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="line 1: 'fpt'"):
        save({"ftp": 250.0}, file)
    assert file.read_text(encoding="utf-8") == "fpt = 2\n"


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles.toml"
    kept.write_text("ftp = 200\n", encoding="utf-8")
    link = tmp_path / "config.toml"
    link.symlink_to(kept)
    save({"ftp": 210.0}, link)
    assert link.is_symlink()
    assert kept.read_text(encoding="utf-8") == "ftp = 210\n"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be"):
        save({"ftp": 210.0}, tmp_path / "file" / "config.toml")


def test_an_alias_stands_for_its_meter(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('meter = "Race"\n[aliases]\nrace = "ASSIOMA17039L"\n', encoding="utf-8")
    assert config.load(file=file, environment={}).meter == "ASSIOMA17039L"
    assert config.resolve(file=file, environment={}).settings.meter == "Race"
    environment = {"LEGBAL_ALIASES": "race = A, spare=B"}
    assert config.load({"meter": "spare"}, file=file, environment=environment).meter == "B"
    with pytest.raises(ConfigError, match="LEGBAL_ALIASES"):
        config.load(file=file, environment={"LEGBAL_ALIASES": "race"})


def test_each_value_is_told_with_where_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("# mine\nftp = 250\n[mqtt]\nrider = 'ana'\n", encoding="utf-8")
    found = config.resolve(
        {"weak_leg": "left", "mqtt_url": "mqtt://x"}, file=file, environment={"LEGBAL_MQTT_RIDER": "eva"}
    )
    assert (found.settings.mqtt.rider, found.settings.mqtt.url) == ("eva", "mqtt://x")
    assert {
        name: found.origins[name].where for name in ("ftp", "weak_leg", "mqtt.rider", "mqtt.url", "sound")
    } == {
        "ftp": f"{file}, line 2",
        "weak_leg": "--weak-leg",
        "mqtt.rider": "LEGBAL_MQTT_RIDER",
        "mqtt.url": "--mqtt",
        "sound": "default",
    }
