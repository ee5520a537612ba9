"""Says in words what the tones say, and how each interval went, where the system has a voice.

The words come out of the same device as the tones, after them: mute and volume hold for both.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from legbal.config.settings import SpeechLanguage
from legbal.errors import OutletError, reason
from legbal.outlets import Outlet, OutletStatus, RideAccess
from legbal.outlets.audio import Waveform, place
from legbal.outlets.voices import synthesise
from legbal.present.numbers import reliable_share
from legbal.present.phrases import PHRASES
from legbal.present.sentences import alert_spoken, say
from legbal.ride.events import Cue, Event, IntervalEnd
from legbal.ride.inputs import Side
from legbal.ride.share import EMPTY


class Speech(Outlet):
    """The voice of one ride, an `Outlet`. Nothing waits for the synthesiser: it runs in a thread, phrase by phrase.

    Args:
        say: plays samples, shape (frames, 2), after what is playing.
        language: of the words.
        words_per_minute: how fast they are said.
        synthesise: makes the samples; the seam for tests.
    """

    name, title, audible = "speech", "Speech", True

    def __init__(
        self,
        say: Callable[[Waveform], object],
        *,
        language: SpeechLanguage = "en",
        words_per_minute: int = 160,
        synthesise: Callable[[str, SpeechLanguage, int], Waveform] = synthesise,
    ) -> None:
        self._say, self._synthesise = say, synthesise
        self._language, self._rate = language, words_per_minute
        self._phrases = PHRASES[language]
        # the words that must not be late, as samples once they are made
        self._prepared: dict[str, Waveform | None] = dict.fromkeys(
            (self._phrases.left, self._phrases.right, self._phrases.back)
        )
        self._closed = False
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="legbal-speech")

    @property
    def status(self) -> OutletStatus:
        """Whether something can be said."""
        return OutletStatus("off") if self._closed else self._status

    def start(self, ride: RideAccess) -> None:
        """Prepares the words that must not be late; returns at once."""
        super().start(ride)
        for phrase in self._prepared:
            self._worker.submit(self._speak, phrase, None, aloud=False)

    def event(self, event: Event) -> None:
        """Says a cue in words, and how an interval went where its balance is known well enough to be shown."""
        if isinstance(event, Cue):
            self._later(
                self._phrases.cue(event.sound, event.side)
                if event.side
                else alert_spoken(event.kind, back=event.sound == "recovered"),
                event.side,
            )
        elif isinstance(event, IntervalEnd) and self._ride is not None:
            share = next((x.share for x in self._ride.view().intervals if x.number == event.number), EMPTY)
            if shown := reliable_share(share):
                self._later(self._phrases.interval(event.number, shown[0]), None)

    def close(self) -> None:
        """Says nothing more."""
        self._closed = True
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _later(self, words: str, side: Side | None) -> None:
        if not self._closed:
            self._worker.submit(self._speak, words, side)

    def _speak(self, words: str, side: Side | None, *, aloud: bool = True) -> None:
        try:
            spoken = self._prepared.get(words)
            if spoken is None:
                spoken = self._synthesise(words, self._language, self._rate)
                self._become(OutletStatus("on"))
                if words in self._prepared:
                    self._prepared[words] = spoken
            if aloud:
                self._say(place(spoken, side))
        except Exception as error:  # nobody else hears of what is raised in this thread
            hint = f" {error.hint}" if isinstance(error, OutletError) and error.hint else ""
            fault = reason(error)
            self._become(OutletStatus("failed", fault, say("speech.failed", reason=fault) + hint))
