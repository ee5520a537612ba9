"""The draft of a profile, of a meter that was watched: what was seen is captured, the rest is assumed."""

import json
import re
from typing import Final

from legbal.meters.probe import Report
from legbal.meters.profile import Provenance
from legbal.present.remarks import remark

_NAMELESS: Final = "My meter"
_LONGEST_ID, _LONGEST_PATTERN, _LONGEST_NAME = 40, 64, 80  # characters

# a table of the file: its name, what stands in it, and whence that is known
Entry = tuple[str, dict[str, object], Provenance, str]


def draft(
    report: Report,
    *,
    advertised: str = "",
    manufacturer: str = "",
    model: str = "",
    features: int | None = None,
) -> str:
    """The text of a profile, ready for `parse`, with what was concluded as comments at its top.

    Args:
        report: what the meter was seen to do.
        advertised: its advertised name; like the next two "" where unknown, and printable.
        manufacturer: of its device information.
        model: of its device information.
        features: the value of 0x2A65, None where it was not read.
    """
    name = _name(advertised, manufacturer, model)
    lines = [
        *(f"# {remark(x)}" for x in report.conclusions()),
        "# Read it through: correct what is wrong, and put into `kind` what the maker says of its sensors.",
        f"id = {_toml(identifier(name))}",
        f"name = {_toml(name)}",
        "version = 1",
    ]
    for table, fields, provenance, source in (
        *_recognise(advertised, manufacturer, model),
        *_statements(report, features),
    ):
        statement = fields | {"provenance": provenance, "source": source}
        lines += ["", f"[{table}]", *(f"{key} = {_toml(value)}" for key, value in statement.items())]
    return "\n".join(lines) + "\n"


def identifier(name: str) -> str:
    """An id for a profile of that name: lower case, digits, hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST_ID].rstrip("-") or "my-meter"


def _name(advertised: str, manufacturer: str, model: str) -> str:
    by_maker = " ".join(part for part in (manufacturer, model) if part)
    return (by_maker or _pattern(advertised).strip("*? -_") or _NAMELESS)[:_LONGEST_NAME].strip() or _NAMELESS


def _pattern(advertised: str) -> str:
    """The advertised name with its own number left open: "ASSIOMA17039L" gives "ASSIOMA*L"."""
    return re.sub(r"\d{3,}", "*", advertised)[:_LONGEST_PATTERN]


def _recognise(advertised: str, manufacturer: str, model: str) -> list[Entry]:
    entries: list[Entry] = []
    if advertised:
        source = "Its name when it was recorded."
        entries.append(("[recognise]", {"names": [_pattern(advertised)]}, "captured", source))
    elif not manufacturer:
        entries.append(("[recognise]", {"names": [_NAMELESS]}, "assumed", "Put the advertised name here."))
    if manufacturer:
        stated = {"manufacturer": manufacturer, "model": model}
        maker: dict[str, object] = {key: text[:_LONGEST_PATTERN] for key, text in stated.items() if text}
        entries.append(("[recognise]", maker, "captured", "Its device information."))
    return entries


def _statements(report: Report, features: int | None) -> list[Entry]:
    watched = f"Seen over {report.notifications} notifications, {report.revolutions} revolutions under power."
    bit = "set: left" if report.reference_left else "clear: it does not say which side it names"
    entries: list[Entry] = [
        ("kind", {"value": "total"}, "captured", f"{remark(report.conclusions()[0])} {watched}")
        if report.balance == "constant"
        else ("kind", {"value": "unknown"}, "assumed", "The data does not show what its sensors are."),
        ("reference", {"value": "flag"}, "assumed", "No balance was seen whose reference bit could be read.")
        if report.reference_left is None
        else ("reference", {"value": "flag"}, "captured", f"The reference bit is {bit}. {watched}"),
    ]
    for key, value, otherwise in (
        ("resolution_percent", report.resolution_percent, 0.5),
        ("placeholder", report.placeholder, "unknown"),
        ("fields", report.fields, ()),
        ("rate_hz", None if report.rate_hz is None else min(max(round(report.rate_hz, 1), 0.1), 200.0), 1.0),
        ("repeats", report.repeats, True),
        ("skips", True if report.skipped else None, True),
        ("counts_while_stopped", report.counts_while_stopped, False),
    ):
        entries.append(
            (key, {"value": otherwise}, "assumed", "Not seen.")
            if value is None
            else (key, {"value": value}, "captured", watched)
        )
    if features is not None:
        entries.append(("features", {"value": features}, "captured", "Read from 0x2A65."))
    return entries


def _toml(value: object) -> str:
    """A value as TOML writes it: as JSON does, but for one character that it escapes."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
