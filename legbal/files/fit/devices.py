"""Which power meter a FIT file names, and which head unit: a label that tells one meter from another.

Numbers become words by the FIT profile's own tables of makers and products.
"""

from __future__ import annotations

from typing import Any

import msgspec

_BIKE_POWER = 11  # FIT profile, antplus_device_type
_LONGEST = 60
_BY_MAKER = ("garmin_product", "favero_product")


class Device(msgspec.Struct, frozen=True):
    """A device of a FIT file, in words; empty where the file does not say."""

    maker: str = ""
    model: str = ""
    serial: str = ""

    @property
    def label(self) -> str:
        """Maker, model and serial number: what tells this meter from every other."""
        model = self.model
        if self.maker and model.casefold().startswith(self.maker.casefold()):
            model = model[len(self.maker) :].strip()
        return " ".join(part for part in (self.maker, model, self.serial) if part)[:_LONGEST]


def power_meter(messages: dict[str, Any]) -> Device | None:
    """The power meter, put together from all messages on it; of several the first, None where the file names none.

    A head unit tells more of a meter as it learns it, in messages with the same device index.
    """
    found: dict[str, dict[str, Any]] = {}
    for message in messages.get("device_info_mesgs", []):
        if message.get("device_type") == _BIKE_POWER:
            known = {key: value for key, value in message.items() if value not in (None, 0)}
            found.setdefault(str(message.get("device_index")), {}).update(known)
    return next((device for device in map(_device, found.values()) if device.label), None)


def head_unit(messages: dict[str, Any]) -> Device:
    """What recorded the ride, as the file itself says."""
    about = (messages.get("file_id_mesgs") or [{}])[0]
    return _device({key: value for key, value in about.items() if key != "serial_number"})


def _device(fields: dict[str, Any]) -> Device:
    name = _printable(fields.get("product_name"))
    number = fields.get("serial_number")
    return Device(
        maker=_word("manufacturer", fields.get("manufacturer")),
        model=name if name and not name.isdigit() else _product(fields),
        serial=str(number) if isinstance(number, int) and number else "",
    )


def _product(fields: dict[str, Any]) -> str:
    """The product's name from the table of its maker."""
    return next((word for table in _BY_MAKER if (word := _word(table, fields.get(table)))), "")


def _word(table: str, number: object) -> str:
    """The profile's name of a number, in words; none for what is only a stand-in."""
    from garmin_fit_sdk import Profile

    if not isinstance(number, int):
        return ""
    name = str(Profile["types"].get(table, {}).get(number, ""))
    if name == "development":
        return ""
    return " ".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _printable(name: object) -> str:
    """A name from outside: on one line, and none where the file holds something else there."""
    if not isinstance(name, str):
        return ""
    return "".join(letter for letter in name if letter.isprintable()).strip()[:_LONGEST]
