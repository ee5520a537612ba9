"""0x2A63, many packets at once: agrees with one at a time, field by field, whatever lies in the buffer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.errors import DecodeError
from legbal.gatt.fields import FIELDS
from legbal.gatt.measurement import Columns, decode_batch, decode_cut_short, encode
from tests.gatt.test_measurement import nearly_formed, tried, well_formed

SCALED = tuple(field.scaled for field in FIELDS if field.scaled is not None)


def batch(payloads: Sequence[bytes], lead: bytes = b"") -> Columns:
    offsets = len(lead) + np.cumsum([0, *map(len, payloads)])
    return decode_batch(np.frombuffer(lead + b"".join(payloads), np.uint8), offsets)


def assert_agrees(columns: Columns, payloads: Sequence[bytes]) -> None:
    assert columns.ok.shape == (len(payloads),)
    present = {field.name: columns.present(field.name) for field in FIELDS}
    scaled = {name: columns.scaled(name) for name in SCALED}
    for index, payload in enumerate(payloads):
        assert columns.payload(index) == payload
        assert columns["flags"][index] == (int.from_bytes(payload[:2], "little") if len(payload) > 1 else 0)
        single = tried(payload)
        if isinstance(single, DecodeError):
            assert not columns.ok[index]
            assert str(columns.error(index)) == str(single)
            assert not any(mask[index] for mask in present.values())
            continue
        assert columns.ok[index]
        assert columns.error(index) is None
        assert columns.unparsed(index) == single.unparsed
        for name, mask in present.items():
            value = getattr(single, name)
            assert mask[index] == (value is not None)
            if value is not None:
                assert columns[name][index] == value
        for name, values in scaled.items():
            value = getattr(single, name)
            assert math.isnan(values[index]) if value is None else values[index] == value


@given(st.lists(st.binary(max_size=40) | nearly_formed() | well_formed(), max_size=20), st.binary(max_size=3))
def test_mixed_packets_agree_with_scalar(payloads: list[bytes], lead: bytes) -> None:
    assert_agrees(batch(payloads, lead), payloads)


@given(st.lists(well_formed(), max_size=20), st.integers(4, 33))
def test_what_is_whole_in_packets_cut_short_agrees_with_scalar(payloads: list[bytes], octets: int) -> None:
    cuts = [decode_cut_short(payload[:octets]) for payload in payloads]
    wholes = [encode(cut.measurement) for cut in cuts if cut is not None]
    columns = batch(wholes)
    assert columns.ok.all()
    assert_agrees(columns, wholes)


@given(well_formed(), st.integers(1, 5), st.binary(max_size=3), st.integers(0, 2**32 - 1))
def test_packets_of_one_kind_agree_with_scalar(first: bytes, count: int, lead: bytes, seed: int) -> None:
    rng = np.random.default_rng(seed)
    payloads = [first, *(first[:2] + rng.bytes(len(first) - 2) for _ in range(count))]
    assert_agrees(batch(payloads, lead), payloads)


def test_more_than_one_block_of_one_kind() -> None:
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 256, (140_000, 9), np.uint8)
    rows[:, :2] = 0x23, 0
    columns = decode_batch(rows.reshape(-1), np.arange(140_001) * 9)
    assert set(columns) == {"flags", "power_w", "balance_raw", "crank_revolutions", "crank_event_time_raw"}
    assert columns.ok.all()
    assert (columns["balance_raw"] == rows[:, 4]).all()
    assert (columns["crank_event_time_raw"] == rows[:, 7] + 256 * rows[:, 8].astype(int)).all()


@pytest.mark.parametrize(
    "odd_one", [b"\x23\x00\x01\x00\x64", bytes.fromhex("2000010001000200"), b"", b"\x23"]
)
@pytest.mark.parametrize("at", [0, 80_000, 139_999])
def test_one_odd_packet_does_not_hinder_the_others(odd_one: bytes, at: int) -> None:
    payloads = [bytes.fromhex("23007100526204f2e5")] * 140_000
    payloads[at] = odd_one
    columns = batch(payloads)
    others = np.arange(140_000) != at
    assert columns.ok[others].all()
    assert (columns["balance_raw"][others] == 0x52).all()
    assert_agrees(batch(payloads[max(0, at - 5) : at + 5]), payloads[max(0, at - 5) : at + 5])


def test_lengths_that_only_add_up_are_not_taken_for_equal() -> None:
    payloads = [
        bytes.fromhex(text) for text in ("23007100526204f2e5", "23007100526204f2", "23007100526204f2e5aa")
    ]
    assert_agrees(batch(payloads), payloads)


def test_columns_are_narrow_integers_of_their_own() -> None:
    buffer = np.frombuffer(bytes.fromhex("2f00870058fe5b400e0f2b" * 3), np.uint8)
    columns = decode_batch(buffer, np.arange(4) * 11)
    kinds = {name: column.dtype.str for name, column in columns.items()}
    assert kinds == {
        "flags": "<u2", "power_w": "<i2", "balance_raw": "|u1", "accumulated_torque_raw": "<u2",
        "crank_revolutions": "<u2", "crank_event_time_raw": "<u2",
    }  # fmt: skip
    for column in columns.values():
        assert column.flags.aligned
        assert not np.shares_memory(column, buffer)


@pytest.mark.parametrize(
    "texts",
    [
        *(
            ["23"],
            ["23", "23"],
            ["2300"],
            ["2308", "2300710052"],
        ),  # too short for flags, or for more than them
        ["2300710052"] * 3,  # too short for their flags
        ["23007100526204f2e5aa"] * 3,  # too long for them
        ["210071005264aabb", "23007100526204f2e5"],
        ["00e07100aabb", "23007100526204f2e5"],  # reserved flags may ask for what follows
        ["00e07100aabb"] * 3,
        ["00817100", "0181710052"],  # flags of two octets
    ],
)
def test_packets_that_are_too_short_or_too_long_agree_with_scalar(texts: list[str]) -> None:
    payloads = [bytes.fromhex(text) for text in texts]
    assert_agrees(batch(payloads), payloads)


def test_no_packets() -> None:
    columns = batch([])
    assert columns.ok.size == 0
    assert columns["power_w"].size == 0


@pytest.mark.parametrize(
    ("buffer", "offsets"),
    [
        (np.zeros(4, np.uint8), [0, 5]),
        (np.zeros(4, np.uint8), [-1, 4]),
        (np.zeros(9, np.uint8), [0, 5, 4, 9]),
        (np.zeros(4, np.uint8), [0.0, 4.0]),
        (np.zeros(4, np.uint8), []),
        (np.zeros(4, np.uint8), [[0, 4]]),
        (np.zeros(4, np.uint16), [0, 4]),
        (np.zeros((2, 2), np.uint8), [0, 4]),
        (np.zeros(8, np.uint8)[::2], [0, 4]),
    ],
)
def test_wrong_buffers_and_offsets_are_refused(buffer: np.ndarray, offsets: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"buffer|offsets"):
        decode_batch(buffer, np.array(offsets))


@pytest.mark.parametrize(("octet", "percent"), [(0, 0.0), (200, 100.0), (201, math.nan)])
def test_the_last_octet_that_is_a_balance_is_200(octet: int, percent: float) -> None:
    columns = batch([bytes([1, 0, 100, 0, octet])])
    assert columns.scaled("balance_percent") == pytest.approx([percent], nan_ok=True)


def test_lengths_that_add_up_are_not_equal_though_the_flags_would_be() -> None:
    payloads = [bytes(4), bytes(2), bytes(6)]
    assert_agrees(batch(payloads), payloads)
    payloads = [bytes(4), bytes(6), bytes(2)]
    assert_agrees(batch(payloads), payloads)


@given(well_formed(), st.integers(1, 20), st.binary(max_size=3))
def test_packets_of_one_kind_are_lifted_out_in_words_and_not_sorted(
    payload: bytes, n: int, lead: bytes
) -> None:
    """Ten times as quick, which no result would show: such columns are views of the words."""
    columns = batch([payload] * n, lead)
    assert columns["flags"].base is not None
    assert columns["power_w"].base is not None


@pytest.mark.parametrize(
    ("offsets", "said"),
    [
        ([1, 2, 10], "offsets run from 1 to 10, the buffer has 9 octets"),
        ([-1, 2, 4], "offsets run from -1 to 4, the buffer has 9 octets"),
        ([0, 2, 6, 5, 9], "offsets fall at packet 2"),
        ([0, 2, 1, 9], "offsets fall at packet 1"),
    ],
)
def test_an_offset_that_is_wrong_is_named(offsets: list[int], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        decode_batch(np.zeros(9, np.uint8), np.array(offsets))
