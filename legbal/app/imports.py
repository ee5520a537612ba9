"""Files brought into the library: read one after the other, and summarised side by side.

They are read here and in order, for what one ride states holds for the next. What is derived of each rests on nothing
but its own inputs.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec

from legbal.app.executors import cores, in_order
from legbal.app.meters import profiles
from legbal.app.reindex import derive_rows, workers
from legbal.app.ride_files import ImportResult, import_file
from legbal.config import Settings
from legbal.errors import LibraryError, reason
from legbal.library.derived import DerivedRow, basis, write_derived
from legbal.library.rides import Library
from legbal.meters.profile import Profile
from legbal.present.sentences import say

_FEW = 11  # files: other processes would hardly have begun


def bring_in(
    path: Path, files: Sequence[Path], meter: str | None, settings: Settings, options: Mapping[str, object]
) -> Generator[ImportResult, None, None]:
    """Imports files and summarises their rides; what became of each, in their order.

    Ctrl-C while one is read ends it after those that were.

    Args:
        path: the library file.
        files: which.
        meter, settings, options: as of `import_file`.

    Raises:
        LibraryError, ProfileError: a file cannot be read, or the system ended a process that worked on it.
    """
    families = profiles()
    by = basis(families)
    with Library(path) as library, workers(path, len(files), cores(), few=_FEW) as (executor, ahead):
        read = _read(import_file(library, file, meter, settings, options) for file in files)
        with closing(in_order(executor, ahead, partial(_derive, path, families, by), read)) as answers:
            for imported, future in answers:
                yield _keep(path, imported, future)


def _read(imports: Iterable[ImportResult]) -> Iterator[ImportResult]:
    try:
        yield from imports
    except KeyboardInterrupt:
        return


def _derive(
    path: Path, families: Sequence[Profile], by: str, imported: ImportResult
) -> list[DerivedRow] | str:
    if imported.ride is None or not imported.new:
        return []
    return derive_rows(path, families, by, frozenset(), imported.ride)


def _keep(path: Path, imported: ImportResult, future: Future[list[DerivedRow] | str]) -> ImportResult:
    """Keeps what was derived; why nothing was is said, for the ride itself is there."""
    try:
        rows = future.result()
        if isinstance(rows, str):
            raise LibraryError(rows)
        if rows and imported.ride is not None:
            write_derived(path, imported.ride, rows)
    except Exception as error:  # a defect costs its summary alone, which is tried again when rides are listed
        unsummarised = say("import.unsummarised", ride=imported.file, reason=reason(error))
        return msgspec.structs.replace(
            imported, error="; ".join(filter(None, (imported.error, unsummarised)))
        )
    return imported
