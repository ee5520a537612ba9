"""What legbal alone knows of a second, as a FIT file's developer fields: they bring their names and units along.

Services and head units' apps that show such fields show them by what stands here; every other reader leaves them out,
legbal itself among them, which works them out anew.
"""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from legbal.ride.events import Alert
from legbal.ride.resample import Second

APPLICATION = UUID("2c945960-5b09-4494-b2d9-9574e0cd6ce3")  # legbal's own, for ever
_RECORD = 20  # FIT profile, mesg_num
_DEVELOPMENT = 255  # FIT profile, manufacturer
# of an alert: which leg it is about; 0 while there is none
_LEGS = {"left": 1, "right": 2, None: 3}


class DeveloperField(NamedTuple):
    """A field, by the profile's number of its base type."""

    name: str
    base_type: int
    units: str


_UINT8, _STRING, _FLOAT32 = 0x02, 0x07, 0x88  # FIT profile, fit_base_type
FIELDS = (
    DeveloperField("Usual left", _FLOAT32, "%"),
    DeveloperField("Deviation", _FLOAT32, "points"),
    DeveloperField("Alert", _UINT8, ""),
    DeveloperField("Alert kind", _STRING, ""),
)

DEVELOPER = "developer fields"  # their place in a message that is to be written
DeveloperValues = tuple[float | int | str | None, ...]
"""A value for each of `FIELDS`; None: it is left out."""


def describe(put: Callable[..., None]) -> None:
    """Writes, by `put`, what describes the fields; it stands before the first message with one of them."""
    put(
        "developer_data_id",
        application_id=APPLICATION.bytes,
        manufacturer_id=_DEVELOPMENT,
        developer_data_index=0,
    )
    for number, field in enumerate(FIELDS):
        put(
            "field_description",
            developer_data_index=0,
            field_definition_number=number,
            fit_base_type_id=field.base_type,
            field_name=field.name,
            units=field.units or None,
            native_mesg_num=_RECORD,
        )


def values(second: Second, alert: Alert | None) -> DeveloperValues:
    """Those of a record: the left share that is usual at its power, how far above that it is, which alert holds."""
    left, usual = second.left_percent, second.usual_percent
    return (
        usual,
        None if left is None or usual is None else left - usual,
        0 if alert is None else _LEGS[alert.side],
        None if alert is None else alert.kind,
    )
