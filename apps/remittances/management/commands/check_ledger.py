"""`manage.py check_ledger`: prove the books. Exit status 0 when sound, 1 with a sentence for each fault."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from apps.ledger.models import Entry
from apps.ledger.selectors import ledger_faults
from apps.remittances.models import RemittancePayment
from apps.remittances.selectors.deposit_soundness import deposit_faults
from apps.remittances.selectors.soundness import payment_faults


class Command(BaseCommand):
    help = "Check that every entry balances, every key is unique, and each payment's money is accounted for."

    def handle(self, *_args: Any, **_options: Any) -> None:
        faults = [*ledger_faults(), *payment_faults(), *deposit_faults()]
        for fault in faults:
            self.stdout.write(fault)
        entries, payments = Entry.objects.count(), RemittancePayment.objects.count()
        if faults:
            self.stdout.write(f"NOT SOUND: {len(faults)} faults in {entries} entries and {payments} payments.")
            sys.exit(1)
        self.stdout.write(f"Sound: {entries} entries balance, {payments} payments are accounted for.")
