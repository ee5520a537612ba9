"""Months and changes as JSON has them, each with its words, and as a study's tables do."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC
from functools import partial
from typing import Any

from legbal.analysis.change import ChangeReport, MeterEffect
from legbal.analysis.trend import MeterTrend, Trend
from legbal.present.objects import plain
from legbal.present.tiring import of_tiring, tiring_sentence
from legbal.present.trend import answer_sentences, of_effect, of_trend


def with_words(result: Trend | ChangeReport) -> dict[str, Any]:
    """A trend, or what became of a change, as JSON has it, each band with what it says in `words`."""
    words: Callable[[Any], str] = (
        partial(of_effect, over=result.over) if isinstance(result, ChangeReport) else of_trend
    )
    fields: dict[str, Any] = plain(result)
    for band, band_fields in zip(
        (band for meter in result.meters for band in meter.bands),
        (band for meter in fields["meters"] for band in meter["bands"]),
        strict=True,
    ):
        band_fields["words"] = words(band)
    meters: Sequence[MeterEffect | MeterTrend] = result.meters
    for meter, meter_fields in zip(meters, fields["meters"], strict=True):
        meter_fields["words"], tiring = _words(meter, over=isinstance(result, ChangeReport) and result.over)
        if tiring:
            meter_fields["tiring"]["words"] = tiring
    return fields


def _words(meter: MeterEffect | MeterTrend, *, over: bool) -> tuple[str, str | None]:
    """What is said of the share on a meter, and of how the weak leg tires, if anything is."""
    if isinstance(meter, MeterEffect):
        return of_effect(meter, over=over), None if meter.tiring is None else of_tiring(meter.tiring)
    tiring = None if meter.tiring is None else tiring_sentence(meter.tiring)
    return " ".join(answer_sentences(meter.answer)), tiring


def trend_rows(trends: Iterable[MeterTrend]) -> Iterator[dict[str, Any]]:
    """Trends as rows of a table, one for each meter and power band; times in UTC."""
    for meter in trends:
        for band in meter.bands:
            slope = band.slope
            yield {
                "meter": meter.meter,
                "balance": meter.balance,
                "reference": meter.reference,
                "swapped": meter.swapped,
                "band": band.band,
                "low_ftp": band.low_ftp,
                "high_ftp": band.high_ftp,
                "rides": len(band.rows),
                "first": band.rows[0].started.astimezone(UTC),
                "last": band.rows[-1].started.astimezone(UTC),
                "points_per_month": slope and slope.value,
                "standard_error": slope and slope.standard_error,
                "low": slope and slope.low,
                "high": slope and slope.high,
                "p_value": None,
                "probability": slope and slope.probability,
                "between_sd": slope and slope.between_sd,
                "verdict": band.verdict,
                "words": of_trend(band),
            }
