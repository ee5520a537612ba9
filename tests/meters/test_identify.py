"""Which profile fits: by name, device information, services, features; the best match, whatever the order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.gatt import uuids
from legbal.meters.identify import candidates, connecting_advice, features_of, profile_by, side_of
from legbal.meters.profile import UNLISTED, Profile, Recognition
from tests.meters.profiles import identify, shipped

PROFILES = tuple(shipped().values())
FE51 = "0000fe51-0000-1000-8000-00805f9b34fb"


def family(id: str, **conditions: Any) -> Profile:
    rule = Recognition(provenance="assumed", source="a test", **conditions)
    return Profile(id=id, name=id, recognise=(rule,))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("ASSIOMA17039L", "favero-assioma-duo"),
        ("Assioma17039l\0", "favero-assioma-duo"),
        ("Stages 12345", "stages-lr"),
        ("SRM_PM9_0042", "srm-pm9"),
        ("PowerTap P1 1234L", "powertap-p1"),
        ("PowerTap.L", "powertap-p1"),
        ("PowerTap P1.R", "powertap-p1"),
        ("power2max NGeco", "power2max-ngeco"),
        ("power2max 4711", "power2max-ngeco"),
        ("power2max NG 4711", "power2max-ng"),
        ("Quarq 4711", "quarq"),
        ("ASSIOMA17040R", "favero-assioma-duo-dual"),
        ("ASSIOMA PRO 17040L", "favero-assioma-pro"),
        ("SRM_XP_L_1690", "srm-x-power"),
        ("SRM_XP_R_1556", "srm-x-power"),
        ("POWRLINK ZERO 796B", "wahoo-powrlink"),
        ("SmartSpin2k", "smartspin2k"),
        ("KICKR CORE 1234", "trainer"),
        ("Wattbike 0123", "wattbike"),
        ("Stages Bike 0105", "stages-bike"),
        ("Stages SB20 1", "stages-bike"),
        ("KICKR BIKE 1234", "trainer"),
        ("FC-R9200-P", "shimano-dual"),
        ("PowerPro_1234", "giant-power-pro"),
        ("INPEAK 1234", "inpeak-twin2"),
        ("S-Works 1234", "specialized-power-cranks"),
        ("Saris", "unlisted"),
        ("Saris 12345", "unlisted"),
        ("Saris H3", "trainer"),
        ("XCADEY", "xcadey-xpower-s"),
        ("Rally RK200 1", "garmin-rally-200"),
        ("Rally RK100 1", "garmin-rally-100"),
        ("Rally XC210 1", "garmin-rally-210"),
        ("Rally XC110 1", "garmin-rally-110"),
        ("Vector 3 123", "garmin-vector-3"),
        ("Vector 3S 123", "garmin-vector-3s"),
        ("heart rate", "unlisted"),
        ("[red]x[/]\x1b[2J*?[", "unlisted"),
        ("", "unlisted"),
        (None, "unlisted"),
    ],
)
def test_the_advertised_name_tells_the_family(name: str | None, known: str) -> None:
    assert identify(PROFILES, name=name).id == known


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Stages Bike 0105", "stages-bike"),
        ("Stages 12345", "trainer"),  # whatever its name begins with
        ("ROTOR 2IN bike", "trainer"),
        ("Wattbike 0123", "wattbike"),
        ("SmartSpin2k", "smartspin2k"),
        ("KICKR 5AC0", "trainer"),
        (None, "trainer"),
    ],
)
def test_what_offers_trainer_control_is_no_crank(name: str | None, known: str) -> None:
    assert identify(PROFILES, name=name, services=("1818", "1826")).id == known


@pytest.mark.parametrize("balance", [0, 1])
def test_a_smart_bike_is_not_its_makers_cranks_whatever_its_features_say(balance: int) -> None:
    found = identify(PROFILES, name="Stages Bike 0105", manufacturer="Stages Cycling", features=8 | balance)
    assert found.id == "stages-bike"


def test_device_information_tells_a_family_without_a_name() -> None:
    found = identify(PROFILES, name=None, manufacturer="Favero Electronics Srl", model="Assioma")
    assert found.id == "favero-assioma-duo"


FAVERO = {"manufacturer": "Favero Electronics Srl", "model": "Assioma"}
BALANCE, ONE_OF_A_PAIR = 1 << 0, 2 << 20


@pytest.mark.parametrize(
    ("features", "known"),
    [
        (0x00111209, "favero-assioma-duo"),  # as captured
        (0x00111208, "favero-assioma-uno"),
        (0x00011208 | ONE_OF_A_PAIR, "favero-assioma-duo-dual"),
    ],
)
def test_the_features_tell_what_kind_of_assioma_it_is(features: int, known: str) -> None:
    assert identify(PROFILES, name="ASSIOMA17039L", features=features, **FAVERO).id == known


@pytest.mark.parametrize(
    ("name", "features", "known"),
    [
        ("Stages 12345", 0x0008030B, "stages-lr"),  # as captured
        ("Stages 12345", 0x0008030A, "stages-l"),
        ("4iiii 123", BALANCE, "4iiii-dual"),
        ("4iiii 123", 0, "4iiii-single"),
    ],
)
def test_the_features_tell_a_one_sided_meter_from_a_two_sided_one(
    name: str, features: int, known: str
) -> None:
    assert identify(PROFILES, name=name, features=features).id == known


def test_by_name_alone_a_meter_that_may_have_a_balance_is_taken_to_have_one() -> None:
    assert [profile.id for profile in candidates(PROFILES, name="Stages 12345")] == ["stages-lr", "stages-l"]
    assert candidates(PROFILES, name="nobody") == ()


def test_an_ngeco_without_its_unlock_is_an_ngeco_all_the_same() -> None:
    assert identify(PROFILES, name="power2max NGeco 1", features=0).id == "power2max-ngeco"


def test_a_service_is_known_in_its_short_and_its_long_form() -> None:
    assert identify(PROFILES, name="x", services=["FE51"]).id == "quarq"
    assert identify(PROFILES, name="x", services=["1818", FE51.upper()]).id == "quarq"
    assert identify(PROFILES, name="x", services=["1818"]) is UNLISTED


def test_a_model_outweighs_a_name_and_a_longer_pattern_a_shorter_one() -> None:
    by_name, by_model = family("a", names=("X*",)), family("b", manufacturer="M*", model="X2")
    assert identify([by_name, by_model], name="X2 1", manufacturer="Me", model="X2") is by_model
    longer = family("c", names=("X2 *",))
    assert identify([by_name, longer], name="X2 1") is longer


@pytest.mark.parametrize("pattern", ["A?C*", "A*C*"])
def test_a_letter_says_more_than_a_wildcard(pattern: str) -> None:
    vague, exact = family("a", names=(pattern,)), family("b", names=("ABC*",))
    assert identify([vague, exact], name="ABC 1") is exact


def test_a_way_of_recognition_that_does_not_hold_costs_a_family_nothing() -> None:
    known_by_either = Profile(
        id="a",
        name="a",
        recognise=tuple(
            Recognition(provenance="assumed", source="a test", **conditions)
            for conditions in ({"names": ("X*",)}, {"model": "Y"})
        ),
    )
    assert identify([family("b", names=("X*",)), known_by_either], name="X1", model="Z") is known_by_either


def test_of_equal_matches_the_first_by_id_is_taken_in_any_order() -> None:
    one, two = family("one", names=("X*",)), family("two", names=("X*",))
    assert identify([one, two], name="X1") is identify([two, one], name="X1") is one


def told_by(rule: Recognition, name: str | None) -> dict[str, Any]:
    """What a meter says that fits all conditions of a rule."""
    features = (BALANCE if rule.balance else 0) | (ONE_OF_A_PAIR if rule.distributed else 0)
    return {
        "name": name,
        "services": rule.services,
        "manufacturer": rule.manufacturer and rule.manufacturer.replace("*", " 17"),
        "model": rule.model and rule.model.replace("*", " 17"),
        "features": None if rule.balance is rule.distributed is None else features,
    }


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.id)
def test_every_family_is_found_by_each_of_its_ways_to_be_known(profile: Profile) -> None:
    for rule in profile.recognise:
        for pattern in rule.names or (None,):
            name = pattern and pattern.replace("*", "17")
            assert identify(PROFILES, **told_by(rule, name)).id == profile.id, (rule, name)


def test_the_meters_of_the_captures_are_found_by_what_they_said() -> None:
    assioma = identify(PROFILES, name="ASSIOMA17039L", services=["1818"], features=0x00111209, **FAVERO)
    stages = identify(PROFILES, name=None, manufacturer="Stages Cycling", model="SPM2", features=0x0008030B)
    assert (assioma.id, stages.id) == ("favero-assioma-duo", "stages-lr")


@given(
    st.one_of(
        st.none(), st.text(max_size=80), st.sampled_from(["ASSIOMA*[", "[!a]*", "Stages ?", "\0", "*" * 64])
    ),
    st.lists(st.one_of(st.text(max_size=40), st.just("0000fe51-0000-1000-8000-00805f9b34fb")), max_size=4),
    st.one_of(st.none(), st.text(max_size=80)),
    st.one_of(st.none(), st.integers(0, 0xFFFF_FFFF)),
)
def test_whatever_a_device_says_of_itself_is_answered(
    name: str | None, services: list[str], said: str | None, features: int | None
) -> None:
    found = identify(PROFILES, name=name, services=services, manufacturer=said, model=said, features=features)
    assert found is UNLISTED or found in PROFILES


@given(st.text(min_size=1, max_size=64), st.text(max_size=80))
def test_brackets_in_a_pattern_are_only_brackets(pattern: str, name: str) -> None:
    own = family("own", names=(pattern,))
    assert identify([own], name=name) in (own, UNLISTED)
    bracket = family("bracket", names=("[a]*",))
    assert identify([bracket], name="[a] 1") is bracket
    assert identify([bracket], name="a 1") is UNLISTED


def test_the_name_tells_the_halves_of_a_pair_apart() -> None:
    pair = Profile(id="p", name="p", peripherals=2, left_names=("SRM_XP_L_*",), right_names=("SRM_XP_R_*",))
    assert side_of(pair, "SRM_XP_L_123") == "left"
    assert side_of(pair, "srm_xp_r_123") == "right"
    assert side_of(pair, "SRM_XP_123") is None
    assert side_of(UNLISTED, "SRM_XP_L_123") is None


def test_features_that_cannot_be_read_speak_neither_for_a_family_nor_against_it() -> None:
    assert features_of(None) is None
    assert features_of(bytes.fromhex("01")) is None
    assert features_of(bytes.fromhex("01000100")) == 0x10001
    families = shipped().values()
    known = {uuids.MANUFACTURER: b"Favero", uuids.FEATURES: b"\x01"}
    assert profile_by(families, "ASSIOMA17287L", known) is profile_by(families, "ASSIOMA17287L", {})


def test_the_values_of_the_characteristics_tell_the_family() -> None:
    families = shipped().values()
    assert profile_by(families, "ASSIOMA17287L", {}).id == "favero-assioma-duo"
    assert profile_by(families, "ASSIOMA17287L", {uuids.FEATURES: bytes.fromhex("08121100")}).id == (
        "favero-assioma-uno"
    )
    by_model = {uuids.MANUFACTURER: b"Stages Cycling", uuids.MODEL: b"SPM2"}
    assert [
        profile.id for profile in (profile_by(families, None, by_model), profile_by(families, "x", {}))
    ] == [
        "stages-lr",
        "unlisted",
    ]


def test_what_two_families_advise_alike_is_said_once() -> None:
    a, b = (
        Profile(id=x, name=x, kind="measured", connecting=text)
        for x, text in (("a", "Turn the cranks. Close the app!"), ("b", "Close the app! Wait."))
    )
    assert connecting_advice([a, b, UNLISTED]) == ["Turn the cranks.", "Close the app!", "Wait."]
