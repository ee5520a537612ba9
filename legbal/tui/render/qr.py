"""A QR code in half blocks, dark on light whatever the theme, with the margin that cameras want around it."""

import segno

QUIET = 4  # modules of margin, as the standard has it
_HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


def qr_rows(address: str) -> list[str]:
    """The address as rows of text, two modules in each; to be painted in black on white.

    Schemes and hosts are the same in capitals, and so are our tokens: those alone make a smaller code.
    """
    code = segno.make_qr(address.upper())
    modules = [list(row) for row in code.matrix_iter(border=QUIET)]
    if len(modules) % 2:
        modules.append([0] * len(modules[0]))
    return [
        "".join(_HALVES[bool(above), bool(below)] for above, below in zip(*rows, strict=True))
        for rows in zip(modules[::2], modules[1::2], strict=True)
    ]
