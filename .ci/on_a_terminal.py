"""Runs a shell command on a terminal of 120×40 as a rider would: waits for the live screen, then quits it.

Usage: on_a_terminal.py COMMAND. Ends with the command's exit code, or 1 if the screen never came. Needs only
Python's own modules, since it runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

SCREEN_IS_UP = b"LEFT"
QUIT = (b"q", b"q", b"q")  # finish, yes, and leave the summary
LONGEST_S = 600.0
BETWEEN_KEYS_S = 2.0


def main(command: str) -> int:
    """Runs `command`; gives its exit code."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp("bash", ["bash", "-euo", "pipefail", "-c", command])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    seen, keys, press_at = b"", list(QUIT), 0.0
    ends = time.monotonic() + LONGEST_S
    while time.monotonic() < ends:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:  # Linux says so when the other end has closed
                break
        if SCREEN_IS_UP in seen and keys and time.monotonic() >= press_at:
            if press_at:
                os.write(terminal, keys.pop(0))
            press_at = time.monotonic() + BETWEEN_KEYS_S
    else:
        os.kill(child, 15)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if SCREEN_IS_UP not in seen or code:
        sys.stdout.write(seen[-4000:].decode(errors="replace"))
    print(f"the screen {'came up' if SCREEN_IS_UP in seen else 'never came up'}; exit code {code}")
    return code if SCREEN_IS_UP in seen else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
