"""Work that outlives the program which begins it: a process of its own, without a terminal, of low priority."""

import os
import subprocess
import sys

NICENESS = 10  # a live ride takes what it needs: all cores may be at it
_started: list[subprocess.Popen[bytes]] = []  # it outlives this process; nobody waits for its end


def start(module: str) -> subprocess.Popen[bytes]:
    """Runs a module in the background. Raises OSError where the system does not."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=flags,
    )
    _started.append(process)
    return process


def give_way() -> None:
    """Lets everything else go first, where the system can be told so within the process."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
