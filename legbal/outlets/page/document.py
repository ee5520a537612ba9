"""The page itself: one document that loads nothing, with its script, its style and its words in it."""

import base64
import hashlib
import re
from importlib.resources import files

import msgspec

from legbal.outlets.audio import FAR_SIDE, TONES
from legbal.present.html import Markup, data, join
from legbal.present.sentences import say

_PLACEHOLDER = re.compile(r"\{([a-z]+(?:\.[a-z_]+)?)\}")


class Document(msgspec.Struct, frozen=True):
    """A page in UTF-8, and the policy under which it may run its own script and nothing else."""

    octets: bytes
    policy: str


def document(*, rider: bool) -> Document:
    """The page; with `rider` it has buttons for a lap, a note and mute."""
    style, script = _shipped("page.css"), _shipped("page.js")
    tones = {
        f"{sound} {side or ''}".strip(): {
            "beep": tone.beep_s,
            "pause": tone.pause_s,
            "hertz": tone.hertz,
            "side": side,
        }
        for (sound, side), tone in TONES.items()
    }
    parts = {
        "style": style,
        "script": script,
        "tones": data({"tones": tones, "far": FAR_SIDE}),
        "buttons": _fill(_shipped("buttons.html"), {}) if rider else Markup(""),
    }
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Document(_fill(_shipped("page.html"), parts).encode(), policy)


def _fill(template: str, parts: dict[str, Markup]) -> Markup:
    """The template with its parts, and with sentences by their codes."""
    return Markup(
        _PLACEHOLDER.sub(
            lambda place: parts[place[1]] if place[1] in parts else join([say(place[1])]), template
        )
    )


def _shipped(name: str) -> Markup:
    return Markup((files("legbal.outlets.page") / name).read_text("utf-8"))


def _hash(text: str) -> str:
    """The source expression that lets exactly this text pass."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
