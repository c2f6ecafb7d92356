"""What commands that take in a file have in common: reading it, and naming the rows that were refused."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from django.core.management.base import CommandError

LINES_SHOWN = 20


class Problem(Protocol):
    @property
    def line(self) -> int: ...

    @property
    def reason(self) -> str: ...


def read_file(path: Path, *, largest: int) -> bytes:
    """Raises CommandError for a file that cannot be read or has more than `largest` bytes."""
    try:
        if path.stat().st_size > largest:
            raise CommandError(f"{path.name} is larger than {largest // 1024 // 1024} MB.")
        return path.read_bytes()
    except OSError as failure:
        raise CommandError(f"{path} cannot be read: {failure.strerror}.") from failure


def refused_rows(problems: Sequence[Problem]) -> Iterator[str]:
    """A sentence a reason, the commonest first, with the first of its lines."""
    for reason, count in Counter(problem.reason for problem in problems).most_common():
        lines = [str(problem.line) for problem in problems if problem.reason == reason]
        shown = ", ".join(lines[:LINES_SHOWN]) + (", ..." if len(lines) > LINES_SHOWN else "")
        yield f"refused  {count:>5}  {reason} (line {shown})"
