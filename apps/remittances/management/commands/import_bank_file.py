"""`manage.py import_bank_file FILE`: take in a bank's export, and match it with the payments.

Exit status 0 when every row came in, also when nothing of it was new; 1 when rows were refused, or the file as a whole cannot be read.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.connectors.ports.errors import RefusedError
from apps.connectors.tables import LARGEST_FILE
from apps.core.clock import now as current_time
from apps.core.command_files import read_file, refused_rows
from apps.remittances.rules.bank_rows import BankLayout, UnknownColumnsError
from apps.remittances.services import (
    BankFileReading,
    NoAccountError,
    ReconciledDeposits,
    import_bank_file,
    preview_bank_file,
    reconcile_deposits,
    save_account,
)


class Command(BaseCommand):
    help = (
        "Take in a bank's CSV export and match its credits with the payers' payments. The same file again adds nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--account", default="", help="Which account it is of, where its columns do not tell")
        parser.add_argument(
            "--save-mapping",
            type=Path,
            metavar="LAYOUT.json",
            help="Keep how this bank names its columns, for --account",
        )
        parser.add_argument("--dry-run", action="store_true", help="Say what would come in, and keep nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        now, account = current_time(), options["account"]
        try:
            payload = read_file(options["file"], largest=LARGEST_FILE)
            if options["save_mapping"]:
                save_account(name=account, layout=_layout(options["save_mapping"]), acting_user=None, now=now)
            if options["dry_run"]:
                reading, found = preview_bank_file(payload=payload, account=account, now=now), None
            else:
                reading = import_bank_file(payload=payload, name=options["file"].name, account=account, now=now)
                found = reconcile_deposits(now=now)
        except (RefusedError, UnknownColumnsError, NoAccountError) as failure:
            raise CommandError(str(failure)) from failure
        self._print(reading, found)
        if reading.problems:
            sys.exit(1)

    def _print(self, reading: BankFileReading, found: ReconciledDeposits | None) -> None:
        for sentence in refused_rows(reading.problems):
            self.stdout.write(sentence)
        for column in reading.unread:
            self.stdout.write(f"unread   column {column}, which the account does not name")
        told = (
            f"{reading.account}: {reading.rows} rows, {reading.new} credits new, {reading.known} known, "
            f"{reading.paid_out} not credits, {len(reading.problems)} refused."
        )
        if found is None:
            self.stdout.write(f"{told} Nothing was kept.")
        else:
            self.stdout.write(f"{told} {found.matched} matched, {found.proposed} to confirm, {found.opened} alerts.")


def _layout(path: Path) -> BankLayout:
    """{"columns": {ours: the file's}, "date_format": "%m/%d/%Y"}; the last may lack."""
    try:
        told = json.loads(read_file(path, largest=LARGEST_FILE))
        return BankLayout(dict(told["columns"]), str(told.get("date_format", "")))
    except (ValueError, TypeError, KeyError, AttributeError) as failure:
        raise CommandError(f"{path.name} is not a layout: columns, date_format (docs/remittances.md).") from failure
