"""`manage.py import_ncci FILE...`: CMS's quarterly procedure-to-procedure edits for practitioners, as downloaded and unpacked.

Exit status 0 when every row of every file was taken in or stood there before; 1 when a row or a file was not.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from apps.claims.management.table_files import take_in
from apps.claims.services import ImportedEdits, import_code_pairs
from apps.core.clock import now as current_time


class Command(BaseCommand):
    help = "Take in CMS's NCCI procedure-to-procedure edits (ccipra-v*-f*.TXT). The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path)

    def handle(self, *_args: Any, files: list[Path], **_options: Any) -> None:
        take_in(files, _import, "pairs", self.stdout)


def _import(lines: Iterator[str], path: Path) -> ImportedEdits:
    return import_code_pairs(lines=lines, source=path.name, acting_user=None, now=current_time())
