"""Capture files: what is read, what is reported and skipped, and that writing is all or nothing."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legbal.errors import CaptureError
from legbal.files.capture import Sidecar, line, read, read_file, read_sidecar, write
from legbal.ride.inputs import FIT_RECORD, Notification, PlannedStep
from tests.shared import shared

GOOD = '{"t": 1, "hex": "0000f6ff"}'


def parsed(text: str | bytes | Iterable[bytes]) -> tuple[list[Notification], list[tuple[int, str]]]:
    bad: list[tuple[int, str]] = []
    octets = text.encode() if isinstance(text, str) else text
    source = io.BytesIO(octets) if isinstance(octets, bytes) else octets
    return list(read(source, lambda number, reason: bad.append((number, reason)))), bad


def at(*times: float) -> str:
    return "\n".join(json.dumps({"t": t, "hex": "00000a00"}) for t in times)


def test_a_line_with_everything() -> None:
    text = '{"t": 0.961, "uuid": "2A64", "hex": "2300B0", "meter": "Pedals", "note": [1]}\n'
    assert parsed(text) == ([Notification(0.961, b"\x23\x00\xb0", "2a64", "Pedals")], [])


def test_uuid_and_meter_may_be_left_out() -> None:
    assert parsed(GOOD) == ([Notification(1.0, b"\x00\x00\xf6\xff")], [])
    assert parsed('{"t": 1, "hex": "", "meter": null}') == ([Notification(1.0, b"")], [])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2A63", "2a63"),
        ("0x2a19", "2a19"),
        ("00002A29-0000-1000-8000-00805F9B34FB", "2a29"),
        ("A026E005-0A7D-4AB3-97FA-F1500F9FEB8B", "a026e005-0a7d-4ab3-97fa-f1500f9feb8b"),
        (FIT_RECORD, FIT_RECORD),
    ],
)
def test_uuids_are_brought_to_one_form(given: str, kept: str) -> None:
    found, bad = parsed(json.dumps({"t": 0, "uuid": given, "hex": "00"}))
    assert ([item.uuid for item in found], bad) == ([kept], [])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "truncated"),
        ("[]", "object"),
        ("\x00\x00\x00", "malformed"),
        ('{"hex": "00"}', "`t`"),
        ('{"t": 1}', "`hex`"),
        ('{"t": NaN, "hex": "00"}', "malformed"),
        ('{"t": 1e999, "hex": "00"}', "range"),
        ('{"t": "1", "hex": "00"}', "$.t"),
        ('{"t": true, "hex": "00"}', "$.t"),
        ('{"t": null, "hex": "00"}', "$.t"),
        ('{"t": -0.1, "hex": "00"}', "t is -0.1"),
        ('{"t": 1.7e9, "hex": "00"}', "seconds from the ride's start"),
        ('{"t": 1, "hex": "0"}', "hexadecimal"),
        ('{"t": 1, "hex": "0g"}', "hexadecimal"),
        ('{"t": 1, "hex": 12}', "$.hex"),
        ('{"t": 1, "hex": "%s"}' % ("00" * 513), "513 bytes"),
        ('{"t": 1, "hex": "00", "uuid": "hello\\u001b"}', "uuid"),
        ('{"t": 1, "hex": "00", "uuid": 10851}', "$.uuid"),
        ('{"t": 1, "hex": "00", "meter": 7}', "$.meter"),
        ('{"t": 1, "hex": "00", "x": "%s"}' % ("x" * 9000), "longer"),
        ('{"t": 1, "hex": "00", "x": %s' % ("[" * 8000), ""),
    ],
)
def test_an_unreadable_line_is_reported_with_its_number_and_skipped(bad: str, reason: str) -> None:
    found, reported = parsed(f"{GOOD}\n\n{bad}\n{GOOD}")
    assert len(found) == 2
    ((number, said),) = reported
    assert number == 3
    assert reason in said
    assert said.isprintable()
    assert len(said) < 200


def test_bad_utf8_is_one_bad_line() -> None:
    found, reported = parsed(b'{"t": 1, "hex": "00", "meter": "\xff"}\n' + GOOD.encode())
    assert len(found) == 1
    assert reported[0][0] == 1


def test_a_byte_order_mark_and_carriage_returns_do_no_harm() -> None:
    assert parsed(b"\xef\xbb\xbf" + GOOD.encode() + b"\r\n" + GOOD.encode() + b"\r\n")[1] == []
    assert parsed("\ufeff" + GOOD)[1] == []


def test_lines_of_any_kind_of_source() -> None:
    assert len(parsed([GOOD.encode(), GOOD.encode() + b"\n", b"x" * 9000])[0]) == 2


def test_a_long_line_is_never_held_in_memory() -> None:
    class Endless(io.RawIOBase):
        """Ten megabytes without a line feed, then a good line; notes the largest read."""

        pieces = 1000
        largest = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            self.largest = max(self.largest, size)
            self.pieces -= 1
            if self.pieces > 0:
                return b"x" * size
            return {0: b"x\n", -1: GOOD.encode()}.get(self.pieces, b"")

    source = Endless()
    bad: list[int] = []
    assert len(list(read(source, lambda number, _: bad.append(number)))) == 1
    assert bad == [1]
    assert 0 < source.largest < 10_000


def test_a_little_out_of_order_is_kept_at_the_latest_time() -> None:
    found, bad = parsed(at(0, 5, 4.2, 5.5, 3.5))
    assert [item.t for item in found] == [0, 5, 5, 5.5, 5.5]
    assert bad == []


def test_time_that_falls_is_reported() -> None:
    found, bad = parsed(at(0, 100, 5, 101))
    assert [item.t for item in found] == [0, 100, 101]
    assert bad == [(3, "t falls from 100 to 5 s")]


def test_a_single_leap_ahead_does_not_cost_the_lines_after_it() -> None:
    found, bad = parsed(at(0, 1, 900_000, 2, 3))
    assert [item.t for item in found] == [0, 1, 2, 3]
    assert [number for number, _ in bad] == [3]


def test_a_long_break_is_a_break() -> None:
    found, bad = parsed(at(0, 1, 9000, 9001))
    assert [item.t for item in found] == [0, 1, 9000, 9001]
    assert bad == []
    assert [item.t for item in parsed(at(0, 9000))[0]] == [0, 9000]


def test_lines_are_given_as_they_come() -> None:
    taken: list[int] = []

    def source() -> Iterable[bytes]:
        for number in range(3):
            taken.append(number)
            yield at(number).encode()

    for count, _ in enumerate(read(source(), lambda *_: None), start=1):
        assert len(taken) == count


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_nothing_ends_the_reading(junk: bytes) -> None:
    found, _ = parsed(junk + b"\n" + GOOD.encode())
    assert found[-1].data == b"\x00\x00\xf6\xff"


def test_shared_captures_are_read_whole() -> None:
    bad: list[int] = []
    for name in ("assioma_duo", "stages_lr_left_crank", "powertap_p1_two_devices"):
        path = shared(f"data/captures/{name}.jsonl")
        found = list(read_file(path, lambda number, _: bad.append(number)))
        assert len(found) == len(path.read_text().splitlines())
    assert bad == []


def test_a_missing_file_is_a_capture_error(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"none\.jsonl"):
        list(read_file(tmp_path / "none.jsonl", lambda *_: None))
    with pytest.raises(CaptureError, match=tmp_path.name):
        list(read_file(tmp_path, lambda *_: None))


NOTIFICATIONS = st.builds(
    Notification,
    t=st.just(0.0),
    data=st.binary(max_size=512),
    uuid=st.sampled_from(["2a63", "2a19", FIT_RECORD, "a026e005-0a7d-4ab3-97fa-f1500f9feb8b"]),
    meter=st.text(max_size=128).filter(lambda name: name.isprintable()),
)


@given(st.lists(NOTIFICATIONS, max_size=5), st.lists(st.floats(0, 3000), min_size=5, max_size=5))
def test_what_is_written_is_read(items: list[Notification], times: list[float]) -> None:
    told = [
        Notification(t, item.data, item.uuid, item.meter)
        for t, item in zip(sorted(times), items, strict=False)
    ]
    assert parsed(b"".join(map(line, told))) == (told, [])


def test_writing_does_not_overwrite_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "ride.jsonl"
    write(path, [Notification(0.0, b"\x01")])
    with pytest.raises(CaptureError, match="already") as caught:
        write(path, [Notification(0.0, b"\x02")])
    assert caught.value.hint
    assert b'"01"' in path.read_bytes()
    write(path, [Notification(0.0, b"\x02")], overwrite=True)
    assert b'"02"' in path.read_bytes()
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken() -> Iterable[Notification]:
        yield Notification(0.0, b"\x01")
        raise KeyError("source")

    with pytest.raises(KeyError):
        write(tmp_path / "ride.jsonl", broken())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(CaptureError, match="cannot be written"):
        write(tmp_path / "nowhere" / "ride.jsonl", [])


def test_writing_where_there_are_no_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    path = tmp_path / "ride.jsonl"
    write(path, [Notification(0.0, b"\x01")])
    with pytest.raises(CaptureError, match="already"):
        write(path, [])
    assert list(tmp_path.iterdir()) == [path]


def test_a_sidecar(tmp_path: Path) -> None:
    capture = tmp_path / "ride.one.jsonl"
    assert read_sidecar(capture) == Sidecar()
    told = {
        "ftp": 250,
        "weak": "left",
        "plan": [{"start": 10, "end": 70.5}, {"start": 80, "end": 90}],
        "x": 1,
    }
    (tmp_path / "ride.one.meta.json").write_text(json.dumps(told))
    steps = (PlannedStep(10.0, 70.5), PlannedStep(80.0, 90.0))
    assert read_sidecar(capture) == Sidecar(ftp=250.0, weak="left", plan=steps)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"ftp": -1}', "ftp"),
        ('{"ftp": "250"}', "ftp"),
        ('{"weak": "both"}', "weak"),
        ('{"plan": [{"start": 1}]}', "plan[0]"),
        ('{"plan": [{"start": 5, "end": 5}]}', "plan[0]"),
        ('{"plan": [{"start": -1, "end": 5}]}', "plan[0]"),
        ('{"plan": [{"start": 0, "end": 9}, {"start": 5, "end": 12}]}', "plan[1]"),
        ("[]", "object"),
        ("{", "truncated"),
        ('{"x": ' + "[" * 100_000, "meta.json"),
    ],
)
def test_a_bad_sidecar_names_file_and_key(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / "ride.meta.json").write_text(text)
    with pytest.raises(CaptureError) as caught:
        read_sidecar(tmp_path / "ride.jsonl")
    assert "ride.meta.json" in str(caught.value)
    assert key in str(caught.value)
