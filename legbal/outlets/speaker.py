"""The sound device: one small-buffered playback stream that pulls its samples from a generator."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Protocol

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


class Speaker(Protocol):
    """An open device that is pulling samples."""

    def close(self) -> None:
        """Stops pulling and gives the device back."""


OpenSpeaker = Callable[[Samples, Callable[[], None]], Speaker]
"""Opens a device and starts it on the samples, or raises OutletError; the other call says, from any thread, that it
stopped by itself."""


class _MiniaudioSpeaker:
    """A running miniaudio device."""

    def __init__(self, device: Any) -> None:
        self._device = device

    def close(self) -> None:
        """Stops the stream; miniaudio would report that stop as a loss, so its callback goes first."""
        self._device.stop_callback = None
        self._device.close()


def open_speaker(
    samples: Samples, lost: Callable[[], None], *, backends: list[Backend] | None = None
) -> Speaker:
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
        code = error.args[1] if len(error.args) > 1 else None
        problem = "no sound device was found" if code == _NO_DEVICE else f"the sound device failed: {error}"
        raise OutletError(problem, hint=_HINT) from error
    return _MiniaudioSpeaker(device)


_AlsaErrorHandler = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)
_say_nothing = _AlsaErrorHandler(
    lambda *_: None
)  # libasound keeps the pointer: it must live as long as we do


def _quieten_alsa() -> None:
    """Keeps libasound from printing on standard error, over the screen; its error codes still arrive."""
    name = ctypes.util.find_library("asound")
    if name is None:
        return
    try:
        ctypes.CDLL(name).snd_lib_error_set_handler(_say_nothing)
    except (OSError, AttributeError):
        return  # another ALSA: it may print, nothing worse
