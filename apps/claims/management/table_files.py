"""What the commands share that take in CMS's tables: files read in pieces, one verdict for all of them."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TextIO

from django.core.management.base import OutputWrapper
from django.db import transaction

from apps.claims.rules.code_tables import BadHeadingError
from apps.claims.services import HalfATableError, ImportedEdits
from apps.core.clock import now as current_time
from apps.core.jobs import advance, job_run

LONGEST_LINE = 10_000
# What CMS calls the tables of hospitals and of suppliers: other values for the same codes.
NOT_FOR_PRACTITIONERS = ("ccioph", "outpatienthospital", "facilityoutpatient", "dmesupplier")

Import = Callable[[Iterator[str], Path], ImportedEdits]
# What is taken in, by its name.
Source = tuple[str, Callable[[], ImportedEdits]]


class NotTakenError(ValueError):
    """The file as a whole is not taken; the message says why."""


def take_in(paths: list[Path], one: Import, what: str, out: OutputWrapper) -> None:
    """Each file by itself: one that fails keeps no other back. Exit status 1 when a file or a row of one was not taken."""
    take_in_each([(path.name, partial(_one, path, one)) for path in paths], what, out)


def take_in_each(sources: Sequence[Source], what: str, out: OutputWrapper) -> None:
    """As `take_in`, of what need not be files."""
    with job_run("import_code_tables", now=current_time(), by_hand=True, total=len(sources)) as run:
        run.counts = _take_in_each(sources, what, out, run.pk)
    if run.counts["untaken_files"] or run.counts["refused_rows"]:
        sys.exit(1)


def _take_in_each(sources: Sequence[Source], what: str, out: OutputWrapper, job_id: int) -> dict[str, int]:
    failed, told = 0, []
    for name, one in sources:
        try:
            with transaction.atomic():
                advance(job_id, 1)
                told.append(one())
        except (NotTakenError, HalfATableError, BadHeadingError) as failure:
            failed += 1
            advance(job_id, 1)
            out.write(f"{name}: {failure}")
        else:
            for sentence in told[-1].refused.sentences():
                out.write(f"{name}: {sentence}")
    refused, dropped = sum(len(each.refused) for each in told), sum(each.dropped for each in told)
    out.write(
        f"{len(told)} of {len(sources)} files taken in: {sum(each.read for each in told)} {what}, "
        f"{sum(each.added for each in told)} added, {sum(each.changed for each in told)} changed, "
        f"{sum(each.same for each in told)} as before, {sum(each.repeated for each in told)} repeated, {refused} refused"
        f"{f', {dropped} no longer listed' if dropped else ''}."
    )
    return {
        f"added_{what}": sum(each.added for each in told),
        f"changed_{what}": sum(each.changed for each in told),
        f"dropped_{what}": dropped,
        "refused_rows": refused,
        "untaken_files": failed,
    }


def _one(path: Path, one: Import) -> ImportedEdits:
    name = path.name.lower().replace("_", "").replace("-", "")
    if any(mark in name for mark in NOT_FOR_PRACTITIONERS):
        raise NotTakenError("This is the table of hospitals or suppliers; a practice needs the practitioners' one.")
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            told = one(_lines(file), path)
    except OSError as failure:
        raise NotTakenError(f"It cannot be read: {failure.strerror}.") from failure
    if not told.read:
        raise NotTakenError("It has no row of this layout. Nothing was changed.")
    return told


def _lines(file: TextIO) -> Iterator[str]:
    """A file of no lines at all is not read whole into memory."""
    return iter(lambda: file.readline(LONGEST_LINE), "")


def add_dated_files(parser: ArgumentParser, hint: str) -> None:
    """FILE... and --effective; `hint` is how a file's name tells its first day."""
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument(
        "--effective",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help=f"the day from which the file is in force; without it, the file's name tells ({hint})",
    )


def first_day(told: date | None, of_name: date | None) -> date:
    """The day from which a file is in force, as the person told or its name tells. Raises NotTakenError."""
    begins = told or of_name
    if begins is None:
        raise NotTakenError("Its name does not tell from which day it is in force. Say so: --effective YYYY-MM-DD.")
    return begins
