"""Which names of meters are one meter: proven by a serial number, said by the rider, or worth a question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from legbal.analysis.fit_file import FitFile
from legbal.analysis.months import DatedRide, JoinedName, RideBands, comparable
from legbal.analysis.same_meter import SameMeterQuestion, join, joined_names, pair_of, questions
from legbal.analysis.trend import meter_trends
from legbal.ride.share import BandShare, Share

BEGIN = datetime(2026, 5, 1, 8, tzinfo=UTC)
LIVE, FILE = "ASSIOMA17039L", "Favero Electronics Assioma Duo 3340717711"
SERIAL = 3340717711  # whose lower 16 bits are another number than the name's
ANT = FitFile(manufacturer=263, serial_number=SERIAL, ant_device_number=17039)
STRANGER = FitFile(manufacturer=263, serial_number=777777777)


def ridden(
    meter: str,
    days: range | tuple[float, ...] = range(0, 30, 3),
    left: float = 48.0,
    *,
    hours: float = 1.0,
    said: Mapping[str, Any] | None = None,
    **more: Any,
) -> list[DatedRide]:
    """Rides on a meter; `said`: of their balance, `more`: of the rides."""
    share = Share(left, 0.3, 1800.0, 2500, 200.0)
    stated: dict[str, Any] = {"meter": meter, "balance": "measured", "reference": "left", "swapped": False}
    rows = RideBands(**stated | dict(said or {}), bands=(BandShare("75–90 %", 0.75, 0.9, share),))
    return [
        DatedRide(
            ride=f"{meter[:3]}{day}",
            started=BEGIN + timedelta(days=day),
            rows=rows,
            duration_s=hours * 3600,
            **more,
        )
        for day in days
    ]


def asked(*rides: list[DatedRide], answers: Mapping[tuple[str, str], bool] | None = None) -> list[Any]:
    found = questions([x for some in rides for x in some], answers or {})
    return [(question.meter, question.other, question.because) for question in found]


def test_a_number_that_both_have_is_asked_about() -> None:
    live, file = ridden(LIVE), ridden(FILE, range(1, 16, 3), file=ANT)
    assert questions([*live, *file], {}) == [
        SameMeterQuestion(meter=LIVE, other=FILE, rides=(10, 5), because="number", number=17039)
    ]


@pytest.mark.parametrize(
    ("name", "serial"),
    [("Stages 57857", 1012720129), ("Stages 1012720129", 1012720129)],
    ids=["the lower 16 bits of the serial number", "the serial number"],
)
def test_a_name_may_have_the_serial_number_or_that_of_ant(name: str, serial: int) -> None:
    file = ridden("Stages Cycling", (1,), file=FitFile(manufacturer=69, serial_number=serial))
    assert asked(ridden(name), file) == [(name, "Stages Cycling", "number")]


def test_small_numbers_are_models_and_no_meters() -> None:
    assert asked(ridden("Garmin Edge 0530"), ridden("Wahoo 530", (200,)), ridden("Rally 0530", (400,))) == []


def test_one_ride_that_both_recorded_is_asked_about() -> None:
    head_unit = ridden("Garmin Edge 530", (0.01,), left=48.6)
    assert asked(ridden(LIVE), head_unit) == [(LIVE, "Garmin Edge 530", "ride")]
    after = ridden("Garmin Edge 530", (0.04,), left=48.6)  # two minutes together are none
    assert asked(ridden(LIVE), after) == []


def test_one_family_in_the_same_months_with_shares_alike_is_asked_about() -> None:
    duo: dict[str, Any] = {"family": "favero-assioma-duo"}
    live = ridden("ASSIOMA1L", **duo)
    assert asked(live, ridden("Favero Duo", range(1, 30, 3), 49.5, **duo)) == [
        ("ASSIOMA1L", "Favero Duo", "family")
    ]
    assert asked(live, ridden("Favero Duo", range(1, 30, 3), 53.0, **duo)) == []  # another's legs, or cranks
    assert asked(live, ridden("Favero Duo", range(120, 150, 3), **duo)) == []  # they were sold in between
    assert asked(live, ridden("Quarq", range(1, 30, 3), family="quarq")) == []
    assert asked(live, ridden("Nobody's", range(1, 30, 3), family="unlisted")) == []


def test_a_name_that_is_no_power_meters_is_asked_about() -> None:
    """Many a file names none: its rides go by the head unit's name, or by none."""
    days = range(1, 30, 3)
    live = ridden("ASSIOMA1L", family="favero-assioma-duo")
    nameless = ridden("FIT file", days, 49.5, unnamed=True)
    assert asked(live, nameless) == [("ASSIOMA1L", "FIT file", "unnamed")]
    assert asked(ridden("Garmin Edge 530", unnamed=True), nameless) != []
    assert asked(live, ridden("FIT file", days, 53.0, unnamed=True)) == []
    assert asked(live, ridden("FIT file", range(120, 150, 3), unnamed=True)) == []
    assert asked(live, ridden("Edge", (1,), unnamed=True) + ridden("Edge", (4,), file=STRANGER)) == []


def test_of_two_serial_numbers_or_two_families_or_two_halves_nothing_is_asked() -> None:
    mine, other = ridden(FILE, file=ANT), ridden(f"{FILE} 2", range(1, 9), file=STRANGER)
    assert asked(mine, other) == []
    assert asked(ridden(LIVE, family="quarq"), ridden(FILE, file=ANT, family="favero-assioma-duo")) == []
    assert asked(ridden("L 17039 + R 17040"), ridden("L 17039", (1,))) == []


def test_an_answer_ends_the_question_and_no_answer_joins_nothing() -> None:
    live, file = ridden(LIVE), ridden(FILE, file=ANT)
    assert [x.rows.meter for x in join([*live, *file], {})] == [LIVE] * 10 + [FILE] * 10
    for same in (True, False):
        assert asked(live, file, answers={pair_of(FILE, LIVE): same}) == []


def test_joined_rides_are_one_row_in_trend_and_their_other_name_is_counted() -> None:
    live, file = (
        ridden(LIVE, range(0, 30, 3)),
        ridden(FILE, (1.0, 4.0, 7.0), said={"reference": "right"}, file=ANT),
    )
    rides = join([*live, *file], {pair_of(LIVE, FILE): True})
    (meter,) = meter_trends(rides)
    assert (meter.meter, len(meter.rides)) == (LIVE, 13)
    assert joined_names(rides) == (JoinedName(meter=LIVE, name=FILE, rides=3),)


def test_a_denied_pair_stays_apart_in_spite_of_its_serial_number() -> None:
    two = [*ridden("Favero Duo", file=ANT), *ridden("Assioma Duo", (1,), file=ANT)]
    assert {x.rows.meter for x in join(two, {})} == {"Favero Duo"}  # proof needs no answer
    assert questions(two, {}) == []
    assert len({x.rows.meter for x in join(two, {pair_of("Favero Duo", "Assioma Duo"): False})}) == 2


def test_three_names_are_one_meter_by_two_answers() -> None:
    rides = [*ridden("A", range(3)), *ridden("B", range(5)), *ridden("C", range(1))]
    joined = join(rides, {("A", "B"): True, ("B", "C"): True})
    assert {x.rows.meter for x in joined} == {"B"}
    assert [(x.name, x.rides) for x in joined_names(joined)] == [("A", 3), ("C", 1)]


def test_a_share_that_may_be_the_right_leg_s_is_not_counted_with_the_others() -> None:
    unsure = ridden(FILE, (1.0,), said={"reference": "unknown"}, file=ANT)
    rides = join([*ridden(LIVE), *unsure], {pair_of(LIVE, FILE): True})
    assert [(x.meter, x.reference) for x in comparable(rides)] == [
        (LIVE, "left"),
        (LIVE, "unknown"),
    ]


def test_a_balance_of_unknown_worth_is_worth_what_the_meter_s_is() -> None:
    unknown = ridden(FILE, (1.0,), said={"balance": "unknown"}, file=ANT)
    rides = join([*ridden(LIVE), *unknown], {pair_of(LIVE, FILE): True})
    assert {x.rows.balance for x in rides} == {"measured"}


def test_a_ride_that_computer_and_head_unit_recorded_counts_once() -> None:
    live, file = ridden(LIVE, (0.0, 3.0)), ridden(FILE, (0.01,), hours=1.5, file=ANT)
    (meter,) = comparable(join([*live, *file], {pair_of(LIVE, FILE): True}))
    (band,) = meter.bands
    assert len(band.rows) == 2


def test_rides_without_a_meter_s_name_are_never_joined() -> None:
    assert asked(ridden("", (0.0,)), ridden(LIVE)) == []
