"""`legbal doctor`: looks at everything a ride needs, says what works, what does not, and what to do.

The exit code is 0 if a ride is possible: sound and the screen may be missing, Bluetooth and the library not.
"""

import time
from contextlib import closing

from legbal import config
from legbal.app.checks import checks
from legbal.app.question import Check
from legbal.app.ride_outlets import OPENING_S, open_sound
from legbal.cli.terminal import paint, print_json, print_lines, waiting
from legbal.errors import OutletError, UsageError
from legbal.outlets import speakers
from legbal.outlets.audio import LEG_TONES
from legbal.ride.events import Cue

PAUSE_S = 0.5  # between two tones, so that each can be heard apart


def run_doctor(as_json: bool, only_sound: bool) -> int:
    """Check what a ride needs: Bluetooth, sound, library, settings. Says what to do about what does not work.

    The exit code is 0 if a ride is possible, otherwise 1.
    """
    if only_sound and as_json:
        raise UsageError(
            "--sound and --json do not go together", hint="--sound is for your ears: leave --json out."
        )
    if only_sound:
        _play_all()
        return 0
    results: list[Check] = []
    for check in checks(waiting):
        results.append(check)
        if not as_json:
            _show(check)
    possible = not any(check.needed and check.state == "fails" for check in results)
    if as_json:
        print_json(
            {
                "ride_possible": possible,
                "checks": [{"what": check.what} | check._asdict() for check in results],
            }
        )
    else:
        print_lines("You can ride." if possible else "You cannot ride yet: see what fails above.")
    return 0 if possible else 1


def _show(check: Check) -> None:
    colour = {"works": "green", "fails": "red", "not applicable": None}[check.state]
    paint(f"{check.state:14}", colour)
    print_lines(f"  {check.what:20}  {check.text}")
    if check.hint:
        print_lines(f"{'':38}{check.hint}")


def _play_all() -> None:
    if instead := speakers.fallback():
        print_lines(instead.text)
    with closing(open_sound(config.load())) as outlet:
        for (kind, side), tone in LEG_TONES.items():
            print_lines(f"{f'{side} {kind}':16}  {tone.words}")
            outlet.play(Cue(t=0.0, sound=kind, side=side))
            if not outlet.silent.wait(tone.duration_s + OPENING_S) or outlet.status.reason:
                raise OutletError(
                    outlet.status.reason or "the sound device stopped", hint="Plug it in again."
                )
            time.sleep(PAUSE_S)
