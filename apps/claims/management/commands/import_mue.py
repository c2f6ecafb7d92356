"""`manage.py import_mue FILE...`: CMS's quarterly medically unlikely edits for practitioners, as downloaded and unpacked.

Exit status 0 when every row of every file was taken in or stood there before; 1 when a row or a file was not.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from apps.claims.management.table_files import add_dated_files, first_day, take_in
from apps.claims.rules.unit_file import edition_of
from apps.claims.services import ImportedEdits, import_unit_limits
from apps.core.clock import now as current_time


class Command(BaseCommand):
    help = "Take in CMS's NCCI medically unlikely edits (MCR_MUE_PractitionerServices_Eff_*.csv). The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_dated_files(parser, "Eff_MM-DD-YYYY")

    def handle(self, *_args: Any, files: list[Path], effective: date | None, **_options: Any) -> None:
        def one(lines: Iterator[str], path: Path) -> ImportedEdits:
            begins = first_day(effective, edition_of(path.name))
            return import_unit_limits(
                lines=lines, effective_on=begins, source=path.name, acting_user=None, now=current_time()
            )

        take_in(files, one, "limits", self.stdout)
