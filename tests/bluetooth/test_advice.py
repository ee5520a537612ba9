"""What a profile says of links and bonding reaches the rider whose meter does not connect."""

from __future__ import annotations

import msgspec
import pytest

from legbal.errors import BluetoothError, BluetoothReason
from legbal.meters.identify import candidates, connecting_advice
from legbal.present.remarks import remark
from legbal.sources.bluetooth import BluetoothSource
from legbal.sources.bluetooth.connection import Timings
from legbal.sources.bluetooth.errors import advice, as_remark, failure
from tests.bluetooth.bluetoothd import Bluetoothd
from tests.bluetooth.riding import riding
from tests.meters.profiles import shipped

PROFILES = shipped()
REFUSED = BluetoothError("It refuses", reason="meter in use elsewhere", hint="End the others.")


def test_how_many_links_a_meter_takes_is_said_where_it_is_known() -> None:
    hint = " ".join(advice(REFUSED, [PROFILES["stages-lr"], PROFILES["stages-l"]]))
    assert hint.startswith("Stages LR takes 2 connections at once.")
    assert "left crank" in hint
    assert hint.count("at once") == 1


def test_what_is_only_assumed_is_not_said() -> None:
    assert advice(REFUSED, [PROFILES["quarq"]]) == []


def test_that_a_link_must_be_bonded_is_said() -> None:
    assert "bonded" in " ".join(advice(REFUSED, [PROFILES["garmin-rally-210"]]))
    bare = msgspec.structs.replace(PROFILES["garmin-rally-210"], connecting="")
    assert "must be paired" in " ".join(advice(REFUSED, [bare]))


@pytest.mark.parametrize("reason", ["meter in use elsewhere", "no answer in time", "link lost"])
def test_the_hint_for_a_meter_of_several_families_says_a_thing_once(reason: BluetoothReason) -> None:
    families = candidates(PROFILES.values(), name="ASSIOMA17039L", services=("1818",))
    assert len(families) > 1
    error = failure(reason, "ASSIOMA17039L")
    hint = remark(as_remark(error, advice(error, families)))
    assert hint.casefold().count("connect both pedals") == hint.count("Connect both pedals.") == 1
    assert [sentence for sentence in hint.split(". ") if hint.count(sentence) > 1] == []


def test_no_advice_repeats_a_sentence_whatever_a_meter_is_called() -> None:
    for profile in PROFILES.values():
        said = connecting_advice([profile, *PROFILES.values(), profile])
        assert len(set(said)) == len(said)


def test_an_adapter_that_is_off_has_nothing_to_do_with_the_meter() -> None:
    off = BluetoothError("Off", reason="adapter off", hint="Switch it on.")
    assert advice(off, [PROFILES["stages-lr"]]) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Stages 20561", "takes 2 connections at once"),
        ("Rally 210", "bonded link"),
        ("PM 1", "all the connections"),
    ],
)
async def test_a_refused_connection_names_what_the_profile_knows(
    radio: Bluetoothd, quick: Timings, name: str, words: str
) -> None:
    meter = radio.add_meter(name)
    meter.refusal = "le-connection-refused"
    source = BluetoothSource(timings=quick, profiles=tuple(PROFILES.values()))
    async with riding(source) as ride:
        link = await ride.told("refuses the connection")
        assert words in remark(link.remark)
