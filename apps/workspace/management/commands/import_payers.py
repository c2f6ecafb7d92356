"""`manage.py import_payers FILE`: take payers, their ids, enrollments and deadlines in from CSV (docs/payers.md).

Exit status 0 when the file was taken in or nothing differed; 1 when a row of it cannot be taken (nothing of the file is) or it cannot
be read.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.clock import now as current_time
from apps.core.command_files import read_file
from apps.practice.services import (
    LARGEST_PAYER_FILE,
    PayerDifference,
    PayersRefusedError,
    import_payers,
    preview_payers,
)
from apps.workspace.selectors.payers import clearinghouses

SHOWN = 20


class Command(BaseCommand):
    help = "Take payers in from a CSV file. The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Show the difference and change nothing")

    def handle(self, *_args: Any, file: Path, dry_run: bool, **_options: Any) -> None:
        try:
            text = read_file(file, largest=LARGEST_PAYER_FILE).decode("utf-8-sig")
            found = self._take(text, file.name, dry_run=dry_run)
        except UnicodeDecodeError:
            raise CommandError(f"{file.name} is not text in UTF-8. Nothing was changed.") from None
        except PayersRefusedError as refusal:
            for problem in refusal.problems:
                self.stdout.write(f"line {problem.line}: {problem.reason}")
            self.stdout.write(f"{file.name}: {refusal}")
            sys.exit(1)
        self._show(found)
        self.stdout.write("Dry run: nothing was changed." if dry_run else _verdict(found))

    def _take(self, text: str, name: str, *, dry_run: bool) -> PayerDifference:
        names = clearinghouses()
        if dry_run:
            return preview_payers(text=text, clearinghouses=names)
        return import_payers(text=text, clearinghouses=names, source=name, acting_user=None, now=current_time())

    def _show(self, found: PayerDifference) -> None:
        for change in found.changes[:SHOWN]:
            self.stdout.write(f"{change.payer}, {change.what}: {change.old or 'nothing'} -> {change.new}")
        if len(found.changes) > SHOWN:
            self.stdout.write(f"... and {len(found.changes) - SHOWN} more")


def _verdict(found: PayerDifference) -> str:
    return f"Payers: {len(found.added)} added, {found.changed_payers} changed, {found.same} as before."
