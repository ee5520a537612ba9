"""One command: ``python -m tests.mutation``. Exit code 0 if all branches are taken and 90 % of mutants killed."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded; a process a core is enough

import argparse
import hashlib
import importlib
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutation import baseline, trying
from tests.mutation.baseline import CHECKOUT, KEPT, ROOMS, Baseline

if TYPE_CHECKING:
    from tests.mutation.mutants import Mutant

_LEAST = 0.9
_WARM = (
    "numpy",
    "msgspec",
    "hypothesis",
    "hypothesis.strategies",
    "_pytest.python",
    "pytest_asyncio",
    "textual.app",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program; gives its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("rooms", nargs="*", default=[*ROOMS], metavar="ROOM", help=", ".join(ROOMS))
    parser.add_argument(
        "--branches", action="store_true", help="look for branches that no test takes, and end"
    )
    parser.add_argument(
        "--again", action="store_true", help="measure the tests anew; else only the first time"
    )
    parser.add_argument("--sample", type=int, metavar="N", help="so many mutants of a room (default: all)")
    parser.add_argument("--modules", nargs="+", metavar="MODULE", help="of those drawn only these modules'")
    parser.add_argument("--survivors", action="store_true", help="only those that survived the last time")
    parser.add_argument("--seed", type=int, default=1, help="draws the sample (default: 1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at once")
    parser.add_argument("--slowest", type=float, default=5.0, metavar="S", help="leave slower tests out")
    parser.add_argument("--minutes", type=float, default=600.0, help="begin no mutant after so many")
    options = parser.parse_args(arguments)
    if unknown := [room for room in options.rooms if room not in ROOMS]:
        parser.error(f"no such room: {', '.join(unknown)}; there are {', '.join(ROOMS)}")
    held = True
    until = time.monotonic() + 60 * options.minutes
    untaken = baseline.branches(options.rooms, options.jobs) if options.branches else None
    for room in options.rooms:
        known = None if options.branches else _known(room, options)
        missed = known.missed if known is not None else None
        if untaken is not None:
            missed = untaken[room]
        if missed is None:
            print(f"{room}: its tests fail as the code stands")
            return 1
        print(f"{room}: {len(missed)} branches and lines that its tests never take")
        print(*(f"  {one}" for one in missed), sep="\n", end="\n" if missed else "")
        held &= not missed
        if known is not None:
            held &= _try_room(room, known, options, until)
    return 0 if held else 1


def _known(room: str, options: argparse.Namespace) -> Baseline | None:
    """What the room's tests do, as it was measured before or is now; None where one fails."""
    known = None if options.again else baseline.read(room)
    if known is None and not baseline.run(room, ROOMS[room], options.jobs):
        known = baseline.read(room)
    return known


def _try_room(room: str, known: Baseline, options: argparse.Namespace, until: float) -> bool:
    from tests.mutation.mutants import mutants  # needs the extra "mutation", as looking for branches does not

    texts = {
        str(path.relative_to(CHECKOUT)): path.read_text(encoding="utf-8")
        for path in sorted((CHECKOUT / "legbal" / room).glob("*.py"))
    }
    drawn = [mutant for file, text in texts.items() for mutant in mutants(file, text)]
    there = len(drawn)
    if options.survivors:
        last = _survivors_file(room).read_text(encoding="utf-8").splitlines()
        drawn = [mutant for mutant in drawn if _name(mutant) in last]
    elif options.sample is not None and options.sample < there:
        # by names, so that a line more elsewhere draws nearly the same
        drawn = sorted(drawn, key=lambda x: _chance(options.seed, x))[: options.sample]
    if options.modules:
        drawn = [mutant for mutant in drawn if Path(mutant.file).stem in options.modules]
    for name in _WARM:
        importlib.import_module(name)
    file = drawn[0].file  # as it stands: a test that fails even so would kill every mutant
    pid = _begin(file, texts[file], _quick(known.seconds, options.slowest))
    if (what := trying.outcome(os.waitpid(pid, 0)[1])) != trying.SURVIVED:
        print(f"{room}: without any change it was {what}, so no mutant's end would tell anything")
        return False
    count = Counter[str]()
    with _survivors_file(room).open("w", encoding="utf-8") as survivors:
        for mutant, what in _tried(drawn, texts, known, options, until):
            count[what] += 1
            if not count.total() % 100:
                print(f"{room}: {count.total()} of {len(drawn)}", flush=True)
            if what == trying.SURVIVED:
                print(f"{_name(mutant)}\n{_change(mutant, texts)}", file=survivors, flush=True)
    killed, survived = count[trying.KILLED] + count[trying.OUT_OF_TIME], count[trying.SURVIVED]
    share = killed / (killed + survived) if killed + survived else 1.0
    print(
        f"{room}: {there} mutants, {count.total()} tried of {len(drawn)} drawn: {killed} killed "
        f"({count[trying.OUT_OF_TIME]} by the time limit), {survived} survived, "
        f"{count[trying.BROKEN]} that cannot be loaded are not counted; {share:.1%} killed"
    )
    return share >= _LEAST


def _chance(seed: int, mutant: Mutant) -> bytes:
    name = f"{seed} {mutant.file} {mutant.operator} {mutant.occurrence}"
    return hashlib.sha256(name.encode()).digest()


def _survivors_file(room: str) -> Path:
    return KEPT / f"{room}.survivors.txt"


def _name(mutant: Mutant) -> str:
    return f"{mutant.file}:{mutant.line} {mutant.operator}#{mutant.occurrence}"


def _tried(
    drawn: list[Mutant], texts: dict[str, str], known: Baseline, options: argparse.Namespace, until: float
) -> Iterator[tuple[Mutant, str]]:
    """Each mutant with what became of it, in the order in which they end."""
    running: dict[int, Mutant] = {}
    waiting = iter(drawn)
    while True:
        while len(running) < options.jobs and time.monotonic() < until:
            mutant = next(waiting, None)
            if mutant is None:
                break
            seconds = _quick(_tests_of(mutant, known), options.slowest)
            running[_begin(mutant.file, mutant.source(texts[mutant.file]), seconds)] = mutant
        if not running:
            return
        pid, status = os.wait()
        yield running.pop(pid), trying.outcome(status)


def _begin(file: str, text: str, seconds: dict[str, float]) -> int:
    module = file.removesuffix(".py").replace("/", ".")
    return trying.begin(module, text, str(CHECKOUT / file), seconds, 20 + 3 * sum(seconds.values()))


def _quick(seconds: dict[str, float], slowest: float) -> dict[str, float]:
    return {test: taken for test, taken in seconds.items() if taken <= slowest}


def _tests_of(mutant: Mutant, known: Baseline) -> dict[str, float]:
    """The room's tests, first those that reach its lines: no test reaches a constant, or what is cached, but in one."""
    lines = range(mutant.line, mutant.last_line + 1)
    ids = frozenset[str]().union(*(known.reached.get((mutant.file, line), frozenset()) for line in lines))
    order = sorted(known.seconds, key=lambda test: (test not in ids, known.seconds[test]))
    return {test: known.seconds[test] for test in order}


def _change(mutant: Mutant, texts: dict[str, str]) -> str:
    before = texts[mutant.file].splitlines()
    after = mutant.source(texts[mutant.file]).splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=False) if old != new]
    return "".join(f"  - {old.strip()}\n  + {new.strip()}\n" for old, new in changed[:2])


if __name__ == "__main__":
    sys.exit(main())
