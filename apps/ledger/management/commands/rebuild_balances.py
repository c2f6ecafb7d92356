"""`manage.py rebuild_balances`: the remedy that `check_ledger` names where a kept balance is not what its legs come to."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.ledger.services import rebuild_balances


class Command(BaseCommand):
    help = "Work out the balances that are kept of charge lines and visits anew, from the ledger's legs."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"The balances of {rebuild_balances():,} charge lines are what their legs come to.")
