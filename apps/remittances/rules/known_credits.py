"""Which credits of a bank's file are in our books already. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.remittances.rules.bank_rows import BankCredit


@dataclass(frozen=True, slots=True)
class KeptCredit:
    """A credit as an earlier file told it; `key` of its row. `lacks_reference` that this file tells of it."""

    key: int
    booked_on: date
    amount: Decimal
    text: str
    reference: str
    digest: str
    ordinal: int

    def lacks_reference(self, credit: BankCredit) -> bool:
        return bool(credit.reference) and not self.reference


def known_credits(told: Iterable[BankCredit], kept: Iterable[KeptCredit]) -> dict[BankCredit, KeptCredit]:
    """By what the row says; of the rest, by day, amount and text where one of the two has no reference. So reads a mapping that did not
    name the reference, or no longer does: it is the same money.
    """
    by_row = {(each.digest, each.ordinal): each for each in kept}
    found = {}
    rest = []
    for credit in told:
        known = by_row.pop((credit.digest, credit.ordinal), None)
        if known:
            found[credit] = known
        else:
            rest.append(credit)
    alike: defaultdict[tuple[date, Decimal, str], list[KeptCredit]] = defaultdict(list)
    for each in by_row.values():
        alike[each.booked_on, each.amount, each.text].append(each)
    for credit in rest:
        waiting = alike.get((credit.booked_on, credit.amount, credit.text), [])
        known = next((each for each in waiting if bool(each.reference) != bool(credit.reference)), None)
        if known:
            waiting.remove(known)
            found[credit] = known
    return found
