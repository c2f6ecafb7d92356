"""`manage.py import_addons FILE...`: CMS's add-on code edits, the sheet of them saved as CSV.

Exit status 0 when every row of every file was taken in or stood there before; 1 when a row or a file was not.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from apps.claims.management.table_files import take_in
from apps.claims.rules.add_on_file import read_add_ons
from apps.claims.rules.code_facts import Kind
from apps.claims.rules.code_tables import RefusedRows
from apps.claims.services import ImportedEdits, import_code_facts
from apps.core.clock import now as current_time


class Command(BaseCommand):
    help = "Take in CMS's add-on code edits (the sheet of AOC_V*, saved as CSV). The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path)

    def handle(self, *_args: Any, files: list[Path], **_options: Any) -> None:
        take_in(files, _import, "edits", self.stdout)


def _import(lines: Iterator[str], path: Path) -> ImportedEdits:
    refused = RefusedRows()
    return import_code_facts(
        kind=Kind.ADD_ON,
        rows=read_add_ons(lines, path.name, refused),
        refused=refused,
        source=path.name,
        acting_user=None,
        now=current_time(),
    )
