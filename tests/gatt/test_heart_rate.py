"""Heart Rate Measurement: exact on every octet, alone and beside an independent decoder."""

from __future__ import annotations

import pytest
from bluetooth_sig.gatt.characteristics.heart_rate_measurement import HeartRateMeasurementCharacteristic
from hypothesis import example, given
from hypothesis import strategies as st

from legbal.errors import DecodeError
from legbal.gatt.heart_rate import HeartRate, decode, encode

UINT16 = st.integers(0, 0xFFFF)


@st.composite
def measurements(draw: st.DrawFn) -> HeartRate:
    """Every measurement that the wire can hold."""
    flags = draw(st.integers(0, 0xFF))
    intervals = st.lists(UINT16, min_size=1, max_size=9).map(tuple)
    reserved = flags & 0xE0
    # behind beats, two more octets would be one more
    longest = 0 if not reserved else 1 if flags & 0x10 else 20
    return HeartRate(
        flags,
        draw(UINT16 if flags & 1 else st.integers(0, 0xFF)),
        draw(UINT16) if flags & 8 else None,
        draw(intervals) if flags & 0x10 else None,
        draw(st.binary(max_size=longest)),
    )


@given(measurements())
def test_what_is_encoded_is_decoded_as_it_was(measurement: HeartRate) -> None:
    assert decode(encode(measurement)) == measurement


@given(st.binary(max_size=24))
@example(b"")
@example(bytes.fromhex("1f8e002a0000040003"))
def test_all_octets_are_read_to_the_last_one_or_refused(octets: bytes) -> None:
    try:
        measurement = decode(memoryview(octets))
    except DecodeError as error:
        refused = error
    else:
        assert encode(measurement) == octets
        return
    assert refused.payload == octets
    assert 0 <= refused.offset <= len(octets)


@given(measurements())
def test_an_independent_decoder_reads_the_same(measurement: HeartRate) -> None:
    theirs = HeartRateMeasurementCharacteristic().parse_value(bytearray(encode(measurement)))
    assert (theirs.heart_rate, theirs.energy_expended) == (measurement.bpm, measurement.energy_kj)
    in_words = {None: "not_supported", False: "not_detected", True: "detected"}
    assert str(theirs.sensor_contact) == in_words[measurement.contact]
    # one that knows no reserved bits takes what they may speak of for beats, if two octets are left
    assert theirs.rr_intervals == (measurement.rr_s or ())


@pytest.mark.parametrize("flags", range(0x20))
def test_every_length_but_the_right_ones_is_refused(flags: int) -> None:
    fixed = 2 + (flags & 1) + 2 * (flags >> 3 & 1)
    for size in range(16):
        of_beats = size - fixed
        right = of_beats >= 2 and of_beats % 2 == 0 if flags & 0x10 else of_beats == 0
        octets = bytes([flags, *[0x42] * size])[:size]
        if right:
            assert encode(decode(octets)) == octets
        else:
            with pytest.raises(DecodeError):
                decode(octets)


@pytest.mark.parametrize(
    ("octets", "words", "offset"),
    [
        ("", "flags", 0),
        ("00", "heart rate", 1),
        ("018e", "heart rate", 1),
        ("088e2a", "energy expended", 2),
        ("108e", "RR-interval", 2),
        ("108e000400", "RR-interval", 4),
        ("008e00", "end of heart rate", 2),
    ],
)
def test_an_error_says_where(octets: str, words: str, offset: int) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(bytes.fromhex(octets))
    assert (caught.value.field, caught.value.offset) == (words, offset)


@pytest.mark.parametrize(
    "measurement",
    [
        HeartRate(0, 256),
        HeartRate(0, -1),
        HeartRate(1, 65536),
        HeartRate(0, 142, energy_kj=1),
        HeartRate(8, 142),
        HeartRate(0, 142, rr_raw=(1024,)),
        HeartRate(0x10, 142),
        HeartRate(0x10, 142, rr_raw=()),
        HeartRate(0x10, 142, rr_raw=(65536,)),
        HeartRate(0, 142, unparsed=b"1"),
        HeartRate(0x100, 142),
    ],
)
def test_what_the_wire_cannot_hold_is_refused(measurement: HeartRate) -> None:
    with pytest.raises(ValueError, match=r"0x|wire"):
        encode(measurement)
