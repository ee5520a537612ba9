"""`legbal decode`: one JSON object for each characteristic value, from the command line or standard input."""

import sys
from collections.abc import Callable, Iterator

from legbal.cli.terminal import print_json
from legbal.errors import DecodeError, UsageError
from legbal.files.lines import LONGEST_LINE, lines
from legbal.gatt.measurement import decode_cut_short
from legbal.gatt.registry import CHARACTERISTICS, Fields, describe_measurement
from legbal.gatt.uuids import MEASUREMENT, parse


def decode_values(values: tuple[str, ...], uuid: str) -> int:
    """Decode raw values of a Bluetooth characteristic: one JSON object for each HEX.

    Without HEX, reads one value from each line of standard input. A value that cannot be read gives its "hex"
    and an "error", the others are still decoded, and the exit code is 1.
    """
    describe = describer(uuid)
    status = 0
    for value in values or _from_standard_input():
        text = value.strip()
        try:
            fields = describe(bytes.fromhex(text.removeprefix("0x").removeprefix("0X")))
        except (DecodeError, ValueError) as error:
            problem = (
                _problem(error, uuid) if isinstance(error, DecodeError) else "not pairs of hexadecimal digits"
            )
            fields = {"hex": text[:1024], "error": problem}
            status = 1
        print_json(fields, digits=None)
    return status


def _problem(error: DecodeError, uuid: str) -> str:
    """What is wrong, and what of a measurement that was cut short is whole."""
    cut = decode_cut_short(error.payload) if parse(uuid) == MEASUREMENT else None
    if cut is None:
        return str(error)
    whole = [f"{name} {value}" for name, value in describe_measurement(cut.measurement).items()]
    return f"{error}; whole: {', '.join(whole[1:])}; missing: {', '.join(cut.missing)}"


def _from_standard_input() -> Iterator[str]:
    for line in lines(sys.stdin.buffer):
        if line is None:
            yield f"(a line of more than {LONGEST_LINE} bytes)"
        elif line.strip():
            yield line.decode("utf-8", errors="replace")


def describer(uuid: str) -> Callable[[bytes], Fields]:
    """What turns the octets of this characteristic into the fields that are printed; raises UsageError."""
    describers = {short: x.describe for short, x in CHARACTERISTICS.items() if x.describe is not None}
    try:
        return describers[parse(uuid)]
    except (KeyError, ValueError):
        raise UsageError(
            f"--uuid {uuid!r} is not among what can be decoded", hint=f"Use {', '.join(describers)}."
        ) from None
