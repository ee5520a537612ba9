"""The speakers: the default playback device of this computer, opened and started on a stream of samples."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import TYPE_CHECKING

from legbal.errors import OutletError
from legbal.outlets.tones import SAMPLE_RATE, Waveform

if TYPE_CHECKING:
    from miniaudio import Backend


Samples = Generator[Waveform | bytes, int, None]
"""Is sent how many frames are wanted, yields at most so many, float32 (frames, 2); empty for silence."""

PERIOD_MS = 20
PERIODS = 2  # what is mixed now is heard at most PERIODS × PERIOD_MS later

_NO_DEVICE = -401  # MA_FAILED_TO_OPEN_BACKEND_DEVICE
_HINT = "Plug in or switch on speakers or headphones, then try `legbal doctor --sound`."


CloseSpeaker = Callable[[], None]
OpenSpeaker = Callable[[Samples, Callable[[], None]], CloseSpeaker]
"""Opens a device, starts it on the samples, and gives the call that stops it and gives it back; or raises OutletError.
The other call says, from any thread, that it stopped by itself."""


def open_speaker(
    samples: Samples, lost: Callable[[], None], *, backends: list[Backend] | None = None
) -> CloseSpeaker:
    """Opens the default playback device (of `backends`, where given) and starts it; may take a while.

    Raises OutletError when no device can be opened. miniaudio's null device is none unless `backends` asks
    for it: where no sound library is installed, miniaudio falls back to it without a word.
    """
    try:
        import miniaudio  # a compiled module; without it there is no sound, but a ride
    except (ImportError, OSError) as error:
        raise OutletError(f"sound cannot be loaded: {error}", hint="Reinstall legbal.") from error
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
            raise OutletError("no sound system was found on this machine", hint=_HINT)
        next(samples)
        device.start(samples)
        device.stop_callback = lost
    except miniaudio.MiniaudioError as error:
        problem = (
            "no sound device was found" if _NO_DEVICE in error.args else f"the sound device failed: {error}"
        )
        raise OutletError(problem, hint=_HINT) from error

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
    name = ctypes.util.find_library("asound")
    if name is not None:
        with suppress(OSError, AttributeError):  # another ALSA: it may print, nothing worse
            ctypes.CDLL(name).snd_lib_error_set_handler(_say_nothing)
