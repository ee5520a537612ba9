"""Runs a shell command on a terminal of 120×40 as a rider would: waits for the live screen, then quits it.

Usage: on_a_terminal.py COMMAND. Ends with the command's exit code, or 1 if the screen never came. Needs only
Python's own modules, since it runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

SCREEN_IS_UP = b"measured"  # what the balance is worth: always on the screen, once a meter sends
QUIT = b"q"  # finish; yes, finish; leave the summary: pressed until the program has ended
BETWEEN_KEYS_S = 2.0
LONGEST_S = 300.0


def main(command: str) -> int:
    """Runs `command`; gives its exit code."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp("bash", ["bash", "-euo", "pipefail", "-c", command])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    seen, pressed = b"", 0
    press_at, ends = float("inf"), time.monotonic() + LONGEST_S
    while (now := time.monotonic()) < ends:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:  # how Linux says that the other end has closed
                break
        if SCREEN_IS_UP in seen and press_at == float("inf"):
            press_at = now + BETWEEN_KEYS_S
        if now >= press_at:
            os.write(terminal, QUIT)
            pressed, press_at = pressed + 1, now + BETWEEN_KEYS_S
    else:
        os.killpg(child, signal.SIGKILL)  # the child leads a session of its own
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code or not pressed:
        sys.stdout.write(seen[-4000:].decode(errors="replace"))
    print(f"\nthe screen {'came up' if pressed else 'never came up'}, {pressed} keys, exit code {code}")
    return code if pressed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
