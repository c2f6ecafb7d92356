"""The folder in which exports are dropped."""

import time
from collections.abc import Iterator
from pathlib import Path

from apps.connectors.ports.ehr import DroppedFile
from apps.connectors.tables import LARGEST_FILE

SUFFIXES = frozenset({".csv", ".txt", ".tsv"})
SETTLED_SECONDS = 10  # a younger file may still be written; 0 where files are moved into the folder whole
KEPT_SECONDS = 14 * 86_400


def dropped_files(folder: Path, *, settled_seconds: int = SETTLED_SECONDS) -> Iterator[DroppedFile]:
    """Plain files; a link is never followed. One that is too large or older than two weeks is named and not read.

    Wall time, as the file system keeps it.
    """
    now = time.time()
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file() or path.suffix.lower() not in SUFFIXES:
            continue
        found = path.stat()
        age = now - found.st_mtime
        if age < settled_seconds:
            continue
        problem = _unread(age, found.st_size)
        yield DroppedFile(path.name, b"" if problem else path.read_bytes(), found.st_size, problem)


def _unread(age: float, size: int) -> str:
    if size > LARGEST_FILE:
        return f"It is larger than {LARGEST_FILE // 1024 // 1024} MB and was not read."
    if age > KEPT_SECONDS:
        return f"It is older than {KEPT_SECONDS // 86_400} days and was not read."
    return ""
