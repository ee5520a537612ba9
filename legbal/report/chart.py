"""Charts as they are to be drawn: axes, series from columns, spans and markers; and what `page.js` needs of them."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from legbal.present.html import visible
from legbal.present.numbers import DASH
from legbal.present.sentences import say
from legbal.report.plot import Axis, Marker, Series, Span
from legbal.ride.view import Floats

TICKS_ACROSS = 8
_DIGITS = 6  # of a place, for the pointer: a ride just before midnight keeps its day


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """One chart of a group; `series` are drawn of the group's columns."""

    name: str
    title: str
    description: str
    y: Axis
    height: float
    series: Sequence[Series]
    spans: Sequence[Span] = ()
    markers: Sequence[Marker] = ()
    even: bool = False  # whether there is a line where both legs are alike


class Readout(msgspec.Struct, frozen=True, kw_only=True):
    """One value of the line that tells what is under the pointer: that of `texts` at the place nearest in column `x`.

    The sentence of `code` has it for its `{value}`. `quiet` says nothing where there is a dash.
    """

    texts: Sequence[str]
    code: str = "chart.at"
    band: str = ""
    x: str = "x"
    style: str = ""
    quiet: bool = False

    def data(self) -> dict[str, object]:
        """What `page.js` needs of it: each text once, and the number of the one at each place."""
        numbers = {text: i for i, text in enumerate(dict.fromkeys(self.texts))}
        return {
            "sentence": say(self.code, value="{value}", band=self.band),
            "texts": ["" if self.quiet and text == DASH else text for text in numbers],
            "at": [numbers[text] for text in self.texts],
            "x": self.x,
            "style": self.style,
            "nothing": "" if self.quiet else DASH,
        }


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Charts that share their x axis and columns, and zoom together where there is a read-out.

    Attributes:
        name: of those that zoom, in their box's `data-charts`.
        x: their whole x axis.
        columns: their numbers by name, each of shape (n,); the page holds the places of the read-out.
        width: of each chart.
        readout: what the line above them tells.
        spans: and of which parts of the axis.
        rest: what the line says while nobody points.
        least: the narrowest part of the axis that can be shown.
        near: how far from the pointer a value may lie to be told.
    """

    name: str = ""
    x: Axis
    columns: Mapping[str, Floats]
    width: float = 880.0
    readout: Sequence[Readout] = ()
    spans: Sequence[Span] = ()
    rest: str = ""
    least: float = 0.0
    near: float = 0.0

    def data(self) -> dict[str, object]:
        """What `page.js` needs to write their axis and to tell their values; it says nothing but what stands here.

        It puts its numbers for what is in braces.
        """
        return {
            **self.x.data(),
            "columns": {x.x: _stored(self.columns[x.x]) for x in self.readout},
            "readout": [x.data() for x in self.readout],
            "spans": [
                {"low": x.low, "high": x.high, "label": visible(x.tooltip), "style": x.style}
                for x in self.spans
            ],
            "rest": self.rest,
            "least": self.least,
            "near": self.near,
            "part": say("chart.part", low="{low}", high="{high}"),
            "most_ticks": TICKS_ACROSS,
        }


def _stored(values: Floats) -> object:
    """A column of places as JSON takes it; one that rises evenly by its first value and step alone."""
    if len(values) > 2 and np.all(np.diff(values) == values[1] - values[0]):
        return {"from": float(values[0]), "step": float(values[1] - values[0]), "count": len(values)}
    return np.round(values, _DIGITS).tolist()
