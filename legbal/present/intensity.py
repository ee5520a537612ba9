"""A power band in the word that riders have for it: "threshold" says more than 90 to 105 % of FTP."""

from legbal.ride.share import band_name

# The usual bands by their upper bounds, fractions of FTP (Coggan's levels; the lowest holds coasting too).
_WORDS = {0.55: "recovery", 0.75: "endurance", 0.9: "tempo", 1.05: "threshold", 1.2: "VO₂max"}
_USUAL = tuple(zip((0.0, *_WORDS), (*_WORDS, None), strict=True))


def intensity(low_ftp: float, high_ftp: float | None) -> str:
    """A band's word, by its bounds; bands of a rider's own say those too, as two may go by one word.

    >>> [intensity(*bounds) for bounds in ((0.9, 1.05), (1.2, None), (0.8, 0.95))]
    ['threshold', 'above VO₂max', 'tempo, 80–95 %']
    """
    middle = low_ftp + 0.01 if high_ftp is None else (low_ftp + high_ftp) / 2
    word = next((word for below, word in _WORDS.items() if middle < below), "above VO₂max")
    return word if (low_ftp, high_ftp) in _USUAL else f"{word}, {band_name(low_ftp, high_ftp)}"


def band_of(text: str) -> str:
    """The name of the band that a rider has written as a word; any other text as it is.

    >>> band_of("Threshold"), band_of("vo2max"), band_of("75-90")
    ('90–105 %', '105–120 %', '75-90')
    """
    words = {intensity(*bounds).casefold(): band_name(*bounds) for bounds in _USUAL}
    return words.get(text.strip().casefold().replace("2", "₂"), text)


def at(word: str) -> str:
    """An intensity with its preposition.

    >>> at("tempo"), at("above VO₂max")
    ('at tempo', 'above VO₂max')
    """
    return word if word.startswith("above") else f"at {word}"
