"""`manage.py import_icd10 [FILE...]`: a release of ICD-10-CM, of the installed library or of CMS's file as downloaded and unpacked.

With --if-missing the library's release stays as it is where it is there, also as CMS's file corrected it: for a start that nobody watches.
Exit status 0 when every row of every file was taken in or stood there before; 1 when a row or a file was not.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from apps.claims.management import icd10_library
from apps.claims.management.table_files import NotTakenError, take_in, take_in_each
from apps.claims.rules.code_tables import RefusedRows
from apps.claims.rules.diagnosis_file import ReleaseDays, read_codes, release_of
from apps.claims.services import ImportedEdits, import_diagnoses
from apps.core.clock import now as current_time

LIBRARY = "simple-icd-10-cm"


class Command(BaseCommand):
    help = (
        "Take in ICD-10-CM: CMS's order file (icd10cm_order_YYYY.txt), or without one the installed library's release."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="*", type=Path)
        parser.add_argument(
            "--effective",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the first day of the release; without it, the file's name tells",
        )
        parser.add_argument(
            "--until",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="its last day; without it, the next September 30",
        )
        parser.add_argument(
            "--if-missing",
            action="store_true",
            help="leave the library's release as it is where its codes are there already",
        )

    def handle(
        self,
        *_args: Any,
        files: list[Path],
        effective: date | None,
        until: date | None,
        if_missing: bool,
        **_options: Any,
    ) -> None:
        told = _days(effective, until)
        if files:
            take_in(files, lambda lines, path: _of_file(lines, path, told), "codes", self.stdout)
        elif if_missing and icd10_library.is_there(told):
            self.stdout.write(f"{LIBRARY}: its release is there already; nothing was changed.")
        else:
            take_in_each(
                [(LIBRARY, lambda: icd10_library.take_in(now=current_time(), days=told))], "codes", self.stdout
            )


def _days(effective: date | None, until: date | None) -> ReleaseDays | None:
    if effective is None:
        return None
    september = date(effective.year + (effective.month >= 10), 9, 30)
    return ReleaseDays(effective, until or september)


def _of_file(lines: Iterator[str], path: Path, told: ReleaseDays | None) -> ImportedEdits:
    days = told or release_of(path.name)
    if days is None:
        raise NotTakenError("Its name does not tell from which day it is in force. Say so: --effective YYYY-MM-DD.")
    refused = RefusedRows()
    return import_diagnoses(
        days=days,
        codes=list(read_codes(lines, refused)),
        exclusions=None,
        refused=refused,
        source=path.name,
        acting_user=None,
        now=current_time(),
    )
