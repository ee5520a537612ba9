"""The median of few numbers: NumPy's takes ten times as long, and loads all of its masked arrays."""

from collections.abc import Sequence


def median(values: Sequence[float]) -> float:
    """The median of numbers, of which there is one at least."""
    ordered, middle = sorted(values), len(values) // 2
    return (ordered[middle] + ordered[~middle]) / 2
