"""A profile read from the text of one TOML file.

In the file each statement is a table of its own with `value`, `provenance` and `source`. `docs/meters.md` says how a
profile is written.
"""

from typing import Any, Generic, TypeVar, get_args, get_type_hints

import msgspec

from legbal.errors import ProfileError, nearest
from legbal.meters.profile import LONGEST_SOURCE, Profile, Provenance, Recognition, Sentences, Statement

_PLAIN = ("id", "name", "version", "recognise")
# The keys of a profile file that are statements.
STATED = tuple(field for field in Profile.__struct_fields__ if field not in (*_PLAIN, "statements"))

_T = TypeVar("_T")


class _Stated(msgspec.Struct, Generic[_T], frozen=True, forbid_unknown_fields=True):
    value: _T
    provenance: Provenance
    source: str


_stated: Any = _Stated
_TYPES: dict[str, Any] = get_type_hints(Profile, include_extras=True)
_File = msgspec.defstruct(
    "_File",
    [(key, _stated[_TYPES[key]] if key in STATED else _TYPES[key], None) for key in (*_PLAIN, *STATED)],
    forbid_unknown_fields=True,
)


def parse(text: str, where: str) -> Profile:
    """The profile that a file's text holds.

    Args:
        text: TOML, of a file at most 64 KiB: whoever reads that sees to it.
        where: the file's name, for messages.

    Raises:
        ProfileError: the text is no TOML, a key is unknown or missing, or a value is not allowed.
    """
    try:
        data: dict[str, Any] = msgspec.toml.decode(text)
        file = msgspec.convert(data, _File)
    except msgspec.ValidationError as error:
        raise _refusal(where, str(error)) from error
    except msgspec.DecodeError as error:
        raise ProfileError(f"{where}: not valid TOML: {error}") from error
    for key in ("id", "name", "kind", "recognise"):
        if key not in data:
            raise ProfileError(
                f"{where}: {key} is missing", hint="A profile needs id, name, kind and recognise."
            )
    values = {key: getattr(file, key) for key in data}
    statements = []
    for key, stated in values.items():
        if key in STATED:
            values[key] = stated.value
            if _TYPES[key] == Sentences:
                values[key] = _sentence(stated.value, where, f"{key}.value")
            source = _sentence(stated.source, where, f"{key}.source")
            statements.append(Statement(key, stated.provenance, source))
    values["name"] = _sentence(values["name"], where, "name")
    values["recognise"] = tuple(
        _recognition(rule, where, f"recognise[{number}]") for number, rule in enumerate(values["recognise"])
    )
    if (values.get("left_names") or values.get("right_names")) and values.get("peripherals") != 2:
        raise ProfileError(
            f"{where}: peripherals: left_names and right_names are for a meter of two peripherals"
        )
    return Profile(**values, statements=tuple(statements))


def _recognition(rule: Recognition, where: str, key: str) -> Recognition:
    if not (rule.names or rule.manufacturer or rule.model or rule.services):
        raise ProfileError(f"{where}: {key}: needs names, manufacturer, model or services")
    return msgspec.structs.replace(rule, source=_sentence(rule.source, where, f"{key}.source"))


def _refusal(where: str, error: str) -> ProfileError:
    """A validation error in the words of a profile's file, with the name that was likely meant."""
    problem, _, path = error.partition(" - at `$")
    path = path.removeprefix(".").rstrip("`")
    fault, _, field = problem.rstrip("`").partition(" field `")
    if fault == "Object contains unknown":
        tables: dict[str, type[msgspec.Struct]] = {"": _File, "recognise": Recognition}
        keys = tables.get(path.partition("[")[0], _Stated).__struct_fields__
        near = nearest(field, keys, 0.5)
        name = f"{path}.{field}" if path else field
        return ProfileError(
            f"{where}: {name[:80]!r} is not a key of a profile",
            hint=f"Did you mean {near}?" if near else f"Known here: {', '.join(keys)}.",
        )
    if problem.startswith("Expected `array`, got") and path == "recognise":
        problem = "is written as tables, [[recognise]]"
    elif problem.startswith("Expected `object`"):
        problem = "is written as a table with value, provenance and source"
    elif problem.startswith("Invalid enum value"):
        kind = Provenance if path.endswith(".provenance") else _TYPES[path.partition(".")[0]]
        problem += f", allowed are {', '.join(_choices(kind))}"
    return ProfileError(f"{where}: {path}: {problem}")


def _choices(kind: Any) -> tuple[str, ...]:
    """The words of a Literal, or of one that may also be None or several."""
    parts = get_args(kind)
    return parts if all(isinstance(part, str) for part in parts) else _choices(parts[0])


def _sentence(text: str, where: str, key: str) -> str:
    """The text with line ends and runs of blanks folded to one blank; bounded, and printable as it stands."""
    folded = " ".join(text.split())
    if not folded:
        raise ProfileError(f"{where}: {key}: says nothing")
    if len(folded) > LONGEST_SOURCE:
        raise ProfileError(f"{where}: {key}: longer than {LONGEST_SOURCE} characters")
    if not folded.isprintable():
        raise ProfileError(f"{where}: {key}: holds a character that cannot be printed")
    return folded
