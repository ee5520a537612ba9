"""`legbal upload`: what waits to go out goes out now, or one ride does because the rider says so."""

import sys

from legbal.app.deliveries import deliver_now
from legbal.cli.terminal import complain, print_lines, waiting
from legbal.config import load
from legbal.present.sentences import say


def upload(ride: str | None) -> None:
    """Delivers, and says of each ride what came of it; the exit code is 1 where one is not there."""
    with waiting(say("delivery.now")):
        run = deliver_now(load(), ride)
    print_lines(*run.there)
    for text in run.problems:
        complain(text)
    if not run.was_waiting:
        print_lines(say("delivery.none" if ride is None else "delivery.already"))
    if run.problems:
        sys.exit(1)
