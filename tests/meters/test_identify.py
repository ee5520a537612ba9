"""Which profile fits: by name, device information, services, features; the best match, whatever the order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.meters.identify import identify, side_of
from legbal.meters.profile import UNLISTED, Profile, Recognition
from tests.meters.profiles import shipped

PROFILES = tuple(shipped().values())
FE51 = "0000fe51-0000-1000-8000-00805f9b34fb"


def family(id: str, **conditions: object) -> Profile:
    rule = Recognition(provenance="assumed", source="a test", **conditions)  # type: ignore[arg-type]
    return Profile(id=id, name=id, recognise=(rule,))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("ASSIOMA17039L", "favero-assioma-duo"),
        ("Assioma17039l\0", "favero-assioma-duo"),
        ("Stages 12345", "stages-lr"),
        ("SRM_PM9_0042", "srm-pm9"),
        ("PowerTap P1 1234L", "powertap-p1"),
        ("power2max NGeco", "power2max-ngeco"),
        ("Quarq 4711", "quarq"),
        ("KICKR CORE 1234", "unlisted"),
        ("[red]x[/]\x1b[2J*?[", "unlisted"),
        ("", "unlisted"),
        (None, "unlisted"),
    ],
)
def test_the_advertised_name_tells_the_family(name: str | None, known: str) -> None:
    assert identify(PROFILES, name=name).id == known


def test_device_information_tells_a_family_without_a_name() -> None:
    found = identify(PROFILES, name=None, manufacturer="Favero Electronics Srl", model="Assioma")
    assert found.id == "favero-assioma-duo"


def test_the_one_sided_assioma_without_a_balance_feature_is_not_taken_for_the_duo() -> None:
    told = {"manufacturer": "Favero Electronics Srl", "model": "Assioma"}
    assert identify(PROFILES, name=None, features=0x00111208, **told) is UNLISTED
    assert identify(PROFILES, name=None, features=0x00111209, **told).id == "favero-assioma-duo"


def test_a_service_is_known_in_its_short_and_its_long_form() -> None:
    assert identify(PROFILES, name="x", services=["FE51"]).id == "quarq"
    assert identify(PROFILES, name="x", services=["1818", FE51.upper()]).id == "quarq"
    assert identify(PROFILES, name="x", services=["1818"]) is UNLISTED


def test_a_model_outweighs_a_name_and_a_longer_pattern_a_shorter_one() -> None:
    by_name, by_model = family("a", names=("X*",)), family("b", manufacturer="M*", model="X2")
    assert identify([by_name, by_model], name="X2 1", manufacturer="Me", model="X2") is by_model
    longer = family("c", names=("X2 *",))
    assert identify([by_name, longer], name="X2 1") is longer


def test_of_equal_matches_the_first_by_id_is_taken_in_any_order() -> None:
    one, two = family("one", names=("X*",)), family("two", names=("X*",))
    assert identify([one, two], name="X1") is identify([two, one], name="X1") is one


@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=4))
def test_any_advertisement_is_answered(name: str, services: list[str]) -> None:
    assert identify(PROFILES, name=name, services=services, manufacturer=name, model=name) is not None


def test_every_profile_is_found_by_what_its_own_simulated_meter_would_say() -> None:
    for profile in PROFILES:
        for rule in profile.recognise:
            for pattern in rule.names:
                assert identify(PROFILES, name=pattern.replace("*", "17")).id == profile.id


def test_the_name_tells_the_halves_of_a_pair_apart() -> None:
    pair = Profile(id="p", name="p", peripherals=2, left_names=("SRM_XP_L_*",), right_names=("SRM_XP_R_*",))
    assert side_of(pair, "SRM_XP_L_123") == "left"
    assert side_of(pair, "srm_xp_r_123") == "right"
    assert side_of(pair, "SRM_XP_123") is None
    assert side_of(UNLISTED, "SRM_XP_L_123") is None
