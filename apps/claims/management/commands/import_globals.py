"""`manage.py import_globals FILE...`: CMS's physician fee schedule relative value file, as downloaded and unpacked: the global days of each
code, and whether it has a professional and a technical part.

Exit status 0 when every row of every file was taken in or stood there before; 1 when a row or a file was not.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from apps.claims.management.table_files import add_dated_files, first_day, take_in
from apps.claims.rules.code_facts import Kind
from apps.claims.rules.code_tables import RefusedRows
from apps.claims.rules.fact_file import FactRow
from apps.claims.rules.global_file import edition_of, read_fee_schedule
from apps.claims.services import ImportedEdits, import_code_facts
from apps.core.clock import now as current_time


class Command(BaseCommand):
    help = "Take in global days and PC/TC indicators of CMS's relative value file (PPRRVU*.csv). The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_dated_files(parser, "PPRRVU2026_Jul")

    def handle(self, *_args: Any, files: list[Path], effective: date | None, **_options: Any) -> None:
        def one(lines: Iterator[str], path: Path) -> ImportedEdits:
            begins = first_day(effective, edition_of(path.name))
            refused = RefusedRows()
            told: dict[Kind, list[FactRow]] = {Kind.GLOBAL: [], Kind.PARTS: []}
            for kind, row in read_fee_schedule(lines, begins, path.name, refused):
                told[kind].append(row)
            days, parts = (_store(kind, rows, path.name) for kind, rows in told.items())
            return ImportedEdits(
                days.read + parts.read,
                days.added + parts.added,
                days.changed + parts.changed,
                days.repeated + parts.repeated,
                refused,
            )

        take_in(files, one, "facts", self.stdout)


def _store(kind: Kind, rows: list[FactRow], source: str) -> ImportedEdits:
    return import_code_facts(
        kind=kind, rows=rows, refused=RefusedRows(), source=source, acting_user=None, now=current_time()
    )
