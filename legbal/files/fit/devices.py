"""Which power meter a FIT file names, and which head unit: a label that tells one meter from another.

Numbers become words by the FIT profile's own tables of makers and products.
"""

from __future__ import annotations

from typing import Any

import msgspec

from legbal.files.fit.messages import Message, Messages, name_of

_BIKE_POWER = 11  # FIT profile, antplus_device_type
_LONGEST = 60
# FIT profile: which table names a maker's products.
_GARMIN = dict.fromkeys((1, 13, 15, 89), "garmin_product")
_PRODUCTS = {**_GARMIN, 263: "favero_product"}


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


def power_meter(messages: Messages) -> Device | None:
    """The power meter, put together from all messages on it; of several the first, None where the file names none.

    A head unit tells more of a meter as it learns it, in messages with the same device index.
    """
    found: dict[str, dict[str, Any]] = {}
    for message in messages.get("device_info", []):
        if message.get("device_type") == _BIKE_POWER:
            known = {key: value for key, value in message.items() if value not in (None, 0)}
            found.setdefault(str(message.get("device_index")), {}).update(known)
    return next((device for device in map(_device, found.values()) if device.label), None)


def head_unit(messages: Messages) -> Device:
    """What recorded the ride, as the file itself says."""
    about = (messages.get("file_id") or [{}])[0]
    return _device({key: value for key, value in about.items() if key != "serial_number"})


def _device(fields: Message) -> Device:
    name = _printable(fields.get("product_name"))
    number, maker = fields.get("serial_number"), fields.get("manufacturer")
    return Device(
        maker=_word("manufacturer", maker),
        model=name if name and not name.isdigit() else _product(maker, fields.get("product")),
        serial=str(number) if isinstance(number, int) and number else "",
    )


def _product(maker: object, number: object) -> str:
    """The product's name from the table of its maker."""
    return _word(_PRODUCTS.get(maker, ""), number) if isinstance(maker, int) else ""


def _word(table: str, number: object) -> str:
    """The profile's name of a number, in words; none for what is only a stand-in."""
    name = name_of(table, number)
    return "" if name == "development" else " ".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _printable(name: object) -> str:
    """A name from outside: on one line, and none where the file holds something else there."""
    if not isinstance(name, str):
        return ""
    return "".join(letter for letter in name if letter.isprintable()).strip()[:_LONGEST]
