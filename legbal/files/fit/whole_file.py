"""What a FIT file says once, and no record of it does: power meter, zone, FTP, laps, when the rider stood."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta, timezone
from itertools import islice

from legbal.analysis.fit_file import ANT_NUMBERS, FitFile
from legbal.files.fit.messages import Message, Messages, is_time, name_of

# FIT profile, antplus_device_type; and source_type of what is in the head unit itself
_BIKE_POWER, _FITNESS_EQUIPMENT, _LOCAL = 11, 17, 5
# FIT profile, event: rider_position_change; and rider_position_type: standing, or on the way to it
_POSITION_CHANGE, _STANDS = 44, (1, 3)

_LONGEST_NAME = 60
_MOST_SPANS = 2_000  # laps, or times out of the saddle; more are of no ride
# FIT profile: which table names a maker's products.
_PRODUCTS = dict.fromkeys((1, 13, 15, 89), "garmin_product") | {263: "favero_product"}
_FURTHEST_ZONE_S, _ZONE_STEP_S = 14 * 3600, 900


def zone_of(messages: Messages) -> timezone | None:
    """The zone of the head unit's clock; None where it does not tell one moment in UTC and in its local time."""
    for activity in messages["activity"]:
        utc, local = activity.get("timestamp"), activity.get("local_timestamp")
        if isinstance(utc, int) and isinstance(local, int):
            offset = _ZONE_STEP_S * round((local - utc) / _ZONE_STEP_S)
            if abs(offset) <= _FURTHEST_ZONE_S:
                return timezone(timedelta(seconds=offset))
    return None


def meter_of(messages: Messages) -> Message:
    """The power meter, of several the first; where the file names none, what recorded the ride.

    A head unit tells more of a meter as it learns it, in messages with the same device index.
    """
    by_index: dict[str, Message] = {}
    for message in messages["device_info"]:
        if message.get("device_type") == _BIKE_POWER:
            by_index.setdefault(str(message.get("device_index")), {}).update(
                {key: value for key, value in message.items() if value not in (None, 0)}
            )
    devices = (*by_index.values(), *messages["file_id"][:1])
    return next((device for device in devices if describe_device(device)[0]), {})


def whole_file(
    messages: Messages,
    cycling: Sequence[Message],
    device: Message,
    start: int,
    end: int,
    *,
    has_position: bool = False,
) -> FitFile:
    """What the file says of the ride as a whole, and of the meter by numbers.

    Args:
        messages: all of it.
        cycling: the sessions that are rides, of which there is usually one.
        device: the power meter, as `meter_of` gives it.
        start, end: date_times of the first record and the last.
        has_position: its records say where they were: some head units say so of no session.
    """
    session = cycling[0] if len(cycling) == 1 else {}
    is_meter = device.get("device_type") == _BIKE_POWER
    return FitFile(
        sport=_number(session, "sport", 0xFF),
        sub_sport=_number(session, "sub_sport", 0xFF),
        has_position=has_position
        or any(isinstance(x.get("start_position_lat"), int | float) for x in cycling),
        trainer=any(
            x.get("device_type") == _FITNESS_EQUIPMENT and x.get("source_type") != _LOCAL
            for x in messages["device_info"]
        ),
        manufacturer=_number(device, "manufacturer", 0xFFFF) if is_meter else None,
        serial_number=_number(device, "serial_number", 0xFFFFFFFF) if is_meter else None,
        ant_device_number=_number(device, "ant_device_number", ANT_NUMBERS) if is_meter else None,
        ftp_w=_ftp(messages, session),
        turns=_number(session, "total_cycles", 0xFFFFFFFF),
        laps=tuple(_within(((a, b) for a, b, _ in spans(messages["lap"])), start, end)),
        standing=tuple(_within(_standing(messages, end), start, end)),
    )


def _number(fields: Message, name: str, most: int) -> int | None:
    value = fields.get(name)
    return value if isinstance(value, int) and 0 < value < most else None


def _within(spans: Iterable[tuple[int, int]], start: int, end: int) -> Iterator[tuple[float, float]]:
    """Those parts of spans that are of the ride, in its seconds."""
    for first, last in islice(spans, _MOST_SPANS):
        first, last = max(first, start), min(last, end)
        if first < last:
            yield float(first - start), float(last - start)


def _standing(messages: Messages, end: int) -> Iterator[tuple[int, int]]:
    """From when until when the rider stood, by the changes of position that the meter noticed."""
    changes = sorted(
        (event["timestamp"], event.get("data") in _STANDS)
        for event in messages["event"]
        if event.get("event") == _POSITION_CHANGE and is_time(event.get("timestamp"))
    )
    since = None
    for at, stands in (*changes, (end, False)):
        if stands and since is None:
            since = at
        elif not stands and since is not None:
            yield since, at
            since = None


def spans(messages: Iterable[Message]) -> Iterator[tuple[int, int, Message]]:
    """When each message of a stretch begins and ends, and it; one that does not say so is passed over."""
    for message in messages:
        start, end = message.get("start_time"), message.get("timestamp")
        if is_time(start) and is_time(end):
            yield start, end, message


def _ftp(messages: Messages, session: Message) -> int | None:
    """FTP as the head unit had it for the ride, watts: of the ride itself, else of its zones.

    What may not be stated in the settings either is no rider's FTP, but a field that nobody filled in.
    """
    watts = [
        session.get("threshold_power"),
        *(x.get("functional_threshold_power") for x in messages["zones_target"]),
    ]
    return next((x for x in watts if isinstance(x, int) and 50 <= x <= 600), None)


def describe_device(fields: Message) -> tuple[str, str, str]:
    """What tells a device from every other, its maker and its model, in words; empty where the file does not say.

    A name from outside is put on one line, and is none where the file holds something else there.
    """
    name, number, company = (fields.get(key) for key in ("product_name", "serial_number", "manufacturer"))
    name = "".join(filter(str.isprintable, name)).strip()[:_LONGEST_NAME] if isinstance(name, str) else ""
    products = _PRODUCTS.get(company, "") if isinstance(company, int) else ""
    maker = _word("manufacturer", company)
    model = short = name if name and not name.isdigit() else _word(products, fields.get("product"))
    if maker and model.casefold().startswith(maker.casefold()):
        short = model[len(maker) :].strip()
    serial = str(number) if isinstance(number, int) and number else ""
    return " ".join(filter(None, (maker, short, serial)))[:_LONGEST_NAME], maker, model


def _word(table: str, number: object) -> str:
    """The profile's name of a number, in words; none for what is only a stand-in."""
    name = name_of(table, number)
    return "" if name == "development" else " ".join(word[:1].upper() + word[1:] for word in name.split("_"))
