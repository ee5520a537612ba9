"""The draft of a profile for a meter that was watched: what was seen is captured, the rest is assumed."""

from __future__ import annotations

import json
import re
from typing import Final

from legbal.meters.probe import Report
from legbal.meters.profile import Provenance

_NAMELESS: Final = "My meter"
_LONGEST_ID: Final = 40
_LONGEST_PATTERN: Final = 64
_LONGEST_NAME: Final = 80

Entry = tuple[str, object, Provenance, str]


def draft(
    seen: Report,
    *,
    advertised: str = "",
    manufacturer: str = "",
    model: str = "",
    features: int | None = None,
) -> str:
    """The text of a profile, ready for `parse`, with what was concluded as comments at its top.

    Args:
        seen: what the meter was seen to do.
        advertised: its advertised name; like the next two "" where unknown, and printable.
        manufacturer: of its device information.
        model: of its device information.
        features: the value of 0x2A65, None where it was not read.
    """
    name = _name(advertised, manufacturer, model)
    lines = [f"# {said}" for said in seen.conclusions()]
    lines += [
        "# Look through it: mend what is wrong, and say in `kind` what the maker tells of its sensors.",
        f"id = {_toml(identifier(name))}",
        f"name = {_toml(name)}",
        "version = 1",
        "",
        *_recognition(advertised, manufacturer, model),
    ]
    for key, value, provenance, source in _statements(seen, features):
        lines += [f"[{key}]", f"value = {_toml(value)}", *_told(provenance, source)]
    return "\n".join(lines).rstrip() + "\n"


def identifier(name: str) -> str:
    """An id for a profile of that name: lower case, digits, hyphens."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST_ID].rstrip("-")
    return slug or "my-meter"


def _name(advertised: str, manufacturer: str, model: str) -> str:
    by_maker = " ".join(part for part in (manufacturer, model) if part)
    return (by_maker or _pattern(advertised).strip("*? -_") or _NAMELESS)[:_LONGEST_NAME].strip() or _NAMELESS


def _pattern(advertised: str) -> str:
    """The advertised name with its own number left open: "ASSIOMA17039L" gives "ASSIOMA*L"."""
    return re.sub(r"\d{3,}", "*", advertised)[:_LONGEST_PATTERN]


def _recognition(advertised: str, manufacturer: str, model: str) -> list[str]:
    lines = []
    if advertised or not manufacturer:
        source = "So it was called when it was watched." if advertised else "Put the advertised name here."
        names = [_pattern(advertised) or _NAMELESS]
        lines += ["[[recognise]]", f"names = {_toml(names)}"]
        lines += _told("captured" if advertised else "assumed", source)
    if manufacturer:
        lines += ["[[recognise]]", f"manufacturer = {_toml(manufacturer[:_LONGEST_PATTERN])}"]
        if model:
            lines.append(f"model = {_toml(model[:_LONGEST_PATTERN])}")
        lines += _told("captured", "Its device information.")
    return lines


def _statements(seen: Report, features: int | None) -> list[Entry]:
    """The statements, each from what was seen, or assumed as a profile takes it for granted."""
    watched = f"Watched over {seen.notifications} notifications, {seen.revolutions} revolutions under power."
    kind: Entry = ("kind", "unknown", "assumed", "The octets cannot say what its sensors are.")
    if seen.balance == "constant":
        kind = ("kind", "total", "captured", f"{seen.conclusions()[0]} {watched}")
    named: Entry = ("reference", "flag", "assumed", "No balance was seen whose reference bit could be read.")
    if seen.reference_left is not None:
        bit = "set: left" if seen.reference_left else "clear: it does not say which side it names"
        named = ("reference", "flag", "captured", f"The reference bit is {bit}. {watched}")
    entries = [kind, named]
    for key, value, otherwise in (
        ("resolution_percent", seen.resolution_percent, 0.5),
        ("placeholder", seen.placeholder, "unknown"),
        ("fields", seen.fields, ()),
        ("rate_hz", None if seen.rate_hz is None else min(max(round(seen.rate_hz, 1), 0.1), 200.0), 1.0),
        ("repeats", seen.repeats, True),
        ("skips", True if seen.skipped else None, True),
        ("counts_while_stopped", seen.counts_while_stopped, False),
    ):
        if value is None:
            entries.append((key, otherwise, "assumed", "Not seen."))
        else:
            entries.append((key, value, "captured", watched))
    if features is not None:
        entries.append(("features", features, "captured", "Read from 0x2A65."))
    return entries


def _told(provenance: Provenance, source: str) -> tuple[str, str, str]:
    return f"provenance = {_toml(provenance)}", f"source = {_toml(source)}", ""


def _toml(value: object) -> str:
    """A value as TOML writes it; a string's escapes are those of JSON."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
