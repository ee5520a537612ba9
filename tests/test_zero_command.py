"""`legbal zero` and `legbal crank-length` in a process of their own, against a fake bluetoothd."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator

import pytest

from legbal import paths
from legbal.meters.limits import zero_offset_steps
from legbal.meters.profile import UNLISTED, Profile
from legbal.present.remarks import remark
from tests.bluetooth.bluetoothd import Bluetoothd, bluetoothd
from tests.bluetooth.command import legbal, started
from tests.bluetooth.peripheral import ASSIOMA, Peripheral
from tests.programs import require_program
from tests.terminal import legbal as legbal_here

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="org.bluez is Linux's")

NAME = "ASSIOMA17039L"
LENGTHS = {b"\x05": bytes.fromhex("2005015901")}  # 172.5 mm


@pytest.fixture
async def radio() -> AsyncIterator[Bluetoothd]:
    """A fake bluetoothd on a bus of its own."""
    require_program("dbus-daemon")
    async with bluetoothd() as running:
        yield running


@pytest.fixture
def meter(radio: Bluetoothd) -> Peripheral:
    """An Assioma that sets its zero, and has cranks of 172.5 mm."""
    made = radio.add_meter(NAME, values=ASSIOMA)
    lengths = dict(LENGTHS)

    def answer(request: bytes) -> bytes:
        if request[0] == 4:
            lengths[b"\x05"] = bytes.fromhex("200501") + request[1:]
            return bytes.fromhex("200401")
        return lengths.get(request, bytes.fromhex("200c011200"))

    made.on_control = answer
    return made


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal: what is typed at the first is read at the second."""
    ends = os.openpty()
    yield ends
    for end in ends:
        os.close(end)


async def test_the_offset_is_set_and_told(meter: Peripheral) -> None:
    code, out, err = await legbal("zero", "--meter", NAME, "--yes")
    assert (code, out) == (0, "The zero offset is set: 0.56 N·m (raw 18).\n")
    assert meter.writes == [b"\x0c"]
    assert not meter.connected
    assert err.index("Connecting") < err.index("Unclip") < err.index("Setting the zero offset")


async def test_every_zero_is_in_the_ledger_and_a_jump_is_told(meter: Peripheral) -> None:
    raws = iter((10, 12, 11, 13, 12, 90))
    meter.on_control = lambda _: bytes.fromhex("200c01") + next(raws).to_bytes(2, "little")
    answers = [await legbal("zero", "--meter", NAME, "--yes") for _ in range(6)]
    assert [code for code, *_ in answers] == [0] * 6
    assert not any("jumped" in out for _, out, _ in answers[:-1])
    assert "The zero jumped by 78 raw; it usually moves by 1.5." in answers[-1][1]
    ledger = json.loads((await legbal("meters", "zeros", "assioma", "--json"))[1])
    assert [(zero["meter"], zero["offset_raw"], zero["origin"]) for zero in ledger] == [
        (NAME, raw, "set") for raw in (10, 12, 11, 13, 12, 90)
    ]
    assert (ledger[-1]["offset"], ledger[-1]["unit"], ledger[-1]["jump"]) == (round(90 / 32, 3), "N·m", True)


async def test_a_refusal_is_no_zero_of_the_ledger(meter: Peripheral) -> None:
    meter.on_control = lambda _request: bytes.fromhex("200c04")
    assert (await legbal("zero", "--meter", NAME, "--yes"))[0] == 1
    assert json.loads((await legbal("meters", "zeros", "--json"))[1]) == []


async def test_a_zero_is_set_though_the_library_cannot_keep_it(meter: Peripheral) -> None:
    assert meter.writes == []
    paths.library_file().parent.mkdir(parents=True, exist_ok=True)
    paths.library_file().write_text("no library " * 500)
    code, out, err = await legbal("zero", "--meter", NAME, "--yes")
    assert (code, out) == (0, "The zero offset is set: 0.56 N·m (raw 18).\n")
    assert "could not be saved in the library" in err


@pytest.fixture
def halves(radio: Bluetoothd) -> tuple[Peripheral, Peripheral]:
    """Two devices that are one meter, by their names and by what they say."""
    left, right = (radio.add_meter(f"SRM_XP_{side}_1690", values={"2a65": "08002000"}) for side in "LR")
    left.on_control = lambda _: bytes.fromhex("200c010100")
    right.on_control = lambda _: bytes.fromhex("200c010200")
    return left, right


async def test_both_halves_of_a_meter_are_set(halves: tuple[Peripheral, Peripheral]) -> None:
    code, out, _err = await legbal("zero", "--yes")
    assert code == 0
    assert sorted(out.splitlines()) == [
        "SRM_XP_L_1690: The zero offset is set: 1 N (raw 1).",
        "SRM_XP_R_1690: The zero offset is set: 2 N (raw 2).",
    ]
    assert [meter.writes for meter in halves] == [[b"\x0c"], [b"\x0c"]]


async def test_a_half_that_is_typed_is_set_alone(halves: tuple[Peripheral, Peripheral]) -> None:
    code, out, _err = await legbal("zero", "--yes", "--meter", "SRM_XP_R")
    assert (code, out) == (0, "The zero offset is set: 2 N (raw 2).\n")
    assert [meter.writes for meter in halves] == [[], [b"\x0c"]]


async def test_both_of_a_pair_in_the_settings_are_set(
    radio: Bluetoothd, meter: Peripheral, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = radio.add_meter("Stages 20561", values={"2a65": "08000000"})
    other.on_control = lambda _: bytes.fromhex("200c010100")
    monkeypatch.setenv("LEGBAL_LEFT_METER", "Stages")
    monkeypatch.setenv("LEGBAL_RIGHT_METER", NAME)
    code, out, _err = await legbal("zero", "--yes")
    assert code == 0
    assert [line.partition(":")[0] for line in out.splitlines()] == ["Stages 20561", NAME]
    assert (meter.writes, other.writes) == ([b"\x0c"], [b"\x0c"])


async def test_a_half_that_is_not_there_is_named_and_nothing_is_set(
    halves: tuple[Peripheral, Peripheral],
) -> None:
    halves[1].advertised = False
    code, _out, err = await legbal("zero", "--yes", search_s=8)
    assert code == 1
    assert "Could not connect to the other side of SRM_XP_L_1690" in err
    assert "--meter NAME" in err
    assert halves[0].writes == []


async def test_nothing_is_done_before_enter(meter: Peripheral) -> None:
    async with started("zero", "--meter", NAME) as command:
        await command.said("Press Enter")
        assert meter.connected
        assert meter.writes == []
        code, out, _err = await command.ended(b"\n")
    assert (code, meter.writes) == (0, [b"\x0c"])
    assert "is set" in out


async def test_with_nobody_to_press_enter_nothing_is_done(meter: Peripheral) -> None:
    code, out, err = await legbal("zero", "--meter", NAME)
    assert (code, out, meter.writes) == (2, "", [])
    assert "--yes" in err
    assert not meter.connected


async def test_ctrl_c_at_the_question_leaves_at_once_and_disconnects(meter: Peripheral) -> None:
    async with started("zero", "--meter", NAME) as command:
        await command.said("Press Enter")
        command.process.send_signal(signal.SIGINT)
        code, _out, err = await command.ended()
    assert (code, meter.writes) == (1, [])
    assert "Traceback" not in err
    assert not meter.connected


async def test_the_rider_chooses_the_meter_and_then_presses_enter(
    radio: Bluetoothd, meter: Peripheral, terminal: tuple[int, int]
) -> None:
    radio.add_meter("Stages 20561", rssi=-80)
    keyboard, stdin = terminal
    async with started("zero", stdin=stdin) as command:
        await command.said("Which one is yours?")
        os.write(keyboard, b"3\n1\n")
        await command.said("Press Enter")
        os.write(keyboard, b"\n")
        code, _out, _err = await command.ended()
    assert (code, meter.writes) == (0, [b"\x0c"])


async def test_ctrl_c_at_the_choice_leaves_at_once(
    radio: Bluetoothd, meter: Peripheral, terminal: tuple[int, int]
) -> None:
    radio.add_meter("Stages 20561", rssi=-80)
    async with started("zero", stdin=terminal[1]) as command:
        await command.said("Which one is yours?")
        command.process.send_signal(signal.SIGINT)
        code, _out, err = await command.ended()
    assert (code, meter.connections) == (1, 0)
    assert "Traceback" not in err


async def test_what_the_maker_adds_is_told(radio: Bluetoothd) -> None:
    meter = radio.add_meter("Stages 20561", values={"2a65": "00000800"})
    meter.on_control = lambda _request: bytes.fromhex("2010010500 6900 02 beef")
    code, out, _err = await legbal("zero", "--meter", "Stages 20561", "--yes")
    assert code == 0
    assert out.splitlines()[1] == "The maker adds (company 105): beef"


async def test_a_failure_is_one_line_a_hint_and_exit_code_1(meter: Peripheral) -> None:
    meter.on_control = lambda _request: bytes.fromhex("200c04")
    code, out, err = await legbal("zero", "--meter", NAME, "--yes")
    assert (code, out) == (1, "")
    failure, hint = err.splitlines()[-2:]
    assert failure.startswith(f"legbal: {NAME} could not set its zero offset")
    assert "still" in hint


async def test_a_drop_in_the_middle_is_exit_code_1(meter: Peripheral) -> None:
    meter.on_control = lambda _request: meter.drop()
    code, out, err = await legbal("zero", "--meter", NAME, "--yes")
    assert (code, out) == (1, "")
    assert "broke off" in err


async def test_a_meter_that_is_not_there_is_exit_code_1(radio: Bluetoothd) -> None:
    assert radio.meters == []
    code, _out, err = await legbal("zero", "--meter", NAME, "--yes", search_s=1.0)
    assert code == 1
    assert "Turn the cranks" in err.splitlines()[-1]


async def test_an_adapter_that_is_missing_is_exit_code_1(radio: Bluetoothd) -> None:
    radio.remove_adapter()
    code, _out, err = await legbal("zero", "--yes")
    assert code == 1
    assert "adapter" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("profile", "location", "words"),
    [
        (UNLISTED, None, "Unclip"),
        (UNLISTED, b"", "Unclip"),
        (UNLISTED, b"\x07", "Unclip"),
        (UNLISTED, b"\x05", "the meter's crank down"),
        (UNLISTED, b"\x0f", "nothing may press on pedals or chain"),
        (Profile(id="ng", name="NG", kind="estimated"), b"\x00", "nothing may press on pedals or chain"),
        (Profile(id="ng", name="NG", kind="estimated", rezeroes=True), None, "by itself"),
        (Profile(id="x", name="X", zero_offset="none"), None, "asked anyway"),
    ],
)
def test_instructions_are_those_for_the_kind_of_meter(
    profile: Profile, location: bytes | None, words: str
) -> None:
    assert words in " ".join(map(remark, zero_offset_steps(profile, location)))


async def test_the_crank_length_is_told(meter: Peripheral) -> None:
    code, out, _err = await legbal("crank-length", "--meter", NAME)
    assert (code, out) == (0, "172.5 mm\n")
    assert meter.writes == [b"\x05"]


async def test_a_crank_length_is_set_when_the_rider_agrees_and_read_back(meter: Peripheral) -> None:
    async with started("crank-length", "170", "--meter", NAME) as command:
        await command.said("Change it from 172.5 to 170 mm?")
        assert meter.writes == [b"\x05"]
        code, out, _err = await command.ended(b"Y\n")
    assert (code, out) == (0, "170 mm\n")
    assert meter.writes == [b"\x05", bytes.fromhex("045401"), b"\x05"]


@pytest.mark.parametrize(("typed", "expected"), [(b"\n", 0), (b"no\n", 0), (b"", 2)])
async def test_without_a_yes_the_crank_length_stays(meter: Peripheral, typed: bytes, expected: int) -> None:
    code, _out, _err = await legbal("crank-length", "170", "--meter", NAME, typed=typed)
    assert (code, meter.writes) == (expected, [b"\x05"])


async def test_a_rider_who_says_no_to_a_crank_length_is_told_that_nothing_was_changed(
    meter: Peripheral,
) -> None:
    code, out, err = await legbal("crank-length", "170", "--meter", NAME, typed=b"n\n")
    assert (code, out, meter.writes) == (0, "172.5 mm\n", [b"\x05"])
    assert "Nothing was changed." in err


async def test_a_crank_length_that_is_there_already_is_not_set_again(meter: Peripheral) -> None:
    code, out, _err = await legbal("crank-length", "172.5", "--meter", NAME, "--yes")
    assert (code, out, meter.writes) == (0, "172.5 mm\n", [b"\x05"])


@pytest.mark.parametrize("length", ["109.5", "221", "170.3", "long", "nan"])
def test_a_crank_length_that_cannot_be_is_exit_code_2(
    capsys: pytest.CaptureFixture[str], length: str
) -> None:
    code, out, err = legbal_here(capsys, "crank-length", length, "--yes")
    assert (code, out) == (2, "")
    assert err.startswith("Usage: legbal crank-length ")
