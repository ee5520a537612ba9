"""The names of chiptime that legbal relies on, so that an update that moves one is told here first.

Most of them it does not offer by its `__all__`: to decode only some fields, its parts are needed one by one.
"""

from __future__ import annotations

import ast
import inspect
from dataclasses import fields
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from chiptime.decode import FIT_EPOCH_UNIX, Decoder
from chiptime.encode import EncodableMessage, FieldSpecValue, encode_messages
from chiptime.errors import Defect
from chiptime.frames import DataFrame, DefinitionFrame, EndOfStream, FieldSpec, FileHeader
from chiptime.message import FieldValue, Message
from chiptime.profile import BASE_TYPES_BY_NAME, ENUMS, MESSAGES

from legbal.files.fit import layouts, messages

PINNED = {
    "chiptime": {"iter_frames"},
    "chiptime.decode": {"FIT_EPOCH_UNIX", "Decoder"},
    "chiptime.encode": {"DevSpecValue", "EncodableMessage", "FieldSpecValue", "encode_messages"},
    "chiptime.errors": {"Defect"},
    "chiptime.frames": {"DataFrame", "DefinitionFrame", "EndOfStream", "FieldSpec", "FileHeader"},
    "chiptime.message": {"FieldValue"},
    "chiptime.profile": {"BASE_TYPES", "BASE_TYPES_BY_NAME", "ENUMS", "MESSAGES", "FieldDef"},
}


def test_legbal_imports_no_other_names_and_all_are_there() -> None:
    imports: dict[str, set[str]] = {}
    for file in (messages.__file__, layouts.__file__):
        for node in ast.walk(ast.parse(Path(str(file)).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("chiptime"):
                imports.setdefault(str(node.module), set()).update(alias.name for alias in node.names)
    assert imports == PINNED
    for module, names in PINNED.items():
        assert names <= set(dir(import_module(module)))


def test_what_is_asked_of_them() -> None:
    decoder = Decoder()
    assert decoder.out.messages == []  # what is emptied after each message
    assert list(inspect.signature(decoder.decode).parameters) == ["frame"]
    assert list(inspect.signature(encode_messages).parameters)[:1] == ["messages"]
    # the first of these are given by their place
    assert [x.name for x in fields(DataFrame)] == [
        *("offset", "local_id", "definition", "payload", "time_offset"),
    ]
    assert [x.name for x in fields(FieldSpecValue)] == ["num", "base_type", "raw", "size"]
    assert [x.name for x in fields(EncodableMessage)][:2] == ["global_num", "specs"]
    asked = {
        DefinitionFrame: {"local_id", "global_num", "big_endian", "fields", "dev_fields"},
        EndOfStream: {"consumed"},
        FieldSpec: {"num", "size"},
        FieldValue: {"value", "raw"},
        FileHeader: {"offset", "size", "data_size", "magic_ok"},
        Message: {"name", "fields"},
        Defect: {"code", "detail"},
    }
    for kind, names in asked.items():
        assert names <= {x.name for x in fields(kind)}, kind


def test_its_tables_hold_what_is_written_by_them() -> None:
    assert datetime.fromtimestamp(FIT_EPOCH_UNIX, UTC) == datetime(1989, 12, 31, tzinfo=UTC)
    record = next(x for x in MESSAGES.values() if x.name == "record")
    power = next(x for x in record.fields.values() if x.name == "power")
    assert (record.num, power.num, power.kind, power.scale, power.offset) == (20, 7, "number", 1.0, 0.0)
    uint16 = BASE_TYPES_BY_NAME["uint16"]
    assert (uint16.name, uint16.byte, uint16.size, uint16.invalid) == ("uint16", 0x84, 2, 0xFFFF)
    assert BASE_TYPES_BY_NAME["string"].invalid is None
    assert ENUMS["manufacturer"][1] == "garmin"
