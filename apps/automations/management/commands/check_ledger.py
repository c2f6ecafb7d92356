"""`manage.py check_ledger`: prove the books. Exit status 0 when sound, 1 with a sentence for each fault."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from apps.automations.books import book_faults
from apps.core.soundness import take_statistics
from apps.ledger.models import Entry
from apps.remittances.models import RemittancePayment


class Command(BaseCommand):
    help = "Recompute every figure that is kept: entries, claims, payments, deposits, denials, balances and open tasks."

    def handle(self, *_args: Any, **_options: Any) -> None:
        take_statistics()
        faults = book_faults()
        for fault in faults:
            self.stdout.write(fault)
        entries, payments = Entry.objects.count(), RemittancePayment.objects.count()
        if faults:
            self.stdout.write(f"NOT SOUND: {len(faults)} faults in {entries} entries and {payments} payments.")
            sys.exit(1)
        self.stdout.write(f"Sound: {entries} entries balance, {payments} payments are accounted for.")
