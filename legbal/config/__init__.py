"""What does the rider want? Frozen settings: defaults < `config.toml` < the environment < the flags.

A setting has one name everywhere: `weak_leg` in the file, `LEGBAL_WEAK_LEG` in the environment, and as a flag
`--weak-leg`. Its type, range and description stand once, in `settings`; reading, messages, flags, the commented
file, the settings screen and the reference page follow from them. Nothing is read at import.
"""

from legbal.config.files import profile_files, profile_text, profile_texts
from legbal.config.keys import GROUPS, KEYS, NAMES, Key, allowed, in_words, key_of, nearest, parse, value_of
from legbal.config.resolve import Origin, Resolved, load, resolve
from legbal.config.settings import Mqtt, Settings, Theme

__all__ = [
    "GROUPS",
    "KEYS",
    "NAMES",
    "Key",
    "Mqtt",
    "Origin",
    "Resolved",
    "Settings",
    "Theme",
    "allowed",
    "in_words",
    "key_of",
    "load",
    "nearest",
    "parse",
    "profile_files",
    "profile_text",
    "profile_texts",
    "resolve",
    "value_of",
]
