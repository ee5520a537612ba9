"""A profile's text: what it says comes out typed, what is wrong with it is said with file and key."""

from __future__ import annotations

import contextlib
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.errors import ProfileError
from legbal.meters.profile import UNLISTED, Profile, Recognition, Statement
from legbal.meters.profile_file import STATED, parse
from legbal.present.profile import recognition, value
from tests.meters.profiles import FOLDER, SMALL, shipped


def refusal(text: str) -> ProfileError:
    with pytest.raises(ProfileError) as caught:
        parse(text, "mine.toml")
    return caught.value


def test_statements_become_fields_with_their_provenance_beside_them() -> None:
    assert parse(SMALL, "mine.toml") == Profile(
        id="a-meter",
        name="A Meter",
        version=2,
        kind="measured",
        resolution_percent=1.0,
        recognise=(Recognition(names=("AM *",), provenance="captured", source="a scan"),),
        statements=(
            Statement("kind", "vendor", "its maker's pages"),
            Statement("resolution_percent", "captured", "bytes"),
        ),
    )


def test_a_profile_survives_being_kept_with_a_ride() -> None:
    for profile in (*shipped().values(), UNLISTED):
        assert msgspec.json.decode(msgspec.json.encode(profile), type=Profile) == profile


@pytest.mark.parametrize(
    ("old", "new", "key", "hint"),
    [
        ("[kind]", "[kinds]", "kinds", "kind?"),
        ("[resolution_percent]", "[resolution]", "resolution", "resolution_percent?"),
        ('names = ["AM *"]', 'name = ["AM *"]', "recognise[0].name", "names?"),
        ('provenance = "vendor"', 'provenence = "vendor"', "kind.provenence", "provenance?"),
        ("version = 2", "zzz = 2", "zzz", "Known here"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_right_name(
    old: str, new: str, key: str, hint: str
) -> None:
    error = refusal(SMALL.replace(old, new))
    assert "mine.toml" in str(error)
    assert f"'{key}'" in str(error)
    assert error.hint is not None
    assert hint in error.hint


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('value = "measured"', 'value = "mesured"', "kind.value: Invalid enum value 'mesured', allowed"),
        ('provenance = "vendor"', 'provenance = "x"', "kind.provenance: Invalid enum value 'x', allowed"),
        ("value = 1", "value = 0.25", "resolution_percent.value"),
        ("value = 1", "value = true", "resolution_percent.value"),
        ("version = 2", "version = 0", "version"),
        ('id = "a-meter"', 'id = "../a"', "id"),
        ('id = "a-meter"', 'id = "a-meter\\n"', "id"),
        ('id = "a-meter"', "", "id is missing"),
        ('name = "A Meter"', 'name = "A\\u001bMeter"', "name: holds a character"),
        ('source = "bytes"', 'source = " "', "resolution_percent.source: says nothing"),
        ('source = "bytes"', f'source = "{"x" * 700}"', "resolution_percent.source: longer"),
        ('names = ["AM *"]', "", "recognise[0]: needs names"),
        ('names = ["AM *"]', "names = [7]", "recognise[0].names[0]"),
        ("[[recognise]]", "[recognise]", "recognise: is written as tables"),
        ('names = ["AM *"]', 'names = "AM *"', "recognise[0].names: Expected `array`, got `str`"),
        ("version = 2", f'{"z" * 99} = 2', f"{'z' * 80!r} is not a key"),
        ("version = 2", "rate_hz = 2", "rate_hz: is written as a table"),
        ('[resolution_percent]\nvalue = 1', '[left_names]\nvalue = ["a"]', "peripherals"),
        ("version = 2", "version = = 2", "not valid TOML"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_file_and_key(old: str, new: str, says: str) -> None:
    assert old in SMALL
    message = str(refusal(SMALL.replace(old, new, 1)))
    assert message.startswith("mine.toml: ")
    assert says in message


@given(st.text(max_size=200))
def test_any_text_gives_a_profile_or_a_profile_error(text: str) -> None:
    for whole in (text, SMALL + text, SMALL.replace("a scan", text)):
        with contextlib.suppress(ProfileError):
            assert parse(whole, "mine.toml").id == "a-meter"


FAMILIES = {
    "4iiii-dual",
    "4iiii-single",
    "favero-assioma-duo",
    "favero-assioma-duo-dual",
    "favero-assioma-duo-shi",
    "favero-assioma-pro",
    "favero-assioma-pro-1",
    "favero-assioma-uno",
    "garmin-rally-100",
    "garmin-rally-110",
    "garmin-rally-200",
    "garmin-rally-210",
    "garmin-vector-3",
    "garmin-vector-3s",
    "giant-power-pro",
    "inpeak-twin2",
    "look-keo-blade-power",
    "look-keo-blade-power-single",
    "look-srm-exakt",
    "magene-pedals",
    "magene-pes",
    "power2max-ng",
    "power2max-ngeco",
    "power2max-type-s",
    "powertap-p1",
    "quarq",
    "rotor-2inpower",
    "rotor-inpower",
    "rotor-inspider",
    "shimano-dual",
    "sigeyi-axo",
    "smartspin2k",
    "specialized-power-cranks",
    "srm-pm9",
    "srm-x-power",
    "stages-bike",
    "stages-l",
    "stages-lr",
    "stages-r",
    "trainer",
    "verve-infocrank",
    "wahoo-powrlink",
    "wahoo-powrlink-single",
    "wattbike",
    "xcadey-x-power",
    "xcadey-xpower-s",
}


def test_all_families_ship_each_in_a_file_of_its_id() -> None:
    assert set(shipped()) == FAMILIES
    assert {file.stem for file in FOLDER.glob("*.toml")} == FAMILIES


def test_what_ships_leaves_nothing_unsaid() -> None:
    optional = {"features", "left_names", "right_names", "side", "connecting", "locked", "unlock"}
    for profile in shipped().values():
        stated = {statement.key for statement in profile.statements}
        assert set(STATED) - stated <= optional, profile.id
        if profile.peripherals == 2:
            assert {"left_names", "right_names"} <= stated
        assert (profile.kind == "doubled") == (profile.side is not None), profile.id
        assert list(stated) == list(dict.fromkeys(stated))


CAPTURED = {
    "4iiii-single",
    "favero-assioma-duo",
    "favero-assioma-uno",
    "powertap-p1",
    "smartspin2k",
    "stages-lr",
}


def test_only_what_packets_show_is_called_captured() -> None:
    captured = {
        profile.id
        for profile in shipped().values()
        if any(said.provenance == "captured" for said in profile.statements)
    }
    assert captured == CAPTURED


def test_whole_percents_are_known_of_three_families() -> None:
    whole = {
        profile.id
        for profile in shipped().values()
        for statement in profile.statements
        if statement.key == "resolution_percent" and profile.resolution_percent == 1.0
        if statement.provenance != "assumed"
    }
    assert whole == {"favero-assioma-duo", "stages-lr", "srm-pm9"}


def test_every_statement_can_be_said_in_words() -> None:
    for profile in (*shipped().values(), UNLISTED):
        assert all(value(profile, key) or key in ("connecting", "unlock") for key in STATED)
        assert all(recognition(rule) for rule in profile.recognise)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("side", "middle", "allowed are left, right"),
        ("connections", 0, "connections.value"),
        ("pairing", "maybe", "allowed are none, optional, required, unknown"),
        ("zero_offset", "12", "allowed are plain, enhanced, both, none, unknown"),
        ("unlock", " ", "unlock.value: says nothing"),
        ("connecting", "a\u0007b", "holds a character"),
        ("falls_back", 1, "falls_back.value"),
    ],
)
def test_the_newer_statements_are_checked_too(key: str, value: object, says: str) -> None:
    stated = json.dumps(value)
    text = f'{SMALL}\n[{key}]\nvalue = {stated}\nprovenance = "vendor"\nsource = "s"\n'
    message = str(refusal(text))
    assert message.startswith("mine.toml: ")
    assert says in message


@pytest.mark.parametrize(
    ("key", "taken", "refused"),
    [
        ("resolution_percent", (0.5, 10.0), (0.4, 10.1)),
        ("fields", (["crank"] * 8,), (["crank"] * 9,)),
        ("rate_hz", (0.1, 200.0), (0.0, 200.1)),
        ("peripherals", (1, 2), (0, 3)),
        ("connections", (1, 16), (0, 17)),
        ("connecting", ("x" * 600,), ("x" * 601,)),
        ("features", (0, 0xFFFF_FFFF), (-1, 0x1_0000_0000)),
    ],
)
def test_a_statement_is_taken_up_to_its_bounds(
    key: str, taken: tuple[object, ...], refused: tuple[object, ...]
) -> None:
    small = SMALL[: SMALL.index("[resolution_percent]")]

    def stated(value: object) -> str:
        return f'{small}\n[{key}]\nvalue = {json.dumps(value)}\nprovenance = "vendor"\nsource = "s"\n'

    for given_value in taken:
        got = getattr(parse(stated(given_value), "mine.toml"), key)
        assert got == (tuple(given_value) if isinstance(given_value, list) else given_value)
    for given_value in refused:
        assert key in str(refusal(stated(given_value)))


@pytest.mark.parametrize(
    ("taken", "refused"),
    [
        ('names = ["x"]', 'names = [""]'),
        (f'names = ["{"x" * 64}"]', f'names = ["{"x" * 65}"]'),
        (f"names = {['x'] * 16}", f"names = {['x'] * 17}"),
    ],
)
def test_a_pattern_has_64_letters_and_a_rule_16_patterns_at_most(taken: str, refused: str) -> None:
    assert parse(SMALL.replace('names = ["AM *"]', taken), "mine.toml").recognise[0].names
    assert "recognise[0].names" in str(refusal(SMALL.replace('names = ["AM *"]', refused)))


def test_what_nobody_stated_is_taken_for_granted() -> None:
    assert msgspec.structs.asdict(Profile(id="x", name="X")) == {
        "id": "x",
        "name": "X",
        "version": 1,
        "kind": "unknown",
        "side": None,
        "reference": "flag",
        "swapped": False,
        "resolution_percent": 0.5,
        "placeholder": "unknown",
        "fields": (),
        "rate_hz": 1.0,
        "repeats": True,
        "skips": True,
        "counts_while_stopped": False,
        "rezeroes": False,
        "falls_back": False,
        "peripherals": 1,
        "left_names": (),
        "right_names": (),
        "connections": None,
        "pairing": "unknown",
        "zero_offset": "unknown",
        "connecting": "",
        "locked": False,
        "unlock": "",
        "features": None,
        "recognise": (),
        "statements": (),
    }


def test_a_profile_cannot_be_changed() -> None:
    profile = parse(SMALL, "mine.toml")
    for part in (profile, profile.recognise[0], profile.statements[0]):
        with pytest.raises(AttributeError):
            setattr(part, part.__struct_fields__[0], "b")
