"""`manage.py import_fees FILE --payer ID`: take in a payer's fee schedule from CSV.

Columns: procedure, modifier, allowed, effective, ends. Exit status 0 when the file was taken in or nothing differed; 1 when a row of
it cannot be taken (nothing of the file is), the file cannot be read or the payer is not known.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Q

from apps.core.clock import now as current_time
from apps.practice.models import Payer
from apps.practice.rules.fee_file import Difference, Fee
from apps.practice.services import FeesRefusedError, preview_fees
from apps.remittances.services import load_fees

SHOWN = 20


class Command(BaseCommand):
    help = "Take in a payer's fee schedule (CSV: procedure, modifier, allowed, effective, ends). The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--payer", required=True, help="Its name or its payer ID for claims")
        parser.add_argument("--source", default="", help="Where the prices are written; default: the file's name")
        parser.add_argument("--dry-run", action="store_true", help="Show the difference and change nothing")

    def handle(self, *_args: Any, file: Path, payer: str, source: str, dry_run: bool, **_options: Any) -> None:
        found = list(Payer.objects.filter(Q(name__iexact=payer) | Q(claims_id=payer))[:2])
        if len(found) != 1:
            self._fail(f"{'Several payers are' if found else 'No payer is'} called {payer}. Nothing was changed.")
        try:
            text = file.read_bytes().decode("utf-8-sig")
            if dry_run:
                self._show(preview_fees(payer=found[0], text=text))
                self.stdout.write("Dry run: nothing was changed.")
                return
            told = load_fees(
                payer=found[0], text=text, source=source or file.name, acting_user=None, now=current_time()
            )
        except OSError as failure:
            self._fail(f"{file.name}: {failure.strerror or 'It cannot be opened.'} Nothing was changed.")
        except UnicodeDecodeError:
            self._fail(f"{file.name} is not text in UTF-8. Nothing was changed.")
        except FeesRefusedError as refusal:
            for problem in refusal.problems:
                self.stdout.write(f"line {problem.line}: {problem.reason}")
            self._fail(f"{file.name}: {refusal}")
        else:
            self._show(told)
            self.stdout.write(_verdict(found[0], told))

    def _fail(self, sentence: str) -> None:
        self.stdout.write(sentence)
        sys.exit(1)

    def _show(self, told: Difference) -> None:
        lines = [f"new {_named(fee)}: {fee.allowed}" for fee in told.added]
        lines += [f"changed {_named(new)}: {_terms(old)} -> {_terms(new)}" for old, new in told.changed]
        for line in lines[:SHOWN]:
            self.stdout.write(line)
        if len(lines) > SHOWN:
            self.stdout.write(f"... and {len(lines) - SHOWN} more")


def _named(fee: Fee) -> str:
    modifier = f"-{fee.modifier}" if fee.modifier else ""
    return f"{fee.procedure}{modifier} from {fee.effective_on}"


def _terms(fee: Fee) -> str:
    return f"{fee.allowed}{f' until {fee.ends_on}' if fee.ends_on else ''}"


def _verdict(payer: Payer, told: Difference) -> str:
    counts = (
        f"{len(told.added)} added, {len(told.changed)} changed, {told.same} as before, {told.unnamed} not in the file"
    )
    return f"{payer.name}: {counts}."
