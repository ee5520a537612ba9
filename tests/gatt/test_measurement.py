"""0x2A63, one packet at a time: what it says, what is refused, and that every octet can be given back."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from legbal.errors import DecodeError
from legbal.gatt.fields import FIELDS, PRESENCE, RESERVED, layout
from legbal.gatt.measurement import Measurement, decode, decode_cut_short, decode_whole, encode


def packet(text: str) -> Measurement:
    return decode(bytes.fromhex(text))


def tried(payload: bytes) -> Measurement | DecodeError:
    try:
        return decode(payload)
    except DecodeError as error:
        return error


@st.composite
def well_formed(draw: st.DrawFn) -> bytes:
    """Octets that follow from any flags: what random bytes hardly ever are."""
    flags = draw(st.integers(0, 0xFFFF))
    rest = layout(flags).packed.size - 2
    more = draw(st.integers(0, 9)) if flags & RESERVED else 0
    return flags.to_bytes(2, "little") + draw(st.binary(min_size=rest + more, max_size=rest + more))


@st.composite
def nearly_formed(draw: st.DrawFn) -> bytes:
    """Octets as above, cut short or drawn out by a little."""
    payload = draw(well_formed())
    return payload[: draw(st.integers(0, len(payload)))] + draw(st.binary(max_size=2))


def test_dual_sided_pedals() -> None:
    found = packet("23007100526204f2e5")
    assert found == Measurement(
        flags=0x23, power_w=113, balance_raw=82, crank_revolutions=1122, crank_event_time_raw=58866
    )
    assert found.balance_percent == 41.0
    assert found.balance_reference == "left"
    assert found.crank_event_time_s == 58866 / 1024
    assert found.accumulated_torque_nm is None
    assert found.torque_source is None


def test_accumulated_torque_at_the_crank() -> None:
    found = packet("2f00870058fe5b400e0f2b")
    assert found.accumulated_torque_nm == 23550 / 32
    assert found.torque_source == "crank"


def test_power_is_signed() -> None:
    assert packet("0000f6ff").power_w == -10


def test_reference_is_unknown_without_its_bit() -> None:
    assert packet("01002c0164").balance_reference == "unknown"


def test_wheel_revolutions() -> None:
    found = packet("10004b01393000000008")
    assert (found.wheel_revolutions, found.wheel_event_time_s) == (12345, 1.0)


def test_energy() -> None:
    assert packet("000840010a00").accumulated_energy_kj == 10


def test_balance_above_200_is_no_balance_and_the_rest_counts() -> None:
    found = packet("2300710" + "0c9" + "6204f2e5")
    assert found.balance_percent is None
    assert found.balance_raw == 201
    assert found.crank_revolutions == 1122
    assert encode(found).hex() == "23007100c96204f2e5"


def test_extreme_angles_share_three_octets() -> None:
    found = packet("00010000" + (0xABC << 12 | 0x123).to_bytes(3, "little").hex())
    assert (found.maximum_angle_deg, found.minimum_angle_deg) == (0x123, 0xABC)


def test_extreme_angles_have_12_bits_each() -> None:
    for text, angles in (("ffffff", (4095, 4095)), ("ff0f00", (4095, 0)), ("00f0ff", (0, 4095))):
        found = packet("00010000" + text)
        assert (found.maximum_angle_deg, found.minimum_angle_deg) == angles
        assert encode(found).hex() == "00010000" + text


# The bits of the definition, one at a time.
@pytest.mark.parametrize(
    ("flags", "rest", "fields"),
    [
        (0x0001, "64", {"balance_raw": 100}),
        (0x0002, "", {}),
        (0x0004, "2000", {"accumulated_torque_raw": 32}),
        (0x0008, "", {}),
        (0x0010, "010000000200", {"wheel_revolutions": 1, "wheel_event_time_raw": 2}),
        (0x0020, "03000400", {"crank_revolutions": 3, "crank_event_time_raw": 4}),
        (0x0040, "0500faff", {"maximum_force_n": 5, "minimum_force_n": -6}),
        (0x0080, "0700f8ff", {"maximum_torque_raw": 7, "minimum_torque_raw": -8}),
        (0x0100, "683110", {"maximum_angle_deg": 0x168, "minimum_angle_deg": 0x103}),
        (0x0200, "0900", {"top_dead_spot_angle_deg": 9}),
        (0x0400, "0a00", {"bottom_dead_spot_angle_deg": 10}),
        (0x0800, "0b00", {"accumulated_energy_kj": 11}),
        (0x1000, "", {}),
        *((reserved, "beef", {"unparsed": b"\xbe\xef"}) for reserved in (0x2000, 0x4000, 0x8000)),
    ],
)
def test_each_flag_announces_its_own_fields(flags: int, rest: str, fields: dict[str, Any]) -> None:
    octets = flags.to_bytes(2, "little") + b"\x0a\x00" + bytes.fromhex(rest)
    assert decode(octets) == Measurement(flags=flags, power_w=10, **fields)


def test_the_flags_without_fields_say_what_is_known_of_others() -> None:
    assert [packet(f"{flags}00640064").balance_reference for flags in ("01", "03")] == ["unknown", "left"]
    assert [packet(f"{flags}0064002000").torque_source for flags in ("04", "0c")] == ["wheel", "crank"]
    assert [packet(f"00{flags}6400").offset_compensation for flags in ("00", "10")] == [False, True]


def test_what_was_decoded_is_not_changed() -> None:
    with pytest.raises(AttributeError):
        setattr(packet("00006400"), "power_w", 90)  # noqa: B010 - what a type checker would refuse


def test_all_fields_at_once() -> None:
    found = packet("ff1f" + "0a00" + "64" + "2000" + "010000000200" + "03000400" + "0500faff" + "4000e0ff"
                   + "683110" + "0700" + "0800" + "0900")  # fmt: skip
    assert (found.maximum_force_n, found.minimum_force_n) == (5, -6)
    assert (found.maximum_torque_nm, found.minimum_torque_nm) == (2.0, -1.0)
    assert (found.maximum_angle_deg, found.minimum_angle_deg) == (0x168, 0x103)
    assert (found.top_dead_spot_angle_deg, found.bottom_dead_spot_angle_deg) == (7, 8)
    assert found.accumulated_energy_kj == 9
    assert found.offset_compensation


def test_octets_after_the_known_fields_are_kept_with_a_reserved_bit() -> None:
    found = packet("20a00b00d26e8108beef")
    assert found.unparsed == b"\xbe\xef"
    assert found.crank_revolutions == 0x6ED2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("23", "2 octets expected, 1 there"),
        ("23007100", "flags 0x0023 ask for 1 octets, 0 there"),
        ("230071005262", "flags 0x0023 ask for 2 octets, 1 there"),
        ("23007100526204f2e5aabb", "2 more octets than flags 0x0023 tell of"),
    ],
)
def test_what_cannot_be_read_says_how_many_octets(text: str, problem: str) -> None:
    with pytest.raises(DecodeError, match=problem):
        packet(text)


@pytest.mark.parametrize(
    ("text", "field", "offset"),
    [
        ("", "flags", 0),
        ("23", "flags", 0),
        ("2300", "instantaneous power", 2),
        ("230071", "instantaneous power", 2),
        ("23007100", "pedal power balance", 4),
        ("230071005262", "crank revolutions", 5),
        ("230071005262042f", "crank event time", 7),
        ("000100001122", "extreme angles", 4),
        ("2080710062042f", "crank event time", 6),
        ("23007100526204f2e500", "end of measurement", 9),
    ],
)
def test_what_cannot_be_read_names_field_offset_and_octets(text: str, field: str, offset: int) -> None:
    with pytest.raises(DecodeError) as caught:
        packet(text)
    error = caught.value
    assert (error.field, error.offset, error.payload.hex()) == (field, offset, text)
    assert field in str(error)
    assert f"octet {offset}" in str(error)
    assert (text or "empty") in str(error)


@given(well_formed(), st.integers(0, 40))
def test_of_a_measurement_that_was_cut_short_all_is_read_that_is_whole(payload: bytes, octets: int) -> None:
    whole = decode(payload)
    size = len(payload) - len(whole.unparsed)
    cut = payload[:octets]
    found = decode_cut_short(cut)
    assert (found is not None) == (4 <= octets < size)
    if found is None:
        alike = tried(cut)
        if isinstance(alike, DecodeError):
            with pytest.raises(DecodeError) as caught:
                decode_whole(cut)
            assert str(caught.value) == str(alike)
        else:
            assert decode_whole(cut) == alike
        return
    read, missing = found
    assert decode_whole(cut) == read
    bits = [bit for bit in range(12) if whole.flags & PRESENCE & 1 << bit]
    fits = [bit for bit in bits if layout(sum(1 << x for x in bits if x <= bit)).packed.size <= octets]
    for field in FIELDS:
        is_whole = field.bit is None or field.bit in fits
        if field.name != "flags":
            assert getattr(read, field.name) == (getattr(whole, field.name) if is_whole else None)
        assert (field.words in missing) == (field.bit in bits and not is_whole)
    assert encode(read)[2:] == cut[2 : len(encode(read))], "the octets of what is whole are as they came"


@pytest.mark.parametrize(
    ("sent", "power", "balance", "crank", "missing"),
    [
        (
            "ff0f870058fe5b400e0f2b0000" + "400e0f2b0500",
            135,
            44.0,
            3648,
            (
                *("maximum force", "minimum force"),
                *("maximum torque", "minimum torque", "extreme angles"),
                *("top dead spot angle", "bottom dead spot angle", "accumulated energy"),
            ),
        ),
        ("630687005840" + "0e0f2b05000600" + "0700", 135, 44.0, 3648, ("bottom dead spot angle",)),
        ("230087005801", 135, 44.0, None, ("crank revolutions", "crank event time")),
        ("23008700", 135, None, None, ("pedal power balance", "crank revolutions", "crank event time")),
    ],
)
def test_power_and_balance_are_read_first(
    sent: str, power: int, balance: float | None, crank: int | None, missing: tuple[str, ...]
) -> None:
    found = decode_cut_short(bytes.fromhex(sent))
    assert found is not None
    read, lacking = found
    assert (read.power_w, read.balance_percent, read.crank_revolutions) == (power, balance, crank)
    assert lacking == missing


def test_an_error_survives_pickling() -> None:
    with pytest.raises(DecodeError) as caught:
        packet("2300")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_reads_whatever_a_radio_hands_over(kind: type[bytes | bytearray | memoryview]) -> None:
    assert decode(kind(bytes.fromhex("20a00b00d26e8108be"))).unparsed == b"\xbe"
    with pytest.raises(DecodeError):
        decode(kind(b"\x23\x00\x01"))


@given(st.binary(max_size=40) | nearly_formed())
@example(b"")
def test_any_octets_give_a_measurement_or_a_decode_error(payload: bytes) -> None:
    found = tried(payload)
    if isinstance(found, DecodeError):
        assert found.payload == payload
        assert 0 <= found.offset <= len(payload)
    else:
        assert encode(found) == payload


@given(well_formed())
def test_encode_gives_back_every_octet(payload: bytes) -> None:
    found = decode(payload)
    assert encode(found) == payload
    assert decode(encode(found)) == found


def test_every_combination_of_flags_is_read() -> None:
    for flags in range(0x10000):
        if flags & ~PRESENCE in (0, RESERVED | 2, 0x1008):
            payload = flags.to_bytes(2, "little") + bytes(range(1, layout(flags).packed.size - 1))
            assert encode(decode(payload)) == payload


@pytest.mark.parametrize(
    "wrong",
    [
        Measurement(flags=0, power_w=1, balance_raw=100),
        Measurement(flags=1, power_w=1),
        Measurement(flags=1, power_w=1, balance_raw=256),
        Measurement(flags=0, power_w=40000),
        Measurement(flags=0, power_w=1, unparsed=b"x"),
        Measurement(flags=0x100, power_w=1, maximum_angle_deg=4096, minimum_angle_deg=0),
        Measurement(flags=0x100, power_w=1, maximum_angle_deg=-1, minimum_angle_deg=0),
        Measurement(flags=0x100, power_w=1, maximum_angle_deg=0, minimum_angle_deg=4096),
        Measurement(flags=0x100, power_w=1, maximum_angle_deg=0, minimum_angle_deg=-1),
    ],
)
def test_encode_refuses_what_the_wire_cannot_carry(wrong: Measurement) -> None:
    with pytest.raises(ValueError, match=r"flags|fit"):
        encode(wrong)
