"""The speakers: the default playback device, opened by miniaudio, or a program that plays where that is missing."""

import ctypes
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from legbal.errors import OutletError
from legbal.outlets.audio import PERIOD_MS, PLUG_IN, SAMPLE_RATE, CloseSpeaker, Samples
from legbal.outlets.players import PlayerTrial, find_player, open_player

PERIODS = 2  # what is mixed now is heard at most PERIODS × PERIOD_MS later

_NO_DEVICE = -401  # MA_FAILED_TO_OPEN_BACKEND_DEVICE


def _load() -> Any:
    """miniaudio, which is compiled and has no wheel for some machines; None where it cannot be loaded."""
    try:
        import miniaudio  # slow to load, and not there on every machine
    except (ImportError, OSError):
        return None
    return miniaudio


def fallback() -> PlayerTrial | None:
    """The program that plays the tones here; None: miniaudio does. Raises OutletError where none can."""
    return find_player() if _load() is None else None


def open_speaker(
    samples: Samples, lost: Callable[[], None], *, backends: list[Any] | None = None
) -> CloseSpeaker:
    """Opens the default playback device and starts it; may take a while.

    `backends`, where given, are of `miniaudio.Backend`, and no other is used.
    Raises OutletError when no device can be opened. miniaudio's null device is none unless `backends` asks
    for it: where no sound library is installed, miniaudio falls back to it without a word.
    """
    miniaudio = _load()
    if miniaudio is None:
        return open_player(samples, lost)
    _quieten_alsa()
    try:
        device = miniaudio.PlaybackDevice(
            output_format=miniaudio.SampleFormat.FLOAT32,
            nchannels=2,
            sample_rate=SAMPLE_RATE,
            buffersize_msec=PERIOD_MS,
            callback_periods=PERIODS,
            backends=backends,
            app_name="legbal",
        )
        if device.backend == "Null" and not backends:
            device.close()
            raise OutletError("no sound system was found on this machine", hint=PLUG_IN)
        next(samples)
        device.start(samples)
        device.stop_callback = lost
    except miniaudio.MiniaudioError as error:
        problem = (
            "no sound device was found" if _NO_DEVICE in error.args else f"the sound device failed: {error}"
        )
        raise OutletError(problem, hint=PLUG_IN) from error

    def close() -> None:
        device.stop_callback = None  # miniaudio would report this stop as a loss
        device.close()

    return close


_AlsaErrorHandler = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)
_say_nothing = _AlsaErrorHandler(lambda *_: None)  # libasound keeps the pointer: it lives as long as we do


def _quieten_alsa() -> None:
    """Keeps libasound from printing on standard error, over the screen; its error codes still arrive."""
    with suppress(OSError, AttributeError):  # none, or another ALSA: it may print, nothing worse
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_say_nothing)
