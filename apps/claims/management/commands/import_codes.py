"""`manage.py import_codes KIND FILE...`: what is known of procedure codes, in our own columns (docs/operations.md).

Exit status 0 when every row of every file was taken in or stood there before; 1 when a row or a file was not.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from apps.claims.management.table_files import take_in
from apps.claims.rules.code_facts import Kind
from apps.claims.rules.code_tables import RefusedRows
from apps.claims.rules.fact_file import read_facts
from apps.claims.services import ImportedEdits, import_code_facts
from apps.core.clock import now as current_time


class Command(BaseCommand):
    help = (
        "Take in a table of codes: drugs, laboratory tests, prices and the like. The same file again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[kind.value for kind in Kind])
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path)

    def handle(self, *_args: Any, kind: str, files: list[Path], **_options: Any) -> None:
        def one(lines: Iterator[str], path: Path) -> ImportedEdits:
            refused = RefusedRows()
            rows = read_facts(lines, Kind(kind), refused)
            return import_code_facts(
                kind=Kind(kind), rows=rows, refused=refused, source=path.name, acting_user=None, now=current_time()
            )

        take_in(files, one, "codes", self.stdout)
